"""Whether somebody still stands in front of a pay station. Pure, any thread, no Qt."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a pay station waits, in seconds.

    Attributes:
        warn_after_s: Without a touch, until it asks whether somebody is still there.
        wipe_after_s: Without a touch, until it forgets what was entered.
        done_s: How long the receipt stays.
        retry_s: Between two looks whether cards work again.
    """

    warn_after_s: int = 60
    wipe_after_s: int = 90
    done_s: int = 30
    retry_s: int = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Attention:
    """What the time without a touch means.

    Attributes:
        warn: Ask whether somebody is still there.
        over: Nobody is: forget what was entered.
        left_s: Seconds until then.
        share: Part of the warning that is left, 1 to 0.
    """

    warn: bool
    over: bool
    left_s: int
    share: float


def attention(touched_utc: datetime, now_utc: datetime, limits: Limits) -> Attention:
    """Judge the time since the last touch."""
    idle_s = (now_utc - touched_utc).total_seconds()
    left_s = limits.wipe_after_s - idle_s
    warning_s = max(1, limits.wipe_after_s - limits.warn_after_s)
    return Attention(
        warn=idle_s >= limits.warn_after_s,
        over=left_s <= 0,
        left_s=max(0, round(left_s)),
        share=min(1.0, max(0.0, left_s / warning_s)),
    )
