"""Card payments and refunds as a desk finds them: fed by central, asked for here."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from local_db.store import LocalStore
from local_db.values import AskedRefund, PaymentSearch
from parking.payment import PaymentPurpose
from parking.refund import PaymentSummary, RefundApproval, RefundRequest
from parking.right import ParkingSession, RightSource
from tests.fakes.clock import NOON
from tests.fakes.terminal import OFFICER_ID, TERMINAL_ID, save
from tests.unit.local_db.test_feed import page, row


def _summary(number: int, **changes: Any) -> PaymentSummary:
    values: dict[str, Any] = {
        "payment_id": UUID(int=number),
        "reference": f"P-4M2Q-{number:02}",
        "purpose": PaymentPurpose.PARKING,
        "plate": "AB-12345",
        "terminal_id": TERMINAL_ID,
        "amount_cents": 250,
        "state": "captured",
        "made_utc": NOON - timedelta(hours=number),
        "revision": number,
    }
    return PaymentSummary(**{**values, **changes})


def _request(number: int, payment: PaymentSummary) -> RefundRequest:
    return RefundRequest(
        refund_id=UUID(int=100 + number),
        payment_id=payment.payment_id,
        amount_cents=100,
        reason_code="goodwill",
        officer_id=OFFICER_ID,
        terminal_id=TERMINAL_ID,
        requested_utc=NOON + timedelta(minutes=number),
    )


def test_payments_are_found_by_what_a_supervisor_has_in_hand(store: LocalStore) -> None:
    one, two = _summary(1), _summary(2, task="Look at it.")
    other = _summary(30, plate="HGT 7712")
    store.outbox.apply_page(page(*map(row, (one, two, other))))
    day = PaymentSearch(from_utc=NOON - timedelta(hours=2), until_utc=NOON)
    found = {
        "all": store.payments(PaymentSearch()),
        "day": store.payments(day),
        "until": store.payments(PaymentSearch(until_utc=NOON - timedelta(hours=1))),
        "plate": store.payments(PaymentSearch(plate_key="HGT7712")),
        "code": store.payments(PaymentSearch(reference="P-4M2Q-02")),
        "task": store.payments(PaymentSearch(only_tasks=True)),
        "id": store.payments(PaymentSearch(payment_id=one.payment_id)),
        "none": store.payments(PaymentSearch(reference="P-4M2Q-02", plate_key="HGT7712")),
    }
    assert found == {
        "all": (one, two, other),
        "day": (one, two),
        "until": (two, other),
        "plate": (other,),
        "code": (two,),
        "task": (two,),
        "id": (one,),
        "none": (),
    }


def test_refunds_come_with_what_was_said_of_them_there_and_here(store: LocalStore) -> None:
    payment = _summary(1)
    later, sooner, of_another = _request(2, payment), _request(1, payment), _request(3, _summary(2))
    approval = RefundApproval(
        refund_approval_id=UUID(int=9),
        refund_id=later.refund_id,
        approved=True,
        officer_id=OFFICER_ID,
        terminal_id=TERMINAL_ID,
        decided_utc=NOON,
    )
    store.outbox.apply_page(page(row(payment), row(later), row(of_another)))
    save(store, sooner)
    save(store, approval)
    assert store.refunds_of(payment.payment_id) == (
        AskedRefund(request=sooner),
        AskedRefund(request=later, approvals=(approval,)),
    )
    assert store.asked_refund(later.refund_id) == AskedRefund(request=later, approvals=(approval,))
    assert store.asked_refund(UUID(int=5)) is None
    assert (store.sending(sooner.refund_id), store.sending(later.refund_id)) == ("to_send", "")


def test_the_time_that_was_bought_is_known_by_the_payment(store: LocalStore) -> None:
    right = ParkingSession(
        parking_session_id=UUID(int=1),
        plate="AB12345",
        plate_state="CT",
        zone_id="204",
        start_utc=NOON,
        end_utc=NOON + timedelta(hours=1),
        source=RightSource.PAY_STATION,
        made_utc=NOON,
    )
    store.outbox.apply_page(page(row(right)))
    assert store.sold_time(UUID(int=1)) == right
    assert store.sold_time(UUID(int=2)) is None
