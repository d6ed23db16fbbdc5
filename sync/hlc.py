"""Hybrid logical clock: one number that grows with every edit of a terminal and what it heard.

Milliseconds since 1970 in the upper bits, a counter of 16 bits below. It only breaks ties between
edits that did not know of each other; what knew of what is told by values and revisions
(``sync.merge``). Pure, any thread. Source: SYNC.md 5 (clocks).
"""

from datetime import UTC, datetime, timedelta

COUNTER_BITS = 16
MOST_AHEAD = timedelta(minutes=5)
"""How far ahead of central's time an edit's number counts; above, it is cut and flagged."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def at(utc: datetime) -> int:
    """Return the first number of an instant's millisecond; 0 for anything before 1970."""
    return max(0, (utc - _EPOCH) // _MILLISECOND) << COUNTER_BITS


def next_hlc(last: int, *, now_utc: datetime, heard_utc: datetime | None) -> int:
    """Return the number of an edit made now: above the last one and above all that was heard.

    It never goes back, whatever the clock does: a terminal's own edits keep their order.

    Args:
        last: The terminal's last number, 0 for none.
        now_utc: By the terminal's clock.
        heard_utc: Central's time up to which the terminal has heard it; None when never.
    """
    heard = 0 if heard_utc is None else at(heard_utc)
    return max(last, heard, at(now_utc) - 1) + 1


def clamped(hlc: int, received_utc: datetime) -> int:
    """Return the number as it counts at central: at most five minutes after its arrival.

    A result below ``hlc`` means that the clock was ahead; the edit is kept and flagged.
    """
    return min(hlc, at(received_utc + MOST_AHEAD))
