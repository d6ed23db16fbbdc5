"""Edits and conflicts, parked operations, outages in ``reference``."""

from alembic import op

revision = "0002"
down_revision = "0001"
OLDEST_READER = 1
"""Oldest level of a build that may open the file after this."""

_STATEMENTS = (
    "ALTER TABLE terminal ADD COLUMN zone_ids TEXT DEFAULT '[]' NOT NULL",
    "ALTER TABLE tariff ADD COLUMN no_return_minutes INTEGER DEFAULT 0 NOT NULL",
    "ALTER TABLE tariff ADD COLUMN carry_over TEXT DEFAULT 'never' NOT NULL",
    "ALTER TABLE tariff ADD COLUMN maximum_fee_cents INTEGER",
    "ALTER TABLE tariff ADD COLUMN maximum_fee_period TEXT DEFAULT 'stay' NOT NULL",
    "ALTER TABLE tariff ADD COLUMN special_days TEXT DEFAULT '[]' NOT NULL",
    "ALTER TABLE tariff ADD COLUMN user_classes TEXT DEFAULT '[]' NOT NULL",
    "ALTER TABLE feed_state ADD COLUMN zones TEXT DEFAULT '' NOT NULL",
    "ALTER TABLE feed_state ADD COLUMN same TEXT DEFAULT '[]' NOT NULL",
    """
    CREATE TABLE leaving (
        name TEXT NOT NULL,
        "key" BLOB NOT NULL,
        PRIMARY KEY (name, "key")
    )
     STRICT
    """,
    """
    CREATE TABLE citation_note (
        citation_id BLOB NOT NULL,
        note TEXT NOT NULL,
        tags TEXT NOT NULL,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (citation_id)
    )
     STRICT
    """,
    """
    CREATE TABLE "conflict" (
        conflict_id BLOB NOT NULL,
        record TEXT NOT NULL,
        record_key TEXT NOT NULL,
        fields TEXT NOT NULL,
        base TEXT NOT NULL,
        rule TEXT NOT NULL,
        sides TEXT NOT NULL,
        state TEXT NOT NULL,
        found_utc INTEGER NOT NULL,
        decided_utc INTEGER,
        choice_id BLOB,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (conflict_id)
    )
     STRICT
    """,
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
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (choice_id)
    )
     STRICT
    """,
    "CREATE INDEX conflict_choice_conflict ON conflict_choice (conflict_id)",
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
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (edit_id)
    )
     STRICT
    """,
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
        generation INTEGER DEFAULT '0' NOT NULL,
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
        generation INTEGER DEFAULT '0' NOT NULL,
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
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (parked_closing_id)
    )
     STRICT
    """,
    """
    CREATE TABLE parked_operation (
        parked_operation_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        epoch INTEGER NOT NULL,
        lane INTEGER NOT NULL,
        op_seq INTEGER NOT NULL,
        name TEXT NOT NULL,
        code TEXT NOT NULL,
        text TEXT NOT NULL,
        parked_utc INTEGER NOT NULL,
        closed_utc INTEGER,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (parked_operation_id)
    )
     STRICT
    """,
    """
    CREATE TABLE plate_correction (
        citation_id BLOB NOT NULL,
        plate TEXT NOT NULL,
        plate_state TEXT NOT NULL,
        revision INTEGER NOT NULL,
        plate_key TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (citation_id)
    )
     STRICT
    """,
    """
    CREATE TABLE shift_header (
        shift_id BLOB NOT NULL,
        vehicle TEXT NOT NULL,
        odometer_miles INTEGER NOT NULL,
        forms_spoiled INTEGER NOT NULL,
        remark TEXT NOT NULL,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (shift_id)
    )
     STRICT
    """,
    "ALTER TABLE zone ADD COLUMN could_not_pay_minutes INTEGER DEFAULT 0 NOT NULL",
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
        generation INTEGER DEFAULT '0' NOT NULL,
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
        generation INTEGER DEFAULT '0' NOT NULL,
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
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (refund_approval_id)
    )
     STRICT
    """,
    """
    CREATE TABLE payment_summary (
        payment_id BLOB NOT NULL,
        reference TEXT NOT NULL,
        purpose TEXT NOT NULL,
        plate TEXT NOT NULL,
        plate_state TEXT NOT NULL,
        zone_id TEXT NOT NULL,
        citation_id BLOB,
        terminal_id BLOB NOT NULL,
        amount_cents INTEGER NOT NULL,
        captured_cents INTEGER NOT NULL,
        refunded_cents INTEGER NOT NULL,
        waiting_cents INTEGER NOT NULL,
        card TEXT NOT NULL,
        due_back_cents INTEGER NOT NULL,
        state TEXT NOT NULL,
        task TEXT NOT NULL,
        made_utc INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        plate_key TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (payment_id)
    )
     STRICT
    """,
    "CREATE INDEX payment_summary_made ON payment_summary (made_utc)",
    "CREATE INDEX payment_summary_plate ON payment_summary (plate_key)",
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _STATEMENTS:
        op.execute(statement)
