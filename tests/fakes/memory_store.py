"""A store in memory behind ``app.ports.Store``, seeded with the sample city."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

import msgspec

from app.ports import (
    AskedRefund,
    DayFacts,
    HeldCitation,
    Parked,
    PaymentSearch,
    PhotoKept,
    ShiftCounts,
    Shown,
    ToSend,
)
from parking.check import Candidates, PlateCheck
from parking.citation import Citation, CitationEvent, EventKind, open_hold
from parking.edit import Conflict, ConflictChoice, ConflictState, Edit
from parking.errors import BugError, UnavailableError, UserError
from parking.hotlist import HotlistEntry
from parking.numbers import NumberLease, citation_number
from parking.officer import Officer
from parking.outage import Outage, OutageEvent, outages
from parking.parked import FINAL_REFUSALS, ParkedClosing, ParkedOperation
from parking.photo import Photo
from parking.plate import look_alikes, plate_key, same_plate
from parking.refund import PaymentSummary, RefundApproval, RefundRequest
from parking.right import ParkingSession, Permit, Right, right_id
from parking.shift import ShiftEvent, ShiftEventKind
from parking.slip import CouldNotPay
from parking.tariff import Tariff
from parking.terminal import Terminal
from parking.violation import ViolationCode
from parking.zone import Beat, Source, Zone
from sync.hlc import next_hlc
from sync.merge import rebase
from sync.push import Batch
from sync.records import BY_CLASS, check, key_of
from tests.fakes.clock import NOON

T = TypeVar("T")
_CITY = Path(__file__).resolve().parents[2] / "resources" / "sample_city"


def sample(of: type[T], name: str) -> list[T]:
    """Return the records of one file of the sample city."""
    return msgspec.convert(json.loads((_CITY / f"{name}.json").read_text()), type=list[of])  # type: ignore[valid-type]  # the list's item class is the argument


class MemoryWork:
    """One transaction on a ``MemoryStore``."""

    def __init__(self, store: "MemoryStore") -> None:
        self._store = store
        self._added: list[Any] = []
        self._dropped: list[str] = []
        self._settings: dict[str, bytes | None] = {}
        self._numbers = store.numbers

    def add(self, record: Any) -> None:
        check(record)
        if isinstance(record, Photo) and record.sha256 not in self._store.photos:
            raise BugError("a photo was named before it was saved")
        self._added.append(record)

    def next_number(self) -> str:
        if self._numbers[0] > self._numbers[1]:
            raise UserError("numbers.none_left", "No citation numbers are left on this terminal.")
        serial = self._numbers[0]
        self._numbers = (serial + 1, self._numbers[1])
        return citation_number(4, serial)

    def next_hlc(self, heard_utc: datetime | None) -> int:
        last = max((one.hlc for one in self._store.all_of(Edit)), default=0)
        return next_hlc(last, now_utc=NOON, heard_utc=heard_utc)

    def drop_draft(self, name: str) -> None:
        self._dropped.append(name)

    def keep_setting(self, name: str, data: bytes | None) -> None:
        self._settings[name] = data

    def commit(self) -> None:
        if self._store.disk_full:
            raise UnavailableError(
                "database.disk_full", "The disk is full. Nothing was saved.", retry_safe=True
            )
        self._store.facts += self._added
        self._store.numbers = self._numbers
        for name in self._dropped:
            self._store.drafts.pop(name, None)
        for name, data in self._settings.items():
            self._store.keep_setting(name, data)


class MemoryStore:
    """What a terminal knows and has made.

    Attributes:
        facts: Everything saved here, in order.
        fed: Reference records of the feed, by class.
        fed_edited: Rows of records that may be edited, as central has them.
        as_of: Until when each source is known.
        disk_full: Let commits fail.
        numbers: First and last serial of the lease.
    """

    def __init__(self) -> None:
        self.facts: list[Any] = []
        self.rights: list[ParkingSession] = []
        self.permits: list[Permit] = sample(Permit, "permits")
        self.hotlist: list[HotlistEntry] = sample(HotlistEntry, "hotlist")
        self.fed_zones: list[Zone] = sample(Zone, "zones")
        self.fed_beats: list[Beat] = sample(Beat, "beats")
        self.fed_tariffs: list[Tariff] = sample(Tariff, "tariffs")
        self.fed_codes: list[ViolationCode] = sample(ViolationCode, "violation_codes")
        self.fed_officers: list[Officer] = sample(Officer, "officers")
        self.fed_terminals: list[Terminal] = []
        self.fed_facts: list[Any] = []
        self.fed_conflicts: list[Conflict] = []
        self.refused: list[Parked] = []
        self.fed_parked: list[ParkedOperation] = []
        self.fed_payments: list[PaymentSummary] = []
        self.waiting: ToSend | None = None
        self.fed_edited: list[Any] = [*self.fed_zones]
        self.as_of: dict[Source, datetime | None] = dict.fromkeys(Source)
        self.photos: dict[bytes, bytes] = {}
        self.thumbnails: dict[bytes, bytes] = {}
        self.city_hand_over_key: bytes | None = bytes(range(32))
        self.drafts: dict[str, bytes] = {}
        self.settings: dict[str, bytes] = {}
        self.numbers = (1, 100)
        self.disk_full = False

    def fresh(self, utc: datetime) -> None:
        """Let every source be known until now."""
        self.as_of = dict.fromkeys(Source, utc)

    @contextmanager
    def saving(self) -> Iterator[MemoryWork]:
        yield MemoryWork(self)

    def all_of(self, of: type[T]) -> list[T]:
        """Return the facts of a class, made here and fed."""
        return [fact for fact in (*self.facts, *self.fed_facts) if isinstance(fact, of)]

    def candidates(self, key: str) -> Candidates:
        others = list(look_alikes(key))
        everything: tuple[ParkingSession | Permit | HotlistEntry, ...] = (
            *self.rights,
            *self.permits,
            *self.hotlist,
        )
        return Candidates(
            rights=tuple(right for right in self.rights if same_plate(right.plate, key)),
            permits=tuple(permit for permit in self.permits if same_plate(permit.plate, key)),
            hotlist=tuple(entry for entry in self.hotlist if same_plate(entry.plate, key)),
            look_alikes=tuple(
                one for one in everything if any(same_plate(one.plate, other) for other in others)
            ),
            as_of=self.as_of,
        )

    def zone(self, zone_id: str) -> Zone | None:
        return next((zone for zone in self.fed_zones if zone.zone_id == zone_id), None)

    def zones(self) -> tuple[Zone, ...]:
        return tuple(sorted(self.fed_zones, key=lambda zone: zone.zone_id))

    def beats(self) -> tuple[Beat, ...]:
        return tuple(sorted(self.fed_beats, key=lambda beat: beat.beat_id))

    def tariff(self, tariff_id: str) -> Tariff | None:
        return next((one for one in self.fed_tariffs if one.tariff_id == tariff_id), None)

    def violation_codes(self) -> tuple[ViolationCode, ...]:
        return tuple(sorted(self.fed_codes, key=lambda code: code.code))

    def officer_by_badge(self, badge: str) -> Officer | None:
        return next((one for one in self.fed_officers if one.badge == badge and one.active), None)

    def officers(self) -> tuple[Officer, ...]:
        return tuple(self.fed_officers)

    def terminals(self) -> tuple[Terminal, ...]:
        return tuple(self.fed_terminals)

    def sources_as_of(self) -> dict[Source, datetime | None]:
        return dict(self.as_of)

    def to_send(self) -> ToSend:
        if self.waiting is not None:
            return self.waiting
        return ToSend(count=len(self.facts), oldest_utc=None, parked=len(self.refused))

    def parked(self) -> tuple[Parked, ...]:
        return tuple(self.refused)

    def send_parked_again(self) -> int:
        again = [one for one in self.refused if one.code not in FINAL_REFUSALS]
        self.refused = [one for one in self.refused if one.code in FINAL_REFUSALS]
        return len(again)

    def open_parked(self) -> tuple[ParkedOperation, ...]:
        closed = {one.parked_operation_id for one in self.all_of(ParkedClosing)}
        waiting = [
            one
            for one in self.fed_parked
            if one.closed_utc is None and one.parked_operation_id not in closed
        ]
        return tuple(sorted(waiting, key=lambda one: one.parked_utc))

    def numbers_left(self) -> int:
        return self.numbers[1] - self.numbers[0] + 1

    def keep_lease(self, lease: NumberLease) -> None:
        self.numbers = (lease.first_serial, lease.last_serial)

    def keep_draft(self, name: str, data: bytes) -> None:
        self.drafts[name] = data

    def draft(self, name: str) -> bytes | None:
        return self.drafts.get(name)

    def setting(self, name: str) -> bytes | None:
        return self.settings.get(name)

    def keep_setting(self, name: str, data: bytes | None) -> None:
        if data is None:
            self.settings.pop(name, None)
        else:
            self.settings[name] = data

    def last_checks(self, shift_id: UUID, *, most: int) -> tuple[PlateCheck, ...]:
        mine = [one for one in self.all_of(PlateCheck) if one.shift_id == shift_id]
        return tuple(reversed(mine))[:most]

    def plate_check(self, check_id: UUID) -> PlateCheck | None:
        return next((one for one in self.all_of(PlateCheck) if one.check_id == check_id), None)

    def _with_events(self, citation: Citation) -> tuple[Citation, tuple[CitationEvent, ...]]:
        mine = (
            one for one in self.all_of(CitationEvent) if one.citation_id == citation.citation_id
        )
        return citation, tuple(sorted(mine, key=lambda event: event.at_utc))

    def citation(self, citation_id: UUID) -> tuple[Citation, tuple[CitationEvent, ...]] | None:
        for one in self.all_of(Citation):
            if one.citation_id == citation_id:
                return self._with_events(one)
        return None

    def numbered_citations(
        self, number: str
    ) -> tuple[tuple[Citation, tuple[CitationEvent, ...]], ...]:
        found = (one for one in self.all_of(Citation) if one.number == number)
        return tuple(self._with_events(one) for one in found)

    def plate_citations(self, key: str) -> tuple[tuple[Citation, tuple[CitationEvent, ...]], ...]:
        found = (one for one in self.all_of(Citation) if same_plate(one.plate, key))
        return tuple(self._with_events(one) for one in found)

    def slips_of(self, key: str) -> tuple[CouldNotPay, ...]:
        return tuple(one for one in self.all_of(CouldNotPay) if same_plate(one.plate, key))

    def outages_in(self, zone_id: str) -> tuple[Outage, ...]:
        told = [one for one in self.all_of(OutageEvent) if one.zone_id == zone_id]
        return outages(told, "K-07")

    def shift_citations(
        self, shift_id: UUID
    ) -> tuple[tuple[Citation, tuple[CitationEvent, ...]], ...]:
        found = (one for one in self.all_of(Citation) if one.shift_id == shift_id)
        return tuple(self._with_events(one) for one in found)

    def shift_counts(self, shift_id: UUID) -> ShiftCounts:
        citations = self.shift_citations(shift_id)
        warnings = sum(citation.is_warning for citation, _events in citations)
        kinds = [{event.kind for event in events} for _citation, events in citations]
        return ShiftCounts(
            checks=len([one for one in self.all_of(PlateCheck) if one.shift_id == shift_id]),
            issued=len(citations) - warnings,
            warnings=warnings,
            printed=sum(EventKind.PRINTED in each for each in kinds),
            voided=sum(EventKind.VOIDED in each for each in kinds),
        )

    def sending(self, record_id: UUID) -> str:
        return "to_send" if any(key_of(one) == record_id for one in self.facts) else ""

    def open_shift(self) -> ShiftEvent | None:
        events = [one for one in self.facts if isinstance(one, ShiftEvent)]
        ended = {one.shift_id for one in events if one.kind is ShiftEventKind.ENDED}
        return next((one for one in events if one.shift_id not in ended), None)

    def held_citations(self) -> tuple[HeldCitation, ...]:
        every: list[Right] = [*self.rights, *self.permits]
        rights = {right_id(right): right for right in every}
        found = []
        for citation in self.all_of(Citation):
            _citation, events = self._with_events(citation)
            held = open_hold(events)
            if held is not None:
                right = None if held.right_id is None else rights.get(held.right_id)
                found.append(
                    HeldCitation(citation=citation, events=events, right=right, held_event=held)
                )
        return tuple(sorted(found, key=lambda one: one.held_event.at_utc))

    def payments(self, search: PaymentSearch) -> tuple[PaymentSummary, ...]:
        found = (
            one
            for one in self.fed_payments
            if search.payment_id in {None, one.payment_id}
            and search.reference in {"", one.reference}
            and search.plate_key in {"", plate_key(one.plate)}
            and (search.from_utc is None or search.from_utc <= one.made_utc)
            and (search.until_utc is None or one.made_utc < search.until_utc)
            and (one.task or not search.only_tasks)
        )
        return tuple(sorted(found, key=lambda one: (one.made_utc, one.payment_id), reverse=True))

    def refunds_of(self, payment_id: UUID) -> tuple[AskedRefund, ...]:
        found = (one for one in self.all_of(RefundRequest) if one.payment_id == payment_id)
        return tuple(self._asked(one) for one in found)

    def asked_refund(self, refund_id: UUID) -> AskedRefund | None:
        found = (one for one in self.all_of(RefundRequest) if one.refund_id == refund_id)
        return next((self._asked(one) for one in found), None)

    def _asked(self, request: RefundRequest) -> AskedRefund:
        said = (one for one in self.all_of(RefundApproval) if one.refund_id == request.refund_id)
        return AskedRefund(request=request, approvals=tuple(said))

    def sold_time(self, right_id: UUID) -> ParkingSession | None:
        return next((one for one in self.rights if one.parking_session_id == right_id), None)

    def day_facts(self, first_utc: datetime, end_utc: datetime) -> DayFacts:
        citations = [
            one for one in self.all_of(Citation) if first_utc <= one.observed_utc < end_utc
        ]
        mine = {one.citation_id for one in citations}
        return DayFacts(
            checks=tuple(
                one for one in self.all_of(PlateCheck) if first_utc <= one.observed_utc < end_utc
            ),
            citations=tuple(citations),
            events=tuple(
                one
                for one in self.all_of(CitationEvent)
                if one.citation_id in mine or first_utc <= one.at_utc < end_utc
            ),
            shift_events=tuple(
                one for one in self.all_of(ShiftEvent) if first_utc <= one.at_utc < end_utc
            ),
        )

    def last_edit(self, of: type, key: str) -> Edit | None:
        name = BY_CLASS[of].name
        found = [one for one in self.all_of(Edit) if (one.record, one.record_key) == (name, key)]
        return max(found, key=lambda one: one.made_utc, default=None)

    def open_conflicts(self) -> tuple[Conflict, ...]:
        found = (one for one in self.fed_conflicts if not self._settled(one))
        return tuple(sorted(found, key=lambda one: one.found_utc))

    def _settled(self, conflict: Conflict) -> bool:
        sides = {side.side_id for side in conflict.sides}
        choices = self.choices_of(conflict.conflict_id)
        return conflict.state is not ConflictState.OPEN or any(
            sides <= set(choice.seen) for choice in choices
        )

    def choices_of(self, conflict_id: UUID) -> tuple[ConflictChoice, ...]:
        return tuple(one for one in self.all_of(ConflictChoice) if one.conflict_id == conflict_id)

    def photos_of(self, citation_id: UUID) -> tuple[Photo, ...]:
        mine = (one for one in self.all_of(Photo) if one.citation_id == citation_id)
        return tuple(sorted(mine, key=lambda one: one.taken_utc))

    def shown(self, of: type[T], key: str) -> Shown[T]:
        row = next((one for one in self.fed_edited if _is(one, of, key)), None)
        ours = [one for one in self.all_of(Edit) if one.record_key == key]
        edits = [one for one in ours if one.record == BY_CLASS[of].name]
        return Shown(
            key=key,
            value=rebase(BY_CLASS[of], key, row, edits),
            base_revision=0 if row is None else row.revision,
            waiting=len(edits),
            data_as_of_utc=self.as_of[Source.PAY_STATION],
        )

    def save_photo(self, plain: bytes, *, thumbnail: bytes = b"") -> bytes:
        digest = sha256(plain).digest()
        self.photos[digest] = plain
        self.thumbnails[digest] = thumbnail
        return digest

    @contextmanager
    def kept(self) -> Iterator["NothingKept"]:
        yield NothingKept()

    def hand_over_key(self) -> bytes | None:
        return self.city_hand_over_key

    def drop_photos(self, *, but: Collection[bytes]) -> int:
        kept = {photo.sha256 for photo in self.all_of(Photo)} | set(but)
        dropped = [digest for digest in self.photos if digest not in kept]
        for digest in dropped:
            del self.photos[digest]
            self.thumbnails.pop(digest, None)
        return len(dropped)

    def photo(self, sha256: bytes) -> bytes:
        if sha256 not in self.photos:
            raise UnavailableError("photo.missing", "The photo is not here.", retry_safe=False)
        return self.photos[sha256]

    def change_zone(self, zone_id: str, **changes: Any) -> Zone:
        """Change a zone as the feed would."""
        zone = self.zone(zone_id)
        assert zone is not None
        changed = replace(zone, **changes)
        self.fed_zones = [changed if one.zone_id == zone_id else one for one in self.fed_zones]
        return changed


def _is(value: Any, of: type, key: str) -> bool:
    return isinstance(value, of) and str(key_of(value)) == key


class NothingKept:
    """A terminal of which central's backups hold everything."""

    operations = 0
    photos = 0

    def batches(self) -> Iterator[Batch]:
        return iter(())

    def photo_files(self) -> Iterator[PhotoKept]:
        return iter(())
