"""The list of tickets: found by number or plate, the oldest first.

Owner thread: the GUI thread. One that was found by its number is shown at once.
"""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QSizePolicy, QVBoxLayout, QWidget

from app.words import _
from parking.bill import Bill
from parking.errors import BugError, ParkingError, UnavailableError, UserError
from ui.kiosk.errand import Errand
from ui.kiosk.following import NO_CARD
from ui.kiosk.foot import FootButton, FootView, back_button, help_button, start_over_button
from ui.kiosk.page import KioskScreen
from ui.kiosk.parts import Lines, RowCard, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.kiosk.tickets_state import PAGE, Search, TicketsState, tickets_state
from ui.sentences import sentence
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind
from ui.widgets.buttons import ButtonView
from ui.widgets.kiosk_frame import KioskTile, TileView
from ui.widgets.motion import Spinner
from ui.widgets.panels import LineView, ResultPanel, ResultView


class TicketsScreen(KioskScreen):
    """The driver sees what was found and chooses one."""

    name = "kiosk_tickets"
    step = 0

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._search = Search()
        self._bills: tuple[Bill, ...] | None = None
        self._page = 0
        self._problem = self._news = ""
        self._title = Lines(())
        self._title.setObjectName("tickets_title")
        self._sub = Lines(())
        self._sub.setObjectName("tickets_words")
        self._tiles = _Tiles()
        self._tiles.ticket_chosen.connect(self._on_ticket_chosen)
        self._panel = ResultPanel(ResultView(kind=AnswerKind.GRACE, lines=()))
        self._panel.setObjectName("tickets_answer")
        self._wait_lines = Lines(())
        self._waiting = RowCard(Spinner(_("Please wait"), 96), self._wait_lines)
        self.compose(
            (self._title, self._sub, self._panel, self._waiting, self._tiles),
            controls=(self._tiles,),
        )

    # --- visits -----------------------------------------------------------------------------

    def entered(
        self, *, number: str = "", plate: str = "", state: str = "", notice: str = ""
    ) -> None:
        """Look for a ticket.

        Args:
            number: Of the ticket; empty to look for those of a plate.
            plate: Key of the plate.
            state: Code of its state.
            notice: A sentence to show with what is found.
        """
        self._search = Search(number=number, plate=plate, state=state)
        self._bills, self._page = None, 0
        self._problem, self._news = "", notice
        self.appear()
        if number:
            self.ask(self._kiosk.ticket(number), self._on_ticket, failed=self._on_failed)
        else:
            task = self._kiosk.tickets(plate, state)
            self.ask(task, self._on_tickets, failed=self._on_failed)

    def left(self) -> None:
        """Forget the car."""
        self._search, self._bills = Search(), None

    def errand(self) -> Errand:
        """Paying a ticket."""
        return Errand.TICKET

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        state = self._state()
        self._title.set_view(title_lines(state.title))
        self._sub.set_view((LineView(text=state.sub),))
        self._tiles.set_views(state.tiles)
        self._tiles.setVisible(bool(state.tiles))
        self._panel.setVisible(state.panel is not None)
        if state.panel is not None:
            self._panel.set_view(state.panel)
        self._waiting.setVisible(bool(state.waiting))
        self._wait_lines.set_view(state.waiting)

    def _state(self) -> TicketsState:
        return tickets_state(
            self._search,
            self._bills,
            time_zone=self.time_zone,
            page=self._page,
            problem=self._problem,
        )

    def safest(self) -> QWidget:
        """The first ticket."""
        return self._tiles.first() or super().safest()

    def foot(self) -> FootView:
        """Other tickets, or back."""
        more = FootButton(
            name="more_tickets_button", view=ButtonView(label=_("More tickets"), icon=Icon.DOWN)
        )
        others = (more,) if self._state().more else ()
        return FootView(
            row=(back_button(), *others, start_over_button(), help_button()),
            hint=_("Nothing is charged until you use your card."),
        )

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "more_tickets_button": self._on_more_pressed,
            "back_button": self._on_back_pressed,
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """What is shown here."""
        return (
            (_("Touch a ticket"), _("You see what it is for and what is to pay today.")),
            (
                _("Is one missing?"),
                _("A new ticket may not have come in yet. Its number finds it later."),
            ),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _on_more_pressed(self) -> None:
        pages = -(-len(self._bills or ()) // PAGE)
        self._page = (self._page + 1) % max(1, pages)
        self.refresh()

    def _on_back_pressed(self) -> None:
        search = self._search
        if search.number:
            self.go("kiosk_ticket_number", number=search.number)
        else:
            car = {"plate": search.plate, "state": search.state}
            self.go("kiosk_plate", **car, errand=Errand.TICKET)

    def _on_ticket_chosen(self, place: str) -> None:
        self.touched()
        if self._bills is not None:
            self._show(self._bills[int(place)])

    def _show(self, bill: Bill) -> None:
        self.go("kiosk_ticket", bill=bill, search=self._search, notice=self._news)

    # --- outcomes ---------------------------------------------------------------------------

    def _on_ticket(self, bill: Bill | None) -> None:
        if bill is not None:
            self._show(bill)
        else:
            self._on_tickets(())

    def _on_tickets(self, bills: tuple[Bill, ...]) -> None:
        self._bills = bills
        self.refresh()

    def _on_failed(self, error: ParkingError) -> None:
        search = self._search
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
        elif isinstance(error, UnavailableError):
            self.go(NO_CARD)
        elif isinstance(error, UserError) and error.key.startswith("plate."):
            car = {"plate": search.plate, "state": search.state}
            self.go("kiosk_plate", **car, errand=Errand.TICKET, problem=sentence(error))
        else:
            self._problem = sentence(error)
            self.refresh()


class _Tiles(QWidget):
    """A large button for each ticket.

    Signals:
        ticket_chosen: Its place among all.
    """

    ticket_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(16)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        blank = TileView(title="", sub="", icon=Icon.TICKET)
        self._tiles = [self._tile(blank) for _place in range(PAGE)]

    def _tile(self, view: TileView) -> KioskTile:
        tile = KioskTile(view, self)
        tile.tag_pressed.connect(self.ticket_chosen)
        self._column.addWidget(tile)
        return tile

    def first(self) -> QWidget | None:
        """Return the first one that is shown."""
        shown = (tile for tile in self._tiles if not tile.isHidden() and not self.isHidden())
        return next(shown, None)

    def set_views(self, views: tuple[tuple[int, TileView], ...]) -> None:
        """Show other tickets."""
        for at, tile in enumerate(self._tiles):
            tile.setVisible(at < len(views))
            if at < len(views):
                place, view = views[at]
                tile.tag = str(place)
                tile.setObjectName(f"ticket_{place}")
                tile.set_view(view)
