"""The first screen of a pay station: what parking costs here, and the way in.

Owner thread: the GUI thread.
"""

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractButton, QWidget

from app.ports import TerminalNews
from app.usecases.buy_parking import FINAL, OpenPayment
from app.words import _, language, languages, use_language
from parking.clock import Reading
from parking.errors import BugError, ParkingError
from parking.payment import Told
from ui.kiosk.attention import attention
from ui.kiosk.following import screen_for
from ui.kiosk.foot import FootView, help_button
from ui.kiosk.home_state import HomeState, home_state
from ui.kiosk.page import HOME, KioskScreen
from ui.kiosk.parts import FactList, Lines, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.sentences import said
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole
from ui.widgets.gridrow import GridRow
from ui.widgets.kiosk_frame import KioskTile, TileView
from ui.widgets.kiosk_pay import ChoiceTile, PriceCard, PriceView, TileChoiceView
from ui.widgets.panels import LineView, NoticeBar, NoticeView

_OWN_NAMES = {"en": "English", "es": "Español", "ht": "Kreyòl ayisyen", "pl": "Polski"}
_LOOK_AGAIN_S = 2


class HomeScreen(KioskScreen):
    """The attract screen; entering it forgets the driver before."""

    name = HOME

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._problem = ""
        self._asked_utc = station.now.utc
        self._title = Lines(())
        self._sub = Lines(())
        self._price = PriceCard(PriceView(price="", until="", end=""))
        self._price.setObjectName("rate")
        self._steps_list = FactList(())
        self._steps_list.setObjectName("steps")
        self._notice = NoticeBar(NoticeView(text=" "))
        self._notice.setObjectName("notice")
        self._park = KioskTile(self._tile())
        self._park.setObjectName("park_button")
        self._park.clicked.connect(self._on_park_pressed)
        self._languages = _LanguageRow()
        self._languages.language_pressed.connect(self._on_language_pressed)
        self.compose(
            (
                self._languages,
                self._title,
                self._sub,
                self._price,
                self._steps_list,
                self._park,
                self._notice,
            ),
            controls=(self._park, self._notice),
        )

    # --- visits -----------------------------------------------------------------------------

    def entered(self) -> None:
        """Forget the driver before; look for rate and an interrupted payment."""
        self._station.forget_driver()
        self._problem = ""
        self._asked_utc = self.now.utc
        self.appear()
        self.ask(self._kiosk.unfinished(), self._on_unfinished)
        self._ask_lot()

    def main_control(self) -> QAbstractButton:
        """The way in."""
        return self._park

    def heard(self, news: TerminalNews) -> None:
        """The network came or went, or the rate arrived."""
        super().heard(news)
        if self._station.lot is None:
            self._ask_lot()
        self.redraw()

    def ticked(self, now: Reading) -> None:
        """Look again for the rate while it is missing; undo what a driver left behind."""
        super().ticked(now)
        waited_s = (now.utc - self._asked_utc).total_seconds()
        if self._station.lot is None and waited_s >= _LOOK_AGAIN_S:
            self._asked_utc = now.utc
            self._ask_lot()
        if attention(self._touched_utc, now.utc, self._station.limits).over and self._changed():
            self._station.forget_driver()
            self.appear()
        self.redraw()

    def may_forget(self) -> bool:
        """Nothing was entered here: no warning."""
        return False

    def _changed(self) -> bool:
        station = self._station
        return station.contrast or station.low or self._helping or language() != languages()[0]

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body from what is known."""
        station = self._station
        state: HomeState = home_state(
            station.lot,
            net=station.net,
            net_since_utc=station.net_since_utc,
            now_utc=station.now.utc,
            problem=self._problem,
        )
        self._languages.set_codes(languages(), language())
        self._title.set_view(title_lines(state.title))
        self._sub.set_view((LineView(text=state.sub),))
        self._price.setVisible(state.price is not None)
        if state.price is not None:
            self._price.set_view(state.price)
        # The buttons of the languages take the room of the last step.
        self._steps_list.set_view(state.steps[: 4 if len(languages()) == 1 else 3])
        self._notice.set_view(state.notice)
        self._park.set_view(self._tile())
        self._park.setEnabled(state.can_park)
        self._hint = state.hint

    def _tile(self) -> TileView:
        offline = self._station.offline
        return TileView(
            title=_("Pay for parking"),
            sub=_("See what works right now") if offline else _("Choose your time, pay by card"),
            icon=Icon.CAR,
            role=ButtonRole.MAIN,
        )

    def foot(self) -> FootView:
        """Help alone: the way in is the tile."""
        return FootView(row=(help_button(),), hint=self._hint)

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """How to begin."""
        return (
            (_("Touch Pay for parking"), _("Then type your plate and choose how long you stay.")),
            (_("Look at the price"), _("Nothing is charged until you use your card.")),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _on_park_pressed(self) -> None:
        self.touched()
        if self._station.offline:
            self.go("kiosk_no_card")
        else:
            self.go("kiosk_plate")

    def _on_language_pressed(self, code: str) -> None:
        self.touched()
        use_language(code)
        self.refresh()

    # --- outcomes ---------------------------------------------------------------------------

    def _ask_lot(self) -> None:
        self.ask(self._kiosk.lot(), self._on_lot, failed=self._on_no_lot)

    def _on_no_lot(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self._problem = said(error)
        self.redraw()

    def _on_unfinished(self, begun: OpenPayment | None) -> None:
        if begun is None:
            return
        last = begun.last
        # Whatever central says next is news to the driver: nothing was shown of it yet.
        shown = last if last.told in FINAL else replace(last, told=Told.CHECKING)
        self.go(screen_for(shown), payment=shown, quote=begun.quote)


class _LanguageRow(GridRow):
    """A button for each language with a catalogue; not there while there is only one.

    Signals:
        language_pressed: Its code.
    """

    language_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._tiles: dict[str, ChoiceTile] = {}
        self.hide()

    def set_codes(self, codes: tuple[str, ...], chosen: str) -> None:
        """Show a button for each code."""
        self.setVisible(len(codes) > 1)
        if len(codes) > 1:
            self.set_parts([(self._shown(code, code == chosen), 1) for code in codes])

    def _shown(self, code: str, chosen: bool) -> ChoiceTile:
        view = TileChoiceView(words=_OWN_NAMES.get(code, code), chosen=chosen)
        tile = self._tiles.get(code)
        if tile is None:
            tile = self._tiles[code] = ChoiceTile(view, self)
            tile.setObjectName(f"language_{code}")
            tile.clicked.connect(lambda: self.language_pressed.emit(code))
        tile.set_view(view)
        return tile
