"""The citation form: code, place, photos, notes; F9 issues. Owner thread: the GUI thread."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Protocol, TypeVar

from PySide6.QtGui import QImage
from PySide6.QtWidgets import QWidget

from app.lanes import Task
from app.usecases.check_plate import CheckResult
from app.usecases.issue_citation import Issued
from app.usecases.keep_draft import CitationDraft
from app.usecases.photos import TakenPhoto
from app.words import _
from parking.errors import ParkingError
from parking.violation import ViolationCode
from ui.devices.camera import Camera, Shot, kept_shot
from ui.officer import citation_state as shown
from ui.officer.citation_page import CitationPage, PageView
from ui.officer.citation_state import Form
from ui.screen import NoticeKind
from ui.tasks import Tasks

T = TypeVar("T")


class IssuesCitations(Protocol):
    """What this screen asks of the terminal (``app.acts.officer.OfficerActs``)."""

    def violation_codes(self) -> Task[tuple[ViolationCode, ...]]:
        """List what can be cited."""
        ...

    def take_photo(self, jpeg: bytes, view: str = "car") -> Task[TakenPhoto]:
        """Keep a photo."""
        ...

    def photo(self, sha256: bytes) -> Task[bytes]:
        """Return the bytes of a kept photo."""
        ...

    def keep_draft(self, draft: CitationDraft) -> Task[None]:
        """Keep what is written so far."""
        ...

    def issue_citation(self, draft: CitationDraft) -> Task[Issued]:
        """Issue."""
        ...

    def warn_instead(self, draft: CitationDraft) -> Task[Issued]:
        """Warn."""
        ...

    def numbers_left(self) -> Task[int]:
        """Count the numbers left."""
        ...


class CitationScreen(CitationPage):
    """Everything a citation needs on one page."""

    name = "citation"

    def __init__(self, tasks: Tasks, officer: IssuesCitations, camera: Camera) -> None:
        super().__init__(tasks)
        self._officer = officer
        self._camera = camera
        self._form: Form | None = None
        self._codes: tuple[ViolationCode, ...] = ()
        self._images: dict[bytes, QImage] = {}
        self._unkept: list[Shot] = []
        self._shot: Shot | None = None
        self._drafted = ""
        self._keeping = False
        self._issuing = False
        self._numbers_left = 0
        self._connect()

    def _connect(self) -> None:
        self._code.choice_made.connect(self._on_code_chosen)
        self._make.choice_made.connect(lambda make: self._change(make=make))
        self._colour.choice_made.connect(lambda colour: self._change(colour=colour))
        self._chips.chips_changed.connect(lambda notes: self._change(notes=notes))
        self._note.text_changed.connect(lambda words: self._change(written=words))
        self._back.clicked.connect(self._on_back_pressed)
        self._photo.clicked.connect(self._on_photo_pressed)
        self._softer.clicked.connect(self._on_softer_pressed)
        self._issue.clicked.connect(self._on_issue_pressed)
        for tile in self._tiles:
            tile.clicked.connect(self._on_photo_pressed)

    # --- what the shell calls ---------------------------------------------------------------

    def entered(
        self,
        *,
        result: CheckResult,
        shot: Shot | None = None,
        warning: bool = False,
        draft: CitationDraft | None = None,
    ) -> None:
        """Write for a result.

        Args:
            result: The check it rests on.
            shot: The photo the plate was read from, the first of the evidence.
            warning: A warning instead of a citation.
            draft: What was written before; it goes on.
        """
        before = self._form
        if before is None or shown.car_of(before.result) != shown.car_of(result):
            self._unkept.clear()
        if draft is None:
            form = shown.form_for(result, before=before, warning=warning)
        else:
            form = shown.form_from(draft, result, warning=warning)
        self._shot = shot
        self._drafted = "" if draft is None else draft.code
        self._form = form
        self._note.set_text(form.written)
        self._draw()
        self.ask(self._officer.violation_codes(), self._on_codes)
        self.ask(self._officer.numbers_left(), self._on_numbers)
        self._read_photos(tuple(one for one in form.photos if one.sha256 not in self._images))
        if shot is not None and not form.photos:
            self._keep_photo(shot)

    def default_focus(self) -> QWidget:
        """The photo; never the heavy act: only F9 and a finger issue."""
        return self._photo

    def keys(self) -> Mapping[str, Callable[[], None]]:
        """F11 writes a note."""
        return {"F11": self._note.setFocus}

    # --- values -----------------------------------------------------------------------------

    def _on_codes(self, codes: tuple[ViolationCode, ...]) -> None:
        self._codes = codes
        if self._form is not None:
            self._change(code=shown.chosen_code(codes, self._form, drafted=self._drafted))

    def _on_numbers(self, left: int) -> None:
        self._numbers_left = left
        self._draw()

    def _on_code_chosen(self, key: str) -> None:
        self._change(code=next((one for one in self._codes if one.code == key), None))

    def _change(self, **values: object) -> None:
        if self._form is not None:
            self._form = replace(self._form, **values)  # type: ignore[arg-type]  # names of Form's own fields
            self._draw()
            self._keep()

    def _keep(self) -> None:
        """Keep every change, in its order; what is being issued ends its draft itself."""
        if self._form is not None and not self._issuing:
            self._save(self._officer.keep_draft(shown.draft_of(self._form)), _nothing)

    def _save(
        self,
        task: Task[T],
        done: Callable[[T], None],
        *,
        failed: Callable[[ParkingError], None] | None = None,
        words: str = "",
    ) -> None:
        """Start what must land wherever the person is by then: drafts, evidence, citations."""
        self._tasks.start(self, task, done, failed=failed or self.show_error, words=words)

    # --- photos -----------------------------------------------------------------------------

    def _read_photos(self, photos: tuple[TakenPhoto, ...]) -> None:
        """Read the photos of a draft, one after the other, to show them."""
        if photos:
            self.ask(
                kept_shot(self._officer.photo(photos[0].sha256)),
                lambda shot: self._on_photo_read(photos, shot),
                failed=lambda error: self._on_photo_unread(photos, error),
            )

    def _on_photo_read(self, photos: tuple[TakenPhoto, ...], shot: Shot) -> None:
        self._images[photos[0].sha256] = shot.image
        self._draw()
        self._read_photos(photos[1:])

    def _on_photo_unread(self, photos: tuple[TakenPhoto, ...], error: ParkingError) -> None:
        """A photo that is gone is no evidence."""
        self.show_error(error)
        if self._form is not None:
            kept = tuple(one for one in self._form.photos if one != photos[0])
            self._change(photos=kept)
        self._read_photos(photos[1:])

    def _on_photo_pressed(self) -> None:
        if self._form is not None and shown.may_take_photo(self._form):
            words = _("Taking the picture")
            self.ask(self._camera.shoot(), self._keep_photo, failed=self._on_no_shot, words=words)
            self._draw()

    def _on_no_shot(self, error: ParkingError) -> None:
        self.show_error(error)
        self._draw()

    def _keep_photo(self, shot: Shot) -> None:
        """Keep photos one after the other: a fast second one is not lost."""
        if shot.image.isNull():
            self.tell(_("The camera gave no picture. Take it again."), kind=NoticeKind.CAUTION)
        else:
            self._unkept.append(shot)
            self._keep_next()
        self._draw()

    def _keep_next(self) -> None:
        form = self._form
        if not self._unkept or self._keeping or form is None:
            return
        shot, self._keeping = self._unkept.pop(0), True
        self._save(
            self._officer.take_photo(shot.photo, "close" if form.photos else "car"),
            lambda taken: self._on_taken(taken, shot, shown.car_of(form.result)),
            failed=self._on_not_taken,
            words=_("Keeping the photo"),
        )

    def _on_taken(self, taken: TakenPhoto, shot: Shot, car: tuple[str, str]) -> None:
        self._keeping = False
        if self._form is not None and shown.car_of(self._form.result) == car:
            self._add(self._form, taken, shot)
        self._keep_next()
        self._draw()

    def _on_not_taken(self, error: ParkingError) -> None:
        self._keeping = False
        self.show_error(error)
        self._keep_next()
        self._draw()

    def _add(self, form: Form, taken: TakenPhoto, shot: Shot) -> None:
        if any(one.sha256 == taken.sha256 for one in form.photos):
            self.tell(_("This very photo is there already. Take another one."))
        elif shown.may_take_photo(form):
            self._images[taken.sha256] = shot.image
            self._change(photos=(*form.photos, taken))

    # --- acts -------------------------------------------------------------------------------

    def _on_back_pressed(self) -> None:
        """Every change is kept already; what is being issued is waited for."""
        if self._form is not None and not self._issuing:
            self.go("checked", result=self._form.result, shot=self._shot)

    def _on_softer_pressed(self) -> None:
        if self._form is not None:
            self._change(warning=not self._form.warning)

    def _on_issue_pressed(self) -> None:
        if self._form is None or self._issuing:
            return
        self._issuing = True
        act = self._officer.warn_instead if self._form.warning else self._officer.issue_citation
        self._save(
            act(shown.draft_of(self._form)),
            self._on_issued,
            failed=self._on_refused,
            words=_("Saving"),
        )

    def _on_issued(self, issued: Issued) -> None:
        self._issuing = False
        self._form = None
        self._unkept.clear()
        self._images.clear()
        self.go("saved", citation_id=issued.citation.citation_id)

    def _on_refused(self, error: ParkingError) -> None:
        """Nothing was issued; the draft stands and the notice says why."""
        self._issuing = False
        self._keep()
        self.show_error(error)

    def _draw(self) -> None:
        if self._form is None:
            return
        waits = self._keeping or bool(self._unkept) or self.asking("shoot")
        self.show_form(
            self._form,
            PageView(
                codes=self._codes,
                numbers_left=self._numbers_left,
                images=self._images,
                waits=waits,
            ),
        )


def _nothing(_none: None) -> None:
    """Take the outcome of what only had to happen."""
