"""Deadlines in local days (RULES.md 13)."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.deadlines import FrozenDays, last_day_to_pay

START = date(2027, 3, 1)


def frozen(first: int, last: int, *, decided: bool = True) -> FrozenDays:
    """Return frozen days counted from 1 March = 1."""
    day = timedelta(days=1)
    return FrozenDays(
        first_day=START + (first - 1) * day, last_day=START + (last - 1) * day, decided=decided
    )


@dataclass(frozen=True)
class Case:
    name: str
    frozen: tuple[FrozenDays, ...]
    last: date
    least: int = 0


CASES = (
    Case("plain", (), date(2027, 3, 16)),
    Case("three days stood still", (frozen(5, 7),), date(2027, 3, 19)),
    Case("one day is a whole day", (frozen(5, 5),), date(2027, 3, 17)),
    Case("the last day itself", (frozen(16, 16),), date(2027, 3, 17)),
    Case("begun too late", (frozen(17, 40),), date(2027, 3, 16)),
    Case("the start day does not count", (frozen(1, 1),), date(2027, 3, 16)),
    Case("from before the start", (frozen(-5, 2),), date(2027, 3, 17)),
    Case("over before the start", (frozen(-5, -1),), date(2027, 3, 16)),
    Case("overlapping ones count once", (frozen(5, 7), frozen(6, 9)), date(2027, 3, 21)),
    Case("one inside another", (frozen(5, 9), frozen(6, 7)), date(2027, 3, 21)),
    Case("one after the other", (frozen(12, 13), frozen(5, 5)), date(2027, 3, 19)),
    Case("at least ten days after a decision", (frozen(15, 20),), date(2027, 3, 30), least=10),
    Case("more days are left anyway", (frozen(3, 5),), date(2027, 3, 19), least=10),
    Case("no decision yet", (frozen(15, 20, decided=False),), date(2027, 3, 22), least=10),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_last_day(case: Case) -> None:
    assert last_day_to_pay(START, 15, case.frozen, days_after_decision=case.least) == case.last


SPELLS = st.lists(
    st.builds(
        lambda first, length, decided: frozen(first, first + length, decided=decided),
        st.integers(-10, 60),
        st.integers(0, 20),
        st.booleans(),
    ),
    max_size=5,
)


@given(spells=SPELLS, least=st.integers(0, 20), seed=st.randoms(use_true_random=False))
def test_any_order_gives_the_same_day_and_never_an_earlier_one(
    spells: list[FrozenDays], least: int, seed: Any
) -> None:
    shuffled = list(spells)
    seed.shuffle(shuffled)
    last = last_day_to_pay(START, 15, spells, days_after_decision=least)

    assert last == last_day_to_pay(START, 15, shuffled, days_after_decision=least)
    assert last >= START + timedelta(days=15)


@given(spells=SPELLS)
def test_fifteen_days_that_count_lie_before_it(spells: list[FrozenDays]) -> None:
    last = last_day_to_pay(START, 15, spells, days_after_decision=0)
    days = [START + timedelta(days=count) for count in range(1, (last - START).days + 1)]
    counting = [
        day for day in days if not any(each.first_day <= day <= each.last_day for each in spells)
    ]

    assert len(counting) == 15
