"""Tables of messages to drivers: the outbox, and the tries to find a receipt. No I/O."""

from sqlalchemy import TIMESTAMP, Column, Index, Integer, Table, Text, Uuid, text

from central.tables import METADATA

_INSTANT = TIMESTAMP(timezone=True)

NOTIFICATIONS = Table(
    "notifications",
    METADATA,
    Column("notification_id", Uuid, primary_key=True),
    Column("payment_id", Uuid, nullable=False),
    Column("terminal_id", Uuid, nullable=False),
    Column("channel", Text, nullable=False),
    Column("address", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'queued'")),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("doubts", Integer, nullable=False, server_default=text("0")),
    Column("next_try_utc", _INSTANT),
    Column("provider_ref", Text, nullable=False, server_default=text("''")),
    Column("why", Text, nullable=False, server_default=text("''")),
    Column("made_utc", _INSTANT, nullable=False),
    Column("state_since_utc", _INSTANT, nullable=False),
    Index("idx_notifications_payment", "payment_id"),
    Index(
        "idx_notifications_next_try",
        "channel",
        "next_try_utc",
        postgresql_where=text("next_try_utc IS NOT NULL"),
    ),
    Index("idx_notifications_to_wipe", "state_since_utc", postgresql_where=text("address <> ''")),
)
"""The outbox. Address and text are personal data: ``Outbox.wipe`` empties them."""
RECEIPT_TRIES = Table(
    "receipt_tries",
    METADATA,
    Column("terminal_id", Uuid, primary_key=True),
    Column("wrong", Integer, nullable=False),
    Column("since_utc", _INSTANT, nullable=False),
)
"""How many wrong receipt codes a terminal tried since when."""
