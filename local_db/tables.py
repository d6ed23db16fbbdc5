"""The tables of both files, made from the record declarations. Data only; any thread.

``RECORDS_TABLES`` is what was made here and must never be lost; ``REFERENCE_TABLES`` is what the
feed brings. Indexes stand beside the tables; migrations are written by hand under ``migrations``
and a test compares them with this page.
"""

from enum import StrEnum
from typing import Any

from sqlalchemy import (
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeEngine

from local_db.rows import PLATE_KEY
from sync.records import (
    EXTRA,
    GENERATION,
    RECORDS,
    Record,
    RecordKind,
    fields_of,
    local_type,
)

RECORDS_TABLES = MetaData()
REFERENCE_TABLES = MetaData()

_TYPES: dict[str, type[TypeEngine[Any]]] = {
    "TEXT": Text,
    "INTEGER": Integer,
    "BLOB": LargeBinary,
}


def column_type(base: type) -> type[TypeEngine[Any]]:
    """Return the column type of a field's base class; enums are their words."""
    return _TYPES[local_type(base)]


def table(record: Record[Any], metadata: MetaData, *own: Column[Any]) -> Table:
    """Return the table of a record: its fields, the plate key where it has a plate, extra, own.

    Args:
        record: The declaration.
        metadata: The file it belongs to.
        own: Columns of this side alone.
    """
    fields = fields_of(record.of)
    columns = [
        Column(
            field.name,
            column_type(field.base),
            primary_key=field.name == record.key,
            nullable=field.optional,
        )
        for field in fields
    ]
    if any(field.name == "plate" for field in fields):
        columns.append(Column(PLATE_KEY, Text, nullable=False))
    columns.append(Column(EXTRA, Text, nullable=False, server_default=""))
    return Table(record.name, metadata, *columns, *own, sqlite_strict=True)


FACT_TABLES: dict[str, Table] = {
    record.name: table(record, RECORDS_TABLES)
    for record in RECORDS
    if record.kind is RecordKind.FACT
}
FEED_TABLES: dict[str, Table] = {
    record.name: table(
        record,
        REFERENCE_TABLES,
        Column(GENERATION, Integer, nullable=False, server_default="0"),
    )
    for record in RECORDS
}


class SendState(StrEnum):
    """Where an operation of ours stands."""

    TO_SEND = "to_send"
    SENT = "sent"
    REFUSED = "refused"
    """Parked: a person has to look."""
    CLOSED = "closed"
    """Refused, and a supervisor has dealt with it."""


def _single_row() -> Column[int]:
    return Column("id", Integer, primary_key=True, autoincrement=False)


def _schema_info(metadata: MetaData) -> Table:
    return Table(
        "schema_info",
        metadata,
        _single_row(),
        Column("schema_level", Integer, nullable=False),
        Column("oldest_reader", Integer, nullable=False),
        sqlite_strict=True,
    )


RECORDS_INFO = _schema_info(RECORDS_TABLES)
REFERENCE_INFO = _schema_info(REFERENCE_TABLES)

OUTBOX = Table(
    "outbox",
    RECORDS_TABLES,
    Column("epoch", Integer, primary_key=True),
    Column("lane", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("tx", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("record_id", LargeBinary, nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("made_utc", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False, server_default=""),
    Column("answered_utc", Integer, nullable=True),
    sqlite_strict=True,
)
"""What was made here; ``tx`` is the first number that the same save has in the lane."""
AUDIT_LINK = Table(
    "audit_link",
    RECORDS_TABLES,
    Column("epoch", Integer, primary_key=True),
    Column("lane", Integer, primary_key=True),
    Column("seq", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("payload_sha256", LargeBinary, nullable=False),
    Column("link", LargeBinary, nullable=False),
    sqlite_strict=True,
)
NUMBER_LEASE = Table(
    "number_lease",
    RECORDS_TABLES,
    Column("lease_id", LargeBinary, primary_key=True),
    Column("terminal_id", LargeBinary, nullable=False),
    Column("series", Integer, nullable=False),
    Column("first_serial", Integer, nullable=False),
    Column("last_serial", Integer, nullable=False),
    Column("signature", LargeBinary, nullable=False),
    Column("next_serial", Integer, nullable=False),
    Column("kept_utc", Integer, nullable=False),
    UniqueConstraint("series", "first_serial", name="number_lease_range"),
    sqlite_strict=True,
)
USED_NUMBER = Table(
    "used_number",
    RECORDS_TABLES,
    Column("series", Integer, primary_key=True),
    Column("serial", Integer, primary_key=True),
    Column("lease_id", LargeBinary, nullable=False),
    Column("used_utc", Integer, nullable=False),
    sqlite_strict=True,
)
PHOTO_FILE = Table(
    "photo_file",
    RECORDS_TABLES,
    Column("sha256", LargeBinary, primary_key=True),
    Column("key", LargeBinary, nullable=False),
    Column("byte_length", Integer, nullable=False),
    Column("kept_utc", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("text", Text, nullable=False, server_default=""),
    Column("answered_utc", Integer, nullable=True),
    Column("thumb_key", LargeBinary, nullable=True),
    Column("thumb_bytes", Integer, nullable=False, server_default="0"),
    Column("thumb_state", Text, nullable=False, server_default=""),
    sqlite_strict=True,
)
"""Photo files by hash; ``thumb_*`` are of the small picture beside it, empty when there is none."""
MERGED_EDIT = Table(
    "merged_edit",
    RECORDS_TABLES,
    Column("edit_id", LargeBinary, primary_key=True),
    Column("revision", Integer, nullable=False),
    sqlite_strict=True,
)
"""Our edits that central answered, with the revision of the row that carries each; 0 for none."""
DRAFT = Table(
    "draft",
    RECORDS_TABLES,
    Column("name", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("saved_utc", Integer, nullable=False),
    sqlite_strict=True,
)
SETTING = Table(
    "setting",
    RECORDS_TABLES,
    Column("name", Text, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    sqlite_strict=True,
)

FEED_STATE = Table(
    "feed_state",
    REFERENCE_TABLES,
    _single_row(),
    Column("feed_epoch", Text, nullable=False),
    Column("cursor", Text, nullable=False),
    Column("wire_level", Integer, nullable=False),
    Column(GENERATION, Integer, nullable=False),
    Column("catching_up", Integer, nullable=False),
    Column("zones", Text, nullable=False, server_default=""),
    Column("same", Text, nullable=False, server_default="[]"),
    sqlite_strict=True,
)
LEAVING = Table(
    "leaving",
    REFERENCE_TABLES,
    Column("name", Text, primary_key=True),
    Column("key", LargeBinary, primary_key=True),
    sqlite_strict=True,
)
SOURCE_STATUS = Table(
    "source_status",
    REFERENCE_TABLES,
    Column("source", Text, primary_key=True),
    Column("as_of_utc", Integer, nullable=False),
    sqlite_strict=True,
)
UNREAD_ROW = Table(
    "unread_row",
    REFERENCE_TABLES,
    Column("name", Text, primary_key=True),
    Column("payload_sha256", LargeBinary, primary_key=True),
    Column("payload", LargeBinary, nullable=False),
    Column("text", Text, nullable=False),
    Column(GENERATION, Integer, nullable=False),
    sqlite_strict=True,
)

Index("outbox_state", OUTBOX.c.state, OUTBOX.c.lane, OUTBOX.c.epoch, OUTBOX.c.seq)
Index("outbox_record", OUTBOX.c.record_id)
Index("photo_file_state", PHOTO_FILE.c.state)
Index("edit_record", FACT_TABLES["edit"].c.record, FACT_TABLES["edit"].c.record_key)
Index("photo_file_thumb", PHOTO_FILE.c.thumb_state)
for _tables in (FACT_TABLES, FEED_TABLES):
    _citation, _event = _tables["citation"], _tables["citation_event"]
    _check, _photo, _shift = _tables["plate_check"], _tables["photo"], _tables["shift_event"]
    Index("citation_plate", _citation.c.plate_key, _citation.c.observed_utc)
    Index("citation_shift", _citation.c.shift_id)
    Index("citation_observed", _citation.c.observed_utc)
    Index("citation_event_citation", _event.c.citation_id)
    Index("citation_event_kind", _event.c.kind, _event.c.at_utc)
    Index("citation_event_at", _event.c.at_utc)
    Index("plate_check_shift", _check.c.shift_id)
    Index("plate_check_observed", _check.c.observed_utc)
    Index("photo_citation", _photo.c.citation_id)
    Index("conflict_choice_conflict", _tables["conflict_choice"].c.conflict_id)
    Index("photo_sha256", _photo.c.sha256)
    Index("shift_event_shift", _shift.c.shift_id)
    Index("shift_event_at", _shift.c.at_utc)
for _name in ("parking_session", "permit"):
    _right = FEED_TABLES[_name]
    Index(f"{_name}_plate", _right.c.plate_key, _right.c.end_utc)
Index("hotlist_entry_plate", FEED_TABLES["hotlist_entry"].c.plate_key)
Index("officer_badge", FEED_TABLES["officer"].c.badge)
Index("payment_summary_made", FEED_TABLES["payment_summary"].c.made_utc)
Index("payment_summary_plate", FEED_TABLES["payment_summary"].c.plate_key)
