"""The screen of a pay station that sells nothing: why, where else to pay, whom to call.

Owner thread: the GUI thread. ``ui.kiosk_life.life`` shows it and takes it away.
"""

from app.ports import TerminalNews
from app.words import language, languages, use_language
from parking.clock import Reading
from ui.kiosk.attention import attention
from ui.kiosk.foot import FootView, help_button
from ui.kiosk.languages import LanguageRow
from ui.kiosk.page import KioskScreen
from ui.kiosk.parts import FactList
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.kiosk_life.closed_state import Closed, closed_by, closed_state
from ui.tasks import Tasks
from ui.widgets.answer import AnswerKind
from ui.widgets.panels import ResultPanel, ResultView

CLOSED = "kiosk_closed"


class ClosedScreen(KioskScreen):
    """Out of service."""

    name = CLOSED

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._why = Closed.SWITCHED_OFF
        self._hint = ""
        self._panel = ResultPanel(ResultView(kind=AnswerKind.CANNOT_KNOW, lines=()))
        self._panel.setObjectName("closed_answer")
        self._ways = FactList(())
        self._ways.setObjectName("ways")
        self._languages = LanguageRow()
        self._languages.language_pressed.connect(self._on_language_pressed)
        self.compose((self._languages, self._panel, self._ways))

    @property
    def why(self) -> Closed | None:
        """What keeps this pay station from selling now, by what its screens know."""
        station = self._station
        return closed_by(
            net=station.net,
            zone=None if station.lot is None else station.lot.zone,
            uncertainty_ms=station.now.uncertainty_ms,
            reader_id=station.identity.reader_id,
        )

    def entered(self) -> None:
        """Forget the driver before and say why."""
        self._station.forget_driver()
        self.appear()

    def heard(self, news: TerminalNews) -> None:
        """City hall may have switched it off, or on."""
        super().heard(news)
        self.refresh()

    def ticked(self, now: Reading) -> None:
        """The reason may have become another; the next driver reads English again."""
        super().ticked(now)
        left = attention(self._touched_utc, now.utc, self._station.limits).over
        if left and language() != languages()[0]:
            self._station.forget_driver()
            self.appear()
        elif self.why is not self._why:
            self.refresh()

    def redraw(self) -> None:
        """Draw the body."""
        self._why = self.why or self._why
        lot = self._station.lot
        state = closed_state(self._why, zone_id="" if lot is None else lot.zone.zone_id)
        self._hint = state.hint
        self._languages.set_codes(languages(), language())
        self._panel.set_view(state.panel)
        self._ways.set_view(state.ways)

    def foot(self) -> FootView:
        """Help alone."""
        return FootView(row=(help_button(),), hint=self._hint)

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """The same as on the screen: there is nothing else to do here."""
        lot = self._station.lot
        state = closed_state(self._why, zone_id="" if lot is None else lot.zone.zone_id)
        return tuple((way.heading, way.text) for way in state.ways)

    def may_forget(self) -> bool:
        """Nothing is entered here."""
        return False

    def _on_language_pressed(self, code: str) -> None:
        self.touched()
        use_language(code)
        self.refresh()
