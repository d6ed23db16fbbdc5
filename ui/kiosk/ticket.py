"""The screen of one ticket: what it is for, what is to pay today, what paying changes.

Owner thread: the GUI thread.
"""

from collections.abc import Callable

from PySide6.QtGui import QImage

from app.words import _
from parking.bill import Bill
from parking.errors import BugError, ParkingError, UserError
from ui.kiosk.car_photo import CarPhoto, CarPhotoView
from ui.kiosk.errand import Errand
from ui.kiosk.foot import FootView, back_button, help_button, start_over_button
from ui.kiosk.page import HOME, KioskScreen
from ui.kiosk.parts import FactList, Lines, RowCard, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.kiosk.ticket_state import ticket_state
from ui.kiosk.tickets_state import Search
from ui.tasks import Tasks
from ui.widgets.answer import AnswerKind
from ui.widgets.kiosk_pay import PriceCard, PriceView
from ui.widgets.panels import ResultPanel, ResultView
from ui.widgets.plate import PlateSize, PlateView, PlateWidget


class TicketScreen(KioskScreen):
    """The driver sees the ticket, and pays it or not."""

    name = "kiosk_ticket"
    step = 1

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._bill: Bill | None = None
        self._search = Search()
        self._photo_view = CarPhotoView(words="")
        self._title = Lines(())
        self._title.setObjectName("ticket_title")
        self._photo = CarPhoto(self._photo_view)
        self._photo.setObjectName("ticket_photo")
        self._plate = PlateWidget(PlateView(number=""), PlateSize.KIOSK_SMALL)
        self._plate.setObjectName("ticket_plate")
        self._lines = Lines(())
        self._lines.setObjectName("ticket_lines")
        self._amount = PriceCard(PriceView(price="", until="", end=""))
        self._amount.setObjectName("ticket_amount")
        self._refused = ResultPanel(ResultView(kind=AnswerKind.GRACE, lines=()))
        self._refused.setObjectName("ticket_refused")
        self._facts = FactList(())
        self._facts.setObjectName("ticket_facts")
        self.compose(
            (
                self._title,
                RowCard(self._photo, self._plate, self._lines),
                *(self._amount, self._refused, self._facts),
            )
        )

    # --- visits -----------------------------------------------------------------------------

    def entered(self, *, bill: Bill, search: Search, notice: str = "") -> None:
        """Show a ticket and fetch its photo.

        Args:
            bill: As central told it.
            search: How it was found, for the way back.
            notice: A sentence to show, e.g. that the amount was looked at again.
        """
        self._bill, self._search = bill, search
        waits = _("The photo is on its way.")
        self._photo_view = CarPhotoView(words=waits if bill.photo_sha256 else _("No photo yet."))
        self.appear()
        if notice:
            self.tell(notice)
        if bill.photo_sha256:
            self.ask(self._kiosk.ticket_photo(bill), self._on_photo, failed=self._on_no_photo)

    def left(self) -> None:
        """Forget the ticket and its photo."""
        self._bill, self._search = None, Search()
        self._photo_view = CarPhotoView(words="")
        self._photo.set_view(self._photo_view)

    def errand(self) -> Errand:
        """Paying a ticket."""
        return Errand.TICKET

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        if self._bill is None:
            return
        state = ticket_state(self._bill, time_zone=self.time_zone)
        self._title.set_view(title_lines(state.title))
        self._photo.set_view(self._photo_view)
        self._plate.set_view(state.car)
        self._lines.set_view(state.lines)
        self._amount.setVisible(state.amount is not None)
        if state.amount is not None:
            self._amount.set_view(state.amount)
        self._refused.setVisible(state.refused is not None)
        if state.refused is not None:
            self._refused.set_view(state.refused)
        self._facts.setVisible(bool(state.facts))
        self._facts.set_view(state.facts)

    def foot(self) -> FootView:
        """Pay, or go back."""
        row = (back_button(), start_over_button(), help_button())
        if self._bill is None:
            return FootView(row=row)
        main = ticket_state(self._bill, time_zone=self.time_zone).main
        return FootView(main=main, row=row, hint=_("Nothing is charged until you use your card."))

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {
            "pay_button": lambda: self.go("kiosk_card", quote=self._bill),
            "finish_button": lambda: self.go(HOME),
            "back_button": self._on_back_pressed,
        }

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """What paying means."""
        return (
            (
                _("Look at the ticket"),
                _("Is it your car and your plate? Then you can pay it here by card."),
            ),
            (
                _("You think it is wrong?"),
                _("Do not pay. Appeal with the city; how is written on the ticket."),
            ),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _on_back_pressed(self) -> None:
        search = self._search
        if search.number:
            self.go("kiosk_ticket_number", number=search.number)
        else:
            self.go("kiosk_tickets", plate=search.plate, state=search.state)

    # --- outcomes ---------------------------------------------------------------------------

    def _on_photo(self, jpeg: bytes) -> None:
        image = QImage.fromData(jpeg)
        words = _("No photo yet.") if image.isNull() else _("Photo of the car")
        self._photo_view = CarPhotoView(words=words, image=None if image.isNull() else image)
        self.redraw()

    def _on_no_photo(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        known = isinstance(error, UserError)
        words = _("No photo yet.") if known else _("The photo cannot be shown now.")
        self._photo_view = CarPhotoView(words=words)
        self.redraw()
