"""Photos as evidence: beside the values of a conflict, under the queue of held citations.

Owner thread: the GUI thread.
"""

from collections.abc import Iterator, Sequence
from typing import Protocol

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.city import DEFAULT_TIME_ZONE
from app.lanes import Task
from app.ports import NetState, TerminalNews
from app.usecases.evidence import MOST_PHOTOS, Evidence, EvidenceKind, settled
from app.words import _, ngettext
from parking.clockface import hh_mm_ss
from parking.photo import Photo
from ui.screen import Screen
from ui.supervisor.evidence import Seen, decoded
from ui.supervisor.held_parts import Rule
from ui.theme.look import look
from ui.widgets.canvas import Canvas
from ui.widgets.cards import Card, Label
from ui.widgets.desk import MarkLine, MarkLineView
from ui.widgets.painted import Painted
from ui.widgets.shapes import Mark

_EVIDENCE_PX = 248
_MAY_BE_WHOLE = frozenset({EvidenceKind.SMALL, EvidenceKind.COMING})
"""City hall answered, so that asking for the whole photo at once is worth it."""


class FetchesPhotos(Protocol):
    """What the column asks of the terminal (``app.acts.desk.DeskActs``)."""

    def evidence(self, photos: Sequence[Photo]) -> Task[tuple[Evidence, ...]]:
        """Return photos kept here, and the small pictures of the others."""
        ...

    def whole_evidence(self, found: Sequence[Evidence]) -> Task[tuple[Evidence, ...]]:
        """Return the same photos, whole and checked where city hall gives them."""
        ...


class Picture(Painted[Seen]):
    """A photo, whole in the room it gets.

    Args:
        view: The photo.
        px: Its least size, drawn; high enough to know the car.
    """

    def __init__(self, view: Seen, px: tuple[int, int] = (160, 64)) -> None:
        self._px = px
        super().__init__(view)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setProperty("off_grid", True)  # Under another that takes the room there is.

    def drawn_size(self) -> QSize:
        """The least size; only the height grows with the text beside it."""
        return QSize(self._px[0], look().grown(self._px[1]))

    def described(self, view: Seen) -> str:
        """That it is a photo, and whether it can be trusted."""
        match view.evidence.kind:
            case EvidenceKind.WHOLE:
                return _("Photo of the car")
            case EvidenceKind.SMALL:
                return _("Small picture of the car")
            case _:
                return _("Photo that was changed")

    def draw(self, canvas: Canvas) -> None:
        """Qt: paint it."""
        if self.view.image is not None:
            canvas.picture(self.view.image, self.area, radius=8)


class ShowsPhotos(Protocol):
    """A place for photos."""

    def set_evidence(self, seen: Sequence[Seen], time_zone: str, *, more: int) -> None:
        """Show photos and count those that are not shown; all of them while they are fetched."""
        ...


class EvidenceCard(Card):
    """Photos of the citation with their hashes, and what becomes of the value not kept."""

    def __init__(self) -> None:
        super().__init__(title=_("Evidence"), title_use="desk.heading")
        self.setObjectName("evidence")
        self.setFixedWidth(_EVIDENCE_PX)
        self._room = QVBoxLayout()
        self._room.setSpacing(8)
        self._parts: list[QWidget] = []
        self.body.addLayout(self._room, 1)
        self.body.addStretch(0)
        self.body.addWidget(Rule())
        self.body.addWidget(Label(_("Nothing is lost"), "desk.card"))
        words = _("The value you do not keep stays in the conflict log with who, when and why.")
        safe = Label(words, "desk.second", wrap=True)
        safe.setFixedWidth(_EVIDENCE_PX - 40)
        self.body.addWidget(safe)

    def set_evidence(self, seen: Sequence[Seen], time_zone: str, *, more: int) -> None:
        """Show photos and count those that are not shown; all of them while they are fetched."""
        for part in self._parts:
            self._room.removeWidget(part)
            part.hide()
            part.deleteLater()
        self._parts = list(self._made(seen, time_zone, more))
        for part in self._parts:
            self._room.addWidget(part)
            part.show()
        told = [part.accessibleName() or getattr(part, "text", str)() for part in self._parts]
        self.setAccessibleName(". ".join((_("Evidence"), *told)))

    def _made(self, seen: Sequence[Seen], time_zone: str, more: int) -> Iterator[QWidget]:
        if not seen:
            told = Label(nothing_words(more), "desk.second", wrap=True)
            told.setFixedWidth(_EVIDENCE_PX - 40)
            yield told
        for one in seen:
            if one.image is not None:
                yield Picture(one)
            said = MarkLine(line(one.evidence, time_zone))
            said.setProperty("off_grid", True)  # Under a photo that takes the room there is.
            yield said
        if seen and more:
            yield Label(more_words(more), "desk.second")


class EvidenceLook:
    """Fetches photos for a page: small pictures at once, then the whole ones.

    Args:
        screen: Whose visit it is; an answer after the visit is dropped.
        desk: The use cases.
        card: Where they are shown.
    """

    def __init__(self, screen: Screen, desk: FetchesPhotos, card: ShowsPhotos) -> None:
        self._screen = screen
        self._desk = desk
        self._card = card
        self._photos: tuple[Photo, ...] | None = None
        self._time_zone = DEFAULT_TIME_ZONE
        self._seen: tuple[Seen, ...] = ()
        self._reached = False

    def forget(self) -> None:
        """Show nothing of the record before; which photos the next one has is not known yet."""
        self._photos, self._seen = None, ()
        self._card.set_evidence((), self._time_zone, more=1)

    def show(self, photos: tuple[Photo, ...], time_zone: str) -> None:
        """Show the photos of a record, unless they are shown already."""
        if photos != self._photos:
            self._photos, self._time_zone = photos, time_zone
            self._show(photos, ())
            if photos:
                self._fetch(photos)

    def heard(self, news: TerminalNews) -> None:
        """Where city hall answers again, it may give photos it could not give before."""
        self._reached = self._reached or news.sync.net is NetState.ONLINE

    def ticked(self) -> None:
        """Fetch such photos, once a second at most."""
        if not self._reached:
            return
        self._reached = False
        if self._photos and not all(settled(one.evidence) for one in self._seen):
            self._fetch_whole(self._photos)

    def _fetch(self, photos: tuple[Photo, ...]) -> None:

        def found(seen: tuple[Seen, ...]) -> None:
            self._show(photos, seen)
            if any(one.evidence.kind in _MAY_BE_WHOLE for one in self._seen):
                self._fetch_whole(photos)

        task = self._desk.evidence(photos[:MOST_PHOTOS])
        self._screen.ask(decoded(task), found, renew=True)

    def _fetch_whole(self, photos: tuple[Photo, ...]) -> None:
        task = self._desk.whole_evidence([one.evidence for one in self._seen])
        self._screen.ask(decoded(task), lambda seen: self._show(photos, seen), renew=True)

    def _show(self, photos: tuple[Photo, ...], seen: tuple[Seen, ...]) -> None:
        if photos == self._photos:
            self._seen = seen
            self._card.set_evidence(seen, self._time_zone, more=len(photos) - len(seen))


def nothing_words(more: int) -> str:
    """Say why no photo is shown: there is none, or they are on their way."""
    none, some = _("No photo belongs to this record."), _("The photos are being fetched.")
    return some if more else none


def more_words(count: int) -> str:
    """Say how many photos are not shown."""
    return ngettext("{count} more photo", "{count} more photos", count).format(count=count)


def line(one: Evidence, time_zone: str) -> MarkLineView:
    """Return when a photo was taken and what is known of its bytes."""
    mark, words = _said(one.kind)
    return MarkLineView(mark=mark, text=words.format(time=hh_mm_ss(one.photo.taken_utc, time_zone)))


def _said(kind: EvidenceKind) -> tuple[Mark, str]:
    match kind:
        case EvidenceKind.WHOLE:
            return Mark.OK, _("{time} hash matches")
        case EvidenceKind.DAMAGED:
            return Mark.BAD, _("{time} hash differs, do not use it")
        case EvidenceKind.SMALL:
            return Mark.INFO, _("{time} small picture, not checked")
        case EvidenceKind.COMING:
            return Mark.INFO, _("{time} not at city hall yet")
        case EvidenceKind.AWAY:
            return Mark.INFO, _("{time} at city hall, no network")
        case EvidenceKind.NOT_GIVEN:
            return Mark.INFO, _("{time} not given by city hall now")
