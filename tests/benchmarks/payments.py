"""Card payments: from the bank's yes to the pay station's, webhooks, and purchases per minute.

Central, PostgreSQL and the emulator are processes of their own; the pay stations here are plain
HTTP clients that wait as real ones do. Central is one worker, its refund, hold and ping jobs run,
and its webhooks come over HTTP. The emulator's CPU is told apart: Stripe has machines of its own.
"""

import json
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import httpx
import msgspec

from central.identity.codes import Grant, Purpose, make_code
from parking.ids import uuid7
from parking.payment import Payment, PaymentOrder, PaymentState, Told
from parking.terminal import TerminalKind
from simulator.city.stage import WEBHOOK_SECRETS
from simulator.stripe.webhooks import sign
from tests.benchmarks.place import City, Place
from tests.benchmarks.table import Row, median, percentile
from tests.contract.stripe.account import Account, client
from tests.unit.central.device import Device
from tests.unit.central_payments.prices import store_quote
from tests.waiting import wait_until

ANSWERS, WEBHOOKS, STATIONS, BUSY_S = 60, 400, 16, 30.0
_TICKS = os.sysconf("SC_CLK_TCK")


class Station:
    """A pay station: a device, a reader, and a line to central."""

    def __init__(self, city: City, account: Account, number: int) -> None:
        self._city = city
        self.reader, self._device = account.new_reader(), Device()
        self._http = httpx.Client(base_url=city.stage.central_url, timeout=40)
        grant = Grant(
            terminal_name=f"K-B{number}",
            terminal_kind=TerminalKind.KIOSK.value,
            reader_id=self.reader,
        )
        with city.database.unit_of_work("benchmark") as connection:
            code = make_code(connection, Purpose.ENROL, grant, now_utc=city.now_utc)
        self._device.enrol(self._http, code)

    def order(self) -> Payment:
        """Order two hours at a fresh price."""
        now = datetime.now(UTC)
        with self._city.database.unit_of_work("benchmark") as connection:
            quote = store_quote(connection, self._device.terminal.terminal_id, now)
        order = PaymentOrder(
            payment_id=uuid7(now), quote_id=quote.quote_id, shown_price_cents=quote.price_cents
        )
        body = msgspec.json.encode(order)
        address = f"/v1/payments/{order.payment_id}"
        answer = self._http.put(address, content=body, headers=self._device.headers())
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=Payment)

    def until(self, payment: Payment, told: Told) -> Payment:
        """Wait as a pay station does: one request that central answers when something moved."""
        while payment.told is not told:
            answer = self._http.get(
                f"/v1/payments/{payment.payment_id}",
                params={"wait_s": 25, "version": payment.version},
                headers=self._device.headers(),
            )
            assert answer.status_code == 200, answer.text
            payment = msgspec.json.decode(answer.content, type=Payment)
            assert payment.told is not Told.CANCELED, payment
        return payment

    def close(self) -> None:
        """Give the line back."""
        self._http.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Busy:
    """A while of purchases: how many, how long it took, and whose CPU seconds they were."""

    purchases: int
    took_s: float
    central_s: float
    emulator_s: float


def measure(place: Place) -> list[Row]:
    city = place.city
    account = Account(client(city.stage.stripe.api_url))
    stations = [Station(city, account, number) for number in range(STATIONS)]
    try:
        answers = _answers(city, stations[0])
        webhooks, bare = _webhooks(city)
        busy = _busy(city, stations)
    finally:
        for station in stations:
            station.close()
    return [_answer_row(answers), _webhook_row(webhooks, bare), *_busy_rows(busy)]


def _answers(city: City, station: Station) -> list[float]:
    """Return seconds from the card at the reader to the approved answer at the pay station."""
    took_s: list[float] = []
    for _ in range(ANSWERS):
        payment = station.until(station.order(), Told.PRESENT_CARD)
        with ThreadPoolExecutor(1) as waiting:
            approved = waiting.submit(station.until, payment, Told.APPROVED)
            began = time.perf_counter()
            city.stage.stripe.present(station.reader)
            approved.result()
            took_s.append(time.perf_counter() - began)
        _until_captured(city, payment.payment_id)
    return took_s


def _until_captured(city: City, payment_id: UUID) -> None:
    query = f"select state from payments where payment_id = '{payment_id}'"
    wait_until(lambda: city.one(query) == PaymentState.CAPTURED, what="the capture")


def _webhooks(city: City) -> tuple[list[float], list[float]]:
    """Return seconds of each webhook, and of a bare request to the same process, in turn."""
    handled, bare = list[float](), list[float]()
    about = {"object": "payment_intent", "id": city.one("select intent_id from payments limit 1")}
    with httpx.Client(base_url=city.stage.central_url) as line:
        for number in range(WEBHOOKS):
            event: dict[str, object] = {
                "id": f"evt_bench_{number}",
                "type": "payment_intent.succeeded",
            }
            event |= {"livemode": False, "api_version": "2026-10-28.endive"}
            body = json.dumps({**event, "data": {"object": about}}).encode()
            headers = {"Stripe-Signature": sign(body, WEBHOOK_SECRETS[0], int(time.time()))}
            began = time.perf_counter()
            answer = line.post("/stripe/webhooks/payments", content=body, headers=headers)
            handled.append(time.perf_counter() - began)
            assert answer.status_code == 200, answer.text
            began = time.perf_counter()
            line.get("/nothing-here")
            bare.append(time.perf_counter() - began)
    return handled, bare


def _busy(city: City, stations: list[Station]) -> Busy:
    ends, done, lock = time.monotonic() + BUSY_S, [0], threading.Lock()

    def drivers(station: Station) -> None:
        while time.monotonic() < ends:
            city.stage.stripe.present(station.reader, ahead=True)
            station.until(station.order(), Told.APPROVED)
            with lock:
                done[0] += 1

    central, emulator = city.stage.central_pid, city.stage.stripe.pid
    before, began = (_cpu_s(central), _cpu_s(emulator)), time.monotonic()
    with ThreadPoolExecutor(len(stations)) as pool:
        for finished in [pool.submit(drivers, station) for station in stations]:
            finished.result()
    return Busy(
        purchases=done[0],
        took_s=time.monotonic() - began,
        central_s=_cpu_s(central) - before[0],
        emulator_s=_cpu_s(emulator) - before[1],
    )


def _cpu_s(pid: int) -> float:
    fields = Path("/proc", str(pid), "stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _answer_row(took_s: list[float]) -> Row:
    p95_ms = 1000 * percentile(took_s, 0.95)
    return Row(
        what="card at the reader to approved at the pay station",
        figure=f"p95 {p95_ms:.0f} ms, median {1000 * median(took_s):.0f} ms",
        bar="p95 <= 300 ms",
        met=p95_ms <= 300,
    )


def _webhook_row(handled: list[float], bare: list[float]) -> Row:
    p99_ms, bare_ms = 1000 * percentile(handled, 0.99), 1000 * percentile(bare, 0.99)
    return Row(
        what="webhook handled: checked, stored, payment woken",
        figure=f"p99 {p99_ms:.1f} ms, median {1000 * median(handled):.1f} ms",
        baseline=f"a request for nothing p99 {bare_ms:.1f} ms",
        ratio=f"{p99_ms / bare_ms:.1f}x",
        bar="p99 <= 20 ms",
        met=p99_ms <= 20,
    )


def _busy_rows(busy: Busy) -> list[Row]:
    each_ms = 1000 * busy.central_s / max(1, busy.purchases)
    per_minute = 60 * busy.purchases / busy.took_s
    return [
        Row(
            what=f"purchases on one central worker, {STATIONS} pay stations",
            figure=f"{per_minute:,.0f}/min",
            baseline=f"{each_ms:.0f} ms of central's CPU each",
            bar=">= 1,000/min",
            met=per_minute >= 1000,
        ),
        Row(
            what="the emulator's part of that, on the same machine",
            figure=f"{1000 * busy.emulator_s / max(1, busy.purchases):.0f} ms of CPU each",
        ),
    ]
