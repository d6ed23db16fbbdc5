"""A pay station on parts in memory, in a window: real lanes, use cases and prices."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TypeVar
from uuid import uuid4

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.words import SOURCE_LANGUAGE, use_language
from parking.bill import Bill
from parking.errors import ParkingError
from parking.ids import uuid7
from parking.numbers import citation_number
from parking.payment import Payment, PaymentOrder, PaymentState, Quote, QuoteRequest, Told
from parking.pricing import quote as price
from parking.tariff import tariff_label
from parking.terminal import TerminalKind
from tests.fakes.clock import NOON
from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from tests.settling import lay_out
from ui.kiosk.attention import Limits
from ui.kiosk.page import KioskScreen
from ui.kiosk.screens import kiosk_screens
from ui.shell import Shell
from ui.tasks import Tasks
from ui.theme import Theme, apply_theme, look

W = TypeVar("W", bound=QWidget)
REFERENCE = "K7-4M2Q-88"
LIMITS = Limits(warn_after_s=60, wipe_after_s=90, done_s=30, retry_s=20)


def real_prices(terminal: FakeTerminal) -> Callable[[QuoteRequest], Quote]:
    """Let central price by the rate of the zone, as the real one does."""
    rough_quote = terminal.central.quote

    def quote(request: QuoteRequest) -> Quote:
        rough = rough_quote(request)
        zone = terminal.store.zone(request.zone_id)
        assert zone is not None
        tariff = terminal.store.tariff(zone.tariff_id)
        assert tariff is not None
        offer = price(tariff, terminal.clock.utc, request.minutes)
        real = replace(
            rough,
            start_utc=offer.start_utc,
            paid_from_utc=offer.paid_from_utc,
            end_utc=offer.end_utc,
            billed_minutes=offer.billed_minutes,
            price_cents=offer.price_cents - rough.discount_cents,
            reasons=tuple(reason.value for reason in offer.reasons),
            tariff_version=tariff_label(tariff),
        )
        terminal.central.quotes[real.quote_id] = real
        return real

    return quote


class PayStation:
    """A pay station in its window, and hands to use it.

    Attributes:
        terminal: Its parts.
        shell: Its window.
        desk: Central.
    """

    def __init__(self, qtbot: QtBot, terminal: FakeTerminal) -> None:
        self._qtbot = qtbot
        self.terminal = terminal
        self.desk = terminal.central
        self.tasks = Tasks(terminal.lanes)
        self.shell = Shell(self.tasks)
        for screen in kiosk_screens(terminal.app, self.tasks, limits=LIMITS):
            self.shell.add(screen)
        terminal.app.on_news(self.tasks.tell_news)

    @property
    def screen(self) -> KioskScreen:
        """The screen in front."""
        screen = self.shell.current
        assert isinstance(screen, KioskScreen)
        return screen

    def start(self) -> None:
        """Show the first screen, with the rate known."""
        self.show("kiosk_home")
        self.wait(lambda: self.find("park_button").isEnabled())

    def show(self, name: str, **values: object) -> None:
        """Show a screen as another one would; only a window on show forgets the last one."""
        self.shell.show()
        self.shell.show_screen(name, **values)

    def wait(self, condition: Callable[[], object]) -> None:
        """Wait for something with a limit."""
        self._qtbot.waitUntil(lambda: bool(condition()), timeout=5000)
        lay_out()

    def wait_for(self, name: str) -> None:
        """Wait until a screen is in front."""
        self.wait(lambda: self.screen.name == name)

    def find(self, name: str) -> QWidget:
        """Return a part of the screen in front by its name."""
        found = [
            each
            for each in self.screen.findChildren(QWidget, name)
            if each.isVisibleTo(self.screen)
        ]
        assert len(found) == 1, f"{name}: {len(found)} on {self.screen.name}"
        return found[0]

    def shown(self, name: str) -> bool:
        """Tell whether a part can be seen."""
        return any(
            each.isVisibleTo(self.screen) for each in self.screen.findChildren(QWidget, name)
        )

    def words(self, name: str) -> str:
        """Return what a part says."""
        part = self.find(name)
        text = getattr(part, "text", None)
        return (text() if text is not None else "") or part.accessibleName()

    def press(self, *names: str) -> None:
        """Press buttons, one after the other."""
        for name in names:
            button = self.find(name)
            assert isinstance(button, QAbstractButton)
            assert button.isEnabled(), f"{name} cannot be pressed"
            button.click()

    def strike(self, *keys: Qt.Key) -> None:
        """Press keys of a keyboard: the control in focus gets them, then the window."""
        for key in keys:
            QTest.keyClick(self.shell.focusWidget() or self.shell, key)

    def type_plate(self, text: str) -> None:
        """Press the keys of the keypad."""
        self.press(*(f"key_{letter}" for letter in text))

    def pass_by(self, **span: float) -> None:
        """Let time pass and tell the window."""
        self.terminal.clock.pass_by(**span)
        self.tick()

    def tick(self) -> None:
        """Tell the screen in front what time it is."""
        self.screen.ticked(self.terminal.clock.now())

    def quoted(self) -> None:
        """Wait for central's price."""
        self.wait(lambda: self.shown("next_button") and self.find("next_button").isEnabled())

    def to_time(self, plate: str = "AB12345") -> None:
        """Go to the price of the usual time."""
        self.press("park_button")
        self.type_plate(plate)
        self.press("plate_confirm")
        self.quoted()

    def pay(self) -> None:
        """Go on from the price, and pay what is bought."""
        self.press("next_button")
        self.wait_for("kiosk_summary")
        self.press("pay_button")

    def to_card(self) -> Payment:
        """Go to the card reader; return the payment."""
        self.to_time()
        self.pay()
        self.wait(lambda: self.words("card_title") == "Hold your card on the reader")
        (payment,) = self.desk.payments.values()
        return payment

    def move(self, payment: Payment, told: Told, **changes: object) -> Payment:
        """Let the payment go on at central."""
        return self.desk.move(payment.payment_id, told, **changes)

    def refuse_orders(self, error: ParkingError) -> None:
        """Let central refuse the next orders."""

        def refuse(order: PaymentOrder) -> Payment:
            del order
            raise error

        self.desk.put_payment = refuse  # type: ignore[method-assign]  # the fake takes every order

    def close(self) -> None:
        """Stop following, then close the window."""
        self.shell.current.end_visit()
        self.shell.current.left()
        self.terminal.close()
        self._qtbot.waitUntil(lambda: self.tasks.idle)
        self.shell.close()
        self.shell.deleteLater()


@contextmanager
def pay_station(
    qapp: QApplication,
    qtbot: QtBot,
    *,
    theme: Theme = Theme.DAY,
    zone_id: str = "112",
    utc: datetime | None = None,
) -> Iterator[PayStation]:
    """Make a pay station and take it away again."""
    if (look().profile.place, look().theme, look().reduced_motion) != ("kiosk", theme, True):
        apply_theme(qapp, theme, profile="kiosk", reduced_motion=True)
    use_language(SOURCE_LANGUAGE)
    with fake_terminal(TerminalKind.KIOSK, zone_id=zone_id) as terminal:
        if utc is not None:
            terminal.clock.utc = utc
        terminal.central.quote = real_prices(terminal)  # type: ignore[method-assign, assignment]  # its own prices ignore the rate
        station = PayStation(qtbot, terminal)
        try:
            yield station
        finally:
            station.close()
            use_language(SOURCE_LANGUAGE)


def sample_quote(**changes: object) -> Quote:
    """Return the price of two hours."""
    quote = Quote(
        quote_id=uuid4(),
        zone_id="112",
        plate="AB12345",
        plate_state="CT",
        start_utc=NOON,
        paid_from_utc=NOON,
        end_utc=NOON + timedelta(hours=2),
        billed_minutes=120,
        price_cents=250,
        tariff_version="street-125 2026-11 v4 af83f5538efb",
        expires_utc=NOON + timedelta(minutes=5),
    )
    return replace(quote, **changes)  # type: ignore[arg-type]  # names are checked by replace


def sample_payment(**changes: object) -> Payment:
    """Return a payment that waits for a card."""
    payment = Payment(
        payment_id=uuid7(NOON),
        state=PaymentState.DISPATCHED,
        told=Told.PRESENT_CARD,
        amount_cents=250,
        reference=REFERENCE,
        version=3,
    )
    return replace(payment, **changes)  # type: ignore[arg-type]  # names are checked by replace


def sample_bill(serial: int = 1287, **changes: object) -> Bill:
    """Return a ticket of eight days ago, $25.00 to pay, which can be appealed for a week."""
    bill = Bill(
        bill_id=uuid4(),
        citation_id=uuid4(),
        number=citation_number(4, serial),
        plate="AB12345",
        plate_state="CT",
        violation="EXP-MTR Expired meter",
        place="Summer St 120",
        issued_utc=NOON - timedelta(days=8),
        amount_cents=2500,
        status="issued",
        as_of=date(2027, 3, 1),
        appeal_until=date(2027, 3, 8),
        expires_utc=NOON + timedelta(minutes=10),
    )
    return replace(bill, **changes)  # type: ignore[arg-type]  # names are checked by replace
