"""What use cases ask of the store, read-only: reference data, facts, backlog, settings.

Any worker thread, never the GUI thread. Must not import anything above ``sync``.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, literal, select, union

from local_db import money, trouble
from local_db.edits import EditAnswers
from local_db.reads import read
from local_db.rows import instant
from local_db.tables import (
    DRAFT,
    FACT_TABLES,
    FEED_TABLES,
    NUMBER_LEASE,
    OUTBOX,
    SETTING,
    SOURCE_STATUS,
    SendState,
)
from local_db.values import (
    AskedRefund,
    CitationFacts,
    DayFacts,
    HeldCitation,
    Parked,
    PaymentSearch,
    ShiftCounts,
)
from parking.check import PlateCheck
from parking.citation import Citation, CitationEvent, EventKind, open_hold
from parking.errors import UserError
from parking.officer import Officer
from parking.outage import Outage
from parking.parked import ParkedClosing, ParkedOperation
from parking.refund import PaymentSummary, RefundRequest
from parking.right import ParkingSession, Permit, Right
from parking.shift import ShiftEvent, ShiftEventKind
from parking.slip import CouldNotPay
from parking.tariff import Tariff
from parking.terminal import Terminal
from parking.violation import ViolationCode
from parking.zone import Beat, Source, Zone
from sync.records import BY_NAME, RECORDS, RecordKind, decode

T = TypeVar("T")


class StoreAnswers(EditAnswers):
    """The reading half of ``local_db.store.LocalStore``. Each answer is one snapshot per file."""

    def zone(self, zone_id: str) -> Zone | None:
        """Return one zone."""
        return _only(self._fed(Zone, FEED_TABLES["zone"].c.zone_id == zone_id))

    def zones(self) -> tuple[Zone, ...]:
        """Return all zones in the order of their numbers."""
        return tuple(sorted(self._fed(Zone), key=lambda zone: (len(zone.zone_id), zone.zone_id)))

    def beats(self) -> tuple[Beat, ...]:
        """Return all beats in the order of their ids."""
        return tuple(sorted(self._fed(Beat), key=lambda beat: beat.beat_id))

    def tariff(self, tariff_id: str) -> Tariff | None:
        """Return one tariff."""
        return _only(self._fed(Tariff, FEED_TABLES["tariff"].c.tariff_id == tariff_id))

    def violation_codes(self) -> tuple[ViolationCode, ...]:
        """Return all codes in order."""
        return tuple(sorted(self._fed(ViolationCode), key=lambda each: each.code))

    def officer_by_badge(self, badge: str) -> Officer | None:
        """Return an active officer."""
        officer = FEED_TABLES["officer"].c
        return _only(self._fed(Officer, officer.badge == badge, officer.active == 1))

    def officers(self) -> tuple[Officer, ...]:
        """Return all people, in the order of their badges."""
        return tuple(sorted(self._fed(Officer), key=lambda each: each.badge))

    def terminals(self) -> tuple[Terminal, ...]:
        """Return all terminals this one knows of, in the order of their names."""
        return tuple(sorted(self._fed(Terminal), key=lambda each: each.name))

    def sources_as_of(self) -> dict[Source, datetime | None]:
        """Return until when each source is known here; None when never heard."""
        status = SOURCE_STATUS.c
        with self._reference.reading() as connection:
            rows = connection.execute(select(status.source, status.as_of_utc)).all()
        known = {row.source: instant(row.as_of_utc) for row in rows}
        return {source: known.get(source.value) for source in Source}

    def numbers_left(self) -> int:
        """Return how many citation numbers are left."""
        lease = NUMBER_LEASE.c
        left = select(func.coalesce(func.sum(lease.last_serial - lease.next_serial + 1), 0))
        with self._records.reading() as connection:
            return int(connection.execute(left).scalar_one())

    def draft(self, name: str) -> bytes | None:
        """Return a draft."""
        return self._kept(select(DRAFT.c.body).where(DRAFT.c.name == name))

    def setting(self, name: str) -> bytes | None:
        """Return a local-only setting."""
        return self._kept(select(SETTING.c.value).where(SETTING.c.name == name))

    def last_checks(self, shift_id: UUID, *, most: int) -> tuple[PlateCheck, ...]:
        """Return the newest checks made here in a shift, newest first."""
        check = FACT_TABLES["plate_check"].c
        return read(
            self._records,
            FACT_TABLES,
            PlateCheck,
            where=(check.shift_id == shift_id.bytes,),
            order=(check.observed_utc.desc(), check.check_id.desc()),
            most=most,
        )

    def plate_check(self, check_id: UUID) -> PlateCheck | None:
        """Return a check made here or known by feed."""
        return _only(self._facts.where_in(PlateCheck, "check_id", [check_id]))

    def citation(self, citation_id: UUID) -> CitationFacts | None:
        """Return a citation made here or known by feed, with its events."""
        return _only(
            self._with_events(self._facts.where_in(Citation, "citation_id", [citation_id]))
        )

    def numbered_citations(self, number: str) -> tuple[CitationFacts, ...]:
        """Return the citations with a number known here; reads every citation, for one question."""
        return self._with_events(self._facts.where_in(Citation, "number", [number]))

    def plate_citations(self, key: str) -> tuple[CitationFacts, ...]:
        """Return the citations of a plate key known here, of any state, oldest first."""
        return self._with_events(self._facts.where_in(Citation, "plate_key", [key]))

    def slips_of(self, key: str) -> tuple[CouldNotPay, ...]:
        """Return the slips of a plate key known here."""
        return trouble.slips_of(self._facts, key)

    def outages_in(self, zone_id: str) -> tuple[Outage, ...]:
        """Return the outages of a zone's pay stations known here, the oldest first."""
        return trouble.outages_in(self._facts, zone_id, self.terminals())

    def shift_citations(self, shift_id: UUID) -> tuple[CitationFacts, ...]:
        """Return the citations of a shift made here, oldest first."""
        shift = FACT_TABLES["citation"].c.shift_id == shift_id.bytes
        return self._with_events(read(self._records, FACT_TABLES, Citation, where=(shift,)))

    def open_shift(self) -> ShiftEvent | None:
        """Return the start of the shift that has not ended here, if any."""
        at_utc = FACT_TABLES["shift_event"].c.at_utc
        events = read(self._records, FACT_TABLES, ShiftEvent, order=(at_utc,))
        ended = {event.shift_id for event in events if event.kind is ShiftEventKind.ENDED}
        still = [event for event in events if event.shift_id not in ended]
        return still[-1] if still else None

    def held_citations(self) -> tuple[HeldCitation, ...]:
        """Return citations with an open hold, oldest hold first; the fold decides if still held."""
        holds = self._facts.where_in(CitationEvent, "kind", [EventKind.HELD])
        held = {hold.citation_id for hold in holds}
        open_holds = [
            (citation, events, hold)
            for citation, events in self._with_events(
                self._facts.where_in(Citation, "citation_id", held)
            )
            if (hold := open_hold(events)) is not None
        ]
        rights = self._rights({hold.right_id for *_facts, hold in open_holds} - {None})
        found = [
            HeldCitation(
                citation=citation,
                events=events,
                right=rights.get(hold.right_id),
                held_event=hold,
            )
            for citation, events, hold in open_holds
        ]
        return tuple(sorted(found, key=lambda held: held.held_event.at_utc))

    def payments(self, search: PaymentSearch) -> tuple[PaymentSummary, ...]:
        """Return the card payments of a search, newest first, at most 200."""
        return money.payments(self._reference, search)

    def refunds_of(self, payment_id: UUID) -> tuple[AskedRefund, ...]:
        """Return what supervisors wanted given back of a payment, the oldest first."""
        found = self._facts.where_in(RefundRequest, "payment_id", [payment_id])
        return money.refunds(self._facts, found)

    def asked_refund(self, refund_id: UUID) -> AskedRefund | None:
        """Return one of them."""
        found = self._facts.where_in(RefundRequest, "refund_id", [refund_id])
        return _only(money.refunds(self._facts, found))

    def sold_time(self, right_id: UUID) -> ParkingSession | None:
        """Return the parking time of a right, known here by the feed."""
        session = FEED_TABLES["parking_session"].c.parking_session_id
        return _only(self._fed(ParkingSession, session == right_id.bytes))

    def day_facts(self, first_utc: datetime, end_utc: datetime) -> DayFacts:
        """Return facts observed in [first_utc, end_utc), own and fed, by their time."""
        citations = self._facts.between(Citation, "observed_utc", first_utc, end_utc)
        of_citations = self._facts.where_in(
            CitationEvent, "citation_id", [citation.citation_id for citation in citations]
        )
        of_day = self._facts.between(CitationEvent, "at_utc", first_utc, end_utc)
        events = {event.citation_event_id: event for event in (*of_citations, *of_day)}
        checks = self._facts.between(PlateCheck, "observed_utc", first_utc, end_utc)
        shifts = self._facts.between(ShiftEvent, "at_utc", first_utc, end_utc)
        return DayFacts(
            checks=tuple(sorted(checks, key=lambda each: each.observed_utc)),
            citations=tuple(sorted(citations, key=lambda each: each.observed_utc)),
            events=tuple(sorted(events.values(), key=lambda each: each.at_utc)),
            shift_events=tuple(sorted(shifts, key=lambda each: each.at_utc)),
        )

    def parked(self) -> tuple[Parked, ...]:
        """Return what central refused, oldest first."""
        box = OUTBOX.c
        with self._records.reading() as connection:
            rows = connection.execute(
                select(OUTBOX)
                .where(box.state == SendState.REFUSED)
                .order_by(box.made_utc, box.epoch, box.lane, box.seq)
            ).all()
        return tuple(
            Parked(
                epoch=row.epoch,
                lane=row.lane,
                seq=row.seq,
                made_utc=instant(row.made_utc),
                record=_readable(row.name, row.payload),
                code=row.code,
                text=row.text,
                answered_utc=instant(row.answered_utc),
            )
            for row in rows
        )

    def open_parked(self) -> tuple[ParkedOperation, ...]:
        """Return the refused operations of all terminals that nobody closed, oldest first.

        One that was closed here is left out at once.
        """
        open_ = FEED_TABLES["parked_operation"].c.closed_utc.is_(None)
        found = self._fed(ParkedOperation, open_)
        ids = [each.parked_operation_id for each in found]
        closings = self._facts.where_in(ParkedClosing, "parked_operation_id", ids) if ids else ()
        closed = {each.parked_operation_id for each in closings}
        waiting = (each for each in found if each.parked_operation_id not in closed)
        return tuple(sorted(waiting, key=lambda each: (each.parked_utc, each.op_seq)))

    def sending(self, record_id: UUID) -> str:
        """Return ``to_send``, ``sent`` or ``refused`` for a fact made here, empty for others."""
        box = OUTBOX.c
        newest = (
            select(box.state)
            .where(box.record_id == record_id.bytes)
            .order_by(box.epoch.desc(), box.seq.desc())
            .limit(1)
        )
        # What central's backups hold has left the outbox; the fact itself stays.
        made_here = [
            select(literal(SendState.SENT.value)).where(
                exists().where(FACT_TABLES[record.name].c[record.key] == record_id.bytes)
            )
            for record in RECORDS
            if record.kind is RecordKind.FACT
        ]
        with self._records.reading() as connection:
            found = connection.execute(newest).scalar()
            if found is None:
                found = connection.execute(union(*made_here)).scalar()
        # That a supervisor closed it changes nothing for the record: central does not have it.
        return SendState.REFUSED.value if found == SendState.CLOSED else str(found or "")

    def shift_counts(self, shift_id: UUID) -> ShiftCounts:
        """Return what this terminal counted in a shift."""
        check = FACT_TABLES["plate_check"].c.shift_id == shift_id.bytes
        with self._records.reading() as connection:
            checks = connection.execute(
                select(func.count()).select_from(FACT_TABLES["plate_check"]).where(check)
            ).scalar_one()
        citations = self.shift_citations(shift_id)
        kinds = [{event.kind for event in events} for _, events in citations]
        warnings = sum(citation.is_warning for citation, _ in citations)
        return ShiftCounts(
            checks=checks,
            issued=len(citations) - warnings,
            warnings=warnings,
            printed=sum(EventKind.PRINTED in each for each in kinds),
            voided=sum(EventKind.VOIDED in each for each in kinds),
        )

    def _fed(self, of: type[T], *where: ColumnElement[bool]) -> tuple[T, ...]:
        return read(self._reference, FEED_TABLES, of, where=where)

    def _kept(self, statement: Select[bytes]) -> bytes | None:
        with self._records.reading() as connection:
            found: bytes | None = connection.execute(statement).scalar()
        return found

    def _with_events(self, citations: Iterable[Citation]) -> tuple[CitationFacts, ...]:
        ordered = sorted(citations, key=lambda each: (each.observed_utc, each.citation_id))
        events: dict[UUID, list[CitationEvent]] = {each.citation_id: [] for each in ordered}
        found = self._facts.where_in(CitationEvent, "citation_id", events) if events else ()
        for event in sorted(found, key=lambda each: (each.at_utc, each.citation_event_id)):
            events[event.citation_id].append(event)
        return tuple((each, tuple(events[each.citation_id])) for each in ordered)

    def _rights(self, ids: set[UUID | None]) -> dict[UUID | None, Right]:
        wanted = [each.bytes for each in ids if each is not None]
        session, permit = FEED_TABLES["parking_session"].c, FEED_TABLES["permit"].c
        sessions = self._fed(ParkingSession, session.parking_session_id.in_(wanted))
        permits = self._fed(Permit, permit.permit_id.in_(wanted))
        rights: dict[UUID | None, Right] = {each.parking_session_id: each for each in sessions}
        rights.update({each.permit_id: each for each in permits})
        return rights


def _readable(name: str, payload: bytes) -> Any:
    """Read a record that perhaps a newer version of this terminal made; None if it cannot be."""
    try:
        return decode(BY_NAME[name], payload)
    except (KeyError, UserError):
        return None


def _only(found: Sequence[T]) -> T | None:
    return found[0] if found else None
