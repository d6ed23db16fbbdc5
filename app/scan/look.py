"""Looks at one picture: every line of text first, then the two likeliest plates again, enlarged.

Runs in the scan worker process only, on its one thread. Must not import storage, sync, keys or Qt.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from app.scan.detect import Corners, Detector, Line, Pixels, cut_out
from app.scan.messages import Box, Candidate
from app.scan.models import Models
from app.scan.rank import Reading, blend, candidates, plate_worth
from app.scan.read import Recogniser, beam_search

FIRST_SIDE_PX = 960
_SECOND_SIDE_PX = 320
_SECOND_LOOKS = 2
_MOST_LINES = 10
_LEAST_SIDE_PX = 16
_SMALLEST_HEIGHT_PX = 7.0
_NARROWEST, _WIDEST = 1.2, 9.0
_AROUND = (1.8, 3.0)
_TOUCHING_SHARE = 0.1
_SAME_SHARE = 0.5

View = list[tuple[str, float]]


@dataclass(frozen=True, slots=True)
class _Showing:
    """How a line is cut: its length and height times these, then stretched along."""

    along: float
    across: float
    stretch: float


# The recogniser was trained on print; the tall narrow letters of American plates read better with
# less above and below them, and stretched. The longer cut brings back a first or last letter.
_SHOWINGS = (
    _Showing(along=1.12, across=0.85, stretch=1.0),
    _Showing(along=1.0, across=0.78, stretch=1.6),
)


@dataclass(frozen=True, slots=True)
class _Found:
    line: Line
    views: list[View]
    reading: Reading


class PlateReader:
    """Both networks, loaded, and the order in which they are asked."""

    def __init__(self, models: Models) -> None:
        self._detector = Detector(models.detector)
        self._recogniser = Recogniser(models.recogniser)

    def read(self, picture: Pixels) -> tuple[Candidate, ...]:
        """Find and read the plates of one picture.

        Args:
            picture: Height x width x 3, blue-green-red.

        Returns:
            Suggestions, best first; empty when nothing looks like a plate.
        """
        height, width = picture.shape[:2]
        if min(height, width) < _LEAST_SIDE_PX:
            return ()
        lines = self._detector.lines(picture, side_px=FIRST_SIDE_PX)
        found = [self._first_look(picture, line) for line in _plate_like(lines)]
        found.sort(key=lambda one: plate_worth(one.reading, photo_height=height), reverse=True)
        readings = [one.reading for one in found[_SECOND_LOOKS:]]
        for one in found[:_SECOND_LOOKS]:
            readings += self._second_look(picture, one)
        return candidates(readings, photo_height=height)

    def _first_look(self, picture: Pixels, line: Line) -> _Found:
        steps, strays = self._recogniser.look(cut_out(picture, line.corners))
        view = beam_search(steps.tolist())
        return _Found(line, [view], _reading(line, [view], strays))

    def _second_look(self, picture: Pixels, first: _Found) -> list[Reading]:
        strays = first.reading.strays
        views = first.views + self._views(picture, first.line.corners)
        others: list[Reading] = []
        part, offset, scale = _enlarged(picture, first.line)
        for line in self._detector.lines(part, side_px=_SECOND_SIDE_PX):
            if not _NARROWEST <= line.width / max(1.0, line.height) <= _WIDEST:
                continue
            in_photo = Line(corners=line.corners / scale + offset, found=line.found)
            share = _overlap(in_photo.corners, first.line.corners)
            if share < _TOUCHING_SHARE:
                continue
            seen = [self._view(cut_out(part, line.corners)), *self._views(part, line.corners)]
            if share >= _SAME_SHARE:
                views += seen
            else:
                others.append(_reading(in_photo, seen, strays))
        return [_reading(first.line, views, strays), *others]

    def _views(self, picture: Pixels, corners: Corners) -> list[View]:
        return [self._view(_shown(picture, corners, how)) for how in _SHOWINGS]

    def _view(self, line: Pixels) -> View:
        steps, _ = self._recogniser.look(line)
        return beam_search(steps.tolist())


def _reading(line: Line, views: list[View], strays: int) -> Reading:
    return Reading(
        box=_box_around(line.corners), texts=blend(views), found=line.found, strays=strays
    )


def _plate_like(lines: list[Line]) -> list[Line]:
    fitting = [
        line
        for line in lines
        if line.height >= _SMALLEST_HEIGHT_PX and _NARROWEST <= line.width / line.height <= _WIDEST
    ]
    return fitting[:_MOST_LINES]


def _enlarged(picture: Pixels, line: Line) -> tuple[Pixels, Corners, float]:
    middle = line.corners.mean(axis=0)
    reach = np.array([line.width * _AROUND[0], line.height * _AROUND[1]]) / 2
    limit = np.array([picture.shape[1], picture.shape[0]])
    left, top = np.clip(middle - reach, 0, limit - 8).astype(int).tolist()
    right, bottom = np.clip(middle + reach, 8, limit).astype(int).tolist()
    part = picture[top : max(bottom, top + 8), left : max(right, left + 8)]
    scale = _SECOND_SIDE_PX / max(part.shape[:2])
    how = cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA
    large = cv2.resize(part, None, fx=scale, fy=scale, interpolation=how)
    return large.astype(np.uint8, copy=False), np.array([left, top], dtype=np.float32), scale


def _resized(corners: Corners, along: float, across: float) -> Corners:
    middle = corners.mean(axis=0)
    right = (corners[1] - corners[0] + corners[2] - corners[3]) * (along / 4)
    down = (corners[3] - corners[0] + corners[2] - corners[1]) * (across / 4)
    return np.array(
        [
            middle - right - down,
            middle + right - down,
            middle + right + down,
            middle - right + down,
        ],
        dtype=np.float32,
    )


def _shown(picture: Pixels, corners: Corners, how: "_Showing") -> Pixels:
    part = cut_out(picture, _resized(corners, how.along, how.across))
    wider = cv2.resize(part, None, fx=how.stretch, fy=1.0, interpolation=cv2.INTER_CUBIC)
    return wider.astype(np.uint8, copy=False)


def _overlap(one: Corners, other: Corners) -> float:
    """Shared area of the upright boxes over their joint area, 0..1."""
    low = np.maximum(one.min(axis=0), other.min(axis=0))
    high = np.minimum(one.max(axis=0), other.max(axis=0))
    shared = float(np.prod(np.clip(high - low, 0, None)))
    joint = sum(float(np.prod(box.max(axis=0) - box.min(axis=0))) for box in (one, other)) - shared
    return shared / joint if joint > 0 else 0.0


def _box_around(corners: Corners) -> Box:
    left, top = np.floor(corners.min(axis=0)).astype(int).tolist()
    right, bottom = np.ceil(corners.max(axis=0)).astype(int).tolist()
    return Box(x=left, y=top, width=right - left, height=bottom - top)
