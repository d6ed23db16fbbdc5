"""Client-made sortable identifiers (UUID version 7, RFC 9562 section 5.7)."""

import secrets
from datetime import UTC, datetime
from uuid import UUID


def uuid7(utc: datetime) -> UUID:
    """Make a UUIDv7 from an instant and 74 random bits.

    Args:
        utc: Aware instant; its milliseconds fill the first 48 bits.
    """
    milliseconds = int(utc.timestamp() * 1000) & ((1 << 48) - 1)
    rand_a = secrets.randbits(12)
    rand_b = secrets.randbits(62)
    return UUID(int=milliseconds << 80 | 0x7 << 76 | rand_a << 64 | 0b10 << 62 | rand_b)


def uuid7_utc(made: UUID) -> datetime:
    """Return the instant a UUIDv7 was made at, to the millisecond."""
    return datetime.fromtimestamp((made.int >> 80) / 1000, UTC)
