"""The screen without cards: said before a card is asked for, with what works instead.

Owner thread: the GUI thread. It looks again by itself and goes on where the driver was.
"""

from collections.abc import Callable
from datetime import timedelta

from app.ports import NetState, TerminalNews
from app.usecases.buy_parking import FINAL
from app.usecases.write_slip import WrittenSlip
from app.words import _
from parking.clock import Reading
from parking.errors import BugError, ParkingError, UserError
from parking.payment import Payment, Quote, Told
from parking.plate import US_STATES
from ui.kiosk.following import NO_CARD, PaymentScreen
from ui.kiosk.foot import FootButton, FootView, back_button, help_button, start_over_button
from ui.kiosk.no_card_state import Notes, no_card_state
from ui.kiosk.page import HOME
from ui.kiosk.parts import FactList, Lines, RowCard
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.sentences import said
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.motion import Spinner
from ui.widgets.panels import ResultPanel, ResultView

_LEFT_ALONE = frozenset(
    {Told.WAITING, Told.PRESENT_CARD, Told.DECLINED, Told.READER_OFFLINE, Told.READER_BUSY}
)
"""Nobody stands there any more to use a card: such a payment is canceled."""


class NoCardScreen(PaymentScreen):
    """The network, or a payment that is still being checked, keeps cards away."""

    name = NO_CARD

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._plate = ""
        self._state = US_STATES[0]
        self._minutes = 0
        self._note: WrittenSlip | None = None
        self._trouble = ""
        self._tried_utc = station.now.utc
        self._panel = ResultPanel(ResultView(kind=AnswerKind.CANNOT_KNOW, lines=()))
        self._panel.setObjectName("no_card_answer")
        self._ways = FactList(())
        self._ways.setObjectName("ways")
        self._again = Lines(())
        self._again.setObjectName("again")
        self.compose(
            (self._panel, self._ways, RowCard(Spinner(_("We try again"), 84), self._again))
        )

    # --- visits -----------------------------------------------------------------------------

    def entered(
        self,
        *,
        plate: str = "",
        state: str = US_STATES[0],
        minutes: int = 0,
        payment: Payment | None = None,
    ) -> None:
        """Say that no card can be taken now.

        Args:
            plate: What the driver entered so far; empty for nothing.
            state: Code of its state.
            minutes: The chosen time.
            payment: A payment of a driver who has left, still being checked.
        """
        self._plate, self._state, self._minutes = plate, state, minutes
        self._payment, self._quote = payment, None
        self._note, self._trouble = None, ""
        self._tried_utc = self.now.utc
        self.appear()
        self.follow()

    def left(self) -> None:
        """Forget the car."""
        super().left()
        self._plate, self._minutes = "", 0

    def ticked(self, now: Reading) -> None:
        """Look again when it is time."""
        super().ticked(now)
        self.follow()
        if now.utc - self._tried_utc >= timedelta(seconds=self._station.limits.retry_s):
            self._look_again()
        self.redraw()

    def heard(self, news: TerminalNews) -> None:
        """The network is back."""
        before = self._station.net
        super().heard(news)
        if news.sync.net is NetState.ONLINE and before is not NetState.ONLINE:
            self._look_again()

    def may_forget(self) -> bool:
        """What was entered, once nobody waits for the network any more."""
        return self._payment is None

    def nobody_there(self) -> None:
        """The driver has left."""
        self.go(HOME)

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        station = self._station
        waited_s = (self.now.utc - self._tried_utc).total_seconds()
        state = no_card_state(
            zone_id=station.lot.zone.zone_id if station.lot is not None else "",
            time_zone=self.time_zone,
            net=station.net,
            since_utc=station.net_since_utc,
            checking=self._payment is not None,
            left_s=station.limits.retry_s - waited_s,
            notes=Notes(
                offered=self._offers_notes(),
                now_utc=self.now.utc,
                written=self._note,
                trouble=self._trouble,
            ),
        )
        self._panel.set_view(state.panel)
        self._ways.set_view(state.ways)
        self._again.set_view(state.again)

    def foot(self) -> FootView:
        """Try now, or go back; nothing while another payment is checked."""
        if self._payment is not None:
            return FootView(row=(help_button(),))
        back = back_button() if self._plate else start_over_button()
        hint = _("You have not been charged.")
        if not self._offers_notes():
            again = ButtonView(label=_("Try again now"), icon=Icon.AGAIN, role=ButtonRole.MAIN)
            main = FootButton(name="again_button", view=again)
            return FootView(main=main, row=(back, help_button()), hint=hint)
        note = ButtonView(label=_("Print a note"), icon=Icon.PRINTER, role=ButtonRole.MAIN)
        main = FootButton(name="note_button", view=note)
        if self._note is not None:
            finish = ButtonView(label=_("Finish"), icon=Icon.CHECK, role=ButtonRole.MAIN)
            main = FootButton(name="finish_button", view=finish)
        again = ButtonView(label=_("Try again"), icon=Icon.AGAIN)
        row = (back, FootButton(name="again_button", view=again), help_button())
        return FootView(main=main, row=row, hint=hint)

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "again_button": self._look_again,
            "back_button": self._on_back_pressed,
            "note_button": self._on_note_pressed,
            "finish_button": lambda: self.go(HOME),
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """What a driver can do."""
        return (
            (
                _("Why no card?"),
                _("Cards need the network. Without it nobody could know whether you paid."),
            ),
            (
                _("What now?"),
                _("Pay with your phone or at another pay station, or wait until it is back."),
            ),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _on_back_pressed(self) -> None:
        self.go("kiosk_plate", plate=self._plate, state=self._state)

    def _offers_notes(self) -> bool:
        lot = self._station.lot
        return lot is not None and lot.zone.could_not_pay_minutes > 0

    def _on_note_pressed(self) -> None:
        if not self._plate:
            self.go("kiosk_plate")
            return
        cause = "network" if self._station.offline else "central"
        task = self._kiosk.slip(self._plate, self._state, cause)
        self.ask(task, self._on_note, failed=self._on_no_note)

    def _look_again(self) -> None:
        self._tried_utc = self.now.utc
        if self._payment is not None:
            return
        if self._plate:
            minutes = max(1, self._minutes)
            task = self._kiosk.quote(self._plate, self._state, minutes)
            self.ask(task, self._on_quoted, failed=self._on_still_away)
        elif not self._station.offline:
            self.go(HOME)

    # --- outcomes ---------------------------------------------------------------------------

    def _on_quoted(self, _quote: Quote) -> None:
        self.go("kiosk_time", plate=self._plate, state=self._state, minutes=self._minutes)

    def _on_note(self, note: WrittenSlip) -> None:
        self._note, self._trouble = note, ""
        self.refresh()

    def _on_no_note(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self._trouble = said(error)
        self.refresh()

    def _on_still_away(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
        elif isinstance(error, UserError):
            # Central answers again; what it says belongs on the screen of the price.
            self.go("kiosk_time", plate=self._plate, state=self._state, minutes=self._minutes)

    def told(self, payment: Payment) -> None:
        """The driver has left: end what is final, cancel what would wait for a card."""
        if payment.told in FINAL:
            self.end()
        elif payment.told in _LEFT_ALONE:
            self.ask(self._kiosk.cancel(payment), self.take)
        else:
            self.refresh()

    def refused(self, error: UserError) -> None:
        """Central never had the order: nothing was charged, the pay station is free."""
        del error
        self.go(HOME)
