"""The checking screen: the outcome is not known, nobody must pay again.

Owner thread: the GUI thread. It stays until central knows, or until the driver has left; then the
plate and the reference are hidden and the pay station goes on asking.
"""

from collections.abc import Callable

from app.usecases.buy_parking import Offer
from app.words import _
from parking.clock import Reading
from parking.errors import UserError
from parking.payment import Payment
from ui.kiosk.attention import attention
from ui.kiosk.checking_state import checking_state
from ui.kiosk.following import NO_CARD, PaymentScreen
from ui.kiosk.foot import FootButton, FootView, help_button
from ui.kiosk.page import HOME
from ui.kiosk.parts import FactList, Lines, RowCard
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind
from ui.widgets.buttons import ButtonView
from ui.widgets.cards import CardKind, Label
from ui.widgets.motion import Spinner
from ui.widgets.panels import LineView, ResultPanel, ResultView


class CheckingScreen(PaymentScreen):
    """The driver waits, or leaves with a reference."""

    name = "kiosk_checking"
    step = 2

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._spinner = Spinner(_("Checking"), 116)
        self._titles = Lines(())
        self._titles.setObjectName("checking_title")
        self._panel = ResultPanel(ResultView(kind=AnswerKind.CANNOT_KNOW, lines=(), block_px=0))
        self._panel.setObjectName("do_not_pay")
        self._facts = FactList(())
        self._reference_title = Label("", "kiosk.least")
        self._reference = Label("", "kiosk.panel")
        self._reference.setObjectName("reference")
        self._detail = Label("", "kiosk.least")
        self._kept = RowCard(
            None,
            *(self._reference_title, self._reference, self._detail),
            kind=CardKind.STRONG,
        )
        self.compose((RowCard(self._spinner, self._titles), self._panel, self._facts, self._kept))

    def entered(self, *, payment: Payment, quote: Offer) -> None:
        """Show a payment whose outcome is not known, and ask until it is."""
        self._payment, self._quote = payment, quote
        self.appear()
        self.follow()

    def redraw(self) -> None:
        """Draw the body."""
        if self._payment is None or self._quote is None:
            return
        state = checking_state(
            self._payment,
            self._quote,
            station=self._station.identity.name,
            time_zone=self.time_zone,
        )
        self._titles.set_view(
            (LineView(text=state.title, use="kiosk.title"), LineView(text=state.sub))
        )
        self._panel.set_view(state.panel)
        self._facts.set_view(state.facts)
        self._reference_title.setText(state.reference_title)
        self._reference.setText(state.reference)
        self._detail.setText(state.detail)

    def foot(self) -> FootView:
        """The driver may leave."""
        leave = ButtonView(label=_("I am leaving"), icon=Icon.CHECK)
        row = (FootButton(name="finish_button", view=leave), help_button())
        return FootView(row=row, hint=_("This screen changes by itself."))

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {"finish_button": self._hide}

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """What a driver may do now."""
        return (
            (
                _("Do not pay again"),
                _("Not here and not elsewhere. We ask the bank until we know."),
            ),
            (
                _("Keep the reference"),
                _("Whoever you call finds this payment by it."),
            ),
        )

    def ticked(self, now: Reading) -> None:
        """Ask again; hide the driver's plate when nobody is there any more."""
        super().ticked(now)
        self.follow()
        if attention(self._touched_utc, now.utc, self._station.limits).over:
            self._hide()

    def refused(self, error: UserError) -> None:
        """Central never had this order: nothing was charged."""
        del error
        self.go(HOME)
        self.tell(_("You have not been charged."))

    def _hide(self) -> None:
        self.go(NO_CARD, payment=self._payment)
