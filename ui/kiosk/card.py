"""The card screen: the reader asks for the card, the screen says where and what is charged.

Owner thread: the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.usecases.buy_parking import Offer
from app.words import _
from parking.bill import Bill
from parking.errors import BugError, ParkingError, UnavailableError, UserError
from parking.payment import Payment
from ui.kiosk.card_state import Buying, CardState, card_state
from ui.kiosk.following import NO_CARD, PaymentScreen
from ui.kiosk.foot import FootView, help_button
from ui.kiosk.page import HOME
from ui.kiosk.parts import Lines, RowCard, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.sentences import sentence
from ui.tasks import Tasks
from ui.widgets.answer import AnswerKind
from ui.widgets.cards import Label
from ui.widgets.motion import CardPicture, CardPictureView, Spinner
from ui.widgets.panels import LineView, NoticeBar, NoticeView, ResultPanel, ResultView
from ui.widgets.plate import PlateSize, PlateView, PlateWidget

_RENEWED = frozenset({"quote.expired", "quote.changed", "quote.unknown", "quote.refused"})
"""Refusals after which the price or the bill is looked at again, with its reason if any."""


class CardScreen(PaymentScreen):
    """The driver holds a card on the reader."""

    name = "kiosk_card"
    step = 2

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._problem = ""
        self._changing = False
        self._title = Lines(())
        self._title.setObjectName("card_title")
        self._sub = Lines(())
        self._picture = CardPicture(CardPictureView(price="", words=""))
        self._panel = ResultPanel(ResultView(kind=AnswerKind.GRACE, lines=()))
        self._panel.setObjectName("card_answer")
        self._plate = PlateWidget(PlateView(number=""), PlateSize.KIOSK_SMALL)
        self._lines = Lines(())
        self._amount = Label("", "kiosk.panel")
        self._amount.setObjectName("card_amount")
        self._buying = RowCard(self._plate, self._lines, right=self._amount)
        self._spinner = Spinner(_("Please wait"), 96)
        self._wait_lines = Lines(())
        self._wait_lines.setObjectName("waiting")
        self._waiting = RowCard(self._spinner, self._wait_lines)
        self._notice = NoticeBar(NoticeView(text=" "))
        self._notice.setObjectName("notice")
        self.compose(
            (
                *(self._title, self._sub, self._picture, self._panel),
                *(self._waiting, self._buying, self._notice),
            )
        )

    # --- visits -----------------------------------------------------------------------------

    def entered(self, *, quote: Offer, payment: Payment | None = None) -> None:
        """Order what was shown, or show its payment that is under way."""
        self._quote, self._payment = quote, payment
        self._problem, self._changing = "", False
        self.appear()
        if payment is not None:
            self.follow()
            return
        self.ask(
            self._kiosk.buy(quote),
            self.take,
            failed=self._on_not_bought,
            words=_("Starting the card reader"),
        )

    # --- drawing ----------------------------------------------------------------------------

    def _state(self, quote: Offer) -> CardState:
        lot = self._station.lot
        place = ""
        if lot is not None:
            place = _("{name}, zone {zone}").format(name=lot.zone.name, zone=lot.zone.zone_id)
        return card_state(
            self._payment,
            quote,
            place=place,
            time_zone=self.time_zone,
            now_utc=self.now.utc,
            problem=self._problem,
        )

    def redraw(self) -> None:
        """Draw the body."""
        if self._quote is None:
            return
        state = self._state(self._quote)
        self._title.set_view(title_lines(state.title))
        self._sub.set_view((LineView(text=state.sub),))
        self._picture.setVisible(state.picture)
        self._picture.set_view(
            CardPictureView(price=state.buying.amount, words=_("Tap, insert, swipe"))
        )
        self._panel.setVisible(state.panel is not None)
        if state.panel is not None:
            self._panel.set_view(state.panel)
        self._draw_buying(state.buying)
        self._waiting.setVisible(bool(state.waiting))
        self._wait_lines.set_view(state.waiting)
        self._notice.set_view(
            NoticeView(text=_("Tap, insert or swipe. Card numbers never reach this pay station."))
        )
        self._notice.setVisible(state.picture)

    def _draw_buying(self, buying: Buying) -> None:
        self._plate.set_view(buying.plate)
        self._lines.set_view(buying.lines)
        self._amount.setText(buying.amount)

    def foot(self) -> FootView:
        """Cancel, another card, or the way on after the end."""
        if self._quote is None:
            return FootView(row=(help_button(),))
        state = self._state(self._quote)
        return FootView(main=state.main, row=state.row, hint=_("No cash here. Cards only."))

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "cancel_button": lambda: self._cancel(changing=False),
            "back_button": lambda: self._cancel(changing=True),
            "again_button": self._on_again_pressed,
            "offer_button": self._to_offer,
            "start_over_button": self.end,
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """How to use the reader."""
        use = (
            _("Hold your card or phone on the reader"),
            _("Or put the card in, or swipe it. The reader shows the price."),
        )
        cancel = (
            _("You can still cancel"),
            _("Touch Cancel, do not pay. Then nothing is charged."),
        )
        wait = (_("Wait for the answer"), _("Do not pay again. This screen tells you."))
        offered = any(button.name == "cancel_button" for button in self.foot().row)
        return (use, cancel) if offered else (wait,)

    def safest(self) -> QWidget:
        """The main button; otherwise what changes nothing."""
        return self._foot.main or self._foot.button("help_button") or super().safest()

    # --- what a driver does -----------------------------------------------------------------

    def _cancel(self, *, changing: bool) -> None:
        if self._payment is not None:
            self._changing = changing
            self.ask(self._kiosk.cancel(self._payment), self.take, words=_("Canceling"))

    def _on_again_pressed(self) -> None:
        if self._payment is not None:
            self.ask(
                self._kiosk.present_again(self._payment),
                self.take,
                words=_("Starting the card reader"),
            )

    def _to_offer(self, notice: str = "") -> None:
        if isinstance(self._quote, Bill):
            self.end(then="kiosk_tickets", number=self._quote.number, notice=notice)
        elif self._quote is not None:
            self.end(then="kiosk_time", **_chosen(self._quote), notice=notice)

    def may_forget(self) -> bool:
        """Only a purchase that has ended is forgotten: an open one is central's to end."""
        return self._quote is not None and self._state(self._quote).over

    def nobody_there(self) -> None:
        """The purchase has ended and the driver has gone."""
        self.end()

    # --- outcomes ---------------------------------------------------------------------------

    def told(self, payment: Payment) -> None:
        """Central said something new."""
        if self._changing and self.may_forget():
            self._to_offer(_("You have not been charged."))
            return
        super().told(payment)
        self.touched()

    def refused(self, error: UserError) -> None:
        """Central refused the order: say why, nothing was charged."""
        self._payment = None
        self._problem = sentence(error)
        self.refresh()
        self.touched()

    def _on_not_bought(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
        elif isinstance(error, UnavailableError) and self._quote is not None:
            self.go(NO_CARD, **_chosen(self._quote))
        elif isinstance(error, UserError) and error.key == "payment.open":
            # The payment of before is still being checked: the first screen leads to it.
            self.go(HOME)
        elif isinstance(error, UserError) and error.key in _RENEWED:
            self._to_offer(_("The price was renewed. You have not been charged."))
        elif isinstance(error, UserError):
            self.refused(error)


def _chosen(offer: Offer) -> dict[str, str | int]:
    """Return what the driver chose, as the screens before take it; of a ticket there is nothing."""
    if isinstance(offer, Bill):
        return {}
    return {
        "plate": offer.plate,
        "state": offer.plate_state,
        "minutes": offer.billed_minutes,
    }
