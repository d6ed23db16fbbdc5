"""A receipt of before is found by its code alone; a new one goes where the driver wants it."""

import pytest
from PySide6.QtCore import Qt

from parking.errors import BugError
from parking.notification import Channel, FoundReceipt
from parking.payment import PaymentState, Told
from tests.unit.ui_kiosk.scenes import found_receipt
from tests.unit.ui_kiosk.station import PayStation, sample_payment, sample_quote
from ui.kiosk.receipt_state import receipt_code_state, receipt_code_typed
from ui.safe_screen import SafeScreen

PAID = {"card": "Visa 4242", "state": PaymentState.CAPTURED}


def _typed(keys: str) -> str:
    text = ""
    for key in keys:
        text = receipt_code_typed(text, key)
    return text


@pytest.mark.parametrize(
    ("keys", "shown", "whole"),
    [
        ("", "P-", False),
        ("4M2Q", "P-4M2Q", False),
        ("4M2Q88", "P-4M2Q-88", True),
        ("4M2Q889", "P-4M2Q-88", True),
        ("P4M2Q88", "P-4M2Q-88", True),
        ("P4M2Q889", "P-4M2Q-88", True),
    ],
)
def test_a_code_is_shown_as_it_is_printed(keys: str, shown: str, whole: bool) -> None:
    state = receipt_code_state(_typed(keys))
    assert (state.shown, state.confirm.enabled) == (shown, whole)
    assert not receipt_code_state(_typed(keys), asking=True).confirm.enabled


def _find(station: PayStation, code: str = "4M2Q88") -> None:
    station.press("receipt_button")
    station.strike(*(Qt.Key(ord(letter)) for letter in code), Qt.Key.Key_Return)


def test_a_receipt_found_by_its_code_is_printed_again(station: PayStation) -> None:
    found = found_receipt()
    station.desk.receipts = {found.reference: found}
    _find(station)
    station.wait_for("kiosk_receipt")
    words = station.words("receipt_lines")
    for part in ("Paid $2.50", "CT AB-12345", "Card: Visa 4242", "Receipt code: P-4M2Q-88"):
        assert part in words
    assert "APPLICATION" not in words
    station.press("print_button")
    station.wait(lambda: "kept as a file" in station.words("notice"))
    ((name, lines, _qr),) = station.terminal.printer.tickets
    assert (name, tuple(lines)) == (found.reference, found.lines)
    station.press("back_button")
    assert station.words("receipt_code") == "P-"


def test_a_printer_that_fails_leaves_the_receipt_on_the_screen(station: PayStation) -> None:
    station.terminal.printer.out_of_paper = True
    station.show("kiosk_receipt", found=found_receipt())
    station.press("print_button")
    station.wait(lambda: "Take a photo of this screen" in station.words("notice"))
    assert not station.shown("print_button")


def test_a_wrong_code_is_said_and_can_be_corrected(station: PayStation) -> None:
    _find(station)
    station.wait(lambda: "has this code" in station.words("notice"))
    station.press("key_delete")
    assert station.words("receipt_code") == "P-4M2Q-8"
    assert not station.find("receipt_confirm").isEnabled()
    station.press("back_button")
    assert station.screen.name == "kiosk_home"


def test_without_network_the_code_stays_for_another_try(station: PayStation) -> None:
    station.desk.away = True
    _find(station)
    station.wait(lambda: "cannot be reached" in station.words("notice"))
    assert station.find("receipt_confirm").isEnabled()


def test_a_fault_of_ours_in_a_search_leads_to_the_safe_screen(
    station: PayStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_code: str, *, language: str) -> FoundReceipt:
        raise BugError(f"does not hold in {language}")

    station.shell.set_safe_screen(SafeScreen(station.tasks))
    monkeypatch.setattr(station.desk, "find_receipt", fail)
    _find(station)
    station.wait(lambda: station.shell.current.name == "safe")


# --- sent -----------------------------------------------------------------------------------


def _paid(station: PayStation, *channels: Channel) -> None:
    station.desk.channels = channels
    station.move(station.to_card(), Told.APPROVED, **PAID)
    station.wait_for("kiosk_done")
    station.wait(lambda: "receipt_channels" in station.desk.asked and station.tasks.idle)


def test_without_a_way_to_send_no_button_promises_one(station: PayStation) -> None:
    _paid(station)
    assert not station.shown("send_button")


def test_a_receipt_goes_to_the_address_a_driver_types(station: PayStation) -> None:
    _paid(station, *Channel)
    station.press("send_button", "way_sms")
    station.type_plate("203555014")
    assert not station.find("send_confirm").isEnabled()
    station.strike(Qt.Key.Key_3, Qt.Key.Key_Backspace, Qt.Key.Key_2)
    station.press("way_email")
    assert station.words("address") == "…"
    station.strike(*(Qt.Key(ord(letter)) for letter in "ANA"), Qt.Key.Key_At)
    station.strike(*(Qt.Key(ord(letter)) for letter in "EXAMPLE"), Qt.Key.Key_Period)
    station.strike(Qt.Key.Key_E, Qt.Key.Key_U, Qt.Key.Key_Return)
    station.wait_for("kiosk_done")
    assert "on its way" in station.words("receipt_words")
    ((_payment_id, wish),) = station.desk.wishes.values()
    assert (wish.channel, wish.address) == (Channel.EMAIL, "ana@example.eu")
    station.press("finish_button")
    station.wait_for("kiosk_home")
    assert station.terminal.store.setting("open_payment") is None


def test_one_way_needs_no_choice_and_what_fails_can_be_tried_again(station: PayStation) -> None:
    _paid(station, Channel.SMS)
    station.press("send_button")
    assert not station.shown("way_sms")
    station.type_plate("2035550142")
    station.desk.away = True
    station.press("send_confirm")
    station.wait(lambda: "Try again" in station.words("notice"))
    assert station.words("address") == "2035550142"
    station.desk.away = False
    station.press("send_confirm")
    station.wait_for("kiosk_done")


def test_a_driver_who_left_while_typing_an_address_is_forgotten(station: PayStation) -> None:
    _paid(station, Channel.EMAIL)
    station.press("send_button", "key_a", "back_button", "send_button")
    assert station.words("address") == "…"
    station.pass_by(seconds=91)
    station.wait_for("kiosk_home")
    assert station.terminal.store.setting("open_payment") is None


@pytest.mark.parametrize("what", ["send_receipt", "receipt_channels"])
def test_a_fault_of_ours_in_sending_leads_to_the_safe_screen(
    station: PayStation, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_arguments: object) -> None:
        raise BugError("does not hold")

    station.shell.set_safe_screen(SafeScreen(station.tasks))
    if what == "send_receipt":
        _paid(station, Channel.SMS)
    monkeypatch.setattr(station.desk, what, fail)
    if what == "send_receipt":
        station.press("send_button")
        station.type_plate("2035550142")
        station.press("send_confirm")
    else:
        station.show("kiosk_done", payment=sample_payment(), quote=sample_quote())
    station.wait(lambda: station.shell.current.name == "safe")
