"""G4: from the moment a right is sent to central until 20 officers' stores have it.

200 devices are connected, all of them officers' laptops of the whole city, so every right reaches
each: 20 keep a real encrypted store, 180 hold the wake channel and pull. They run on the same two
processors as central; their share of the time is told apart.
"""

import time
from datetime import timedelta
from functools import partial

from parking.ids import uuid7
from parking.right import ParkingSession, RightSource
from simulator.city.provider import Provider
from tests.benchmarks.pace import let_pass
from tests.benchmarks.place import City, Place
from tests.benchmarks.sync.fleet import Fleet
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.sync.waiting_ops import PAID_PLATE
from tests.benchmarks.table import Row, median, of_rounds, percentile

DEVICES, STORES, RIGHTS = 200, 20, 100
_APART_S = 0.5
_LAST_S = 5.0


def measure(place: Place, _peer: Pouch | None) -> list[Row]:
    city = place.city
    provider = Provider(city.stage.central_url, city.stage.command("provider-key", "--name", "app"))
    fleet = Fleet(city, place.folder / "fleet", count=DEVICES, stores=STORES)
    try:
        used_s, began_s = fleet.cpu_s(), time.monotonic()
        sent_ns = [_pay(city, provider, number) for number in range(RIGHTS)]
        let_pass(_LAST_S)
        used_s = (fleet.cpu_s() - used_s) / (time.monotonic() - began_s)
        fleet.say("seen")
        devices = [device for share in fleet.answers() for device in share]
    finally:
        fleet.close()
    stored = _delays(sent_ns, [device["ns"] for device in devices if device["store"]])
    light = _delays(sent_ns, [device["ns"] for device in devices if not device["store"]])
    return [_row(stored, light, used_s)]


def _pay(city: City, provider: Provider, number: int) -> int:
    let_pass(_APART_S)
    now = city.now_utc
    right = ParkingSession(
        parking_session_id=uuid7(now),
        plate=PAID_PLATE.format(number),
        plate_state="CT",
        zone_id="204",
        start_utc=now,
        end_utc=now + timedelta(hours=1),
        source=RightSource.APP,
        source_ref="app",
        price_cents=250,
        made_utc=now,
    )
    sent_ns = time.monotonic_ns()
    assert provider.tell([right]).stored == 1
    return sent_ns


def _delays(sent_ns: list[int], seen: list[dict[str, int]]) -> list[float]:
    """Return the milliseconds of every right at every device; each must have come."""
    assert all(len(one) == len(sent_ns) for one in seen), "a right did not reach every device"
    return [(int(at) - sent_ns[int(number)]) / 1e6 for one in seen for number, at in one.items()]


def _row(stored: list[float], light: list[float], used: float) -> Row:
    p99 = of_rounds([stored], partial(percentile, share=0.99))
    return Row(
        what=f"G4 a right sent to central until officers' stores have it, {DEVICES} connected, p99",
        figure=f"{p99:.0f} ms (p50 {median(stored):.0f}, p95 {percentile(stored, 0.95):.0f}, "
        f"worst {max(stored):.0f}; {used:.1f} CPUs of the two were the devices')",
        baseline=f"devices without a store p50 {median(light):.0f}, "
        f"p99 {percentile(light, 0.99):.0f} ms",
        bar="<= 50 ms",
        met=p99 <= 50,
    )
