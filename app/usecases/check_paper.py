"""Look whether a printer can print before anybody is told that it did. I/O lane.

Printers take what is sent to them with an empty roll, too: nothing fails, and no paper comes.
"""

from app.ports import Printer, PrinterState
from app.words import _
from parking.errors import UnavailableError


def check_paper(printer: Printer) -> None:
    """Refuse to print where no paper would come.

    Raises:
        UnavailableError: ``printer.paper`` or ``printer.fault``: keep the code instead.
    """
    match printer.state():
        case PrinterState.NO_PAPER:
            raise UnavailableError(
                "printer.paper", _("The printer has no paper. Keep your code."), retry_safe=True
            )
        case PrinterState.OPEN | PrinterState.FAULT | PrinterState.ABSENT:
            raise UnavailableError(
                "printer.fault", _("The printer does not work. Keep your code."), retry_safe=True
            )
        case PrinterState.READY | PrinterState.LOW | PrinterState.UNKNOWN:
            return
