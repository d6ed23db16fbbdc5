"""The screens of a pay station, made once for its terminal. Owner thread: the GUI thread."""

from app.terminal_app import TerminalApp
from ui.kiosk.attention import Limits
from ui.kiosk.card import CardScreen
from ui.kiosk.checking import CheckingScreen
from ui.kiosk.code import CodeScreen
from ui.kiosk.done import DoneScreen
from ui.kiosk.home import HomeScreen
from ui.kiosk.no_card import NoCardScreen
from ui.kiosk.plate import PlateScreen
from ui.kiosk.receipt import ReceiptScreen
from ui.kiosk.receipt_code import ReceiptCodeScreen
from ui.kiosk.send import SendScreen
from ui.kiosk.station import Station
from ui.kiosk.summary import SummaryScreen
from ui.kiosk.ticket import TicketScreen
from ui.kiosk.ticket_number import TicketNumberScreen
from ui.kiosk.tickets import TicketsScreen
from ui.kiosk.time import TimeScreen
from ui.kiosk_life.closed import ClosedScreen
from ui.kiosk_life.service import ServiceScreen
from ui.kiosk_life.service_entry import ServiceEntryScreen
from ui.screen import Screen
from ui.tasks import Tasks

_SCREENS = (
    HomeScreen,
    PlateScreen,
    TimeScreen,
    SummaryScreen,
    CodeScreen,
    TicketNumberScreen,
    TicketsScreen,
    TicketScreen,
    ReceiptCodeScreen,
    ReceiptScreen,
    CardScreen,
    CheckingScreen,
    DoneScreen,
    SendScreen,
    NoCardScreen,
    ClosedScreen,
)


def kiosk_screens(
    terminal: TerminalApp, tasks: Tasks, *, limits: Limits | None = None
) -> tuple[Screen, ...]:
    """Make the screens of a pay station; the first is the one it starts with.

    Args:
        terminal: Opened.
        tasks: The bridge to the lanes.
        limits: How long it waits for a driver; the usual times without.
    """
    station = Station(terminal.identity, terminal.clock.now(), limits or Limits())
    return (
        *(screen(tasks, terminal.kiosk, station) for screen in _SCREENS),
        ServiceEntryScreen(tasks, terminal.service, terminal.identity.name),
        ServiceScreen(tasks, terminal, station),
    )
