"""G11: 200 terminals come back after eight hours with 25,000 operations, all in the same moment.

Each sends its orders first, then citations, then checks, and comes back when central is busy, as
the terminal does. Meanwhile a kiosk asks for prices and an officer's laptop for news.
"""

import threading
import time
from datetime import UTC, datetime
from typing import Any

from parking.ids import uuid7
from tests.benchmarks.issuing import Joined
from tests.benchmarks.place import City, Place
from tests.benchmarks.sync.fleet import Fleet
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.table import Row, percentile

DEVICES, OPERATIONS = 200, 125
_PROBES_APART_S = 0.05


def measure(place: Place, _peer: Pouch | None) -> list[Row]:
    city = place.city
    probe = Joined(city, place.folder / "probe", name="T-902")
    assert probe.engine.run_once().error is None
    fleet = Fleet(city, place.folder / "fleet", count=DEVICES, operations=OPERATIONS)
    try:
        _lease(city)
        asking = _Asking(probe)
        began_ns, used_s = time.monotonic_ns(), fleet.cpu_s()
        fleet.say("drain")
        devices = [device for share in fleet.answers() for device in share]
        used_s = fleet.cpu_s() - used_s
        asked_ms = asking.stop()
    finally:
        fleet.close()
        probe.close()
    stored = city.one(
        "select count(*) from sync_operations where terminal_id in"
        " (select terminal_id from terminals where name like 'F-%')"
    )
    assert stored == DEVICES * OPERATIONS, f"{stored} operations were stored"
    odd = sum(device["odd"] for device in devices)
    assert odd == 0, f"{odd} operations were odd: this would be another measurement"
    return _rows(devices, began_ns, asked_ms, used_s)


def _lease(city: City) -> None:
    """Let every device have leased the numbers that it used."""
    with city.database.unit_of_work("benchmark") as connection:
        connection.exec_driver_sql(
            "insert into number_leases (lease_id, terminal_id, series, first_serial, last_serial,"
            " signature, leased_utc) select gen_random_uuid(), terminal_id, series, 0, 999, '',"
            " now() from terminals where name like 'F-%%'"
        )


class _Asking:
    """A laptop that asks for news all the while, as quickly as anyone does."""

    def __init__(self, probe: Joined) -> None:
        self._probe = probe
        self._took_ms: list[float] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._ask)
        self._thread.start()

    def stop(self) -> list[float]:
        self._ended.set()
        self._thread.join()
        return self._took_ms

    def _ask(self) -> None:
        cursor = self._probe.store.outbox.feed_position().cursor
        while not self._ended.wait(_PROBES_APART_S):
            began_ns = time.monotonic_ns()
            self._probe.gateway.feed(cursor)
            self._took_ms.append((time.monotonic_ns() - began_ns) / 1e6)
            began_ns = time.monotonic_ns()
            self._probe.gateway.lease_numbers(uuid7(datetime.now(UTC)), 1)
            self._took_ms.append((time.monotonic_ns() - began_ns) / 1e6)


def _rows(
    devices: list[dict[str, Any]], began_ns: int, asked_ms: list[float], used_s: float
) -> list[Row]:
    drained_s = (max(device["all_ns"] for device in devices) - began_ns) / 1e9
    orders_s = (max(device["orders_ns"] for device in devices) - began_ns) / 1e9
    p99 = percentile(asked_ms, 0.99)
    return [
        Row(
            what=f"G11 {DEVICES} terminals drain {DEVICES * OPERATIONS:,} operations",
            figure=f"{drained_s:.1f} s, {DEVICES * OPERATIONS / drained_s:,.0f}/s "
            f"(turned away {sum(device['busy'] for device in devices)} times;"
            f" {used_s:.1f} CPU-s were the devices')",
            baseline=f"the last order after {orders_s:.1f} s",
            ratio=f"{orders_s / drained_s:.0%} of the time",
            bar="<= 10 s",
            met=drained_s <= 10,
        ),
        Row(
            what="G11 requests of others meanwhile, p99",
            figure=f"{p99:.0f} ms of {len(asked_ms)} (p50 {percentile(asked_ms, 0.5):.0f},"
            f" worst {max(asked_ms):.0f})",
            bar="<= 500 ms",
            met=p99 <= 500,
        ),
    ]
