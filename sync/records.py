"""Each synced record, declared once: class, name, kind, key, scope, readers, lane, merge rules.

Walks the fields of the domain dataclasses and their markers; knows no SQL. Both schemas
(``local_db.tables``, ``central.tables``), the wire check and the published API schema are made
from ``RECORDS``. Any thread; must not import ``local_db``, ``central`` or anything above.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import IntEnum, StrEnum
from typing import Any, Generic, TypeVar

import msgspec

from parking.check import PlateCheck
from parking.citation import Citation, CitationEvent
from parking.edit import (
    CitationNote,
    Conflict,
    ConflictChoice,
    Edit,
    PlateCorrection,
    ShiftHeader,
)
from parking.errors import UserError
from parking.hotlist import HotlistEntry
from parking.officer import Officer, OfficerKey
from parking.outage import OutageEvent
from parking.parked import ParkedClosing, ParkedOperation
from parking.photo import Photo
from parking.refund import PaymentSummary, RefundApproval, RefundRequest
from parking.right import ParkingSession, Permit
from parking.shift import ShiftEvent
from parking.slip import CouldNotPay
from parking.tariff import Tariff
from parking.terminal import Terminal, TerminalKind
from parking.violation import ViolationCode
from parking.voucher import VoucherUse
from parking.zone import Beat, Zone
from sync.fields import (
    FILE_PAGE_BYTES,
    FILE_RESERVED_BYTES,
    GENERATION,
    LOCAL_TYPES,
    Field,
    Marker,
    check,
    check_field,
    fields_of,
    local_type,
)

# How fields lie and are checked is told to everybody through this module.
__all__ = (
    "BY_CLASS",
    "BY_NAME",
    "EXTRA",
    "FILE_PAGE_BYTES",
    "FILE_RESERVED_BYTES",
    "GENERATION",
    "LOCAL_TYPES",
    "RECORDS",
    "Field",
    "Lane",
    "Marker",
    "Record",
    "RecordKind",
    "Rule",
    "check",
    "check_field",
    "decode",
    "encode",
    "extra_of",
    "fields_of",
    "key_of",
    "local_type",
)

T = TypeVar("T")
EXTRA = "extra"
"""Column on both sides that keeps the unknown fields of a newer version, returned untouched."""


class RecordKind(StrEnum):
    """How a record may change."""

    FACT = "fact"
    """Inserted once, made anywhere; a correction is a new fact."""
    MUTABLE = "mutable"
    """Edited anywhere by ``Edit`` facts that central merges; every terminal pulls the result."""
    REFERENCE = "reference"
    """Central's, pull-only; where it has ``editors``, they too send ``Edit`` facts."""


class Lane(IntEnum):
    """Which queue a fact waits in: a lower lane is sent first, each lane in its own order."""

    ORDERS = 1
    """What money depends on: outages, slips, code use."""
    CITATIONS = 2
    """Citations, their events and photo records, shifts."""
    EDITS = 3
    """Everything else: edits, choices, checks. Photo files come after all lanes."""


class Rule(StrEnum):
    """What stands when two edits of a field did not know of each other (``sync.merge``)."""

    ASK = "ask"
    """Keep both; a supervisor chooses."""
    SERVER_WINS = "server_wins"
    LARGEST = "largest"
    UNION = "union"
    """A set: what either added is in, what either removed is out."""
    COUNTER = "counter"
    """Both differences are added."""
    LATEST = "latest"
    """By hybrid logical clock; for cosmetic fields only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record(Generic[T]):
    """One synced class.

    Attributes:
        of: The domain dataclass.
        name: On the wire and in the feed; also the table's name unless ``table`` says otherwise.
        kind: ``FACT`` is insert-once and made anywhere; ``REFERENCE`` is central's and pull-only.
        key: Name of the key field.
        readers: The terminal kinds whose feed carries it.
        scope: Field that bounds who needs the row, or None for every reader.
        lane: Which queue its operations wait in; of facts only.
        editors: The terminal kinds that may edit it; none for facts.
        rules: Per field what stands after edits that did not know of each other; ``ASK`` if unsaid.
        groups: Fields that are one fact: they win or lose together.
        since: Schema level in which a field came, where not in the first.
        level: Schema level in which the record came; older terminals do not get it.
        central_table: Table name at central where the deployment guide gives one.
    """

    of: type[T]
    name: str
    kind: RecordKind
    key: str
    readers: frozenset[TerminalKind]
    scope: str | None = None
    lane: Lane = Lane.EDITS
    editors: frozenset[TerminalKind] = frozenset()
    rules: Mapping[str, Rule] = field(default_factory=dict)
    groups: tuple[tuple[str, ...], ...] = ()
    since: Mapping[str, int] = field(default_factory=dict)
    level: int = 1
    central_table: str = ""

    @property
    def table_at_central(self) -> str:
        """Return the table's name at central."""
        return self.central_table or self.name


OFFICER, KIOSK, SUPERVISOR = TerminalKind.OFFICER, TerminalKind.KIOSK, TerminalKind.SUPERVISOR
_ALL = frozenset({OFFICER, KIOSK, SUPERVISOR})
_STREET = frozenset({OFFICER, SUPERVISOR})
_DESK = frozenset({SUPERVISOR})
_FACT, _MUTABLE, _REFERENCE = RecordKind.FACT, RecordKind.MUTABLE, RecordKind.REFERENCE

RECORDS: tuple[Record[Any], ...] = (
    Record(
        of=Citation,
        name="citation",
        kind=_FACT,
        key="citation_id",
        readers=_STREET,
        scope="zone_id",
        lane=Lane.CITATIONS,
        central_table="violations",
    ),
    Record(
        of=CitationEvent,
        name="citation_event",
        kind=_FACT,
        key="citation_event_id",
        readers=_STREET,
        lane=Lane.CITATIONS,
    ),
    Record(
        of=Photo,
        name="photo",
        kind=_FACT,
        key="photo_id",
        readers=_DESK,
        lane=Lane.CITATIONS,
    ),
    Record(
        of=PlateCheck,
        name="plate_check",
        kind=_FACT,
        key="check_id",
        readers=_DESK,
        scope="zone_id",
    ),
    Record(
        of=ShiftEvent,
        name="shift_event",
        kind=_FACT,
        key="shift_event_id",
        readers=_DESK,
        lane=Lane.CITATIONS,
    ),
    Record(
        of=OutageEvent,
        name="outage_event",
        level=2,
        kind=_FACT,
        key="outage_event_id",
        readers=_STREET,
        scope="zone_id",
        lane=Lane.ORDERS,
    ),
    Record(
        of=CouldNotPay,
        name="could_not_pay",
        level=2,
        kind=_FACT,
        key="slip_id",
        readers=_STREET,
        scope="zone_id",
        lane=Lane.ORDERS,
    ),
    Record(
        of=RefundRequest,
        name="refund_request",
        level=2,
        kind=_FACT,
        key="refund_id",
        readers=_DESK,
        lane=Lane.ORDERS,
    ),
    Record(
        of=RefundApproval,
        name="refund_approval",
        level=2,
        kind=_FACT,
        key="refund_approval_id",
        readers=_DESK,
        lane=Lane.ORDERS,
    ),
    Record(
        of=VoucherUse,
        name="voucher_use",
        level=2,
        kind=_FACT,
        key="voucher_use_id",
        readers=_DESK,
        scope="zone_id",
        lane=Lane.ORDERS,
    ),
    Record(of=Edit, name="edit", level=2, kind=_FACT, key="edit_id", readers=_DESK),
    Record(
        of=ConflictChoice,
        name="conflict_choice",
        level=2,
        kind=_FACT,
        key="choice_id",
        readers=_DESK,
    ),
    Record(
        of=ParkedClosing,
        name="parked_closing",
        level=2,
        kind=_FACT,
        key="parked_closing_id",
        readers=_DESK,
    ),
    Record(
        of=CitationNote,
        name="citation_note",
        level=2,
        kind=_MUTABLE,
        key="citation_id",
        readers=_STREET,
        editors=_STREET,
        rules={"tags": Rule.UNION},
    ),
    Record(
        of=PlateCorrection,
        name="plate_correction",
        level=2,
        kind=_MUTABLE,
        key="citation_id",
        readers=_STREET,
        editors=_STREET,
        groups=(("plate", "plate_state"),),
    ),
    Record(
        of=ShiftHeader,
        name="shift_header",
        level=2,
        kind=_MUTABLE,
        key="shift_id",
        readers=_STREET,
        editors=_STREET,
        rules={
            "vehicle": Rule.LATEST,
            "odometer_miles": Rule.LARGEST,
            "forms_spoiled": Rule.COUNTER,
        },
    ),
    Record(
        of=Conflict, name="conflict", level=2, kind=_REFERENCE, key="conflict_id", readers=_DESK
    ),
    Record(
        of=ParkedOperation,
        name="parked_operation",
        level=2,
        kind=_REFERENCE,
        key="parked_operation_id",
        readers=_DESK,
    ),
    Record(
        of=PaymentSummary,
        name="payment_summary",
        level=2,
        kind=_REFERENCE,
        key="payment_id",
        readers=_DESK,
    ),
    Record(
        of=ParkingSession,
        name="parking_session",
        kind=_REFERENCE,
        key="parking_session_id",
        readers=_STREET,
        scope="zone_id",
        central_table="parking_sessions",
    ),
    Record(
        of=Permit,
        name="permit",
        kind=_REFERENCE,
        key="permit_id",
        readers=_STREET,
        scope="zone_id",
        central_table="permits",
    ),
    Record(
        of=HotlistEntry,
        name="hotlist_entry",
        kind=_REFERENCE,
        key="hotlist_entry_id",
        readers=_STREET,
        central_table="hotlist_entries",
    ),
    Record(
        of=Zone,
        name="zone",
        since={"could_not_pay_minutes": 2},
        kind=_REFERENCE,
        key="zone_id",
        readers=_ALL,
        editors=_DESK,
        rules={"name": Rule.LATEST},
        central_table="parking_zones",
    ),
    Record(
        of=Tariff,
        name="tariff",
        since={
            "no_return_minutes": 2,
            "carry_over": 2,
            "maximum_fee_cents": 2,
            "maximum_fee_period": 2,
            "special_days": 2,
            "user_classes": 2,
        },
        kind=_REFERENCE,
        key="tariff_id",
        readers=_ALL,
        central_table="tariffs",
    ),
    Record(
        of=Beat, name="beat", kind=_REFERENCE, key="beat_id", readers=_STREET, central_table="beats"
    ),
    Record(
        of=ViolationCode,
        name="violation_code",
        kind=_REFERENCE,
        key="code",
        readers=_STREET,
        central_table="violation_codes",
    ),
    Record(
        of=Officer,
        name="officer",
        kind=_REFERENCE,
        key="officer_id",
        readers=_STREET,
        central_table="users",
    ),
    Record(
        of=OfficerKey,
        name="officer_key",
        kind=_REFERENCE,
        key="officer_key_id",
        readers=_STREET,
        central_table="officer_keys",
    ),
    Record(
        of=Terminal,
        name="terminal",
        since={"zone_ids": 2},
        kind=_REFERENCE,
        key="terminal_id",
        readers=_STREET,
        central_table="terminals",
    ),
)

BY_NAME: dict[str, Record[Any]] = {record.name: record for record in RECORDS}
BY_CLASS: dict[type, Record[Any]] = {record.of: record for record in RECORDS}


# A day within what databases and Python hold: an offset must not carry a time over the edge, where
# nobody could ever read it back.


def key_of(value: Any) -> Any:
    """Return the key value of a record's instance."""
    return getattr(value, BY_CLASS[type(value)].key)


def encode(value: Any) -> bytes:
    """Return the exact bytes of a record as they travel and are hashed."""
    return msgspec.json.encode(value)


_DECODERS: dict[type, msgspec.json.Decoder[Any]] = {
    record.of: msgspec.json.Decoder(record.of) for record in RECORDS
}


_ITEMS = msgspec.json.Decoder(dict[str, msgspec.Raw])
_NAMES: dict[type, frozenset[str]] = {
    record.of: frozenset(entry.name for entry in fields(record.of)) for record in RECORDS
}


def decode(record: Record[T], payload: bytes | msgspec.Raw) -> T:
    """Read and check a record from its bytes; unknown fields are ignored here (see ``extra_of``).

    Raises:
        UserError: ``record.malformed`` or what ``check`` raises, naming the field.
    """
    try:
        value: T = _DECODERS[record.of].decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise UserError("record.malformed", f"{record.name}: {error}") from error
    check(value)
    return value


def extra_of(
    record: Record[T], payload: bytes | msgspec.Raw, value: T | None = None
) -> dict[str, Any]:
    """Return the fields of a payload that this version does not know; usually empty.

    Args:
        record: Of the payload.
        payload: Its exact bytes.
        value: What ``decode`` made of them, where the caller has it; saves time.

    Raises:
        UserError: ``record.malformed``.
    """
    # What this version would write itself has no other fields.
    if value is not None and encode(value) == bytes(payload):
        return {}
    try:
        return _unknown(record, payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UserError("record.malformed", f"{record.name}: {error}") from error


def _unknown(record: Record[Any], payload: bytes | msgspec.Raw) -> dict[str, Any]:
    found = _ITEMS.decode(payload)
    unknown = found.keys() - _NAMES[record.of]
    return {name: msgspec.json.decode(found[name]) for name in sorted(unknown)}
