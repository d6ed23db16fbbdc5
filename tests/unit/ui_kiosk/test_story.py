"""A driver at a pay station, from the plate to the receipt and through what can go wrong."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.lanes import Task, reading
from app.ports import NetState
from parking.errors import BugError, UserError
from parking.payment import PaymentState, Told
from tests.fakes.clock import NOON
from tests.unit.ui_kiosk.station import (
    REFERENCE,
    PayStation,
    pay_station,
    sample_payment,
    sample_quote,
)
from ui.kiosk.following import PaymentScreen
from ui.safe_screen import SafeScreen

PAID = {"card": "Visa 4242", "state": PaymentState.CAPTURED}
READY = "Hold your card on the reader"


def test_a_driver_pays_for_an_hour(station: PayStation) -> None:
    station.to_time("AB12345")
    assert (station.words("price"), station.words("until")) == ("$1.25", "1:00 PM today")
    station.press("minutes_120")
    station.quoted()
    assert station.words("next_button") == "Continue with $2.50"

    station.pay()
    station.wait(lambda: station.words("card_title") == READY)
    assert station.words("card_amount") == "$2.50"
    assert "You have not been charged" in station.words("waiting")
    (payment,) = station.desk.payments.values()
    station.move(payment, Told.APPROVED, end_utc=NOON + timedelta(hours=2), **PAID)

    station.wait_for("kiosk_done")
    assert station.words("paid_word") == "Paid $2.50"
    assert station.words("paid_until") == "2:00 PM today"
    assert "Card ending 4242 was charged once" in station.words("paid_panel")
    assert station.words("reference") == REFERENCE
    station.press("print_button")
    station.wait(lambda: "kept as a file" in station.words("receipt_words"))
    station.press("finish_button")
    station.wait_for("kiosk_home")
    assert station.terminal.store.setting("open_payment") is None
    assert len(station.terminal.printer.tickets) == 1


def test_the_receipt_makes_room_for_the_next_driver_by_itself(station: PayStation) -> None:
    station.move(station.to_card(), Told.APPROVED, **PAID)
    station.wait_for("kiosk_done")
    station.pass_by(seconds=29)
    station.press("more_time_button")
    station.pass_by(seconds=29)
    assert station.words("closing") == "This screen closes in 1 second"
    station.pass_by(seconds=1)
    station.wait_for("kiosk_home")


def test_a_printer_that_fails_takes_nothing_away(station: PayStation) -> None:
    station.terminal.printer.out_of_paper = True
    station.move(station.to_card(), Told.APPROVED, **PAID)
    station.wait_for("kiosk_done")
    station.press("print_button")
    station.wait(lambda: "You have paid" in station.words("receipt_words"))
    assert not station.shown("print_button")


def test_after_a_decline_another_card_pays(station: PayStation) -> None:
    payment = station.to_card()
    station.move(payment, Told.DECLINED, state=PaymentState.DECLINED)
    station.wait(lambda: station.shown("again_button"))
    assert "You have not been charged" in station.words("card_answer")

    station.press("again_button")
    station.wait(lambda: station.words("card_title") == READY)
    assert "present_again" in station.desk.asked
    station.move(payment, Told.APPROVED, **PAID)
    station.wait_for("kiosk_done")
    assert len(station.desk.payments) == 1


def test_a_canceled_purchase_can_begin_again(station: PayStation) -> None:
    station.to_card()
    station.press("cancel_button")
    station.wait(lambda: station.words("card_title") == "Nothing was paid")
    assert "You have not been charged" in station.words("card_answer")
    station.press("offer_button")
    station.wait_for("kiosk_time")
    station.quoted()
    station.pay()
    station.wait(lambda: len(station.desk.payments) == 2)


def test_changing_the_time_cancels_first_and_says_so(station: PayStation) -> None:
    station.to_time()
    station.press("minutes_180")
    station.quoted()
    station.pay()
    station.wait(lambda: station.words("card_title") == READY)
    station.press("back_button")
    station.wait_for("kiosk_time")
    station.quoted()
    assert station.words("next_button") == "Continue with $3.75"
    (payment,) = station.desk.payments.values()
    assert payment.told is Told.CANCELED


def test_a_canceled_purchase_is_forgotten_when_the_driver_has_gone(station: PayStation) -> None:
    station.to_card()
    station.press("cancel_button")
    station.wait(lambda: station.words("card_title") == "Nothing was paid")
    station.pass_by(seconds=91)
    station.wait_for("kiosk_home")
    assert station.terminal.store.setting("open_payment") is None


def test_an_open_payment_is_never_forgotten(station: PayStation) -> None:
    station.to_card()
    station.pass_by(minutes=30)
    assert station.screen.name == "kiosk_card"
    assert not station.shown("stay_button")


def test_an_unknown_outcome_says_do_not_pay_again(station: PayStation) -> None:
    payment = station.to_card()
    station.move(payment, Told.CHECKING)
    station.wait_for("kiosk_checking")
    assert "Do not pay again" in station.words("do_not_pay")
    assert station.words("reference") == REFERENCE
    station.press("help_button")
    station.move(payment, Told.APPROVED, **PAID)
    station.move(payment, Told.APPROVED, **PAID)
    station.wait_for("kiosk_done")
    assert station.words("paid_until") == "1:00 PM today"


def test_an_order_whose_answer_was_lost_is_followed_to_its_end(station: PayStation) -> None:
    station.to_time()
    station.desk.lose_answers = True
    station.pay()
    station.wait_for("kiosk_checking")
    assert station.words("reference") == "Pay station K-07"
    station.desk.lose_answers = False
    station.tick()
    station.wait_for("kiosk_card")
    station.wait(lambda: station.words("card_title") == READY)
    assert len(station.desk.payments) == 1


def test_an_order_central_never_takes_charges_nobody(station: PayStation) -> None:
    station.to_time()
    station.desk.away = True
    station.pay()
    station.wait_for("kiosk_checking")
    station.refuse_orders(UserError("quote.expired", "This price has expired."))
    station.desk.away = False
    station.tick()
    station.wait_for("kiosk_home")
    assert station.terminal.store.setting("open_payment") is None


def test_a_driver_who_leaves_takes_the_plate_off_the_screen(station: PayStation) -> None:
    payment = station.to_card()
    station.move(payment, Told.CHECKING)
    station.wait_for("kiosk_checking")
    station.press("finish_button")
    station.wait_for("kiosk_no_card")
    assert "still being checked" in station.words("no_card_answer")
    assert not station.shown("reference")
    station.pass_by(minutes=5)
    assert station.screen.name == "kiosk_no_card"
    station.move(payment, Told.APPROVED, **PAID)
    station.wait_for("kiosk_home")
    assert station.terminal.store.setting("open_payment") is None


def test_a_card_nobody_waits_to_present_is_canceled(station: PayStation) -> None:
    payment = station.to_card()
    station.move(payment, Told.CHECKING)
    station.wait_for("kiosk_checking")
    station.pass_by(seconds=91)
    station.wait_for("kiosk_no_card")
    station.move(payment, Told.PRESENT_CARD)
    station.wait_for("kiosk_home")
    assert station.desk.payments[payment.payment_id].told is Told.CANCELED


def test_after_a_restart_the_open_payment_comes_first(
    station: PayStation, qapp: QApplication, qtbot: QtBot
) -> None:
    payment = station.to_card()
    kept = station.terminal.store.setting("open_payment")
    with pay_station(qapp, qtbot) as again:
        again.terminal.store.keep_setting("open_payment", kept)
        again.desk.payments[payment.payment_id] = payment
        again.show("kiosk_home")
        again.wait_for("kiosk_card")
        assert again.words("card_title") == READY
        assert again.words("card_amount") == "$1.25"
        again.move(payment, Told.APPROVED, **PAID)
        again.wait_for("kiosk_done")


def test_a_refused_order_says_why_and_that_nothing_was_charged(station: PayStation) -> None:
    station.to_time()
    station.refuse_orders(
        UserError("payment.reader_busy", "The card reader is busy.", action="Wait a moment.")
    )
    station.pay()
    station.wait(lambda: station.shown("card_answer"))
    assert "The card reader is busy. Wait a moment" in station.words("card_answer")
    assert "You have not been charged" in station.words("card_answer")
    station.press("start_over_button")
    station.wait_for("kiosk_home")


def test_an_old_price_is_renewed_before_the_card(station: PayStation) -> None:
    station.to_time()
    station.refuse_orders(UserError("quote.expired", "This price has expired."))
    station.pay()
    station.wait_for("kiosk_time")
    station.quoted()
    assert station.desk.asked.count("quote") == 2


def test_a_payment_of_before_is_shown_instead_of_a_second_one(station: PayStation) -> None:
    station.to_time()
    station.terminal.store.keep_setting("open_payment", _begun(station))
    station.pay()
    station.wait_for("kiosk_checking")


def _begun(station: PayStation) -> bytes | None:
    """Return what the store keeps of a payment that has begun."""
    (quote,) = station.desk.quotes.values()
    paid = station.terminal.lanes.run(station.terminal.app.kiosk.buy(quote))
    assert paid.told is Told.PRESENT_CARD
    station.move(paid, Told.CHECKING)
    return station.terminal.store.setting("open_payment")


def test_without_network_no_card_is_asked_for(station: PayStation) -> None:
    station.terminal.news(net=NetState.OFFLINE)
    station.wait(lambda: "No cards" in station.words("notice"))
    station.press("park_button")
    station.wait_for("kiosk_no_card")
    assert "down since 12:00 PM" in station.words("no_card_answer")
    assert "zone 112" in station.words("ways")
    station.terminal.news(net=NetState.ONLINE)
    station.wait_for("kiosk_home")


def test_the_network_that_returns_brings_the_driver_back_to_the_price(
    station: PayStation,
) -> None:
    station.desk.away = True
    station.show("kiosk_time", plate="AB12345", state="CT", minutes=120)
    station.wait_for("kiosk_no_card")
    assert "You have not been charged" in station.words("no_card_answer")
    asked = station.desk.asked.count("quote")
    station.press("again_button")
    station.wait(lambda: station.desk.asked.count("quote") > asked and station.tasks.idle)
    station.desk.away = False
    station.pass_by(seconds=20)
    station.wait_for("kiosk_time")
    station.quoted()
    assert station.words("next_button") == "Continue with $2.50"


def test_a_second_press_while_the_reader_starts_buys_once(station: PayStation) -> None:
    station.to_time()
    station.pay()
    station.wait(lambda: station.words("card_title") == READY)
    assert len(station.desk.orders) == 1


def _bug(name: str) -> Callable[..., Task[object]]:
    def work() -> object:
        raise BugError(f"{name} does not hold")

    return lambda *_arguments: reading(name, work)


@pytest.mark.parametrize(
    ("where", "act", "then"),
    [
        ("kiosk_home", "lot", ""),
        ("kiosk_home", "unfinished", ""),
        ("kiosk_time", "quote", ""),
        ("kiosk_card", "buy", ""),
        ("kiosk_checking", "follow", ""),
        ("kiosk_done", "print_receipt", "print_button"),
        ("kiosk_no_card", "quote", "again_button"),
    ],
)
def test_a_fault_of_ours_leads_to_the_safe_screen(
    station: PayStation, where: str, act: str, then: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Told.APPROVED if where == "kiosk_done" else Told.CHECKING
    paying = {"payment": sample_payment(told=told), "quote": sample_quote()}
    values: dict[str, dict[str, object]] = {
        "kiosk_home": {},
        "kiosk_time": {"plate": "AB12345", "state": "CT"},
        "kiosk_card": {"quote": sample_quote()},
        "kiosk_no_card": {"plate": "AB12345"},
    }
    safe = SafeScreen(station.tasks)
    station.shell.set_safe_screen(safe)
    monkeypatch.setattr(station.terminal.app.kiosk, act, _bug(act))
    station.show(where, **values.get(where, paying))
    if then:
        station.press(then)
    station.wait(lambda: station.shell.current is safe)


def test_an_answer_that_comes_late_changes_nothing(station: PayStation) -> None:
    payment = station.to_card()
    screen = station.screen
    assert isinstance(screen, PaymentScreen)
    later = station.move(payment, Told.DECLINED)
    station.wait(lambda: station.shown("again_button"))
    screen.take(payment)
    assert station.shown("again_button")
    assert later.version > payment.version


def test_the_keys_of_a_keypad_and_of_a_keyboard_type_the_same(
    station: PayStation,
) -> None:
    station.press("park_button")
    station.type_plate("AB1")
    station.press("key_delete")
    station.strike(*(Qt.Key(ord(letter)) for letter in "12345"))
    assert station.words("plate_text") == "Connecticut AB-12345"
    station.strike(Qt.Key.Key_Backspace, Qt.Key.Key_5, Qt.Key.Key_Return)
    station.wait_for("kiosk_time")


def test_a_driver_who_left_before_central_heard_of_the_order_paid_nothing(
    station: PayStation,
) -> None:
    station.to_time()
    station.desk.away = True
    station.pay()
    station.wait_for("kiosk_checking")
    station.press("finish_button")
    station.wait_for("kiosk_no_card")
    station.refuse_orders(UserError("quote.expired", "This price has expired."))
    station.desk.away = False
    station.tick()
    station.wait_for("kiosk_home")


def test_a_pay_station_is_free_again_when_the_bank_has_answered(station: PayStation) -> None:
    payment = station.to_card()
    station.move(payment, Told.CHECKING)
    station.wait_for("kiosk_checking")
    station.press("finish_button")
    station.move(payment, Told.PROCESSING)
    station.wait(lambda: "still being checked" in station.words("no_card_answer"))
    station.move(payment, Told.CANCELED, state=PaymentState.CANCELED)
    station.wait_for("kiosk_home")
    assert station.terminal.store.setting("open_payment") is None
