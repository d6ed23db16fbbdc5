"""The first tables of ``records``."""

from alembic import op

revision = "0001"
down_revision = None
OLDEST_READER = 1
"""Oldest level of a build that may open the file after this."""

_STATEMENTS = (
    """
    CREATE TABLE audit_link (
        epoch INTEGER NOT NULL,
        lane INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        name TEXT NOT NULL,
        payload_sha256 BLOB NOT NULL,
        link BLOB NOT NULL,
        PRIMARY KEY (epoch, lane, seq)
    )
     STRICT
    """,
    """
    CREATE TABLE citation (
        citation_id BLOB NOT NULL,
        number TEXT NOT NULL,
        terminal_id BLOB NOT NULL,
        officer_id BLOB NOT NULL,
        shift_id BLOB NOT NULL,
        zone_id TEXT NOT NULL,
        place TEXT NOT NULL,
        plate TEXT NOT NULL,
        plate_state TEXT NOT NULL,
        violation_code TEXT NOT NULL,
        fine_cents INTEGER NOT NULL,
        rules_version TEXT NOT NULL,
        is_warning INTEGER NOT NULL,
        observed_utc INTEGER NOT NULL,
        issued_utc INTEGER NOT NULL,
        clock_uncertainty_ms INTEGER NOT NULL,
        vehicle_make TEXT NOT NULL,
        vehicle_colour TEXT NOT NULL,
        note_public TEXT NOT NULL,
        photo_hashes TEXT NOT NULL,
        check_id BLOB NOT NULL,
        seal BLOB NOT NULL,
        plate_key TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (citation_id)
    )
     STRICT
    """,
    "CREATE INDEX citation_observed ON citation (observed_utc)",
    "CREATE INDEX citation_plate ON citation (plate_key, observed_utc)",
    "CREATE INDEX citation_shift ON citation (shift_id)",
    """
    CREATE TABLE citation_event (
        citation_event_id BLOB NOT NULL,
        citation_id BLOB NOT NULL,
        kind TEXT NOT NULL,
        at_utc INTEGER NOT NULL,
        actor_id BLOB,
        terminal_id BLOB,
        reason_code TEXT NOT NULL,
        text TEXT NOT NULL,
        amount_cents INTEGER NOT NULL,
        right_id BLOB,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (citation_event_id)
    )
     STRICT
    """,
    "CREATE INDEX citation_event_at ON citation_event (at_utc)",
    "CREATE INDEX citation_event_citation ON citation_event (citation_id)",
    "CREATE INDEX citation_event_kind ON citation_event (kind, at_utc)",
    """
    CREATE TABLE draft (
        name TEXT NOT NULL,
        body BLOB NOT NULL,
        saved_utc INTEGER NOT NULL,
        PRIMARY KEY (name)
    )
     STRICT
    """,
    """
    CREATE TABLE number_lease (
        lease_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        series INTEGER NOT NULL,
        first_serial INTEGER NOT NULL,
        last_serial INTEGER NOT NULL,
        signature BLOB NOT NULL,
        next_serial INTEGER NOT NULL,
        kept_utc INTEGER NOT NULL,
        PRIMARY KEY (lease_id),
        CONSTRAINT number_lease_range UNIQUE (series, first_serial)
    )
     STRICT
    """,
    """
    CREATE TABLE outbox (
        epoch INTEGER NOT NULL,
        lane INTEGER NOT NULL,
        seq INTEGER NOT NULL,
        tx INTEGER NOT NULL,
        name TEXT NOT NULL,
        record_id BLOB NOT NULL,
        payload BLOB NOT NULL,
        made_utc INTEGER NOT NULL,
        state TEXT NOT NULL,
        code TEXT DEFAULT '' NOT NULL,
        text TEXT DEFAULT '' NOT NULL,
        answered_utc INTEGER,
        PRIMARY KEY (epoch, lane, seq)
    )
     STRICT
    """,
    "CREATE INDEX outbox_record ON outbox (record_id)",
    "CREATE INDEX outbox_state ON outbox (state, lane, epoch, seq)",
    """
    CREATE TABLE photo (
        photo_id BLOB NOT NULL,
        citation_id BLOB NOT NULL,
        sha256 BLOB NOT NULL,
        byte_length INTEGER NOT NULL,
        taken_utc INTEGER NOT NULL,
        "view" TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (photo_id)
    )
     STRICT
    """,
    "CREATE INDEX photo_citation ON photo (citation_id)",
    "CREATE INDEX photo_sha256 ON photo (sha256)",
    """
    CREATE TABLE photo_file (
        sha256 BLOB NOT NULL,
        "key" BLOB NOT NULL,
        byte_length INTEGER NOT NULL,
        kept_utc INTEGER NOT NULL,
        state TEXT NOT NULL,
        text TEXT DEFAULT '' NOT NULL,
        answered_utc INTEGER,
        PRIMARY KEY (sha256)
    )
     STRICT
    """,
    "CREATE INDEX photo_file_state ON photo_file (state)",
    """
    CREATE TABLE plate_check (
        check_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        officer_id BLOB NOT NULL,
        shift_id BLOB NOT NULL,
        zone_id TEXT NOT NULL,
        plate TEXT NOT NULL,
        plate_state TEXT NOT NULL,
        observed_utc INTEGER NOT NULL,
        clock_uncertainty_ms INTEGER NOT NULL,
        answer TEXT NOT NULL,
        right_id BLOB,
        pay_station_as_of_utc INTEGER,
        app_as_of_utc INTEGER,
        permit_as_of_utc INTEGER,
        hotlist_as_of_utc INTEGER,
        rules_version TEXT NOT NULL,
        sealed INTEGER NOT NULL,
        plate_key TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (check_id)
    )
     STRICT
    """,
    "CREATE INDEX plate_check_observed ON plate_check (observed_utc)",
    "CREATE INDEX plate_check_shift ON plate_check (shift_id)",
    """
    CREATE TABLE schema_info (
        id INTEGER NOT NULL,
        schema_level INTEGER NOT NULL,
        oldest_reader INTEGER NOT NULL,
        PRIMARY KEY (id)
    )
     STRICT
    """,
    """
    CREATE TABLE setting (
        name TEXT NOT NULL,
        value BLOB NOT NULL,
        PRIMARY KEY (name)
    )
     STRICT
    """,
    """
    CREATE TABLE shift_event (
        shift_event_id BLOB NOT NULL,
        shift_id BLOB NOT NULL,
        officer_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        beat_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        at_utc INTEGER NOT NULL,
        checks_count INTEGER NOT NULL,
        issued_count INTEGER NOT NULL,
        printed_count INTEGER NOT NULL,
        voided_count INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        PRIMARY KEY (shift_event_id)
    )
     STRICT
    """,
    "CREATE INDEX shift_event_at ON shift_event (at_utc)",
    "CREATE INDEX shift_event_shift ON shift_event (shift_id)",
    """
    CREATE TABLE used_number (
        series INTEGER NOT NULL,
        serial INTEGER NOT NULL,
        lease_id BLOB NOT NULL,
        used_utc INTEGER NOT NULL,
        PRIMARY KEY (series, serial)
    )
     STRICT
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _STATEMENTS:
        op.execute(statement)
