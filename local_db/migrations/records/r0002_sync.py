"""Edits and conflicts, parked operations, outages in ``records``."""

from alembic import op

revision = "0002"
down_revision = "0001"
OLDEST_READER = 1
"""Oldest level of a build that may open the file after this."""

_STATEMENTS = (
    """
    CREATE TABLE conflict_choice (
        choice_id BLOB NOT NULL,
        conflict_id BLOB NOT NULL,
        side INTEGER NOT NULL,
        content TEXT NOT NULL,
        seen TEXT NOT NULL,
        base_revision INTEGER NOT NULL,
        reason TEXT NOT NULL,
        note TEXT NOT NULL,
        officer_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        decided_utc INTEGER NOT NULL,
        clock_uncertainty_ms INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (choice_id)
    )
     STRICT
    """,
    """
    CREATE TABLE edit (
        edit_id BLOB NOT NULL,
        record TEXT NOT NULL,
        record_key TEXT NOT NULL,
        base_revision INTEGER NOT NULL,
        changes TEXT NOT NULL,
        officer_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        made_utc INTEGER NOT NULL,
        clock_uncertainty_ms INTEGER NOT NULL,
        data_as_of_utc INTEGER,
        reason TEXT NOT NULL,
        hlc INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (edit_id)
    )
     STRICT
    """,
    """
    CREATE TABLE merged_edit (
        edit_id BLOB NOT NULL,
        revision INTEGER NOT NULL,
        PRIMARY KEY (edit_id)
    )
     STRICT
    """,
    "CREATE INDEX edit_record ON edit (record, record_key)",
    "CREATE INDEX conflict_choice_conflict ON conflict_choice (conflict_id)",
    """
    CREATE TABLE voucher_use (
        voucher_use_id BLOB NOT NULL,
        voucher_id BLOB NOT NULL,
        issuer TEXT NOT NULL,
        single_use INTEGER NOT NULL,
        terminal_id BLOB NOT NULL,
        zone_id TEXT NOT NULL,
        plate TEXT NOT NULL,
        plate_state TEXT NOT NULL,
        used_utc INTEGER NOT NULL,
        discount_cents INTEGER NOT NULL,
        plate_key TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (voucher_use_id)
    )
     STRICT
    """,
    """
    CREATE TABLE outage_event (
        outage_event_id BLOB NOT NULL,
        outage_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        zone_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        cause TEXT NOT NULL,
        at_utc INTEGER NOT NULL,
        clock_uncertainty_ms INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (outage_event_id)
    )
     STRICT
    """,
    """
    CREATE TABLE parked_closing (
        parked_closing_id BLOB NOT NULL,
        parked_operation_id BLOB NOT NULL,
        reason TEXT NOT NULL,
        officer_id BLOB NOT NULL,
        second_officer_id BLOB,
        terminal_id BLOB NOT NULL,
        closed_utc INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (parked_closing_id)
    )
     STRICT
    """,
    "ALTER TABLE photo_file ADD COLUMN thumb_key BLOB",
    "ALTER TABLE photo_file ADD COLUMN thumb_bytes INTEGER DEFAULT '0' NOT NULL",
    "ALTER TABLE photo_file ADD COLUMN thumb_state TEXT DEFAULT '' NOT NULL",
    "CREATE INDEX photo_file_thumb ON photo_file (thumb_state)",
    """
    CREATE TABLE could_not_pay (
        slip_id BLOB NOT NULL,
        code TEXT NOT NULL,
        terminal_id BLOB NOT NULL,
        zone_id TEXT NOT NULL,
        plate TEXT NOT NULL,
        plate_state TEXT NOT NULL,
        at_utc INTEGER NOT NULL,
        until_utc INTEGER NOT NULL,
        cause TEXT NOT NULL,
        clock_uncertainty_ms INTEGER NOT NULL,
        plate_key TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (slip_id)
    )
     STRICT
    """,
    """
    CREATE TABLE refund_request (
        refund_id BLOB NOT NULL,
        payment_id BLOB NOT NULL,
        amount_cents INTEGER NOT NULL,
        reason_code TEXT NOT NULL,
        text TEXT NOT NULL,
        ends_right INTEGER NOT NULL,
        officer_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        requested_utc INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (refund_id)
    )
     STRICT
    """,
    """
    CREATE TABLE refund_approval (
        refund_approval_id BLOB NOT NULL,
        refund_id BLOB NOT NULL,
        approved INTEGER NOT NULL,
        text TEXT NOT NULL,
        officer_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        decided_utc INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (refund_approval_id)
    )
     STRICT
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _STATEMENTS:
        op.execute(statement)
