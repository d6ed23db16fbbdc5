"""Every screen of a pay station in every state, as a driver would bring it about."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

from PIL import Image

from app.ports import NetState
from parking.bill import Bill
from parking.errors import UserError
from parking.notification import Channel, FoundReceipt
from parking.payment import PaymentState, Told
from parking.receipt import Sale, sale_lines
from parking.zone import Zone
from tests.fakes.clock import NOON
from tests.unit.ui_kiosk.station import PayStation, sample_bill, sample_payment, sample_quote
from ui.kiosk.errand import Errand
from ui.kiosk.tickets_state import Search

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
    station.pay()
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


def _no_card_note(station: PayStation) -> None:
    _no_card(station)
    station.terminal.printer.out_of_paper = True
    station.press("note_button")
    station.wait(lambda: "Your note" in station.words("ways"))


def _no_card_home(station: PayStation) -> None:
    station.start()
    station.show("kiosk_no_card")


def _no_card_checking(station: PayStation) -> None:
    station.start()
    station.show("kiosk_no_card", payment=sample_payment(told=Told.CHECKING))


HELD = "A person is looking at this ticket. Do not pay now; no late fee runs meanwhile."


def _number(*keys: str) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        station.press("ticket_button", *(f"key_{key}" for key in keys))

    return play


def _tickets(*bills: Bill) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        station.desk.tickets = list(bills)
        station.show("kiosk_tickets", plate="MMMMMMMMMM", state="RI")
        station.wait(lambda: "Looking" not in station.words("tickets_title"))

    return play


def _tickets_asking(station: PayStation) -> None:
    station.start()
    station.show("kiosk_tickets", plate="AB12345", state="CT")


def _ticket_unknown(station: PayStation) -> None:
    station.start()
    station.show("kiosk_tickets", number=sample_bill().number)
    station.wait(lambda: station.shown("tickets_answer"))


def _ticket(**changes: object) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        bill = replace(sample_bill(), **changes)  # type: ignore[arg-type]  # names are checked by replace
        station.desk.bill_photos[bill.bill_id] = _jpeg()
        station.show("kiosk_ticket", bill=bill, search=Search(number=bill.number))
        if bill.photo_sha256:
            station.wait(lambda: station.words("ticket_photo") == "Photo of the car")

    return play


def _jpeg() -> bytes:
    file = BytesIO()
    Image.radial_gradient("L").resize((320, 240)).save(file, "JPEG")
    return file.getvalue()


def _service(name: str) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        station.show(name)

    return play


def _of_ticket(name: str, told: Told, **changes: object) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        payment = sample_payment(told=told, amount_cents=2500, **changes)
        station.show(name, payment=payment, quote=sample_bill())

    return play


def _summary(**changes: object) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        station.show("kiosk_summary", quote=sample_quote(**changes))

    return play


def _code(text: str = "", *, refused: bool = False) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        station.show("kiosk_code", quote=sample_quote())
        station.press(*(f"key_{letter}" for letter in text))
        if refused:
            station.press("code_confirm")
            station.wait(lambda: "issued this code" in station.words("notice"))

    return play


def found_receipt() -> FoundReceipt:
    """Return a receipt of two hours in a street, as central tells it."""
    sale = Sale(
        city="City of Stamford",
        station="K-07",
        zone=Zone(
            zone_id="112",
            name="Washington Boulevard North",
            time_zone="America/New_York",
            tariff_id="t",
        ),
        quote=sample_quote(reasons=("max_stay", "closing", "last_step", "flat_rate")),
        payment=sample_payment(
            told=Told.APPROVED,
            reference="P-4M2Q-88",
            card="Visa 4242",
            receipt=("APPLICATION VISA CREDIT", "AID A0000000031010"),
        ),
        paid_utc=NOON,
    )
    lines = sale_lines(sale)
    return FoundReceipt(payment_id=sale.payment.payment_id, reference="P-4M2Q-88", lines=lines)


def _receipt_code(keys: str = "", *, refused: bool = False) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        station.press("receipt_button", *(f"key_{key}" for key in keys))
        if refused:
            station.press("receipt_confirm")
            station.wait(lambda: "has this code" in station.words("notice"))

    return play


def _receipt(*presses: str) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        station.start()
        station.show("kiosk_receipt", found=found_receipt())
        if presses:
            station.press(*presses)
            station.wait(lambda: station.shown("notice"))

    return play


def _send(way: Channel, text: str, *, refused: bool = False) -> Callable[[PayStation], None]:
    def play(station: PayStation) -> None:
        _to_send(station)
        station.press(f"way_{way}", *(f"key_{key}" for key in text))
        if refused:
            station.desk.away = True
            station.press("send_confirm")
            station.wait(lambda: "Try again" in station.words("notice"))

    return play


def _to_send(station: PayStation) -> None:
    station.start()
    payment = sample_payment(told=Told.APPROVED, card="Visa 4242", state=PaymentState.CAPTURED)
    values = {"payment": payment, "quote": sample_quote()}
    station.show("kiosk_send", **values, channels=tuple(Channel))


def _done_sendable(station: PayStation) -> None:
    station.desk.channels = tuple(Channel)
    _done(station)
    station.wait(lambda: station.shown("send_button"))


def _help_send(station: PayStation) -> None:
    _to_send(station)
    station.press("help_button")


def _extend(station: PayStation) -> None:
    station.start()
    station.press("extend_button")


def _extend_anew(station: PayStation) -> None:
    station.start()
    station.show("kiosk_time", plate="AB12345", state="CT", errand=Errand.EXTEND)
    station.quoted()


_HELPED: dict[str, dict[str, object]] = {
    "kiosk_home": {},
    "kiosk_plate": {"plate": "AB12345"},
    "kiosk_time": {"plate": "AB12345", "state": "CT"},
    "kiosk_no_card": {},
    "kiosk_summary": {"quote": sample_quote()},
    "kiosk_code": {"quote": sample_quote()},
    "kiosk_receipt_code": {},
    "kiosk_receipt": {"found": found_receipt()},
    "kiosk_ticket_number": {},
    "kiosk_tickets": {"plate": "AB12345", "state": "CT"},
    "kiosk_ticket": {"bill": sample_bill(), "search": Search()},
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


_OWED = tuple(
    sample_bill(at, plate="MMMMMMMMMM", plate_state="RI", refused=HELD if at == 2 else "")
    for at in range(1, 7)
)
STAFF_SCENES = (
    Scene(name="service_entry", play=_service("kiosk_service_entry")),
    Scene(name="service", play=_service("kiosk_service")),
)
"""Pages for who looks after a pay station; no driver sees them."""
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
    Scene(name="plate_extend", play=_extend),
    Scene(name="time_extend", play=_extend_anew),
    Scene(name="summary", play=_summary()),
    Scene(
        name="summary_full",
        play=_summary(
            plate="MMMMMMMMMM",
            start_utc=NOON + timedelta(hours=1),
            reasons=("max_stay", "closing", "last_step"),
            price_cents=0,
            discount_cents=375,
            code_issuer="Stamford Downtown Merchants Association",
        ),
    ),
    Scene(name="code", play=_code("AEBAGBAF2345")),
    Scene(name="code_low", play=_low(_code())),
    Scene(name="code_refused", play=_code("A", refused=True)),
    Scene(name="number", play=_number(*"4-0012871")),
    Scene(name="number_low", play=_low(_number(*"4-0012871"))),
    Scene(name="number_wrong", play=_number(*"4-0012874")),
    Scene(name="number_open", play=_number(*"40012874")),
    Scene(name="tickets", play=_tickets(*(_OWED[0:1]))),
    Scene(name="tickets_many", play=_tickets(*_OWED)),
    Scene(name="tickets_low", play=_low(_tickets(*(_OWED[0:1])))),
    Scene(name="tickets_none", play=_tickets()),
    Scene(name="tickets_unknown", play=_ticket_unknown),
    Scene(name="tickets_asking", play=_tickets_asking),
    Scene(name="ticket", play=_ticket(photo_sha256=bytes(32))),
    Scene(
        name="ticket_late",
        play=_ticket(
            plate="MMMMMMMMMM",
            amount_cents=105_000,
            appeal_until=None,
            violation="DBL-PRK Double parking beside a vehicle at the curb, second row",
            place="Washington Boulevard North 1200, opposite the station",
        ),
    ),
    Scene(name="ticket_held", play=_ticket(refused=HELD, photo_sha256=bytes(32))),
    Scene(name="receipt_code", play=_receipt_code("4M2Q88")),
    Scene(name="receipt_code_low", play=_low(_receipt_code())),
    Scene(name="receipt_code_wrong", play=_receipt_code("4M2Q88", refused=True)),
    Scene(name="receipt", play=_receipt()),
    Scene(name="receipt_printed", play=_receipt("print_button")),
    Scene(name="send", play=_send(Channel.EMAIL, "ana.maria-kowalska@example.com")),
    Scene(name="send_phone", play=_send(Channel.SMS, "2035550142")),
    Scene(name="send_away", play=_send(Channel.SMS, "2035550142", refused=True)),
    Scene(name="send_low", play=_low(_to_send)),
    Scene(name="done_sendable", play=_done_sendable),
    Scene(name="card_ticket", play=_of_ticket("kiosk_card", Told.PRESENT_CARD)),
    Scene(
        name="card_ticket_canceled",
        play=_of_ticket("kiosk_card", Told.CANCELED, state=PaymentState.CANCELED),
    ),
    Scene(name="checking_ticket", play=_of_ticket("kiosk_checking", Told.CHECKING)),
    Scene(
        name="done_ticket",
        play=_of_ticket("kiosk_done", Told.APPROVED, card="Visa 4242", state=PaymentState.CAPTURED),
    ),
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
    Scene(name="no_card_note", play=_no_card_note),
    Scene(name="closed", play=_service("kiosk_closed")),
    Scene(name="no_card_home", play=_no_card_home),
    Scene(name="no_card_checking", play=_no_card_checking),
    Scene(name="help_home", play=_help("kiosk_home")),
    Scene(name="help_plate", play=_help("kiosk_plate")),
    Scene(name="help_time", play=_help("kiosk_time")),
    Scene(name="help_summary", play=_help("kiosk_summary")),
    Scene(name="help_code", play=_help("kiosk_code")),
    Scene(name="help_receipt_code", play=_help("kiosk_receipt_code")),
    Scene(name="help_receipt", play=_help("kiosk_receipt")),
    Scene(name="help_send", play=_help_send),
    Scene(name="help_number", play=_help("kiosk_ticket_number")),
    Scene(name="help_tickets", play=_help("kiosk_tickets")),
    Scene(name="help_ticket", play=_help("kiosk_ticket")),
    Scene(name="help_card", play=_help("kiosk_card")),
    Scene(name="help_checking", play=_help("kiosk_checking")),
    Scene(name="help_done", play=_help("kiosk_done")),
    Scene(name="help_no_card", play=_help("kiosk_no_card")),
    Scene(name="still_there", play=_still_there),
)
