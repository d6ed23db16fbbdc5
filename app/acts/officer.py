"""What an officer can do. Made once per terminal; methods from any thread, work on the lanes."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from app.lanes import Lane, Task, Ticket, reading, saving
from app.on_duty import OnDuty
from app.ports import OpenShift, PlateRead, Printer, PrintOutcome, Reader, ShiftCounts
from app.post import OnStore, Post
from app.usecases.change_beat import change_beat
from app.usecases.check_plate import CheckResult, check_plate, look_again
from app.usecases.choose_zone import beat_zones, choose_zone, stand_somewhere
from app.usecases.end_shift import end_shift
from app.usecases.issue_citation import Issued, issue_citation
from app.usecases.keep_draft import CitationDraft, drop_draft, keep_draft, kept_draft
from app.usecases.photos import TakenPhoto, take_photo
from app.usecases.pick_beat import BeatChoice, pick_beat
from app.usecases.print_citation import print_citation
from app.usecases.request_void import request_void
from app.usecases.scan_plate import scan_plate
from app.usecases.serve_citation import Service, serve_citation
from app.usecases.shift_citations import CitationRow, one_citation, shift_citations
from app.usecases.start_shift import start_shift
from parking.check import PlateCheck
from parking.shift import ShiftEvent
from parking.violation import ViolationCode
from parking.zone import Zone

_LAST_CHECKS = 5
_SCAN_S, _PRINT_S = 10.0, 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class StreetTools:
    """What hangs on an officer's laptop.

    Attributes:
        numbers_wanted: Called after a number was used; leases more when they run low.
    """

    printer: Printer
    reader: Reader
    numbers_wanted: Callable[[], None]


class OfficerActs:
    """An officer's use cases, bound to this terminal."""

    def __init__(
        self, post: Post, on_duty: OnDuty, on_store: OnStore, *, tools: StreetTools
    ) -> None:
        self._post = post
        self._on_duty = on_duty
        self._on_store = on_store
        self._tools = tools

    @property
    def zone(self) -> Zone | None:
        """The zone the officer stands in now."""
        duty = self._on_duty.duty
        return None if duty is None else duty.zone

    @property
    def shift(self) -> OpenShift | None:
        """The running shift."""
        duty = self._on_duty.duty
        return None if duty is None else duty.shift

    # --- shift ------------------------------------------------------------------------------

    def beats(self) -> Task[tuple[BeatChoice, ...]]:
        """List the beats; empty before the first exchange with central."""
        return reading("beats", lambda: pick_beat(self._post))

    def start_shift(self, beat_id: str) -> Task[OpenShift]:
        """Start a shift on a beat, in its first zone."""

        def work() -> OpenShift:
            shift = start_shift(self._post, self._on_duty.need(), beat_id=beat_id)
            return stand_somewhere(self._post, self._on_duty, shift)

        return saving("start_shift", work)

    def resume_shift(self) -> Task[OpenShift | None]:
        """Go on with the shift that this officer did not end; None when there is none."""

        def work() -> OpenShift | None:
            shift = self._on_duty.need().shift
            return None if shift is None else stand_somewhere(self._post, self._on_duty, shift)

        return saving("resume_shift", work)

    def end_shift(self) -> Task[ShiftEvent]:
        """End the shift with this terminal's counts."""

        def work() -> ShiftEvent:
            event = end_shift(self._post, self._on_duty.need())
            self._on_duty.change(shift=None, zone=None)
            return event

        return saving("end_shift", work)

    def change_beat(self, beat_id: str) -> Task[OpenShift]:
        """Walk another beat."""
        return saving(
            "change_beat", lambda: change_beat(self._post, self._on_duty, beat_id=beat_id)
        )

    def zones(self) -> Task[tuple[Zone, ...]]:
        """List the zones of the beat."""
        return reading("zones", lambda: beat_zones(self._post, self.shift))

    def choose_zone(self, zone_id: str) -> Task[Zone]:
        """Stand in another zone of the beat."""
        return saving(
            "choose_zone", lambda: choose_zone(self._post, self._on_duty, zone_id=zone_id)
        )

    def counts(self) -> Task[ShiftCounts]:
        """Count what was done in this shift."""

        def work() -> ShiftCounts:
            shift = self.shift
            return ShiftCounts() if shift is None else self._post.store.shift_counts(shift.shift_id)

        return reading("counts", work)

    # --- check ------------------------------------------------------------------------------

    def check_plate(self, plate: str, state: str) -> Task[CheckResult]:
        """Answer whether this car may stand here; stored before it is answered."""
        return saving(
            "check_plate",
            lambda: check_plate(self._post, self._on_duty.need(), plate=plate, state=state),
        )

    def look_again(self, result: CheckResult) -> Task[CheckResult]:
        """Check the same car again; the same stored check comes back when nothing changed."""
        return saving("look_again", lambda: look_again(self._post, self._on_duty.need(), result))

    def last_checks(self) -> Task[tuple[PlateCheck, ...]]:
        """List the last checks of this shift, newest first, at most 5."""

        def work() -> tuple[PlateCheck, ...]:
            shift = self.shift
            if shift is None:
                return ()
            return self._post.store.last_checks(shift.shift_id, most=_LAST_CHECKS)

        return reading("last_checks", work)

    def scan(self, photo: bytes) -> Task[tuple[PlateRead, ...]]:
        """Suggest plates read from a photo, best first."""

        def work(ticket: Ticket) -> tuple[PlateRead, ...]:
            return scan_plate(self._tools.reader, photo, left_s=ticket.left_s)

        return Task(name="scan", lane=Lane.IO, deadline_s=_SCAN_S, work=work)

    # --- citation ---------------------------------------------------------------------------

    def violation_codes(self) -> Task[tuple[ViolationCode, ...]]:
        """List what can be cited, in order."""

        def work() -> tuple[ViolationCode, ...]:
            return self._post.store.violation_codes()

        return reading("violation_codes", work)

    def take_photo(self, jpeg: bytes, view: str = "car") -> Task[TakenPhoto]:
        """Hash a photo and keep it encrypted; durable on return."""
        return saving("take_photo", lambda: take_photo(self._post, jpeg, view=view))

    def photo(self, sha256: bytes) -> Task[bytes]:
        """Return the plain bytes of a photo kept here."""
        return reading("photo", lambda: self._post.store.photo(sha256))

    def keep_draft(self, draft: CitationDraft) -> Task[None]:
        """Keep what is written so far."""
        return saving("keep_draft", lambda: keep_draft(self._post.store, draft))

    def draft(self) -> Task[CitationDraft | None]:
        """Return the kept draft."""
        return reading("draft", lambda: kept_draft(self._post.store))

    def drop_draft(self) -> Task[None]:
        """Forget the draft."""
        return saving("drop_draft", lambda: drop_draft(self._post.store))

    def issue_citation(self, draft: CitationDraft) -> Task[Issued]:
        """Issue a citation; it exists and may be printed once this returned."""
        return saving("issue_citation", lambda: self._issue(draft, is_warning=False))

    def warn_instead(self, draft: CitationDraft) -> Task[Issued]:
        """Issue a warning: a number, no fine, no photos needed."""
        return saving("warn_instead", lambda: self._issue(draft, is_warning=True))

    def _issue(self, draft: CitationDraft, *, is_warning: bool) -> Issued:
        duty = self._on_duty.need()
        issued = issue_citation(self._post, duty, draft, is_warning=is_warning)
        self._tools.numbers_wanted()
        return issued

    def print_citation(self, citation_id: UUID) -> Task[PrintOutcome]:
        """Print a saved citation; that it was printed is recorded."""

        def work(_ticket: Ticket) -> PrintOutcome:
            return print_citation(
                self._post,
                self._on_duty.need(),
                self._on_store,
                printer=self._tools.printer,
                citation_id=citation_id,
            )

        return Task(name="print_citation", lane=Lane.IO, deadline_s=_PRINT_S, work=work)

    def serve(self, citation_id: UUID, service: Service) -> Task[None]:
        """Record how a citation reached the driver."""

        def work() -> None:
            serve_citation(
                self._post, self._on_duty.need(), citation_id=citation_id, service=service
            )

        return saving("serve", work)

    def request_void(self, citation_id: UUID, reason_code: str, text: str) -> Task[None]:
        """Ask a supervisor to void a citation."""

        def work() -> None:
            request_void(
                self._post,
                self._on_duty.need(),
                citation_id=citation_id,
                reason_code=reason_code,
                text=text,
            )

        return saving("request_void", work)

    def shift_citations(self) -> Task[tuple[CitationRow, ...]]:
        """List the citations of this shift, newest first."""
        return reading("shift_citations", lambda: shift_citations(self._post, self._on_duty.need()))

    def citation(self, citation_id: UUID) -> Task[CitationRow]:
        """Return one citation."""
        return reading("citation", lambda: one_citation(self._post, citation_id))

    def numbers_left(self) -> Task[int]:
        """Count the citation numbers left."""

        def work() -> int:
            return self._post.store.numbers_left()

        return reading("numbers_left", work)
