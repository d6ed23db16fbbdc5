"""G4: from the moment a right is sent to central until 20 officers' stores have it.

200 devices are connected, all of them officers' laptops of the whole city, so every right reaches
each: 20 keep a real encrypted store, 180 hold the wake channel and pull. They run on the same two
processors as central; their share of the time is told apart.
"""

import time
from datetime import timedelta
from math import inf
from typing import Any

from parking.ids import uuid7
from parking.right import ParkingSession, RightSource
from simulator.city.provider import Provider
from tests.benchmarks.pace import let_pass
from tests.benchmarks.place import City, Place
from tests.benchmarks.sync.fleet import Fleet, FleetError, cpu_s
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.sync.waiting_ops import PAID_PLATE
from tests.benchmarks.table import Row, median, percentile

DEVICES, STORES, RIGHTS = 200, 20, 100
_WHAT = f"G4 a right sent to central until officers' stores have it, {DEVICES} connected, p99"
_BAR = "<= 50 ms"
_APART_S = 0.5
_LAST_S = 15.0
"""For what has not come when the last right was sent; it counts as so late."""


def measure(place: Place, _peer: Pouch | None) -> list[Row]:
    city = place.city
    provider = Provider(city.stage.central_url, city.stage.command("provider-key", "--name", "app"))
    try:
        fleet = Fleet(city, place.folder / "fleet", count=DEVICES, stores=STORES)
    except FleetError as error:
        return [Row(what=_WHAT, figure=f"not measured: {error}", bar=_BAR, met=False)]
    try:
        used_s, central_s = fleet.cpu_s(), cpu_s(city.stage.central_pid)
        sent_ns = [_pay(city, provider, number) for number in range(RIGHTS)]
        used_s, central_s = fleet.cpu_s() - used_s, cpu_s(city.stage.central_pid) - central_s
        devices = _all_seen(fleet)
    finally:
        fleet.close()
    stored = _delays(sent_ns, [device["ns"] for device in devices if device["store"]])
    light = _delays(sent_ns, [device["ns"] for device in devices if not device["store"]])
    asked = sum(device["asked"] for device in devices)
    used = (
        f"CPU a right: {used_s / RIGHTS * 1e3:.0f} ms the devices',"
        f" {central_s / RIGHTS * 1e3:.0f} ms central's"
    )
    return [_row(stored, light, f"{used}; devices without a store asked {asked} times")]


def _all_seen(fleet: Fleet) -> list[dict[str, Any]]:
    """Return what every device saw, as soon as all saw everything or the last moment passed."""
    ends = time.monotonic() + _LAST_S
    while True:
        fleet.say("seen")
        devices = [device for share in fleet.answers() for device in share]
        if time.monotonic() > ends or all(len(device["ns"]) >= RIGHTS for device in devices):
            return devices
        let_pass(1.0)


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
    """Return the milliseconds of every right at every device; one that never came is endless."""
    return [
        (one[str(number)] - at) / 1e6 if str(number) in one else inf
        for one in seen
        for number, at in enumerate(sent_ns)
    ]


def _row(stored: list[float], light: list[float], used: str) -> Row:
    p99 = percentile(stored, 0.99)
    lost = sum(delay == inf for delay in stored + light)
    return Row(
        what=_WHAT,
        figure=f"{p99:.0f} ms (p50 {median(stored):.0f}, p95 {percentile(stored, 0.95):.0f}, "
        f"worst {max(stored):.0f}; {lost} of {len(stored + light)} never came; {used})",
        baseline=f"devices without a store p50 {median(light):.0f}, "
        f"p99 {percentile(light, 0.99):.0f} ms",
        bar=_BAR,
        met=p99 <= 50 and not lost,
    )
