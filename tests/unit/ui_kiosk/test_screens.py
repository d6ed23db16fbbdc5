"""What each screen does with what a driver presses."""

from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.lanes import Lane, Task
from app.ports import NetState
from app.usecases.enrol_terminal import DEVICE_KEY
from parking.errors import UserError
from parking.payment import Quote, QuoteRequest
from tests.unit.ui_kiosk.scenes import EVENING, SUNDAY
from tests.unit.ui_kiosk.station import PayStation, pay_station
from ui.widgets.panels import NoticeBar


def test_a_plate_can_have_ten_letters_and_the_eleventh_is_refused_in_words(
    station: PayStation,
) -> None:
    station.press("park_button")
    assert not station.find("plate_confirm").isEnabled()
    station.type_plate("ABCDEFGHIJ")
    station.press("key_K")
    assert station.words("plate_text") == "Connecticut ABCDEFGHIJ"
    assert "at most 10 letters and digits" in station.words("notice")
    station.press("key_delete")
    assert "Letter O is round" in station.words("notice")


def test_a_confirmation_without_a_plate_says_what_a_plate_is(station: PayStation) -> None:
    station.press("park_button")
    station.screen.acts()["plate_confirm"]()
    assert "letters A to Z and digits 0 to 9" in station.words("notice")


def test_the_standard_form_is_suggested_and_never_forced(station: PayStation) -> None:
    station.press("park_button")
    station.type_plate("ABI2345")
    assert "Is it AB-12345?" in station.words("notice")
    assert station.find("plate_confirm").isEnabled()
    notice = station.find("notice")
    assert isinstance(notice, NoticeBar)
    notice.action_pressed.emit()
    assert station.words("plate_text") == "Connecticut AB-12345"
    assert "Is it" not in station.words("notice")


def test_every_other_state_is_one_press_further(station: PayStation) -> None:
    station.press("park_button", "state_other", "back_button", "state_other")
    assert not station.shown("keypad")
    station.press("state_RI")
    assert station.words("state_other") == "Other: RI, chosen"
    station.type_plate("123")
    assert station.words("plate_text") == "Rhode Island 123"
    station.press("state_NY", "plate_confirm")
    station.quoted()
    (quote,) = station.desk.quotes.values()
    assert (quote.plate, quote.plate_state) == ("123", "NY")


def test_back_from_the_plate_is_the_first_screen(station: PayStation) -> None:
    station.press("park_button", "back_button")
    assert station.screen.name == "kiosk_home"


def test_steps_and_tiles_choose_the_time_and_central_prices_it(station: PayStation) -> None:
    station.to_time()
    assert station.words("span") == "1 hour"
    station.press("more_button")
    assert station.words("next_button") == "Asking for the price"
    station.quoted()
    assert (station.words("price"), station.words("until")) == ("$1.75", "1:15 PM today")
    station.press("less_button", "less_button")
    station.quoted()
    assert (station.words("span"), station.words("price")) == ("45 min", "$1.00")
    station.press("minutes_30", "less_button")
    station.quoted()
    assert station.words("span") == "15 min"
    assert not station.find("less_button").isEnabled()


def test_quick_presses_end_with_the_price_of_the_last(station: PayStation) -> None:
    station.to_time()
    for _ in range(4):
        station.press("more_button")
    station.quoted()
    assert station.words("next_button") == "Continue with $2.50"
    assert station.words("span") == "2 hours"


def test_the_longest_stay_is_said_in_words(station: PayStation) -> None:
    station.to_time()
    station.press("minutes_180")
    station.quoted()
    assert not station.find("more_button").isEnabled()
    station.show("kiosk_time", plate="AB12345", state="CT", minutes=240)
    station.quoted()
    assert "The longest stay here is 3 hours." in station.words("notice")
    assert station.words("span") == "3 hours"


def test_a_price_is_renewed_each_minute(station: PayStation) -> None:
    station.to_time()
    station.pass_by(seconds=59)
    assert station.words("until") == "1:00 PM today"
    station.screen.touched()
    station.pass_by(seconds=1)
    station.wait(lambda: station.words("until") == "1:01 PM today")


def test_free_time_is_not_sold(qapp: QApplication, qtbot: QtBot) -> None:
    with pay_station(qapp, qtbot, utc=SUNDAY) as station:
        station.start()
        assert "free until 8:00 AM Mon, Mar 8" in station.words("rate")
        station.show("kiosk_time", plate="AB12345", state="CT")
        station.wait(lambda: "Nothing to pay" in station.words("notice"))
        assert station.words("price") == "Free"
        assert not station.shown("next_button")
        station.press("finish_button")
        assert station.screen.name == "kiosk_home"


def test_the_closing_is_said_in_words(qapp: QApplication, qtbot: QtBot) -> None:
    with pay_station(qapp, qtbot, utc=EVENING) as station:
        station.start()
        station.to_time()
        station.press("minutes_45")
        station.quoted()
        assert station.words("until") == "8:00 AM Tue, Mar 2"
        assert "Parking is free after 7 PM." in station.words("notice")


def test_a_plate_that_central_refuses_is_corrected(
    station: PayStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_request: QuoteRequest) -> Quote:
        raise UserError("plate.characters", "A plate has only letters A to Z.")

    monkeypatch.setattr(station.desk, "quote", refuse)
    station.show("kiosk_time", plate="AB12345", state="CT")
    station.wait_for("kiosk_plate")
    assert station.words("notice") == "A plate has only letters A to Z."
    assert station.words("plate_text") == "Connecticut AB-12345"


def test_what_central_does_not_sell_is_said_where_the_price_would_stand(
    station: PayStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_request: QuoteRequest) -> Quote:
        raise UserError("tariff.max_stay", "All time is paid already.", action="Come back later.")

    monkeypatch.setattr(station.desk, "quote", refuse)
    station.show("kiosk_time", plate="AB12345", state="CT")
    station.wait(lambda: "All time is paid already. Come back later." in station.words("notice"))
    assert not station.shown("next_button")


def test_the_time_screen_waits_for_the_rate(station: PayStation) -> None:
    station.screen._station.lot = None
    station.show("kiosk_time", plate="AB12345", state="CT")
    station.quoted()
    assert station.words("price") == "$1.25"


def test_without_network_the_way_back_and_the_next_try_are_open(station: PayStation) -> None:
    station.desk.away = True
    station.show("kiosk_time", plate="AB12345", state="CT")
    station.wait_for("kiosk_no_card")
    station.pass_by(seconds=5)
    assert "We try again in 15 seconds" in station.words("again")
    station.press("back_button")
    assert station.words("plate_text") == "Connecticut AB-12345"


def test_a_driver_who_has_gone_without_network_is_forgotten(station: PayStation) -> None:
    station.desk.away = True
    station.show("kiosk_no_card", plate="AB12345")
    station.pass_by(seconds=91)
    station.wait_for("kiosk_home")


def test_without_network_the_first_screen_comes_back_only_with_the_network(
    station: PayStation,
) -> None:
    _without_notes(station)
    station.terminal.news(net=NetState.REFUSED)
    station.wait(lambda: "switched this pay station off" in station.words("notice"))
    station.press("park_button", "again_button")
    assert station.screen.name == "kiosk_no_card"


def test_a_price_that_cannot_be_given_again_is_said_on_its_own_screen(
    station: PayStation,
) -> None:
    _without_notes(station)
    station.terminal.clock.pass_by(days=6)
    station.show("kiosk_no_card", plate="AB12345", minutes=60)
    station.press("again_button")
    station.wait_for("kiosk_time")
    station.wait(lambda: "Nothing to pay" in station.words("notice"))


def test_a_card_screen_that_cannot_order_says_no_cards(
    station: PayStation, monkeypatch: pytest.MonkeyPatch
) -> None:
    station.to_time()
    monkeypatch.setattr(station.terminal.app.kiosk, "buy", _too_late)
    station.pay()
    station.wait_for("kiosk_no_card")
    assert "You have not been charged" in station.words("no_card_answer")


def _too_late(_quote: Quote) -> Task[None]:
    return Task(name="buy", lane=Lane.IO, deadline_s=0.0, work=lambda _ticket: None)


def test_a_quote_lasts_long_enough_to_be_paid(station: PayStation) -> None:
    station.to_time()
    (quote,) = station.desk.quotes.values()
    assert quote.expires_utc - station.terminal.clock.utc == timedelta(minutes=5)


def _without_notes(station: PayStation) -> None:
    """Let the zone give no notes to who could not pay; the pay station must hear of it."""
    station.terminal.store.change_zone("204", could_not_pay_minutes=0)
    station.start()


def test_who_could_not_pay_leaves_with_a_note(station: PayStation) -> None:
    station.terminal.secrets.put(DEVICE_KEY, Ed25519PrivateKey.generate().private_bytes_raw())
    station.start()
    station.desk.away = True
    station.show("kiosk_no_card", plate="AB12345", state="CT")
    assert "Print a note that you tried" in station.words("ways")
    station.press("note_button")
    station.wait(lambda: "Your note: S-" in station.words("ways"))
    assert "protected until 1:00 PM" in station.words("ways")
    [(code, _lines, _qr)] = station.terminal.printer.tickets
    assert code in station.words("ways")
    station.press("again_button", "finish_button")
    station.wait_for("kiosk_home")


def test_without_paper_the_code_of_the_note_is_to_be_written_down(station: PayStation) -> None:
    station.start()
    station.terminal.printer.out_of_paper = True
    station.show("kiosk_no_card", plate="AB12345", state="CT")
    station.press("note_button")
    station.wait(lambda: "write this code down" in station.words("ways"))


def test_a_note_needs_the_plate_first(station: PayStation) -> None:
    station.start()
    station.show("kiosk_no_card")
    station.press("note_button")
    station.wait_for("kiosk_plate")


def test_why_no_note_can_be_written_is_said(station: PayStation) -> None:
    station.start()
    station.terminal.store.disk_full = True
    station.show("kiosk_no_card", plate="AB12345", state="CT")
    station.press("note_button")
    station.wait(lambda: "disk" in station.words("ways").lower())
