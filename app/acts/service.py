"""What service can do at a pay station. Made once per terminal; methods from any thread."""

from app.lanes import Lane, Task
from app.ports import Printer, PrinterState, PrintOutcome, Secrets
from app.post import OnStore, Post
from app.usecases import open_service
from app.usecases.check_paper import check_paper
from app.words import _
from parking.receipt import Line, LineKind

_TRY_S = 60.0
_PRINT_S = 30.0


class ServiceActs:
    """The service of one pay station."""

    def __init__(
        self, post: Post, secrets: Secrets, on_store: OnStore, *, printer: Printer
    ) -> None:
        self._post = post
        self._secrets = secrets
        self._on_store = on_store
        self._printer = printer

    def open(self, *, pin: str, code: str, question: str) -> Task[None]:
        """Judge PIN and code. See ``usecases.open_service`` for the errors."""
        return Task(
            name="open_service",
            lane=Lane.IO,
            deadline_s=_TRY_S,
            work=lambda _ticket: open_service.open_service(
                self._post.store,
                self._secrets,
                self._on_store,
                pin=pin,
                code=code,
                question=question,
            ),
        )

    def new_question(self) -> str:
        """Return what the screen shows for one try."""
        return open_service.new_question()

    def printer_state(self) -> Task[PrinterState]:
        """Ask the printer how it is."""
        return Task(
            name="service_printer",
            lane=Lane.IO,
            deadline_s=_PRINT_S,
            work=lambda _ticket: self._printer.state(),
        )

    def print_test(self) -> Task[PrintOutcome]:
        """Print a few lines.

        Raises:
            UnavailableError: In the task: ``printer.*``.
        """
        lines = (
            Line(LineKind.TITLE, _("Printer test")),
            Line(LineKind.FACT, _("Pay station"), self._post.terminal.name),
            Line(LineKind.TEXT, "ABCDEFGHIJKLMNOPQRSTUVWXYZ 0123456789"),
        )
        return Task(
            name="print_test",
            lane=Lane.IO,
            deadline_s=_PRINT_S,
            work=lambda _ticket: self._tested(lines),
        )

    def _tested(self, lines: tuple[Line, ...]) -> PrintOutcome:
        check_paper(self._printer)
        name = self._post.terminal.name
        return self._printer.print_ticket("printer-test", lines, qr=name)
