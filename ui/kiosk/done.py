"""The receipt screen: what was paid, the reference to keep, and back to the first screen.

Owner thread: the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.ports import PrintOutcome
from app.qr import qr_modules
from app.usecases.buy_parking import Offer
from app.words import _
from parking.bill import Bill
from parking.clock import Reading
from parking.errors import BugError, ParkingError
from parking.notification import Channel
from parking.payment import Payment
from ui.kiosk.done_state import DoneState, done_state
from ui.kiosk.following import PaymentScreen
from ui.kiosk.foot import FootButton, FootView, help_button
from ui.kiosk.parts import Lines, RowCard, Spoken
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.cards import Label
from ui.widgets.kiosk_pay import CountdownRing, CountdownView
from ui.widgets.panels import LineView, ResultPanel, ResultView
from ui.widgets.photos import QrCode, QrView
from ui.widgets.plate import PlateSize, PlateView, PlateWidget


class DoneScreen(PaymentScreen):
    """The driver reads until when the car may stand, and leaves."""

    name = "kiosk_done"
    step = 3

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._shown_utc = station.now.utc
        self._printed = self._news = ""
        self._channels: tuple[Channel, ...] = ()
        self._version = ""
        self._panel = ResultPanel(ResultView(kind=AnswerKind.PAID, lines=()))
        self._panel.setObjectName("paid_panel")
        self._paid = Spoken("paid_word", self._panel)
        self._until = Spoken("paid_until", self._panel)
        self._code = QrCode(QrView(modules=(), words=""), 264)
        self._code.setObjectName("reference_code")
        self._keep = Lines(())
        self._keep.setObjectName("receipt_words")
        self._reference = Label("", "kiosk.panel")
        self._reference.setObjectName("reference")
        self._plate = PlateWidget(PlateView(number=""), PlateSize.KIOSK_CHECK)
        self._car = Lines(())
        self._ring = CountdownRing(CountdownView(share=1.0, words=""), 96)
        self._closing = Lines(())
        self._closing.setObjectName("closing")
        self.compose(
            (
                self._panel,
                RowCard(self._code, self._keep, self._reference),
                RowCard(self._plate, self._car),
                RowCard(self._ring, self._closing),
            )
        )

    # --- visits -----------------------------------------------------------------------------

    def entered(self, *, payment: Payment, quote: Offer, news: str = "") -> None:
        """Show a payment that went through.

        Args:
            payment: Approved.
            quote: The price or the bill that it is for.
            news: A sentence to show, e.g. that the receipt was sent.
        """
        self._payment, self._quote = payment, quote
        self._printed, self._news = "", news
        self._shown_utc = self.now.utc
        self.appear()
        self.ask(self._kiosk.receipt_channels(), self._on_channels, failed=self._on_no_channels)

    def ticked(self, now: Reading) -> None:
        """Count down, then make room for the next driver."""
        super().ticked(now)
        self.redraw()
        if self._left_s() <= 0:
            self.end()

    def _left_s(self) -> float:
        shown_s = (self.now.utc - self._shown_utc).total_seconds()
        return self._station.limits.done_s - shown_s

    # --- drawing ----------------------------------------------------------------------------

    def _state(self, payment: Payment, quote: Offer) -> DoneState:
        return done_state(
            payment,
            quote,
            time_zone=self.time_zone,
            now_utc=self.now.utc,
            left_s=self._left_s(),
            whole_s=self._station.limits.done_s,
        )

    def redraw(self) -> None:
        """Draw the body."""
        if self._payment is None or self._quote is None:
            return
        state = self._state(self._payment, self._quote)
        self._panel.set_view(state.panel)
        self._paid.say(state.paid)
        self._until.say(state.until)
        self._version = state.version
        self._draw_reference(state)
        self._plate.set_view(state.car)
        self._car.set_view(state.car_lines)
        self._ring.set_view(state.ring)
        self._closing.set_view((LineView(text=state.closing, use="kiosk.strong"),))

    def _draw_reference(self, state: DoneState) -> None:
        self._code.setVisible(bool(state.reference))
        if state.reference:
            self._code.set_view(QrView(modules=qr_modules(state.reference), words=state.reference))
        keep = _("Scan it, write it down or take a photo.")
        self._keep.set_view(
            (
                LineView(text=_("Keep your reference"), use="kiosk.strong"),
                LineView(text=self._printed or self._news or keep),
            )
        )
        self._reference.setText(state.reference)

    def foot(self) -> FootView:
        """Print, finish, or stay a little longer."""
        print_view = ButtonView(
            label=_("Print receipt"), icon=Icon.PRINTER, role=ButtonRole.MAIN, heavy=True
        )
        more = ButtonView(label=_("More time"), icon=Icon.CLOCK)
        finish = ButtonView(label=_("Finish"), icon=Icon.CHECK)
        send_view = ButtonView(label=_("Send it"), icon=Icon.MAIL)
        send = FootButton(name="send_button", view=send_view)
        return FootView(
            main=None if self._printed else FootButton(name="print_button", view=print_view),
            row=(
                FootButton(name="more_time_button", view=more),
                *((send,) if self._channels else ()),
                FootButton(name="finish_button", view=finish),
                help_button(),
            ),
            hint=self._version,
        )

    def safest(self) -> QWidget:
        """Print; Finish once that is done."""
        return self._foot.main or self._foot.button("finish_button") or super().safest()

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "print_button": self._on_print_pressed,
            "finish_button": self.end,
            "send_button": self._on_send_pressed,
            "more_time_button": self._on_more_time_pressed,
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """What a driver may want to know after paying."""
        paid = _("Officers see it by your plate. You need no paper.")
        if isinstance(self._quote, Bill):
            paid = _("The city sees that this ticket is paid. You need no paper.")
        return (
            (_("You have paid"), paid),
            (
                _("Keep the reference"),
                _("Whoever you call finds this payment by it."),
            ),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _on_more_time_pressed(self) -> None:
        self._shown_utc = self.now.utc
        self.redraw()

    def _on_send_pressed(self) -> None:
        values = {"payment": self._payment, "quote": self._quote}
        self.go("kiosk_send", **values, channels=self._channels)

    def _on_print_pressed(self) -> None:
        if self._payment is not None:
            self._on_more_time_pressed()
            self.ask(
                self._kiosk.print_receipt(self._payment),
                self._on_printed,
                failed=self._on_not_printed,
                words=_("Printing your receipt"),
            )

    # --- outcomes ---------------------------------------------------------------------------

    def _on_channels(self, channels: tuple[Channel, ...]) -> None:
        self._channels = channels
        self.refresh()

    def _on_no_channels(self, error: ParkingError) -> None:
        # Without a way to send it, the receipt is printed or its code is kept.
        if isinstance(error, BugError):
            self.fault_raised.emit(error)

    def _on_printed(self, outcome: PrintOutcome) -> None:
        paper = outcome is PrintOutcome.PRINTED
        self._printed = (
            _("Your receipt is printed. Take it.")
            if paper
            else _("This pay station has no printer. Your receipt is kept as a file.")
        )
        self._on_more_time_pressed()
        self.refresh()

    def _on_not_printed(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self._printed = _("The printer does not work. You have paid: keep your reference.")
        self.refresh()
