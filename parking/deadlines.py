"""Deadlines in local days that stand still while a person decides. Pure, any thread.

Source: RULES.md 13.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class FrozenDays:
    """Local days, both ends included, that do not count.

    Attributes:
        decided: Whether a decision ended them; while open they reach to today.
    """

    first_day: date
    last_day: date
    decided: bool


def last_day_to_pay(
    start: date, days: int, frozen: Iterable[FrozenDays], *, days_after_decision: int
) -> date:
    """Return the last day before a deadline has passed.

    Args:
        start: The day from which the days run; not counted itself.
        days: How many.
        frozen: In any order; may overlap. Those that begin after the deadline change nothing.
        days_after_decision: Least days that are left after each decision.
    """
    last_day, counted = start + days * _DAY, start
    for spell in sorted(frozen):
        first = max(spell.first_day, counted + _DAY)
        if first > last_day:
            continue
        last_day += max(spell.last_day - first + _DAY, timedelta(0))
        counted = max(counted, spell.last_day)
        if spell.decided:
            last_day = max(last_day, spell.last_day + days_after_decision * _DAY)
    return last_day
