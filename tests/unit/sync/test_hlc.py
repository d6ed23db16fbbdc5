from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from sync.hlc import COUNTER_BITS, at, clamped, next_hlc

NOON = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)
YEARS = timedelta(days=3650)


@given(st.lists(st.integers(-(10**11), 10**11), min_size=1, max_size=20))
def test_it_never_goes_back_whatever_the_clock_does(jumps_ms: list[int]) -> None:
    last = 0
    for jump_ms in jumps_ms:
        taken = next_hlc(last, now_utc=NOON + timedelta(milliseconds=jump_ms), heard_utc=None)
        assert taken > last
        last = taken


def test_it_follows_the_clock_and_what_was_heard_of_central() -> None:
    assert next_hlc(0, now_utc=NOON, heard_utc=None) == at(NOON)
    assert next_hlc(at(NOON), now_utc=NOON, heard_utc=None) == at(NOON) + 1
    behind = next_hlc(0, now_utc=NOON - YEARS, heard_utc=NOON)
    assert behind == at(NOON) + 1
    assert behind >> COUNTER_BITS == at(NOON) >> COUNTER_BITS
    assert at(datetime(1960, 1, 1, tzinfo=UTC)) == 0


def test_a_clock_that_is_far_ahead_counts_as_five_minutes_ahead() -> None:
    assert clamped(at(NOON + YEARS), NOON) == at(NOON + timedelta(minutes=5))
    within = at(NOON + timedelta(minutes=4))
    assert clamped(within, NOON) == within
