from collections.abc import Iterator
from typing import TypeVar

import pytest

from app.lanes import Task
from app.usecases.buy_parking import LONGEST_WAIT_S
from parking.errors import UnavailableError, UserError
from parking.payment import Payment, Quote, Told
from parking.terminal import TerminalKind
from tests.fakes.terminal_app import FakeTerminal, fake_terminal

T = TypeVar("T")


@pytest.fixture
def kiosk() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.KIOSK) as made:
        yield made


def _run(kiosk: FakeTerminal, task: Task[T]) -> T:
    return kiosk.lanes.run(task)


def _quote(kiosk: FakeTerminal) -> Quote:
    return _run(kiosk, kiosk.app.kiosk.quote("ab 12345", "CT", 60))


def _buy(kiosk: FakeTerminal) -> Payment:
    return _run(kiosk, kiosk.app.kiosk.buy(_quote(kiosk)))


def test_the_lot_names_zone_and_rate(kiosk: FakeTerminal) -> None:
    lot = _run(kiosk, kiosk.app.kiosk.lot())
    assert (lot.zone.zone_id, lot.tariff.tariff_id, lot.terminal.name) == (
        "204",
        "garage-125",
        "K-07",
    )


@pytest.mark.parametrize("missing", ["fed_zones", "fed_tariffs"])
def test_before_the_first_feed_the_pay_station_says_so(kiosk: FakeTerminal, missing: str) -> None:
    setattr(kiosk.store, missing, [])
    with pytest.raises(UnavailableError, match="has not heard its prices"):
        _run(kiosk, kiosk.app.kiosk.lot())


def test_the_price_is_centrals(kiosk: FakeTerminal) -> None:
    quote = _quote(kiosk)
    assert (quote.plate, quote.price_cents) == ("AB12345", 125)


@pytest.mark.parametrize(
    ("plate", "state", "key"),
    [("", "CT", "plate.empty"), ("AB\N{PILE OF POO}", "CT", "plate.characters"),
     ("A" * 40, "CT", "plate.too_long"), ("AB12345", "", "plate.state")],
)  # fmt: skip
def test_a_bad_plate_is_one_sentence(kiosk: FakeTerminal, plate: str, state: str, key: str) -> None:
    with pytest.raises(UserError) as caught:
        _run(kiosk, kiosk.app.kiosk.quote(plate, state, 60))
    assert caught.value.key == key
    assert kiosk.central.asked == []


def test_a_code_pays_its_part_and_a_wrong_one_is_told(kiosk: FakeTerminal) -> None:
    kiosk.central.vouchers = {"HALF": 60, "ALL": 500}
    part = _run(kiosk, kiosk.app.kiosk.quote("AB12345", "CT", 60, " HALF "))
    assert (part.price_cents, part.discount_cents) == (65, 60)
    with pytest.raises(UserError, match="does not know who issued"):
        _run(kiosk, kiosk.app.kiosk.quote("AB12345", "CT", 60, "NOT MINE"))
    everything = _run(kiosk, kiosk.app.kiosk.quote("AB12345", "CT", 60, "ALL"))
    payment = _run(kiosk, kiosk.app.kiosk.buy(everything))
    assert (payment.told, payment.amount_cents) == (Told.APPROVED, 0)
    _run(kiosk, kiosk.app.kiosk.print_receipt(payment))
    _run(kiosk, kiosk.app.kiosk.finish(payment))
    assert _run(kiosk, kiosk.app.kiosk.unfinished()) is None


def test_without_network_no_card_is_asked_for(kiosk: FakeTerminal) -> None:
    kiosk.central.away = True
    with pytest.raises(UnavailableError):
        _quote(kiosk)


def test_a_pay_station_without_a_zone_sells_nothing() -> None:
    with (
        fake_terminal(TerminalKind.KIOSK, zone_id="") as kiosk,
        pytest.raises(UserError, match="belongs to no zone"),
    ):
        _quote(kiosk)


def test_a_purchase_from_price_to_receipt(kiosk: FakeTerminal) -> None:
    payment = _buy(kiosk)
    assert payment.told is Told.PRESENT_CARD
    kiosk.central.move(payment.payment_id, Told.APPROVED, card="Visa 4242")
    payment = _run(kiosk, kiosk.app.kiosk.follow(payment))
    assert payment.told is Told.APPROVED
    _run(kiosk, kiosk.app.kiosk.print_receipt(payment))
    ((name, lines, _qr),) = kiosk.printer.tickets
    assert name == "K7-4M2Q-88"
    assert any("AB" in line.text for line in lines)
    _run(kiosk, kiosk.app.kiosk.finish(payment))
    assert _run(kiosk, kiosk.app.kiosk.unfinished()) is None


def test_the_id_is_stored_before_the_first_request(
    kiosk: FakeTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []

    def put(order: object) -> None:
        del order
        seen.append(kiosk.store.setting("open_payment"))
        raise UnavailableError("network.down", "Nobody.", retry_safe=True)

    monkeypatch.setattr(kiosk.central, "put_payment", put)
    payment = _buy(kiosk)
    assert payment.told is Told.CHECKING
    assert seen
    assert seen[0] is not None


def test_a_lost_answer_is_checking_and_the_same_order_again(kiosk: FakeTerminal) -> None:
    quote = _quote(kiosk)
    kiosk.central.lose_answers = True
    payment = _run(kiosk, kiosk.app.kiosk.buy(quote))
    assert payment.told is Told.CHECKING
    kiosk.central.lose_answers = False
    again = _run(kiosk, kiosk.app.kiosk.follow(payment))
    assert again.told is Told.PRESENT_CARD
    assert {order.payment_id for order in kiosk.central.orders} == {payment.payment_id}


def test_after_a_restart_the_same_payment_goes_on(kiosk: FakeTerminal) -> None:
    payment = _buy(kiosk)
    begun = _run(kiosk, kiosk.app.kiosk.unfinished())
    assert begun is not None
    assert begun.last == payment
    assert begun.offer.plate == "AB12345"
    kiosk.central.move(payment.payment_id, Told.APPROVED)
    assert _run(kiosk, kiosk.app.kiosk.follow(begun.last)).told is Told.APPROVED


def test_two_payments_at_once_are_refused(kiosk: FakeTerminal) -> None:
    _buy(kiosk)
    with pytest.raises(UserError, match="Do not pay again"):
        _buy(kiosk)
    assert len(kiosk.central.payments) == 1


def test_an_old_price_is_asked_for_again(kiosk: FakeTerminal) -> None:
    quote = _quote(kiosk)
    kiosk.clock.pass_by(minutes=6)
    with pytest.raises(UserError, match="price is old"):
        _run(kiosk, kiosk.app.kiosk.buy(quote))
    assert _run(kiosk, kiosk.app.kiosk.unfinished()) is None


def test_what_central_refuses_is_forgotten(kiosk: FakeTerminal) -> None:
    quote = _quote(kiosk)
    kiosk.central.quotes.clear()
    with pytest.raises(UserError, match="not known"):
        _run(kiosk, kiosk.app.kiosk.buy(quote))
    assert _run(kiosk, kiosk.app.kiosk.unfinished()) is None


def test_a_decline_offers_another_card(kiosk: FakeTerminal) -> None:
    payment = _buy(kiosk)
    kiosk.central.move(payment.payment_id, Told.DECLINED, decline_hint="insufficient_funds")
    payment = _run(kiosk, kiosk.app.kiosk.follow(payment))
    with pytest.raises(UserError, match="still being checked"):
        _run(kiosk, kiosk.app.kiosk.finish(payment))
    assert _run(kiosk, kiosk.app.kiosk.present_again(payment)).told is Told.PRESENT_CARD


def test_cancel_tells_what_came_of_it(kiosk: FakeTerminal) -> None:
    payment = _run(kiosk, kiosk.app.kiosk.cancel(_buy(kiosk)))
    assert payment.told is Told.CANCELED
    _run(kiosk, kiosk.app.kiosk.finish(payment))
    _run(kiosk, kiosk.app.kiosk.finish(payment))
    assert _run(kiosk, kiosk.app.kiosk.unfinished()) is None


def test_an_order_whose_answer_was_lost_is_cancelled_at_central(kiosk: FakeTerminal) -> None:
    quote = _quote(kiosk)
    kiosk.central.away = True
    payment = _run(kiosk, kiosk.app.kiosk.buy(quote))
    assert _run(kiosk, kiosk.app.kiosk.cancel(payment)).told is Told.CHECKING
    kiosk.central.away = False
    assert _run(kiosk, kiosk.app.kiosk.cancel(payment)).told is Told.CANCELED


@pytest.mark.parametrize("act", ["follow", "cancel", "present_again"])
def test_while_central_is_away_the_driver_is_told_to_wait(kiosk: FakeTerminal, act: str) -> None:
    payment = _buy(kiosk)
    kiosk.central.away = True
    assert _run(kiosk, getattr(kiosk.app.kiosk, act)(payment)).told is Told.CHECKING


def test_there_is_no_receipt_before_the_payment_is_sure(kiosk: FakeTerminal) -> None:
    payment = _buy(kiosk)
    with pytest.raises(UserError, match="no receipt"):
        _run(kiosk, kiosk.app.kiosk.print_receipt(payment))


def test_another_payment_is_not_this_one(kiosk: FakeTerminal) -> None:
    payment = _buy(kiosk)
    kiosk.store.keep_setting("open_payment", None)
    with pytest.raises(UserError, match="No payment is open"):
        _run(kiosk, kiosk.app.kiosk.follow(payment))


def test_an_older_version_never_replaces_a_newer_one(kiosk: FakeTerminal) -> None:
    payment = _buy(kiosk)
    kiosk.central.move(payment.payment_id, Told.PROCESSING)
    newer = _run(kiosk, kiosk.app.kiosk.follow(payment))
    kiosk.central.payments[payment.payment_id] = payment
    assert _run(kiosk, kiosk.app.kiosk.follow(payment)) == newer
    assert LONGEST_WAIT_S == 25
