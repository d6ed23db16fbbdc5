"""Citations: one ``issued`` fact and a list of events; status is folded, never stored as truth.

Source: DESIGN.md 4, RULES.md 12-16 and 21 (docs/decisions/0006). Facts without a causal link may
arrive in any order with one result.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.clockface import local_day
from parking.coverage import Cover
from parking.deadlines import FrozenDays, last_day_to_pay
from parking.markers import Items, Octets, Span, Text
from parking.right import PlateText, StateCode
from parking.zone import ZoneId


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """What the officer sealed at the curb; table ``violations``. Never changes.

    Attributes:
        number: With check digit, from a leased range (``parking.numbers``).
        plate: As confirmed by the officer.
        place: Block and street in words.
        violation_code: Code of the ordinance, e.g. ``101``.
        fine_cents: At issue; 0 for a warning.
        rules_version: Version of the dated rules that gave the fine.
        observed_utc: When the officer saw the car; coverage is judged at this instant.
        clock_uncertainty_ms: Of the terminal's clock at observation.
        photo_hashes: SHA-256 of the plain bytes of each photo, in the order taken.
        check_id: The sealed final re-check.
        note_public: May be read by the driver.
        seal: Ed25519 signature by the officer's key over ``parking.seal.sealed_bytes``.
    """

    citation_id: UUID
    number: Annotated[str, Text(20, 4)]
    terminal_id: UUID
    officer_id: UUID
    shift_id: UUID
    zone_id: ZoneId
    place: Annotated[str, Text(120)] = ""
    plate: PlateText
    plate_state: StateCode
    violation_code: Annotated[str, Text(12, 1)]
    fine_cents: Annotated[int, Span(0, 1_000_000)]
    rules_version: Annotated[str, Text(40)] = ""
    is_warning: bool = False
    observed_utc: datetime
    issued_utc: datetime
    clock_uncertainty_ms: Annotated[int, Span(0, 600_000)] = 0
    vehicle_make: Annotated[str, Text(60)] = ""
    vehicle_colour: Annotated[str, Text(30)] = ""
    note_public: Annotated[str, Text(500)] = ""
    photo_hashes: Annotated[tuple[bytes, ...], Items(12)] = ()
    check_id: UUID
    seal: Annotated[bytes, Octets(64)] = b""


class EventKind(StrEnum):
    """What can happen to a citation; a warning that a right disproves is noted, never held."""

    PRINTED = "printed"
    SERVED = "served"
    VOID_REQUESTED = "void_requested"
    VOIDED = "voided"
    HELD = "held"
    NOTED = "noted"
    RELEASED = "released"
    DISMISSED = "dismissed"
    PAID = "paid"
    REFUNDED = "refunded"
    APPEALED = "appealed"
    DECIDED = "decided"
    WRITTEN_OFF = "written_off"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationEvent:
    """One thing that happened to a citation.

    Attributes:
        at_utc: When it happened (posting date for payments, RULES 14).
        actor_id: The person, or None for the system.
        terminal_id: Where, or None at central.
        reason_code: Why, a stable word (``paid_late_feed``, ``printer_out``, cover kind for holds).
        text: In the person's words.
        amount_cents: Money moved by this event, >= 0.
        right_id: The right that disproves the citation, for holds and notes.
    """

    citation_event_id: UUID
    citation_id: UUID
    kind: EventKind
    at_utc: datetime
    actor_id: UUID | None = None
    terminal_id: UUID | None = None
    reason_code: Annotated[str, Text(40)] = ""
    text: Annotated[str, Text(500)] = ""
    amount_cents: Annotated[int, Span(0, 1_000_000)] = 0
    right_id: UUID | None = None


class Display(StrEnum):
    """The one status shown, by rank (RULES 12): the first that applies wins."""

    WARNING = "warning"
    VOIDED = "voided"
    DISMISSED = "dismissed"
    PAID = "paid"
    HELD = "held"
    APPEALED = "appealed"
    OVERDUE = "overdue"
    PART_PAID = "part_paid"
    SERVED = "served"
    ISSUED = "issued"


class Attention(StrEnum):
    """Why a person must look at a citation; the gravest is told."""

    PAID_AND_VOIDED = "paid_and_voided"
    PAID_AND_DISMISSED = "paid_and_dismissed"
    REFUND_REVIEW = "refund_review"
    REFUND_DUE = "refund_due"
    PAID_WHILE_APPEALING = "paid_while_appealing"
    PAID_AFTER_WRITE_OFF = "paid_after_write_off"
    VOID_REQUESTED = "void_requested"


@dataclass(frozen=True, slots=True, kw_only=True)
class FineRules:
    """Dated parameters of late fees; city settings with their source (FIELD.md C5).

    Attributes:
        double_after_days: Local days after the later of issue and service.
        triple_after_days: Likewise.
        cap_total_cents: Most the total may be, never below the fine itself; None for no cap.
        time_zone: IANA name in whose local dates the days run.
        days_after_decision: Least local days to pay after an appeal or hold was decided.
    """

    version: str
    double_after_days: int
    triple_after_days: int
    cap_total_cents: int | None
    time_zone: str
    days_after_decision: int = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationState:
    """The folded facets of a citation on one day (RULES 12).

    Attributes:
        display: The one status shown.
        amount_due_cents: To pay now, >= 0: fine and late fees less payments; no late fees while
            held; 0 for a warning and once voided, dismissed or written off.
        paid_cents: Sum paid less refunds.
        held: Whether a hold is open; never for a citation that is over.
        held_right_id: The right that holds it now, an exact cover first, else None.
        hold_reason: Why it is held, from the event; empty when not held.
        needs_person: An ``Attention`` when a person must look, else empty.
        printed: Whether the paper exists.
        total_cents: Fine and late fees, whatever was paid.
        refund_due_cents: What the city owes the driver, >= 0.
        appeal_open: Appealed and not decided.
        written_off: The city gave up collecting.
    """

    display: Display
    amount_due_cents: int
    paid_cents: int
    held: bool
    held_right_id: UUID | None
    hold_reason: str
    needs_person: str
    printed: bool
    total_cents: int = 0
    refund_due_cents: int = 0
    appeal_open: bool = False
    written_off: bool = False


DECIDED_DISMISSED = "dismissed"
"""``reason_code`` of a ``decided`` event that ends the citation; any other leaves it standing."""

MONEY_TAKEN_BACK = frozenset({"chargeback", "bounced"})
"""``reason_code`` of a ``refunded`` event by which the payer took money back (RULES 16)."""


@dataclass(frozen=True, slots=True)
class _Spell:
    """Time in which the clock of late fees stands still; no end while it is open."""

    first: CitationEvent
    end_utc: datetime | None


class _History:
    """The events of one citation by kind, each kind in order of time; repeats count once."""

    def __init__(self, events: Iterable[CitationEvent]) -> None:
        unique = {event.citation_event_id: event for event in events}
        self._by_kind: dict[EventKind, list[CitationEvent]] = {kind: [] for kind in EventKind}
        for event in sorted(
            unique.values(), key=lambda each: (each.at_utc, each.citation_event_id)
        ):
            self._by_kind[event.kind].append(event)

    def of(self, kind: EventKind) -> list[CitationEvent]:
        return self._by_kind[kind]

    @property
    def dismissed(self) -> bool:
        decisions = {event.reason_code for event in self.of(EventKind.DECIDED)}
        return bool(self.of(EventKind.DISMISSED)) or DECIDED_DISMISSED in decisions

    @property
    def paid_cents(self) -> int:
        given = sum(event.amount_cents for event in self.of(EventKind.PAID))
        return max(given - sum(event.amount_cents for event in self.of(EventKind.REFUNDED)), 0)

    def paid_by(self, day: date, time_zone: str) -> int:
        """Return what was posted up to a day; later money is what refunds took first."""
        given = sum(
            event.amount_cents
            for event in self.of(EventKind.PAID)
            if local_day(event.at_utc, time_zone) <= day
        )
        return min(given, self.paid_cents)

    def holds(self) -> list[_Spell]:
        """Return one hold per right and one for all holds by hand, the first one first."""
        groups: dict[UUID | None, list[CitationEvent]] = {}
        for event in self.of(EventKind.HELD):
            groups.setdefault(event.right_id, []).append(event)
        return [_Spell(group[0], self._released_utc(group[-1])) for group in groups.values()]

    def _released_utc(self, last: CitationEvent) -> datetime | None:
        """Return when a hold ended; only a person ends it (RULES 21).

        A release names the right and so follows its hold, whatever the clocks of the two machines
        say. A hold by hand may be renewed: there time decides.
        """
        releases = [
            event.at_utc
            for event in self.of(EventKind.RELEASED)
            if event.right_id == last.right_id
            and event.actor_id is not None
            and (last.right_id is not None or event.at_utc >= last.at_utc)
        ]
        return min(releases, default=None)

    def appeals(self) -> list[_Spell]:
        """Return each appeal with its decision; one filed while another is open is part of it."""
        decisions = [event.at_utc for event in self.of(EventKind.DECIDED)]
        found: list[_Spell] = []
        for event in self.of(EventKind.APPEALED):
            before_utc = found[-1].end_utc if found else None
            if not found or (before_utc is not None and before_utc < event.at_utc):
                later = (at_utc for at_utc in decisions if at_utc >= event.at_utc)
                found.append(_Spell(event, next(later, None)))
        return found


def fold(
    issued: Citation, events: Iterable[CitationEvent], *, as_of_utc: datetime, rules: FineRules
) -> CitationState:
    """Return the state of a citation; the same for every order and repetition of its events.

    Args:
        issued: What the officer sealed.
        events: All that is known to have happened to it.
        as_of_utc: On whose local day lateness is judged; it hides no event.
        rules: Late fees. They run only once the citation is served (FIELD.md C4).
    """
    history = _History(events)
    over = issued.is_warning or bool(history.of(EventKind.VOIDED)) or history.dismissed
    hold = None if over else _open_hold(history)
    written_off = bool(history.of(EventKind.WRITTEN_OFF))
    total_cents, late = _total_cents(issued, history, as_of_utc, rules)
    wanted_cents = issued.fine_cents if hold else total_cents
    facets = _Facets(
        over=over,
        hold=hold,
        appeal_open=not over and any(each.end_utc is None for each in history.appeals()),
        late=late,
        due_cents=max(wanted_cents - history.paid_cents, 0),
        refund_cents=max(history.paid_cents - (0 if over else total_cents), 0),
    )
    return CitationState(
        display=_display(issued, history, facets),
        amount_due_cents=0 if over or written_off else facets.due_cents,
        paid_cents=history.paid_cents,
        held=hold is not None,
        held_right_id=hold.right_id if hold else None,
        hold_reason=hold.reason_code if hold else "",
        needs_person=_needs_person(history, facets),
        printed=bool(history.of(EventKind.PRINTED)),
        total_cents=total_cents,
        refund_due_cents=facets.refund_cents,
        appeal_open=facets.appeal_open,
        written_off=written_off,
    )


def open_hold(events: Iterable[CitationEvent]) -> CitationEvent | None:
    """Return the hold that is open, an exact cover first; None when every hold was released.

    It says nothing of a citation that is over: ``fold`` does.
    """
    return _open_hold(_History(events))


def _open_hold(history: _History) -> CitationEvent | None:
    still = [each.first for each in history.holds() if each.end_utc is None]
    return min(still, key=lambda event: event.reason_code != Cover.EXACT, default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Facets:
    over: bool
    hold: CitationEvent | None
    appeal_open: bool
    late: bool
    due_cents: int
    refund_cents: int


def _display(issued: Citation, history: _History, facets: _Facets) -> Display:
    ranked = (
        (Display.WARNING, issued.is_warning),
        (Display.VOIDED, bool(history.of(EventKind.VOIDED))),
        (Display.DISMISSED, history.dismissed),
        (Display.PAID, facets.due_cents == 0),
        (Display.HELD, facets.hold is not None),
        (Display.APPEALED, facets.appeal_open),
        (Display.OVERDUE, facets.late),
        (Display.PART_PAID, history.paid_cents > 0),
        (Display.SERVED, bool(history.of(EventKind.SERVED))),
    )
    return next((display for display, applies in ranked if applies), Display.ISSUED)


def _needs_person(history: _History, facets: _Facets) -> str:
    paid = history.paid_cents > 0
    write_offs, payments = history.of(EventKind.WRITTEN_OFF), history.of(EventKind.PAID)
    paid_after = bool(write_offs and payments) and payments[-1].at_utc >= write_offs[0].at_utc
    ranked = (
        (Attention.PAID_AND_VOIDED, paid and bool(history.of(EventKind.VOIDED))),
        (Attention.PAID_AND_DISMISSED, paid and history.dismissed),
        (Attention.REFUND_REVIEW, paid and facets.hold is not None),
        (Attention.REFUND_DUE, facets.refund_cents > 0),
        (Attention.PAID_WHILE_APPEALING, paid and facets.appeal_open),
        (Attention.PAID_AFTER_WRITE_OFF, paid and paid_after),
        (Attention.VOID_REQUESTED, not facets.over and bool(history.of(EventKind.VOID_REQUESTED))),
    )
    return next((attention for attention, applies in ranked if applies), "")


# Late fees (RULES 13-15).


def _total_cents(
    issued: Citation, history: _History, as_of_utc: datetime, rules: FineRules
) -> tuple[int, bool]:
    """Return fine and late fees, and whether any fee came on."""
    total_cents, served = issued.fine_cents, history.of(EventKind.SERVED)
    if not served:
        return total_cents, False
    zone, today = rules.time_zone, local_day(as_of_utc, rules.time_zone)
    notices = [
        each for each in history.of(EventKind.REFUNDED) if each.reason_code in MONEY_TAKEN_BACK
    ]
    starts = (issued.issued_utc, *(each.at_utc for each in (served[0], *notices)))
    base = local_day(max(starts), zone)
    frozen = _frozen_days(history, today, zone)
    gap = timedelta(days=rules.triple_after_days - rules.double_after_days)
    double, triple = (
        last_day_to_pay(base, days, frozen, days_after_decision=rules.days_after_decision)
        for days in (rules.double_after_days, rules.triple_after_days)
    )
    late = False
    for last_day, factor in ((double, 2), (max(triple, double + gap), 3)):
        if today > last_day and history.paid_by(last_day, zone) < total_cents:
            total_cents, late = late_total_cents(issued.fine_cents, factor, rules), True
    return total_cents, late


def late_total_cents(fine_cents: int, factor: int, rules: FineRules) -> int:
    """Return the doubled (``factor`` 2) or tripled (3) fine within the cap, never below it."""
    if rules.cap_total_cents is None:
        return fine_cents * factor
    return min(fine_cents * factor, max(rules.cap_total_cents, fine_cents))


def _frozen_days(history: _History, today: date, time_zone: str) -> list[FrozenDays]:
    return [
        FrozenDays(
            first_day=local_day(spell.first.at_utc, time_zone),
            last_day=today if spell.end_utc is None else local_day(spell.end_utc, time_zone),
            decided=spell.end_utc is not None,
        )
        for spell in (*history.holds(), *history.appeals())
    ]
