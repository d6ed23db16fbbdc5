"""A quote over the sample city's tariffs, beside the bare reading of one day's hours by zoneinfo.

Each quote is the whole of it: the stay made from two rights, its hours as instants, tiers, caps,
one rounding. Every tariff is asked at many moments of a year, for half an hour up to the most.
"""

import random
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from central.rates.read import read_rates
from parking.errors import UserError
from parking.pricing import quote
from parking.right import ParkingSession
from parking.stay import running_stay
from parking.tariff import Tariff
from tests.benchmarks.place import Place
from tests.benchmarks.table import Row, median, of_rounds, percentile
from tests.unit.parking import samples

ROUNDS, QUOTES = 7, 1_500
_RATES = Path(__file__).parents[2] / "resources" / "sample_city" / "tariffs.json"
_NEW_YORK = ZoneInfo("America/New_York")
Asked = tuple[Tariff, list[ParkingSession], datetime, int]


def measure(place: Place) -> list[Row]:
    """Return the row of the quote; no file of the place is needed."""
    del place
    asked = _asked(random.Random(20270301))
    for act in (_price, _bare):
        _timed(act, asked)
    ours: list[list[float]] = []
    bare: list[list[float]] = []
    for _ in range(ROUNDS):
        ours.append(_timed(_price, asked))
        bare.append(_timed(_bare, asked))
    p50, floor, p99 = of_rounds(ours, median), of_rounds(bare, median), of_rounds(ours, _p99)
    ratio = p50 / floor
    return [
        Row(
            what="a quote with the stay before it, p50",
            figure=f"{p50:.0f} us of CPU",
            baseline=f"one day's opening and closing by zoneinfo {floor:.1f} us",
            ratio=f"{ratio:.0f}x",
            bar="<= 80x",
            met=ratio <= 80,
        ),
        Row(what="a quote, p99", figure=f"{p99:.0f} us of CPU", bar="<= 1 ms", met=p99 <= 1000),
    ]


def _p99(samples_us: Sequence[float]) -> float:
    return percentile(samples_us, 0.99)


def _asked(draw: random.Random) -> list[Asked]:
    tariffs = read_rates(_RATES)
    return [_one(draw, draw.choice(tariffs)) for _ in range(QUOTES)]


def _one(draw: random.Random, tariff: Tariff) -> Asked:
    at_utc = datetime(2027, 1, 1, tzinfo=UTC) + timedelta(minutes=draw.randrange(525_600))
    rights = [
        samples.session(
            start_utc=at_utc + timedelta(minutes=start), end_utc=at_utc + timedelta(minutes=end)
        )
        for start, end in ((-70, -25), (-25, 15))
    ]
    return tariff, rights, at_utc, draw.choice((30, 60, 120, 480, 1440, 10_080))


def _price(asked: Asked) -> None:
    tariff, rights, at_utc, minutes = asked
    try:
        quote(tariff, at_utc, minutes, stay=running_stay(tariff, rights, at_utc, exit_grace_s=300))
    except UserError:
        # Free now, or all used up: an answer like any other.
        return


def _bare(asked: Asked) -> None:
    day = asked[2].astimezone(_NEW_YORK)
    day.replace(hour=8, minute=0).astimezone(UTC)
    day.replace(hour=19, minute=0).astimezone(UTC)


def _timed(act: Callable[[Asked], None], asked: Sequence[Asked]) -> list[float]:
    """Return the microseconds of CPU that each call took."""
    took = []
    for one in asked:
        began = time.thread_time_ns()
        act(one)
        took.append((time.thread_time_ns() - began) / 1000)
    return took
