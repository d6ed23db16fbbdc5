"""The first tables of ``reference``."""

from alembic import op

revision = "0001"
down_revision = None
OLDEST_READER = 1
"""Oldest level of a build that may open the file after this."""

_STATEMENTS = (
    """
    CREATE TABLE beat (
        beat_id TEXT NOT NULL,
        name TEXT NOT NULL,
        zone_ids TEXT NOT NULL,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (beat_id)
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
        generation INTEGER DEFAULT '0' NOT NULL,
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
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (citation_event_id)
    )
     STRICT
    """,
    "CREATE INDEX citation_event_at ON citation_event (at_utc)",
    "CREATE INDEX citation_event_citation ON citation_event (citation_id)",
    "CREATE INDEX citation_event_kind ON citation_event (kind, at_utc)",
    """
    CREATE TABLE feed_state (
        id INTEGER NOT NULL,
        feed_epoch TEXT NOT NULL,
        cursor TEXT NOT NULL,
        wire_level INTEGER NOT NULL,
        generation INTEGER NOT NULL,
        catching_up INTEGER NOT NULL,
        PRIMARY KEY (id)
    )
     STRICT
    """,
    """
    CREATE TABLE hotlist_entry (
        hotlist_entry_id BLOB NOT NULL,
        plate TEXT NOT NULL,
        plate_state TEXT NOT NULL,
        kind TEXT NOT NULL,
        reason TEXT NOT NULL,
        list_name TEXT NOT NULL,
        case_number TEXT NOT NULL,
        listed_utc INTEGER NOT NULL,
        removed_utc INTEGER,
        revision INTEGER NOT NULL,
        plate_key TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (hotlist_entry_id)
    )
     STRICT
    """,
    "CREATE INDEX hotlist_entry_plate ON hotlist_entry (plate_key)",
    """
    CREATE TABLE officer (
        officer_id BLOB NOT NULL,
        badge TEXT NOT NULL,
        display_name TEXT NOT NULL,
        role TEXT NOT NULL,
        active INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (officer_id)
    )
     STRICT
    """,
    "CREATE INDEX officer_badge ON officer (badge)",
    """
    CREATE TABLE officer_key (
        officer_key_id BLOB NOT NULL,
        officer_id BLOB NOT NULL,
        terminal_id BLOB NOT NULL,
        public_key BLOB NOT NULL,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (officer_key_id)
    )
     STRICT
    """,
    """
    CREATE TABLE parking_session (
        parking_session_id BLOB NOT NULL,
        plate TEXT NOT NULL,
        plate_state TEXT NOT NULL,
        zone_id TEXT NOT NULL,
        start_utc INTEGER NOT NULL,
        end_utc INTEGER NOT NULL,
        source TEXT NOT NULL,
        source_ref TEXT NOT NULL,
        price_cents INTEGER NOT NULL,
        made_utc INTEGER NOT NULL,
        clock_uncertainty_ms INTEGER NOT NULL,
        tariff_version TEXT NOT NULL,
        revoked_utc INTEGER,
        revision INTEGER NOT NULL,
        plate_key TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (parking_session_id)
    )
     STRICT
    """,
    "CREATE INDEX parking_session_plate ON parking_session (plate_key, end_utc)",
    """
    CREATE TABLE permit (
        permit_id BLOB NOT NULL,
        plate TEXT NOT NULL,
        plate_state TEXT NOT NULL,
        zone_id TEXT NOT NULL,
        kind TEXT NOT NULL,
        start_utc INTEGER NOT NULL,
        end_utc INTEGER NOT NULL,
        revoked_utc INTEGER,
        revision INTEGER NOT NULL,
        plate_key TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (permit_id)
    )
     STRICT
    """,
    "CREATE INDEX permit_plate ON permit (plate_key, end_utc)",
    """
    CREATE TABLE photo (
        photo_id BLOB NOT NULL,
        citation_id BLOB NOT NULL,
        sha256 BLOB NOT NULL,
        byte_length INTEGER NOT NULL,
        taken_utc INTEGER NOT NULL,
        "view" TEXT NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (photo_id)
    )
     STRICT
    """,
    "CREATE INDEX photo_citation ON photo (citation_id)",
    "CREATE INDEX photo_sha256 ON photo (sha256)",
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
        generation INTEGER DEFAULT '0' NOT NULL,
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
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (shift_event_id)
    )
     STRICT
    """,
    "CREATE INDEX shift_event_at ON shift_event (at_utc)",
    "CREATE INDEX shift_event_shift ON shift_event (shift_id)",
    """
    CREATE TABLE source_status (
        source TEXT NOT NULL,
        as_of_utc INTEGER NOT NULL,
        PRIMARY KEY (source)
    )
     STRICT
    """,
    """
    CREATE TABLE tariff (
        tariff_id TEXT NOT NULL,
        version TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        spans TEXT NOT NULL,
        increment_minutes INTEGER NOT NULL,
        increment_cents INTEGER NOT NULL,
        max_stay_minutes INTEGER,
        largest_purchase_minutes INTEGER NOT NULL,
        last_step TEXT NOT NULL,
        prepay TEXT NOT NULL,
        prepay_from_minute INTEGER NOT NULL,
        holidays TEXT NOT NULL,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (tariff_id)
    )
     STRICT
    """,
    """
    CREATE TABLE terminal (
        terminal_id BLOB NOT NULL,
        name TEXT NOT NULL,
        kind TEXT NOT NULL,
        series INTEGER NOT NULL,
        zone_id TEXT NOT NULL,
        reader_id TEXT NOT NULL,
        public_key BLOB NOT NULL,
        epoch INTEGER NOT NULL,
        revoked INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (terminal_id)
    )
     STRICT
    """,
    """
    CREATE TABLE unread_row (
        name TEXT NOT NULL,
        payload_sha256 BLOB NOT NULL,
        payload BLOB NOT NULL,
        text TEXT NOT NULL,
        generation INTEGER NOT NULL,
        PRIMARY KEY (name, payload_sha256)
    )
     STRICT
    """,
    """
    CREATE TABLE violation_code (
        code TEXT NOT NULL,
        title TEXT NOT NULL,
        ordinance TEXT NOT NULL,
        fine_class TEXT NOT NULL,
        fine_cents INTEGER NOT NULL,
        is_safety INTEGER NOT NULL,
        is_time_limit INTEGER NOT NULL,
        photos_needed INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (code)
    )
     STRICT
    """,
    """
    CREATE TABLE zone (
        zone_id TEXT NOT NULL,
        name TEXT NOT NULL,
        time_zone TEXT NOT NULL,
        tariff_id TEXT NOT NULL,
        covered_by TEXT NOT NULL,
        exit_grace_s INTEGER NOT NULL,
        entry_grace_s INTEGER NOT NULL,
        grace_mode TEXT NOT NULL,
        pay_station_budget_s INTEGER NOT NULL,
        app_budget_s INTEGER NOT NULL,
        permit_budget_s INTEGER NOT NULL,
        hotlist_budget_s INTEGER NOT NULL,
        uncertainty_limit_ms INTEGER NOT NULL,
        revision INTEGER NOT NULL,
        extra TEXT DEFAULT '' NOT NULL,
        generation INTEGER DEFAULT '0' NOT NULL,
        PRIMARY KEY (zone_id)
    )
     STRICT
    """,
)


def upgrade() -> None:
    """Make the tables."""
    for statement in _STATEMENTS:
        op.execute(statement)
