"""The screen of what is bought: car, from when, until when, price, what a code pays; then the card.

Owner thread: the GUI thread.
"""

from collections.abc import Callable
from datetime import timedelta

from app.words import _
from parking.clock import Reading
from parking.errors import BugError, ParkingError, UnavailableError, UserError
from parking.payment import Quote
from ui.kiosk.errand import Errand
from ui.kiosk.following import NO_CARD
from ui.kiosk.foot import FootButton, FootView, back_button, help_button, start_over_button
from ui.kiosk.page import KioskScreen
from ui.kiosk.parts import FactList, Lines, RowCard, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.kiosk.summary_state import summary_state
from ui.sentences import sentence
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonView
from ui.widgets.kiosk_pay import PriceCard, PriceView
from ui.widgets.plate import PlateSize, PlateView, PlateWidget

_RENEW_AFTER = timedelta(seconds=60)
"""A price older than a minute would sell time that has passed."""


class SummaryScreen(KioskScreen):
    """The driver looks once more before the card."""

    name = "kiosk_summary"
    step = 2

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._quote: Quote | None = None
        self._code = ""
        self._came_for = Errand.PARK
        self._shown_utc = station.now.utc
        self._title = Lines(())
        self._plate = PlateWidget(PlateView(number=""), PlateSize.KIOSK_SMALL)
        self._car = Lines(())
        self._price = PriceCard(PriceView(price="", until="", end=""))
        self._price.setObjectName("summary_price")
        self._facts = FactList(())
        self._facts.setObjectName("summary_facts")
        self.compose((self._title, RowCard(self._plate, self._car), self._price, self._facts))

    # --- visits -----------------------------------------------------------------------------

    def entered(self, *, quote: Quote, code: str = "", errand: Errand = Errand.PARK) -> None:
        """Show what is bought.

        Args:
            quote: Central's price.
            code: The validation code that is part of it; empty for none.
            errand: Time for a car, or more of it.
        """
        self._quote, self._code, self._came_for = quote, code, errand
        self._shown_utc = self.now.utc
        self.appear()

    def left(self) -> None:
        """Forget the car and the code: the next screen has them."""
        self._quote, self._code = None, ""

    def ticked(self, now: Reading) -> None:
        """Renew a price that is a minute old."""
        super().ticked(now)
        quote = self._quote
        if quote is not None and now.utc - self._shown_utc >= _RENEW_AFTER:
            self._shown_utc = now.utc
            task = self._kiosk.quote(
                quote.plate, quote.plate_state, quote.billed_minutes, self._code
            )
            self.ask(task, self._on_renewed, failed=self._on_not_renewed)

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        lot, quote = self._station.lot, self._quote
        if lot is None or quote is None:
            return
        state = summary_state(lot, quote, now_utc=self.now.utc)
        self._title.set_view(title_lines(state.title))
        self._plate.set_view(state.car)
        self._car.set_view(state.car_lines)
        self._price.set_view(state.price)
        self._facts.set_view(state.facts)

    def foot(self) -> FootView:
        """Pay, give a code, or change something."""
        lot, quote = self._station.lot, self._quote
        code = ButtonView(label=_("I have a code"), icon=Icon.QR)
        code_button = FootButton(name="code_button", view=code)
        row = (back_button(), start_over_button(), code_button, help_button())
        if lot is None or quote is None:
            return FootView(row=(start_over_button(), help_button()))
        main = summary_state(lot, quote, now_utc=self.now.utc).main
        return FootView(main=main, row=row, hint=_("Nothing is charged until you use your card."))

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "pay_button": lambda: self.go("kiosk_card", quote=self._quote),
            "code_button": lambda: self.go("kiosk_code", quote=self._quote, errand=self._came_for),
            "back_button": self._to_time,
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """What to look at."""
        return (
            (
                _("Look at plate, time and price"),
                _("You pay what stands there. Nothing is charged until you use your card."),
            ),
            (
                _("Do you have a code?"),
                _("A shop may pay a part of your parking. Touch I have a code and scan it."),
            ),
        )

    # --- outcomes ---------------------------------------------------------------------------

    def _to_time(self, notice: str = "") -> None:
        quote = self._quote
        if quote is not None:
            self.go(
                "kiosk_time",
                plate=quote.plate,
                state=quote.plate_state,
                minutes=quote.billed_minutes,
                notice=notice,
                errand=self._came_for,
            )

    def _on_renewed(self, quote: Quote) -> None:
        self._quote = quote
        self.refresh()

    def _on_not_renewed(self, error: ParkingError) -> None:
        quote = self._quote
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
        elif isinstance(error, UnavailableError) and quote is not None:
            car = {"plate": quote.plate, "state": quote.plate_state}
            self.go(NO_CARD, **car, minutes=quote.billed_minutes)
        elif isinstance(error, UserError):
            self._to_time(sentence(error))
