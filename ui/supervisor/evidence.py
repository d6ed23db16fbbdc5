"""Photos decoded beside the painting thread, for the desk. Any worker thread decodes."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage

from app.lanes import Task, Ticket
from app.usecases.evidence import Evidence

_MOST_PX = 640
"""Wider pictures are made smaller: a column of the desk shows a third of that."""


@dataclass(frozen=True, slots=True, eq=False, kw_only=True)
class Seen:
    """A photo as it is shown.

    Attributes:
        image: None when its bytes are not here or are no picture.
    """

    evidence: Evidence
    image: QImage | None


def decoded(task: Task[tuple[Evidence, ...]]) -> Task[tuple[Seen, ...]]:
    """Return the same task with its photos decoded on its lane."""

    def work(ticket: Ticket) -> tuple[Seen, ...]:
        return tuple(seen(task.work(ticket)))

    return replace(task, work=work)  # type: ignore[arg-type, return-value]  # another value


def seen(photos: Iterable[Evidence]) -> Iterable[Seen]:
    """Decode photos."""
    for each in photos:
        image = None if each.plain is None else QImage.fromData(each.plain)
        if image is not None and image.width() > _MOST_PX:
            size = QSize(_MOST_PX, _MOST_PX)
            image = image.scaled(
                size,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
        yield Seen(evidence=each, image=None if image is None or image.isNull() else image)
