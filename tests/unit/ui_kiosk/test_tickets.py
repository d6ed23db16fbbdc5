"""A driver pays a ticket: found by number or plate, seen with its amount, paid once."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.ports import NetState
from parking.bill import BillRequest, Bills
from parking.errors import BugError, UserError
from parking.payment import PaymentPurpose, PaymentState, Told
from parking.receipt import LineKind
from tests.unit.ui_kiosk.scenes import HELD
from tests.unit.ui_kiosk.station import PayStation, pay_station, sample_bill, sample_payment
from ui.kiosk.checking_state import checking_state
from ui.kiosk.ticket_number_state import number_typed, ticket_number_state
from ui.kiosk.ticket_state import ticket_state
from ui.kiosk.tickets_state import Search
from ui.safe_screen import SafeScreen

ZONE = "America/New_York"
READY = "Hold your card on the reader"
PAID = {"card": "Visa 4242", "state": PaymentState.CAPTURED}
NUMBER = "4-0012871"


def _type(keys: str) -> str:
    text = ""
    for key in keys:
        text = number_typed(text, key)
    return text


def _find(station: PayStation, number: str = NUMBER) -> None:
    station.press("ticket_button", *(f"key_{key}" for key in number), "number_confirm")


def _to_card(station: PayStation) -> None:
    _find(station)
    station.wait_for("kiosk_ticket")
    station.press("pay_button")
    station.wait(lambda: station.words("card_title") == READY)


# --- the number -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("keys", "shown", "number", "words"),
    [
        ("", "SC-", "", "plate of the car"),
        ("4-001", "SC-4-001", "", "plate of the car"),
        ("4-0012871", "SC-4-0012871", "SC-4-0012871", "plate of the car"),
        ("40012871", "SC-4-0012871", "SC-4-0012871", "plate of the car"),
        ("4-0012874", "SC-4-0012874", "", "has a wrong digit"),
        ("4-0021871", "SC-4-0021871", "", "has a wrong digit"),
        ("40012874", "SC-4-0012874", "", "missing or wrong"),
        ("12340012874", "SC-1234-0012874", "", "has a wrong digit"),
        ("-4--00128715", "SC-4-0012871", "SC-4-0012871", "plate of the car"),
        ("12345-", "SC-12345", "", "plate of the car"),
        ("123456789012", "SC-1234-5678901", "", "has a wrong digit"),
    ],
)
def test_a_wrong_digit_is_said_with_the_last_one(
    keys: str, shown: str, number: str, words: str
) -> None:
    state = ticket_number_state(_type(keys))
    assert (state.shown, state.number, state.confirm.enabled) == (shown, number, bool(number))
    assert words in state.notice.text


def test_digits_are_typed_on_a_keyboard_and_taken_back(station: PayStation) -> None:
    station.press("ticket_button")
    station.strike(Qt.Key.Key_4, Qt.Key.Key_Minus, Qt.Key.Key_0, Qt.Key.Key_Backspace)
    assert station.words("ticket_number") == "SC-4-"
    assert not station.find("number_confirm").isEnabled()
    station.press("key_delete", "key_delete", "key_delete")
    assert station.words("ticket_number") == "SC-"
    station.strike(Qt.Key.Key_Escape)
    assert station.screen.name == "kiosk_home"


# --- found ----------------------------------------------------------------------------------


def test_a_ticket_found_by_its_number_is_paid_and_its_receipt_printed(station: PayStation) -> None:
    bill = sample_bill()
    station.desk.tickets = [bill]
    _find(station)
    station.wait_for("kiosk_ticket")
    assert station.words("ticket_amount") == "$25.00 to pay today"
    lines = station.words("ticket_lines")
    for words in (NUMBER, "EXP-MTR Expired meter", "Summer St 120", "Feb 21, 2027 at 12:00 PM"):
        assert words in lines
    facts = station.words("ticket_facts")
    assert "You can appeal until Mon, Mar 8" in facts
    assert "Paying may end your right to appeal." in facts
    assert station.find("pay_button").hasFocus()

    station.strike(Qt.Key.Key_F9)
    station.wait(lambda: station.words("card_title") == READY)
    assert station.words("card_amount") == "$25.00"
    (order,) = station.desk.orders
    assert (order.quote_id, order.purpose) == (bill.bill_id, PaymentPurpose.CITATION)
    station.move(station.desk.payments[order.payment_id], Told.APPROVED, **PAID)
    station.wait_for("kiosk_done")
    assert station.words("paid_word") == "Paid $25.00"
    assert station.words("paid_until") == bill.number
    station.press("help_button")
    assert "The city sees that this ticket is paid." in station.words("help_text")
    station.press("close_help_button", "print_button")
    station.wait(lambda: "kept as a file" in station.words("receipt_words"))
    ((_name, printed, _qr),) = station.terminal.printer.tickets
    assert [line.text for line in printed if line.kind is LineKind.NUMBER] == [bill.number]
    assert [line.text for line in printed if line.kind is LineKind.AMOUNT] == ["Paid $25.00"]
    station.press("finish_button")
    station.wait_for("kiosk_home")
    assert station.terminal.store.setting("open_payment") is None


def test_the_tickets_of_a_plate_are_listed_and_the_next_page_has_the_others(
    station: PayStation,
) -> None:
    station.desk.tickets = [sample_bill(at) for at in range(1, 6)]
    station.desk.tickets.append(sample_bill(6, plate="BK47291"))
    station.press("ticket_button", "by_plate_button")
    station.type_plate("AB12345")
    station.press("plate_confirm")
    station.wait(lambda: station.shown("ticket_0"))
    assert station.words("tickets_words") == "5 tickets for CT AB-12345, the oldest first"
    assert station.find("ticket_0").hasFocus()
    assert not station.shown("ticket_4")
    station.press("more_tickets_button")
    assert not station.shown("ticket_0")
    station.press("ticket_4")
    assert station.words("ticket_lines").startswith(f"Ticket {sample_bill(5).number}")
    station.press("back_button")
    station.wait(lambda: station.shown("ticket_0"))
    station.press("more_tickets_button", "more_tickets_button")
    assert station.shown("ticket_0")
    station.press("back_button")
    assert station.words("plate_text") == "Connecticut AB-12345"
    station.press("back_button")
    assert station.screen.name == "kiosk_ticket_number"


@pytest.mark.parametrize(
    ("search", "words"),
    [
        ({"number": "SC-4-0012871"}, "no ticket with this number"),
        ({"plate": "AB12345", "state": "CT"}, "no open ticket for this plate"),
    ],
)
def test_what_is_not_found_is_said_and_the_way_back_keeps_what_was_typed(
    station: PayStation, search: dict[str, str], words: str
) -> None:
    station.show("kiosk_tickets", **search)
    station.wait(lambda: station.shown("tickets_answer"))
    assert words in station.words("tickets_answer")
    assert "You have not been charged" in station.words("tickets_answer")
    station.press("back_button")
    typed = "ticket_number" if "number" in search else "plate_text"
    assert station.words(typed) in {"SC-4-0012871", "Connecticut AB-12345"}


def test_a_ticket_that_cannot_be_paid_says_why_in_place_of_the_button(station: PayStation) -> None:
    station.desk.tickets = [sample_bill(refused=HELD)]
    _find(station)
    station.wait_for("kiosk_ticket")
    assert HELD.rstrip(".") in station.words("ticket_refused")
    assert not station.shown("pay_button")
    assert not station.shown("ticket_amount")
    station.press("finish_button")
    assert station.screen.name == "kiosk_home"


def test_a_driver_too_late_to_appeal_is_told_whom_to_ask() -> None:
    (first, _second) = ticket_state(sample_bill(appeal_until=None), time_zone=ZONE).facts
    assert first.heading == "The time to appeal is over"
    assert "Call the city" in first.text


# --- photo ----------------------------------------------------------------------------------


def test_a_photo_that_has_not_come_in_is_said_in_its_place(station: PayStation) -> None:
    bill = sample_bill(photo_sha256=bytes(32))
    station.show("kiosk_ticket", bill=bill, search=Search())
    station.wait(lambda: station.words("ticket_photo") == "No photo yet.")
    station.desk.bill_photos[bill.bill_id] = b"no picture"
    station.show("kiosk_ticket", bill=bill, search=Search())
    station.wait(lambda: station.words("ticket_photo") == "No photo yet.")
    station.desk.away = True
    station.show("kiosk_ticket", bill=bill, search=Search())
    station.wait(lambda: station.words("ticket_photo") == "The photo cannot be shown now.")
    assert station.find("pay_button").isEnabled()


# --- what can go wrong ----------------------------------------------------------------------


def test_a_canceled_ticket_is_looked_at_again_with_its_amount_of_now(station: PayStation) -> None:
    station.desk.tickets = [sample_bill()]
    _to_card(station)
    station.press("cancel_button")
    station.wait(lambda: station.words("card_title") == "Nothing was paid")
    station.desk.tickets = [sample_bill(amount_cents=5000)]
    station.press("offer_button")
    station.wait_for("kiosk_ticket")
    assert station.words("pay_button") == "Pay $50.00 by card"


@pytest.mark.parametrize("key", ["quote.expired", "quote.refused"])
def test_an_old_bill_is_looked_up_again_before_the_card(station: PayStation, key: str) -> None:
    station.desk.tickets = [sample_bill()]
    station.refuse_orders(UserError(key, "This ticket is paid."))
    _find(station)
    station.wait_for("kiosk_ticket")
    station.desk.tickets = [sample_bill(refused="This ticket is paid.")]
    station.press("pay_button")
    station.wait(lambda: station.shown("ticket_refused"))
    assert station.desk.asked.count("bills") == 2
    assert station.terminal.store.setting("open_payment") is None


def test_after_a_restart_the_ticket_that_is_being_paid_comes_first(
    station: PayStation, qapp: QApplication, qtbot: QtBot
) -> None:
    station.desk.tickets = [sample_bill()]
    _to_card(station)
    (payment,) = station.desk.payments.values()
    kept = station.terminal.store.setting("open_payment")
    with pay_station(qapp, qtbot) as again:
        again.terminal.store.keep_setting("open_payment", kept)
        again.desk.payments[payment.payment_id] = payment
        again.show("kiosk_home")
        again.wait_for("kiosk_card")
        assert again.words("card_amount") == "$25.00"
        again.move(payment, Told.APPROVED, **PAID)
        again.wait_for("kiosk_done")
        assert again.words("paid_until") == "SC-4-0012871"


def test_while_a_ticket_is_checked_its_number_is_kept_in_sight() -> None:
    state = checking_state(sample_payment(), sample_bill(), station="K-07", time_zone=ZONE)
    assert state.facts[0].text == "Ticket SC-4-0012871 counts as paid. No paper is needed."


@pytest.mark.parametrize("screen", ["kiosk_tickets", "kiosk_home"])
def test_without_network_no_ticket_is_looked_for(station: PayStation, screen: str) -> None:
    station.desk.away = True
    if screen == "kiosk_home":
        station.terminal.news(net=NetState.OFFLINE)
        station.wait(lambda: "No cards" in station.words("notice"))
        station.press("ticket_button")
    else:
        station.show(screen, plate="AB12345", state="CT")
    station.wait_for("kiosk_no_card")


@pytest.mark.parametrize(
    ("error", "shows"),
    [
        (UserError("plate.characters", "A plate has only letters."), "kiosk_plate"),
        (UserError("bill.what", "Type the number."), "kiosk_tickets"),
        (BugError("does not hold"), "safe"),
    ],
)
def test_what_central_refuses_is_said_where_it_can_be_mended(
    station: PayStation, error: Exception, shows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_request: BillRequest) -> Bills:
        raise error

    station.shell.set_safe_screen(SafeScreen(station.tasks))
    monkeypatch.setattr(station.desk, "bills", refuse)
    station.show("kiosk_tickets", plate="AB12345", state="CT")
    if shows == "kiosk_tickets":
        station.wait(lambda: "Type the number." in station.words("tickets_answer"))
    station.wait(lambda: station.shell.current.name == shows)


# --- more time ------------------------------------------------------------------------------


def test_more_time_for_a_car_without_any_starts_anew(station: PayStation) -> None:
    station.press("extend_button")
    station.type_plate("AB12345")
    station.press("plate_confirm")
    station.quoted()
    assert "This car has no paid time that runs now." in station.words("notice")
    station.press("back_button")
    assert station.words("plate_text") == "Connecticut AB-12345"
