"""Nobody is told to take a receipt where no paper comes."""

import pytest

from app.ports import PrinterState
from app.usecases.check_paper import check_paper
from parking.errors import UnavailableError
from tests.fakes.terminal_app import FakePrinter

_PRINTS = {PrinterState.READY, PrinterState.LOW, PrinterState.UNKNOWN}


class _Printer(FakePrinter):
    def __init__(self, said: PrinterState) -> None:
        super().__init__()
        self._said = said

    def state(self) -> PrinterState:
        return self._said


@pytest.mark.parametrize("said", list(PrinterState))
def test_a_printer_that_would_give_no_paper_is_not_asked_to_print(said: PrinterState) -> None:
    if said in _PRINTS:
        check_paper(_Printer(said))
        return
    with pytest.raises(UnavailableError, match="Keep your code"):
        check_paper(_Printer(said))
