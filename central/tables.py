"""Tables of the synced records, made from their one declaration in ``sync.records``.

A type map of ten lines and ``table(record)``; central adds its own columns (``received_utc``,
``extra``, ``plate_key``, ``payload_sha256``). Indexes are written by hand; migrations too, and a
test compares the newest migration with this file. No I/O; must not import FastAPI.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Date,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeEngine

from sync.records import EXTRA, RECORDS, Field, Record, RecordKind, fields_of

METADATA = MetaData()
PLATE_KEY, RECEIVED, PAYLOAD_HASH = "plate_key", "received_utc", "payload_sha256"

_TYPES: dict[type, TypeEngine[Any]] = {
    str: Text(),
    int: BigInteger(),
    bool: Boolean(),
    bytes: LargeBinary(),
    datetime: TIMESTAMP(timezone=True),
    date: Date(),
    UUID: Uuid(),
}


def column_type(field: Field) -> TypeEngine[Any]:
    """Return the column type of a field: enums are text, items that are records are jsonb."""
    if field.item is not None:
        return ARRAY(_TYPES[field.item]) if field.item in _TYPES else JSONB()
    return _TYPES[str if issubclass(field.base, StrEnum) else field.base]


def table(record: Record[Any]) -> Table:
    """Make the table of a record, with central's own columns."""
    fields = fields_of(record.of)
    columns = [
        Column(
            field.name,
            column_type(field),
            primary_key=field.name == record.key,
            nullable=field.optional,
        )
        for field in fields
    ]
    if any(field.name == "plate" for field in fields):
        columns.append(Column(PLATE_KEY, Text(), nullable=False))
    if record.kind is RecordKind.FACT:
        columns.append(Column(PAYLOAD_HASH, LargeBinary(), nullable=False))
    columns.append(Column(RECEIVED, TIMESTAMP(timezone=True), nullable=False))
    columns.append(Column(EXTRA, JSONB(), nullable=False, server_default=text("'{}'")))
    return Table(record.table_at_central, METADATA, *columns)


TABLES: dict[str, Table] = {record.name: table(record) for record in RECORDS}

_violations = TABLES["citation"].c
Index("idx_violations_license_plate", _violations.plate_key, _violations.plate_state)
Index("idx_violations_number", _violations.number)
Index("idx_violations_shift", _violations.shift_id)
Index("idx_citation_event_citation", TABLES["citation_event"].c.citation_id)
Index("idx_photo_citation", TABLES["photo"].c.citation_id)
_checks = TABLES["plate_check"].c
Index("idx_plate_check_plate", _checks.plate_key, _checks.observed_utc)
Index("idx_plate_check_shift", _checks.shift_id)
Index("idx_shift_event_shift", TABLES["shift_event"].c.shift_id)
_rights = TABLES["parking_session"].c
Index("idx_parking_sessions_plate", _rights.plate_key, _rights.end_utc)
Index(
    "idx_parking_sessions_zone_active",
    _rights.zone_id,
    _rights.end_utc,
    postgresql_where=_rights.revoked_utc.is_(None),
)
Index("idx_permits_plate", TABLES["permit"].c.plate_key)
Index("idx_hotlist_entries_plate", TABLES["hotlist_entry"].c.plate_key)
Index("idx_officer_keys_officer", TABLES["officer_key"].c.officer_id)
Index("idx_users_badge", TABLES["officer"].c.badge, unique=True)
Index("idx_terminals_name", TABLES["terminal"].c.name, unique=True)
Index("idx_terminals_series", TABLES["terminal"].c.series, unique=True)
Index("idx_voucher_use_voucher", TABLES["voucher_use"].c.voucher_id)
for _edited in ("edit", "conflict"):
    _columns = TABLES[_edited].c
    Index(f"idx_{_edited}_record", _columns.record, _columns.record_key)
Index("idx_conflict_choice_conflict", TABLES["conflict_choice"].c.conflict_id)
Index("idx_plate_correction_plate", TABLES["plate_correction"].c.plate_key)
Index("idx_could_not_pay_plate", TABLES["could_not_pay"].c.plate_key)
Index("idx_refund_request_payment", TABLES["refund_request"].c.payment_id)
Index("idx_refund_approval_refund", TABLES["refund_approval"].c.refund_id)
