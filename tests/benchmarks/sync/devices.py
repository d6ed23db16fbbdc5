"""A process that plays devices: ``python -m tests.benchmarks.sync.devices`` (see ``fleet``).

A device with a store is the terminal's own sync loop on an encrypted store; those without one are
``light``, or send what they were told to. Words: ``drain``, ``seen``; the end of the input ends it.
"""

import sys
import threading
import time
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.adapters.system_clock import SystemClock
from local_db.store import LocalStore
from parking.errors import UnavailableError, UserError
from sync.engine import SyncEngine
from sync.failures import BusyError
from sync.gateway import Device, HTTPGateway
from sync.loop import Backoff, Pace, SyncLoop
from sync.news import SyncNews
from sync.wire import EnrolAnswer, PushRequest
from tests.benchmarks.sync.fleet import DeviceOrder, FleetOrder
from tests.benchmarks.sync.light import LightDevices
from tests.benchmarks.sync.waiting_ops import PAID_PLATE, requests
from tests.fakes.terminal import KEY

_LIMIT_S = 120.0


class _Stored:
    """A terminal with its store; notes when a right could be looked up in it."""

    def __init__(self, order: DeviceOrder, url: str, folder: Path) -> None:
        clock, key = SystemClock(), Ed25519PrivateKey.from_private_bytes(order.key)
        self._store = LocalStore.create(folder, KEY, clock)
        self._store.keep_identity(
            EnrolAnswer(
                terminal=order.terminal,
                city_root_key=bytes(32),
                city_online_key=bytes(32),
                online_key_signature=bytes(64),
                server_utc=clock.now().utc,
            )
        )
        terminal_id = order.terminal.terminal_id
        self._gateway = HTTPGateway(
            url, clock, device=Device(terminal_id=terminal_id, sign=key.sign)
        )
        engine = SyncEngine(
            self._store.outbox, self._gateway, clock, terminal_id=terminal_id, sign=key.sign
        )
        self.seen_ns: dict[int, int] = {}
        self._first = threading.Event()
        self._loop = SyncLoop(engine, self._hear)
        self._loop.start()
        assert self._first.wait(_LIMIT_S), "the first round did not end"

    def stop(self) -> None:
        self._loop.stop(timeout_s=_LIMIT_S)
        self._gateway.close()
        self._store.close()

    def _hear(self, news: SyncNews) -> None:
        if "parking_session" in news.changed:
            number = len(self.seen_ns)
            while self._store.candidates(PAID_PLATE.format(number)).rights:
                self.seen_ns[number] = time.monotonic_ns()
                number += 1
        if news.remaining == 0:
            self._first.set()


@dataclass(slots=True)
class _Drained:
    """When a device was rid of its orders and of all, by ``time.monotonic_ns``."""

    orders_ns: int = 0
    all_ns: int = 0
    busy: int = 0
    odd: int = 0
    trips_ms: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Away:
    """A device that was without network, its client open since it was switched on."""

    gateway: HTTPGateway
    waiting: list[PushRequest]


def _away(order: DeviceOrder, fleet: FleetOrder) -> _Away:
    key = Ed25519PrivateKey.from_private_bytes(order.key)
    device = Device(terminal_id=order.terminal.terminal_id, sign=key.sign)
    gateway = HTTPGateway(fleet.central_url, SystemClock(), device=device, deadline_s=30)
    return _Away(gateway, list(requests(order, fleet.officer_id, fleet.operations)))


def _drain(device: _Away) -> _Drained:
    """Send everything in the order of the lanes; where central is busy, come back as it asks."""
    done = _Drained()
    for request in device.waiting:
        began_ns, backoff = time.monotonic_ns(), Backoff(Pace())
        answer = None
        while answer is None:
            try:
                answer = device.gateway.push(request)
            except BusyError as error:
                done.busy += 1
                threading.Event().wait(max(backoff.next_s(), error.retry_after_s))
        done.trips_ms.append((time.monotonic_ns() - began_ns) / 1e6)
        done.odd += sum(result.outcome != "applied" for result in answer.results)
        if request.lane == 1:
            done.orders_ns = time.monotonic_ns()
    done.all_ns = time.monotonic_ns()
    return done


def _drain_all(devices: list[_Away]) -> list[_Drained]:
    found: list[_Drained] = []
    faults: list[Exception] = []

    def work(device: _Away) -> None:
        try:
            found.append(_drain(device))
        except (UnavailableError, UserError) as error:
            faults.append(error)

    threads = [threading.Thread(target=work, args=(device,)) for device in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults, faults[0]
    return found


def main() -> None:
    """Play until the input ends."""
    order = msgspec.json.decode(sys.stdin.buffer.readline(), type=FleetOrder)
    with ExitStack() as opened:
        if order.operations:
            _drain_when_told(order, opened)
        else:
            _listen(order, opened)


def _drain_when_told(order: FleetOrder, opened: ExitStack) -> None:
    devices = [_away(device, order) for device in order.devices]
    for device in devices:
        opened.callback(device.gateway.close)
    _say("ready")
    for line in sys.stdin.buffer:
        if line.strip() == b"drain":
            _say(_drain_all(devices))


def _listen(order: FleetOrder, opened: ExitStack) -> None:
    stored = []
    for device in order.devices:
        if device.has_store:
            folder = Path(order.folder) / device.terminal.name
            stored.append(_Stored(device, order.central_url, folder))
            opened.callback(stored[-1].stop)
    without = [device for device in order.devices if not device.has_store]
    light = LightDevices(without, order.central_url, limit_s=_LIMIT_S)
    opened.callback(light.stop)
    _say("ready")
    for line in sys.stdin.buffer:
        if line.strip() == b"seen":
            seen = [{"store": True, "ns": one.seen_ns, "asked": 0} for one in stored]
            seen += [
                {"store": False, "ns": one.seen_ns, "asked": one.asked} for one in light.playing
            ]
            _say(seen)


def _say(words: object) -> None:
    sys.stdout.buffer.write(msgspec.json.encode(words) + b"\n")
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
