"""Every screen of a pay station in every state, as a driver would bring it about."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from app.ports import NetState
from parking.errors import UserError
from parking.payment import PaymentState, Told
from tests.fakes.clock import NOON
from tests.unit.ui_kiosk.station import PayStation, sample_payment, sample_quote

EVENING = datetime(2027, 3, 1, 23, 20, tzinfo=UTC)
"""Monday 6:20 PM: the street is free from 7 PM."""
SUNDAY = datetime(2027, 3, 7, 17, 0, tzinfo=UTC)
"""The street is free."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One picture."""

    name: str
    play: Callable[[PayStation], None]
    utc: datetime = NOON
    zone_id: str = "112"


def _home_connected(station: PayStation) -> None:
    station.start()
    station.terminal.news()
    station.wait(lambda: "connected" in station.words("notice"))


def _home_offline(station: PayStation) -> None:
    station.start()
    station.terminal.news(net=NetState.OFFLINE)
    station.wait(lambda: "No cards" in station.words("notice"))


def _home_starting(station: PayStation) -> None:
    station.terminal.store.fed_zones.clear()
    station.show("kiosk_home")
    station.wait(lambda: "prices" in station.words("notice"))


def _plate(text: str, state: str = "CT") -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        station.show("kiosk_plate", plate=text, state=state)

    return play


def _plate_too_long(station: PayStation) -> None:
    station.start()
    station.press("park_button")
    station.type_plate("ABCDEFGHIJK")


def _states(station: PayStation) -> None:
    station.start()
    station.press("park_button", "state_other")


def _time(plate: str = "AB12345", minutes: int = 120) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        station.show("kiosk_time", plate=plate, state="CT", minutes=minutes)
        station.quoted()

    return play


def _time_asking(station: PayStation) -> None:
    station.start()
    station.show("kiosk_time", plate="AB12345", state="CT")


def _time_free(station: PayStation) -> None:
    station.start()
    station.show("kiosk_time", plate="AB12345", state="CT")
    station.wait(lambda: "Nothing to pay" in station.words("notice"))


def _card(told: Told, **changes: object) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        payment = sample_payment(told=told, **changes)
        station.show("kiosk_card", payment=payment, quote=sample_quote())

    return play


def _card_refused(station: PayStation) -> None:
    station.start()
    station.to_time()
    station.refuse_orders(
        UserError(
            "payment.reader_busy",
            "The card reader is busy with another payment.",
            action="Wait a moment and try again.",
        )
    )
    station.press("pay_button")
    station.wait(lambda: station.shown("card_answer"))


def _checking(station: PayStation) -> None:
    station.start()
    payment = sample_payment(told=Told.CHECKING)
    station.show("kiosk_checking", payment=payment, quote=sample_quote())


def _checking_unheard(station: PayStation) -> None:
    station.start()
    payment = sample_payment(told=Told.CHECKING, reference="")
    station.show("kiosk_checking", payment=payment, quote=sample_quote())


def _done(station: PayStation) -> None:
    station.start()
    payment = sample_payment(told=Told.APPROVED, card="Visa 4242", state=PaymentState.CAPTURED)
    station.show("kiosk_done", payment=payment, quote=sample_quote())
    station.pass_by(seconds=10)


def _done_not_printed(station: PayStation) -> None:
    _done(station)
    station.press("print_button")
    station.wait(lambda: not station.shown("print_button"))


def _done_night(station: PayStation) -> None:
    station.start()
    payment = sample_payment(
        told=Told.APPROVED, card="American Express 1005", state=PaymentState.GRANTED
    )
    quote = sample_quote(end_utc=NOON + timedelta(hours=20), plate="MMMMMMMMMM")
    station.show("kiosk_done", payment=payment, quote=quote)


def _no_card(station: PayStation) -> None:
    station.start()
    station.terminal.news(net=NetState.OFFLINE)
    station.wait(lambda: "No cards" in station.words("notice"))
    station.show("kiosk_no_card", plate="AB12345", state="CT", minutes=60)
    station.pass_by(seconds=7)


def _no_card_home(station: PayStation) -> None:
    station.start()
    station.show("kiosk_no_card")


def _no_card_checking(station: PayStation) -> None:
    station.start()
    station.show("kiosk_no_card", payment=sample_payment(told=Told.CHECKING))


_HELPED: dict[str, dict[str, object]] = {
    "kiosk_home": {},
    "kiosk_plate": {"plate": "AB12345"},
    "kiosk_time": {"plate": "AB12345", "state": "CT"},
    "kiosk_no_card": {},
}


def _help(name: str) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        checked = {"payment": sample_payment(told=Told.CHECKING), "quote": sample_quote()}
        station.show(name, **_HELPED.get(name, checked))
        station.press("help_button")

    return play


def _still_there(station: PayStation) -> None:
    _plate("AB12345")(station)
    station.pass_by(seconds=65)


def _low(play: Callable[[PayStation], None]) -> Callable[[PayStation], None]:
    def lower(station: PayStation) -> None:
        play(station)
        station.press("move_down_button")

    return lower


SCENES = (
    Scene(name="home", play=_home_connected),
    Scene(name="home_garage", play=_home_connected, zone_id="204"),
    Scene(name="home_free", play=_home_connected, utc=SUNDAY),
    Scene(name="home_offline", play=_home_offline),
    Scene(name="home_starting", play=_home_starting),
    Scene(name="home_low", play=_low(_home_connected)),
    Scene(name="plate_empty", play=_plate("")),
    Scene(name="plate", play=_plate("AB12345")),
    Scene(name="plate_low", play=_low(_plate("AB12345"))),
    Scene(name="plate_hint", play=_plate("ABI2345")),
    Scene(name="plate_too_long", play=_plate_too_long),
    Scene(name="plate_other", play=_plate("MMMMMMMMMM", "RI")),
    Scene(name="plate_states", play=_states),
    Scene(name="time", play=_time()),
    Scene(name="time_low", play=_low(_time())),
    Scene(name="time_long", play=_time("MMMMMMMMMM", 90)),
    Scene(name="time_longest", play=_time(minutes=180)),
    Scene(name="time_closing", play=_time(minutes=60), utc=EVENING),
    Scene(name="time_prepaid", play=_time(minutes=30), utc=NOON - timedelta(hours=5)),
    Scene(name="time_garage", play=_time(minutes=240), zone_id="204"),
    Scene(name="time_asking", play=_time_asking),
    Scene(name="time_free", play=_time_free, utc=SUNDAY),
    Scene(name="card", play=_card(Told.PRESENT_CARD)),
    Scene(name="card_starting", play=_card(Told.WAITING)),
    Scene(name="card_processing", play=_card(Told.PROCESSING)),
    Scene(name="card_canceling", play=_card(Told.PROCESSING, state=PaymentState.CANCELING)),
    Scene(name="card_declined", play=_card(Told.DECLINED, decline_hint="insufficient_funds")),
    Scene(name="card_reader_offline", play=_card(Told.READER_OFFLINE)),
    Scene(name="card_reader_busy", play=_card(Told.READER_BUSY)),
    Scene(name="card_canceled", play=_card(Told.CANCELED, state=PaymentState.CANCELED)),
    Scene(name="card_refused", play=_card_refused),
    Scene(name="checking", play=_checking),
    Scene(name="checking_unheard", play=_checking_unheard),
    Scene(name="done", play=_done),
    Scene(name="done_not_printed", play=_done_not_printed),
    Scene(name="done_night", play=_done_night),
    Scene(name="no_card", play=_no_card),
    Scene(name="no_card_home", play=_no_card_home),
    Scene(name="no_card_checking", play=_no_card_checking),
    Scene(name="help_home", play=_help("kiosk_home")),
    Scene(name="help_plate", play=_help("kiosk_plate")),
    Scene(name="help_time", play=_help("kiosk_time")),
    Scene(name="help_card", play=_help("kiosk_card")),
    Scene(name="help_checking", play=_help("kiosk_checking")),
    Scene(name="help_done", play=_help("kiosk_done")),
    Scene(name="help_no_card", play=_help("kiosk_no_card")),
    Scene(name="still_there", play=_still_there),
)
