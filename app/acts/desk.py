"""What a supervisor can do. Made once per terminal; methods from any thread."""

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from app.lanes import Lane, Task, Ticket, reading, saving
from app.on_duty import OnDuty
from app.ports import Central, ReportDay
from app.post import Post
from app.usecases.conflict_rows import ConflictRow, conflict_rows
from app.usecases.decide_conflict import decide_conflict
from app.usecases.decide_hold import decide_hold
from app.usecases.evidence import Evidence, evidence, whole_evidence
from app.usecases.held_citations import HeldRow, held_citations
from app.usecases.shift_citations import CitationRow, find_citations, one_citation
from app.usecases.shift_report import DayReport, report_csv, shift_report
from app.usecases.take_hand_over import (
    HandOverFile,
    HandOverTaken,
    read_hand_over,
    take_hand_over,
)
from parking.edit import ChoiceReason, Conflict
from parking.officer import Act, Officer
from parking.photo import Photo
from parking.terminal import Terminal

_TAKE_S = 3600.0
_PHOTO_S = 60.0
"""A photo may wait behind what a person waits for; nothing is lost when it comes late."""


class DeskActs:
    """A supervisor's use cases, bound to this terminal."""

    def __init__(self, post: Post, on_duty: OnDuty, central: Central) -> None:
        self._post = post
        self._on_duty = on_duty
        self._central = central

    def report(self, day: ReportDay | None = None) -> Task[DayReport]:
        """Fold the report of one local day, today without one."""

        def work() -> DayReport:
            self._on_duty.need().allowed(Act.READ_REPORTS)
            return shift_report(self._post, day)

        return reading("report", work)

    def report_csv(self, day: ReportDay | None = None) -> Task[bytes]:
        """Return the report as CSV in UTF-8."""

        def work() -> bytes:
            self._on_duty.need().allowed(Act.READ_REPORTS)
            return report_csv(shift_report(self._post, day))

        return reading("report_csv", work)

    def held(self) -> Task[tuple[HeldRow, ...]]:
        """List the citations on hold, oldest hold first."""
        return reading("held", lambda: held_citations(self._post))

    def decide_hold(
        self, citation_id: UUID, release: bool, reason_code: str, text: str
    ) -> Task[None]:
        """Decide a hold: release lets the citation stand, else it is dismissed."""

        def work() -> None:
            decide_hold(
                self._post,
                self._on_duty.need(),
                citation_id=citation_id,
                release=release,
                reason_code=reason_code,
                text=text,
            )

        return saving("decide_hold", work)

    def conflicts(self) -> Task[tuple[ConflictRow, ...]]:
        """List the conflicts that wait for a choice, oldest first, without those decided here."""
        return reading("conflicts", lambda: conflict_rows(self._post))

    def photos(self, citation_id: UUID) -> Task[tuple[Photo, ...]]:
        """List the photos of a citation that are known here, in the order they were taken."""
        return reading("photos", lambda: self._post.store.photos_of(citation_id))

    def evidence(self, photos: Sequence[Photo]) -> Task[tuple[Evidence, ...]]:
        """Return photos that are kept here, and the small pictures of the others."""

        def work(_ticket: Ticket) -> tuple[Evidence, ...]:
            return evidence(self._post, self._central, photos)

        return Task(name="evidence", lane=Lane.IO, deadline_s=_PHOTO_S, work=work)

    def whole_evidence(self, found: Sequence[Evidence]) -> Task[tuple[Evidence, ...]]:
        """Return the same photos, whole and checked where city hall gives them."""

        def work(_ticket: Ticket) -> tuple[Evidence, ...]:
            return whole_evidence(self._central, found)

        return Task(
            name="whole_evidence", lane=Lane.IO, deadline_s=_PHOTO_S, work=work, patient=True
        )

    def decide_conflict(
        self, conflict: Conflict, side: int, reason: ChoiceReason, note: str
    ) -> Task[None]:
        """Keep one value of a conflict as it was on the screen; durable on return.

        See ``usecases.decide_conflict`` for the errors.
        """

        def work() -> None:
            decide_conflict(
                self._post,
                self._on_duty.need(),
                conflict=conflict,
                side=side,
                reason=reason,
                note=note,
            )

        return saving("decide_conflict", work)

    def read_hand_over(self, path: Path) -> Task[HandOverFile]:
        """Read what a hand-over file says of itself."""
        return reading("read_hand_over", lambda: read_hand_over(path))

    def take_hand_over(
        self, found: HandOverFile, progress: Callable[[int, int], None]
    ) -> Task[HandOverTaken]:
        """Send a hand-over file to central, which takes in what it holds; safe to repeat.

        Args:
            found: As ``read_hand_over`` gave it.
            progress: Told the bytes sent and all bytes, on an I/O worker.
        """

        def work(_ticket: Ticket) -> HandOverTaken:
            duty = self._on_duty.need()
            return take_hand_over(duty, self._central, found, progress=progress)

        return Task(name="take_hand_over", lane=Lane.IO, deadline_s=_TAKE_S, work=work)

    def citation(self, citation_id: UUID) -> Task[CitationRow]:
        """Return one citation with its events."""
        return reading("citation", lambda: one_citation(self._post, citation_id))

    def find(self, text: str) -> Task[tuple[CitationRow, ...]]:
        """Find citations by number or plate; see ``find_citations`` for the errors."""
        return reading("find", lambda: find_citations(self._post, text))

    def people(self) -> Task[tuple[Officer, ...]]:
        """List all people."""

        def work() -> tuple[Officer, ...]:
            return self._post.store.officers()

        return reading("people", work)

    def terminals(self) -> Task[tuple[Terminal, ...]]:
        """List all terminals this one knows of."""

        def work() -> tuple[Terminal, ...]:
            return self._post.store.terminals()

        return reading("terminals", work)
