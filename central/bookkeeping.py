"""Tables that are central's own: the feed, operations of terminals, identity, money, the log.

``APPEND_ONLY`` names what the service may only add to; the migrations grant accordingly. No I/O;
must not import FastAPI.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    TIMESTAMP,
    BigInteger,
    Boolean,
    Column,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import UserDefinedType

from central.tables import METADATA

_INSTANT = TIMESTAMP(timezone=True)


class Xid8(UserDefinedType[int]):
    """PostgreSQL's 64-bit transaction id."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name in SQL."""
        return "xid8"


class PgLsn(UserDefinedType[str]):
    """A place in PostgreSQL's write-ahead log."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        """Return the type's name in SQL."""
        return "pg_lsn"


def _col(name: str, kind: Any, *, default: str = "") -> Column[Any]:
    return Column(name, kind, nullable=False, server_default=text(default) if default else None)


def _xid() -> Column[Any]:
    return _col("xid", Xid8(), default="pg_current_xact_id()")


FEED = Table(
    "feed",
    METADATA,
    Column("xid", Xid8(), primary_key=True, server_default=text("pg_current_xact_id()")),
    Column("seq", BigInteger, Identity(always=True), primary_key=True),
    _col("name", Text),
    _col("key", Text),
    Column("scope", Text),
    postgresql_partition_by="RANGE (xid)",
)
FEED_EPOCHS = Table(
    "feed_epochs",
    METADATA,
    Column("feed_epoch", Text, primary_key=True),
    _col("opened_utc", _INSTANT),
    _xid(),
)
FEED_TURNS = Table(
    "feed_turns",
    METADATA,
    Column("turn", Text, primary_key=True),
    _col("terminal_id", Uuid),
    _col("sign", Text),
    _col("turned_utc", _INSTANT),
    _xid(),
)
"""Each time the database was found to have gone back, and whose knowledge showed it."""
FEED_SCOPES = Table(
    "feed_scopes",
    METADATA,
    Column("scope_id", Text, primary_key=True),
    _col("zones", ARRAY(Text)),
)
FEED_PARTITIONS = Table(
    "feed_partitions",
    METADATA,
    Column("name", Text, primary_key=True),
    _col("from_xid", Xid8()),
    _col("to_xid", Xid8()),
    Column("full_utc", _INSTANT),
    Column("dropped_utc", _INSTANT),
)
FEED_FLOORS = Table(
    "feed_floors",
    METADATA,
    Column("feed_epoch", Text, primary_key=True),
    _col("xid", Xid8()),
)
SOURCE_REPORTS = Table(
    "source_reports",
    METADATA,
    Column("report_id", BigInteger, Identity(always=True), primary_key=True),
    _col("source", Text),
    _col("complete_through_utc", _INSTANT),
    _xid(),
    Index("idx_source_reports_source", "source", text("complete_through_utc DESC")),
)
WORKER_CURSORS = Table(
    "worker_cursors",
    METADATA,
    Column("worker", Text, primary_key=True),
    _col("xid", Xid8()),
    _col("seq", BigInteger),
)
SYNC_CHAINS = Table(
    "sync_chains",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("lane", Integer, primary_key=True),
    _col("last_seq", BigInteger),
    _col("last_link", LargeBinary),
    _col("head_signature", LargeBinary),
    _col("clock_offset_ms", BigInteger),
    _col("schema_level", Integer),
    _col("heard_utc", _INSTANT),
)
SYNC_OPERATIONS = Table(
    "sync_operations",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("lane", Integer, primary_key=True),
    Column("op_seq", BigInteger, primary_key=True),
    _col("payload_sha256", LargeBinary),
    _col("link", LargeBinary),
    _col("name", Text),
    _col("outcome", Text),
    _col("code", Text),
    _col("text", Text),
)
RETAKEN_OPERATIONS = Table(
    "retaken_operations",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("lane", Integer, primary_key=True),
    Column("op_seq", BigInteger, primary_key=True),
    _col("outcome", Text),
    _col("code", Text),
    _col("text", Text),
    _col("taken_utc", _INSTANT),
)
"""Operations refused at first and taken when their terminal sent them again."""
SYNC_BATCHES = Table(
    "sync_batches",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("lane", Integer, primary_key=True),
    Column("last_seq", BigInteger, primary_key=True),
    _col("lsn", PgLsn(), default="pg_current_wal_insert_lsn()"),
)
PARKED_OPERATIONS = Table(
    "parked_operations",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    Column("lane", Integer, primary_key=True),
    Column("op_seq", BigInteger, primary_key=True),
    Column("payload_sha256", LargeBinary, primary_key=True),
    _col("link", LargeBinary),
    _col("name", Text),
    _col("payload", LargeBinary),
    _col("code", Text),
    _col("text", Text),
    _col("received_utc", _INSTANT),
)
FLAGS = Table(
    "flags",
    METADATA,
    Column("flag_id", BigInteger, Identity(always=True), primary_key=True),
    _col("name", Text),
    _col("key", Text),
    _col("code", Text),
    _col("text", Text),
    _col("raised_utc", _INSTANT),
    Index("idx_flags_key", "name", "key"),
)
ALARMS = Table(
    "alarms",
    METADATA,
    Column("alarm_id", BigInteger, Identity(always=True), primary_key=True),
    _col("code", Text),
    _col("subject", Text),
    _col("text", Text),
    _col("raised_utc", _INSTANT),
    Index("idx_alarms_raised", text("raised_utc DESC")),
)
SEAL_QUEUE = Table(
    "seal_queue",
    METADATA,
    Column("push_id", BigInteger, Identity(always=True), primary_key=True),
    _col("citation_ids", ARRAY(Uuid)),
)
SEAL_CHECKS = Table(
    "seal_checks",
    METADATA,
    Column("citation_id", Uuid, primary_key=True),
    _col("valid", Boolean),
    Column("officer_key_id", Uuid),
    _col("checked_utc", _INSTANT),
)
PHOTO_FILES = Table(
    "photo_files",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    _col("byte_length", BigInteger),
    _col("terminal_id", Uuid),
    _col("stored_utc", _INSTANT),
)
PHOTO_COPIES = Table(
    "photo_copies",
    METADATA,
    Column("sha256", LargeBinary, primary_key=True),
    _col("copied_utc", _INSTANT),
)
"""Photo files of which a copy lies on another disk."""
TERMINAL_KEYS = Table(
    "terminal_keys",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("epoch", BigInteger, primary_key=True),
    _col("public_key", LargeBinary),
    _col("since_utc", _INSTANT),
)
ONE_TIME_CODES = Table(
    "one_time_codes",
    METADATA,
    Column("code_id", Text, primary_key=True),
    _col("purpose", Text),
    _col("salt", LargeBinary),
    _col("secret_hash", LargeBinary),
    _col("tries_left", Integer),
    _col("made_utc", _INSTANT),
    _col("expires_utc", _INSTANT),
    Column("used_utc", _INSTANT),
    _col("terminal_name", Text, default="''"),
    _col("terminal_kind", Text, default="''"),
    _col("zone_id", Text, default="''"),
    _col("reader_id", Text, default="''"),
    Column("officer_id", Uuid),
)
NUMBER_LEASES = Table(
    "number_leases",
    METADATA,
    Column("lease_id", Uuid, primary_key=True),
    _col("terminal_id", Uuid),
    _col("series", BigInteger),
    _col("first_serial", BigInteger),
    _col("last_serial", BigInteger),
    _col("signature", LargeBinary),
    _col("leased_utc", _INSTANT),
    Index("idx_number_leases_first", "series", "first_serial", unique=True),
    Index("idx_number_leases_last", "series", "last_serial", unique=True),
)
PROVIDERS = Table(
    "providers",
    METADATA,
    Column("provider_id", Uuid, primary_key=True),
    _col("name", Text),
    _col("key_sha256", LargeBinary),
    _col("source", Text),
    _col("revoked", Boolean, default="false"),
    _col("made_utc", _INSTANT),
    Index("idx_providers_key", "key_sha256", unique=True),
)
QUOTES = Table(
    "quotes",
    METADATA,
    Column("quote_id", Uuid, primary_key=True),
    _col("terminal_id", Uuid),
    _col("zone_id", Text),
    _col("plate", Text),
    _col("plate_state", Text),
    _col("plate_key", Text),
    _col("start_utc", _INSTANT),
    _col("paid_from_utc", _INSTANT),
    _col("end_utc", _INSTANT),
    _col("billed_minutes", BigInteger),
    _col("price_cents", BigInteger),
    _col("reasons", ARRAY(Text)),
    _col("tariff_version", Text),
    _col("expires_utc", _INSTANT),
    _col("made_utc", _INSTANT),
    _col("discount_cents", BigInteger, default="0"),
    _col("code_issuer", Text, default="''"),
    Column("voucher_id", Uuid),
    _col("single_use", Boolean, default="false"),
)
TARIFF_EDITIONS = Table(
    "tariff_editions",
    METADATA,
    Column("label", Text, primary_key=True),
    _col("tariff", JSONB),
    _col("quoted_utc", _INSTANT),
)
AUDIT_LOGS = Table(
    "audit_logs",
    METADATA,
    Column("audit_id", BigInteger, Identity(always=True), primary_key=True),
    _col("timestamp", _INSTANT),
    _col("actor", Text, default="coalesce(current_setting('parking.actor', true), session_user)"),
    _col("act", Text),
    _col("subject", Text),
    _col("detail", JSONB, default="'{}'"),
    Index("idx_audit_logs_timestamp", text("timestamp DESC")),
)
TRANSACTIONS = Table(
    "transactions",
    METADATA,
    Column("transaction_id", Uuid, primary_key=True),
    _col("payment_id", Uuid),
    _col("kind", Text),
    _col("amount_cents", BigInteger),
    _col("currency", Text, default="'usd'"),
    _col("stripe_id", Text),
    Column("parking_session_id", Uuid),
    Column("citation_id", Uuid),
    Column("terminal_id", Uuid),
    _col("actor", Text, default="coalesce(current_setting('parking.actor', true), session_user)"),
    _col("receipt", ARRAY(Text), default="'{}'"),
    _col("created_utc", _INSTANT),
    Index("idx_transactions_session_status", "parking_session_id", "kind"),
    Index("idx_transactions_payment", "payment_id"),
    Index("idx_transactions_stripe", "kind", "stripe_id", unique=True),
)
"""The ledger, append-only; ``central.payments`` writes it."""

EDIT_STARTS = Table(
    "edit_start",
    METADATA,
    Column("record", Text, primary_key=True),
    Column("record_key", Text, primary_key=True),
    _col("start", JSONB),
    _col("since", JSONB),
    _col("folded", JSONB),
)
"""What reference data were before the first edit (``central.edits.start``)."""

APPEND_ONLY: frozenset[str] = frozenset(
    found.name
    for found in (
        *(FEED, FEED_EPOCHS, SOURCE_REPORTS, SYNC_OPERATIONS, SYNC_BATCHES, PARKED_OPERATIONS),
        *(FEED_TURNS, RETAKEN_OPERATIONS),
        *(FLAGS, ALARMS, SEAL_CHECKS, PHOTO_FILES, PHOTO_COPIES, NUMBER_LEASES, QUOTES),
        *(AUDIT_LOGS, TRANSACTIONS, TERMINAL_KEYS),
    )
)
"""Central's own tables that ``parking_app`` may read and add to, never change."""
