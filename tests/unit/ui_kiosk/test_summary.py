"""What is bought stands there once more before the card, with what a validation code pays of it."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from app.lanes import Task, reading
from parking.errors import BugError, UnavailableError, UserError
from parking.payment import PaymentState, Told
from tests.unit.ui_kiosk.station import PayStation, sample_quote
from ui.kiosk.code_state import code_state, code_typed
from ui.safe_screen import SafeScreen

CODE = "AEBAGBAF"


def _to_summary(station: PayStation) -> None:
    station.to_time()
    station.press("next_button")
    station.wait_for("kiosk_summary")


def _give(station: PayStation, code: str = CODE) -> None:
    """Type a code as a scanner does: its letters, then Enter."""
    station.press("code_button")
    station.strike(*(Qt.Key(ord(letter)) for letter in code), Qt.Key.Key_Return)


def test_a_driver_sees_what_is_bought_before_the_card(station: PayStation) -> None:
    _to_summary(station)
    assert station.words("summary_price") == "$1.25 until 1:00 PM today"
    facts = station.words("summary_facts")
    assert "You buy 1 hour: From 12:00 PM today until 1:00 PM today. Summer St, zone 112." in facts
    assert "Please note" not in facts
    assert station.desk.orders == []
    station.press("back_button")
    station.quoted()
    assert station.words("span") == "1 hour"


def test_why_less_is_bought_is_said_once_more(station: PayStation) -> None:
    station.show("kiosk_time", plate="AB12345", state="CT", minutes=240)
    station.quoted()
    station.press("next_button")
    assert "Please note: The longest stay here is 3 hours." in station.words("summary_facts")


def test_a_code_pays_its_part_and_the_card_the_rest(station: PayStation) -> None:
    station.desk.vouchers = {CODE: 50}
    _to_summary(station)
    _give(station)
    station.wait_for("kiosk_summary")
    facts = station.words("summary_facts")
    assert "Ferguson Library pays $0.50: You pay the rest: $0.75." in facts
    assert station.words("pay_button") == "Pay $0.75 by card"
    station.pass_by(seconds=60)
    station.wait(lambda: station.desk.asked.count("quote") == 3 and station.tasks.idle)
    station.press("stay_button")
    assert station.words("pay_button") == "Pay $0.75 by card"
    station.press("pay_button")
    station.wait(lambda: station.words("card_title") == "Hold your card on the reader")
    assert station.words("card_amount") == "$0.75"


def test_a_code_that_pays_all_needs_no_card(station: PayStation) -> None:
    station.desk.vouchers = {CODE: 500}
    _to_summary(station)
    _give(station)
    station.wait_for("kiosk_summary")
    assert "There is nothing left to pay." in station.words("summary_facts")
    assert station.words("pay_button") == "Get this time without a card"
    station.press("pay_button")
    station.wait_for("kiosk_done")
    assert station.words("paid_word") == "Paid by your code"
    (payment,) = station.desk.payments.values()
    assert (payment.told, payment.state) == (Told.APPROVED, PaymentState.CAPTURED)


def test_a_code_that_is_refused_says_why_and_the_full_price_stands(station: PayStation) -> None:
    _to_summary(station)
    _give(station, "WRONG2")
    station.wait(lambda: "does not know who issued this code" in station.words("notice"))
    assert "You pay the full price without it." in station.words("notice")
    assert station.words("code_text").startswith("…")
    station.press("key_A", "key_B", "key_delete")
    assert station.words("code_text") == "A. 1 character"
    station.press("back_button")
    assert station.words("pay_button") == "Pay $1.25 by card"


def test_a_long_code_shows_its_ends_and_its_length() -> None:
    text = ""
    for key in "ABCDEFGH" * 50:
        text = code_typed(text, key)
    state = code_state(text)
    assert (state.shown, state.count) == ("ABCDEFGH…EFGH", "400 characters")
    assert code_typed("A" * 4000, "B") == "A" * 4000
    assert code_state("A", asking=True).confirm.label == "Asking what it pays"
    assert not code_state("A", asking=True).confirm.enabled


def _fails(error: Exception) -> Callable[..., Task[object]]:
    def work() -> object:
        raise error

    return lambda *_arguments: reading("quote", work)


AWAY = UnavailableError("network.down", "City hall cannot be reached.", retry_safe=True)


@pytest.mark.parametrize(
    ("error", "shows"),
    [
        (AWAY, "kiosk_no_card"),
        (UserError("tariff.free_now", "Parking is free."), "kiosk_time"),
        (BugError("does not hold"), "safe"),
    ],
)
def test_a_price_that_cannot_be_renewed_is_not_charged(
    station: PayStation, error: Exception, shows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.shell.set_safe_screen(SafeScreen(station.tasks))
    station.show("kiosk_summary", quote=sample_quote())
    monkeypatch.setattr(station.terminal.app.kiosk, "quote", _fails(error))
    station.pass_by(seconds=60)
    station.wait(lambda: station.shell.current.name == shows)


@pytest.mark.parametrize(("error", "shows"), [(AWAY, "kiosk_no_card"), (BugError("b"), "safe")])
def test_a_code_that_cannot_be_asked_for_charges_nobody(
    station: PayStation, error: Exception, shows: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.shell.set_safe_screen(SafeScreen(station.tasks))
    station.show("kiosk_code", quote=sample_quote())
    monkeypatch.setattr(station.terminal.app.kiosk, "quote", _fails(error))
    station.press("key_A", "code_confirm")
    station.wait(lambda: station.shell.current.name == shows)
    assert station.desk.orders == []


def test_help_and_escape_work_on_both_screens(station: PayStation) -> None:
    _to_summary(station)
    station.strike(Qt.Key.Key_F1)
    assert "A shop may pay a part" in station.words("help_text")
    station.press("close_help_button", "code_button")
    station.strike(Qt.Key.Key_F1)
    assert "Touch Without a code" in station.words("help_text")
    station.strike(Qt.Key.Key_A, Qt.Key.Key_Escape, Qt.Key.Key_Escape)
    assert station.screen.name == "kiosk_summary"
