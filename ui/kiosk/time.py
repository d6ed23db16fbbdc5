"""The time screen: how long, what it costs, until when.

Owner thread: the GUI thread. Central's price is asked for each wish; one question at a time.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.acts.kiosk import Lot
from app.words import _
from parking.clock import Reading
from parking.errors import BugError, ParkingError, UnavailableError, UserError
from parking.payment import Quote
from parking.plate import US_STATES
from ui.kiosk.errand import Errand
from ui.kiosk.foot import FootButton, FootView, back_button, help_button, start_over_button
from ui.kiosk.page import HOME, KioskScreen
from ui.kiosk.parts import Lines, RowCard, Spoken, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.kiosk.time_state import (
    TimeState,
    TimeView,
    Wish,
    first_minutes,
    stepped,
    time_state,
    title_of,
)
from ui.sentences import said, sentence
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.gridrow import GridRow
from ui.widgets.kiosk_pay import ChoiceTile, PriceCard, PriceView
from ui.widgets.panels import LineView, NoticeBar, NoticeView
from ui.widgets.plate import PlateSize, PlateView, PlateWidget

_RENEW_AFTER = timedelta(seconds=60)
"""A price older than a minute would sell time that has passed."""


class TimeScreen(KioskScreen):
    """The driver chooses a time and sees the price before the card."""

    name = "kiosk_time"
    step = 1
    spacing = 12

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._wish = Wish(plate="", plate_state=US_STATES[0], minutes=1)
        self._asked_minutes = 0
        self._asked_utc = station.now.utc
        self._notice = ""
        self._title = Lines(())
        self._plate = PlateWidget(PlateView(number=""), PlateSize.KIOSK_SMALL)
        self._car = Lines(())
        self._price = PriceCard(PriceView(price="", until="", end=""))
        self._price.setObjectName("price_card")
        self._price_words = Spoken("price", self._price)
        self._until_words = Spoken("until", self._price)
        self._choices = _TimesRow()
        self._choices.time_chosen.connect(self._on_time_chosen)
        self._steps_row = _StepsRow()
        self._steps_row.less.clicked.connect(lambda: self._on_stepped(-1))
        self._steps_row.more.clicked.connect(lambda: self._on_stepped(1))
        self._rate = NoticeBar(NoticeView(text=" "))
        self._rate.setObjectName("notice")
        car = RowCard(self._plate, self._car, padding=12)
        parts = (*(self._title, car, self._price, self._choices, self._steps_row, self._rate),)
        self.compose(parts, controls=(self._choices, self._steps_row))

    # --- visits -----------------------------------------------------------------------------

    def entered(
        self,
        *,
        plate: str,
        state: str,
        minutes: int = 0,
        notice: str = "",
        errand: Errand = Errand.PARK,
    ) -> None:
        """Ask for the price of the usual time, or of the one chosen before.

        Args:
            plate: Key of the plate.
            state: Code of its state.
            minutes: Chosen before; 0 for the usual time.
            notice: A sentence to show, e.g. that the price is old.
            errand: Time for a car, or more of it.
        """
        lot = self._station.lot
        if minutes == 0 and lot is not None:
            minutes = first_minutes(lot.tariff, self.now.utc)
        self._wish = Wish(plate=plate, plate_state=state, minutes=max(1, minutes), errand=errand)
        self.appear()
        if notice:
            self.tell(notice)
        if lot is None:
            self.ask(self._kiosk.lot(), self._on_lot)
        self._ask_price()

    def left(self) -> None:
        """Forget the car: the next screen has it."""
        self._wish = Wish(plate="", plate_state=US_STATES[0], minutes=1)

    def ticked(self, now: Reading) -> None:
        """Renew a price that is a minute old."""
        super().ticked(now)
        if self._wish.quote is not None and now.utc - self._asked_utc >= _RENEW_AFTER:
            self._ask_price()

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        lot = self._station.lot
        known = lot is not None
        for part in (self._price, self._choices, self._steps_row, self._rate):
            part.setVisible(known)
        if lot is None:
            self._title.set_view(title_lines(title_of(self._wish.errand)))
            return
        state = time_state(lot, self._wish, now_utc=self.now.utc)
        self._title.set_view(title_lines(state.title))
        self._plate.set_view(state.car)
        self._car.set_view(
            (
                LineView(text=_("Your car"), use="kiosk.least"),
                LineView(text=state.car_name, use="kiosk.strong"),
            )
        )
        self._draw_offer(state)
        self._rate.set_view(state.rate)

    def _draw_offer(self, state: TimeState) -> None:
        for part in (self._choices, self._steps_row):
            part.setVisible(bool(state.times))
        self._price.setVisible(state.price is not None)
        if state.price is not None:
            self._price.set_view(state.price)
            self._price_words.say(state.price.price)
            self._until_words.say(state.price.end)
        self._choices.set_views(state.times)
        self._steps_row.set_views(state.less, state.span, state.more)

    def foot(self) -> FootView:
        """Go on to what is bought, or back."""
        lot = self._station.lot
        state = time_state(lot, self._wish, now_utc=self.now.utc) if lot is not None else None
        go_on = state.go_on if state is not None else None
        finish = ButtonView(label=_("Finish"), icon=Icon.CHECK, role=ButtonRole.MAIN)
        return FootView(
            main=FootButton(name="next_button", view=go_on)
            if go_on is not None
            else FootButton(name="finish_button", view=finish),
            row=(back_button(), start_over_button(), help_button()),
            hint=_("Nothing is charged until you use your card."),
        )

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "next_button": self._on_next_pressed,
            "finish_button": lambda: self.go(HOME),
            "back_button": self._on_back_pressed,
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """How to choose a time."""
        return (
            (
                _("Choose how long you stay"),
                _("Touch a time, or make it longer or shorter with plus and minus."),
            ),
            (
                _("Look at the price and the end"),
                _("You pay what stands there. Nothing is charged until you use your card."),
            ),
            (_("Wrong car?"), _("Touch Back to correct the plate.")),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _on_time_chosen(self, minutes: int) -> None:
        self.touched()
        self._want(minutes)

    def _on_stepped(self, steps: int) -> None:
        self.touched()
        if self._station.lot is not None:
            self._want(stepped(self._station.lot.tariff, self._wish.minutes, steps))

    def _want(self, minutes: int) -> None:
        if minutes == self._wish.minutes:
            return
        self._wish = replace(self._wish, minutes=minutes, quote=None, problem="")
        self.refresh()
        self._ask_price()

    def _on_back_pressed(self) -> None:
        wish = self._wish
        self.go("kiosk_plate", plate=wish.plate, state=wish.plate_state, errand=wish.errand)

    def _on_next_pressed(self) -> None:
        wish = self._wish
        if wish.quote is not None:
            self.go("kiosk_summary", quote=wish.quote, errand=wish.errand)

    # --- outcomes ---------------------------------------------------------------------------

    def _on_lot(self, lot: Lot) -> None:
        if self._wish.minutes == 1:
            self._wish = replace(self._wish, minutes=first_minutes(lot.tariff, self.now.utc))
        super()._on_lot(lot)
        self._ask_price()

    def _ask_price(self) -> None:
        if self._station.lot is None or self.asking("quote"):
            return
        wish = self._wish
        self._asked_minutes, self._asked_utc = wish.minutes, self.now.utc
        self.ask(
            self._kiosk.quote(wish.plate, wish.plate_state, wish.minutes),
            self._on_quoted,
            failed=self._on_no_price,
            words=_("Asking for the price"),
        )

    def _on_quoted(self, quote: Quote) -> None:
        if self._asked_minutes != self._wish.minutes:
            # The driver wants another time by now: this price is not shown at all.
            self._ask_price()
            return
        minutes = min(self._wish.minutes, quote.billed_minutes) or self._wish.minutes
        self._wish = replace(self._wish, minutes=minutes, quote=quote, problem="")
        self.refresh()

    def _on_no_price(self, error: ParkingError) -> None:
        wish = self._wish
        if isinstance(error, UnavailableError):
            values = {"plate": wish.plate, "state": wish.plate_state, "minutes": wish.minutes}
            self.go("kiosk_no_card", **values)
        elif isinstance(error, UserError) and error.key.startswith("plate."):
            car = {"plate": wish.plate, "state": wish.plate_state}
            self.go("kiosk_plate", **car, errand=wish.errand, problem=said(error))
        elif isinstance(error, BugError):
            self.fault_raised.emit(error)
        elif self._asked_minutes != wish.minutes:
            self._ask_price()
        else:
            self._wish = replace(wish, quote=None, problem=sentence(error))
            self.refresh()


class _TimesRow(GridRow):
    """A tile for each time that can be bought at once.

    Signals:
        time_chosen: The minutes of the tile that was pressed.
    """

    time_chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._tiles: dict[int, ChoiceTile] = {}

    def set_views(self, times: tuple[TimeView, ...]) -> None:
        """Show other times; tiles of the same minutes are kept, so the focus stays."""
        self.set_parts([(self._shown(time), 1) for time in times])

    def _shown(self, time: TimeView) -> ChoiceTile:
        tile = self._tiles.get(time.minutes)
        if tile is None:
            tile = self._tiles[time.minutes] = ChoiceTile(time.tile, self)
            tile.setObjectName(f"minutes_{time.minutes}")
            tile.clicked.connect(lambda: self.time_chosen.emit(time.minutes))
        tile.set_view(time.tile)
        return tile


class _StepsRow(GridRow):
    """A step less, the chosen time, a step more."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self.less = ActionButton(ButtonView(label=""), ButtonSize.KIOSK_ROW, self)
        self.less.setObjectName("less_button")
        self._span = Lines((), self, centred=True)
        self._span.setObjectName("span")
        self.more = ActionButton(ButtonView(label=""), ButtonSize.KIOSK_ROW, self)
        self.more.setObjectName("more_button")
        self.set_parts([(self.less, 10), (self._span, 7), (self.more, 10)])

    def set_views(self, less: ButtonView, span: str, more: ButtonView) -> None:
        """Show another time."""
        self.less.set_view(less)
        self._span.set_view((LineView(text=span, use="kiosk.heading"),))
        self.more.set_view(more)
