"""The first screen of a pay station: the languages, what parking costs, what can be done here.

Owner thread: the GUI thread.
"""

from dataclasses import replace

from PySide6.QtWidgets import QAbstractButton

from app.ports import TerminalNews
from app.usecases.buy_parking import FINAL, OpenPayment
from app.words import _, language, languages, use_language
from parking.clock import Reading
from parking.errors import BugError, ParkingError
from parking.payment import Told
from ui.kiosk.attention import attention
from ui.kiosk.errand import Errand
from ui.kiosk.following import screen_for
from ui.kiosk.foot import FootView, help_button
from ui.kiosk.home_state import HomeState, home_state
from ui.kiosk.languages import LanguageRow
from ui.kiosk.page import HOME, KioskScreen
from ui.kiosk.parts import Lines, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.sentences import said
from ui.tasks import Tasks
from ui.widgets.kiosk_frame import KioskTile, TileView
from ui.widgets.panels import LineView, NoticeBar, NoticeView

_LOOK_AGAIN_S = 2
_LEADS_TO = {"ticket_button": "kiosk_ticket_number", "receipt_button": "kiosk_receipt_code"}
_NEEDS_RATE = frozenset({"park_button", "extend_button"})


class HomeScreen(KioskScreen):
    """The attract screen; entering it forgets the driver before."""

    name = HOME

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._problem = ""
        self._hint = ""
        self._asked_utc = station.now.utc
        self._title = Lines(())
        self._sub = Lines(())
        self._sub.setObjectName("rate")
        self._notice = NoticeBar(NoticeView(text=" "))
        self._notice.setObjectName("notice")
        state = self._state()
        self._tiles = {name: self._tile(name, view) for name, view in state.tiles}
        self._languages = LanguageRow()
        self._languages.language_pressed.connect(self._on_language_pressed)
        tiles = (*self._tiles.values(), self._notice)
        self.compose((self._languages, self._title, self._sub, *tiles), controls=tiles)

    def _tile(self, name: str, view: TileView) -> KioskTile:
        tile = KioskTile(view)
        tile.setObjectName(name)
        tile.tag = name
        tile.tag_pressed.connect(self._on_tile_pressed)
        return tile

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
        return self._tiles["park_button"]

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
        state = self._state()
        self._languages.set_codes(languages(), language())
        self._title.set_view(title_lines(state.title))
        self._sub.setVisible(bool(state.sub))
        self._sub.set_view((LineView(text=state.sub),))
        self._notice.set_view(state.notice)
        for name, view in state.tiles:
            self._tiles[name].set_view(view)
            self._tiles[name].setEnabled(state.can_park or name not in _NEEDS_RATE)
        self._hint = state.hint

    def _state(self) -> HomeState:
        station = self._station
        return home_state(
            station.lot,
            net=station.net,
            net_since_utc=station.net_since_utc,
            now_utc=station.now.utc,
            problem=self._problem,
        )

    def foot(self) -> FootView:
        """Help alone: the way in is the tile."""
        return FootView(row=(help_button(),), hint=self._hint)

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """How to begin."""
        return (
            (_("Touch Pay for parking"), _("Then type your plate and choose how long you stay.")),
            (_("Touch Pay a ticket"), _("Then type its number, or the plate of the car.")),
            (_("Look at the price"), _("Nothing is charged until you use your card.")),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _on_tile_pressed(self, name: str) -> None:
        self.touched()
        if self._station.offline:
            self.go("kiosk_no_card")
        elif name in _LEADS_TO:
            self.go(_LEADS_TO[name])
        else:
            errand = Errand.EXTEND if name == "extend_button" else Errand.PARK
            self.go("kiosk_plate", errand=errand)

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
        self.go(screen_for(shown), payment=shown, quote=begun.offer)
