"""Card payments of a small city, and refunds that supervisors asked for."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from parking.payment import PaymentPurpose
from parking.refund import PaymentSummary, RefundRequest
from parking.right import ParkingSession, RightSource
from parking.terminal import Terminal, TerminalKind
from tests.fakes.clock import NOON
from tests.fakes.memory_store import MemoryStore
from tests.unit.ui_supervisor.samples import laptop, name

STATION = Terminal(
    terminal_id=name("station", 7),
    name="K-07",
    kind=TerminalKind.KIOSK,
    series=7,
    public_key=bytes(32),
    epoch=1,
)


def summary(number: int, **changes: Any) -> PaymentSummary:
    values: dict[str, Any] = {
        "payment_id": name("payment", number),
        "reference": f"P-4M2Q-{number:02}",
        "purpose": PaymentPurpose.PARKING,
        "plate": "HGT7712",
        "plate_state": "NY",
        "zone_id": "204",
        "terminal_id": STATION.terminal_id,
        "amount_cents": 250,
        "captured_cents": 250,
        "card": "Visa 4242",
        "state": "captured",
        "made_utc": NOON - timedelta(minutes=17 * number),
    }
    return PaymentSummary(**{**values, **changes})


def right_for(paid: PaymentSummary) -> ParkingSession:
    return ParkingSession(
        parking_session_id=paid.payment_id,
        plate=paid.plate,
        plate_state=paid.plate_state,
        zone_id=paid.zone_id,
        start_utc=paid.made_utc,
        end_utc=paid.made_utc + timedelta(hours=2),
        source=RightSource.PAY_STATION,
        price_cents=paid.amount_cents,
        made_utc=paid.made_utc,
    )


def paid(store: MemoryStore, *found: PaymentSummary) -> None:
    """Let the feed bring payments, with the time that was bought."""
    store.fed_terminals = [laptop(14), STATION]
    store.fed_payments = list(found)
    store.rights = [right_for(each) for each in found if each.purpose is PaymentPurpose.PARKING]


def day(store: MemoryStore) -> None:
    """A day with one of each kind: plain, paid twice, a ticket, a code, a lost capture."""
    paid(
        store,
        summary(1),
        summary(
            2,
            due_back_cents=125,
            task="Other time of this car covers the same hours: $1.25 was paid twice.",
        ),
        summary(3, purpose=PaymentPurpose.CITATION, amount_cents=2500, captured_cents=2500),
        summary(4, amount_cents=0, captured_cents=0, card=""),
        summary(5, captured_cents=0, plate="AB12345", plate_state="CT"),
        summary(6, refunded_cents=250, state="refunded"),
    )


def asked(store: MemoryStore, of: PaymentSummary, badge: str, **changes: Any) -> RefundRequest:
    """Let the feed bring what a supervisor with a badge asked for."""
    officer = next(each for each in store.officers() if each.badge == badge)
    values: dict[str, Any] = {
        "refund_id": name("refund", of.payment_id, len(store.fed_facts)),
        "payment_id": of.payment_id,
        "amount_cents": 6000,
        "reason_code": "goodwill",
        "text": "The gate was shut.",
        "officer_id": officer.officer_id,
        "terminal_id": name("desk", 3),
        "requested_utc": NOON - timedelta(minutes=4),
    }
    request = RefundRequest(**{**values, **changes})
    store.fed_facts.append(request)
    return request


def waiting(store: MemoryStore, badge: str) -> RefundRequest:
    """A large refund that waits for a second supervisor."""
    large = summary(
        1,
        amount_cents=9000,
        captured_cents=9000,
        waiting_cents=6000,
        task="A refund waits for a second supervisor.",
    )
    paid(store, large)
    return asked(store, large, badge)


SCENES: dict[str, tuple[Callable[[MemoryStore, datetime], object], tuple[str, ...]]] = {
    "day": (lambda store, _utc: day(store), ()),
    "asked": (lambda store, _utc: day(store), ("F9",)),
    "waiting": (lambda store, _utc: waiting(store, "0103"), ()),
    "own": (lambda store, _utc: waiting(store, "0102"), ()),
}
"""What the page is shown with: records by feed, and the keys that are pressed then."""
