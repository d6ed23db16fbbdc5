"""The folder in which reports are kept as plain files. The files are written on an I/O lane."""

from collections.abc import Callable
from pathlib import Path

from app.adapters.durable_file import replace_durably
from app.lanes import Lane, Task, Ticket
from app.words import _
from parking.errors import UnavailableError

_KEEP_S = 60.0


class ReportFolder:
    """Keeps reports; a report of the same name is replaced in whole.

    Args:
        folder: Made at the first report.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def keep(self, name: str, content: Callable[[], bytes]) -> Task[Path]:
        """Make a report and write it; it survives a power cut once the task is done.

        Args:
            name: Of the file, e.g. ``shift-report-2026-11-23-1906.pdf``.
            content: Makes the bytes, on the lane.

        Raises:
            UnavailableError: ``reports.folder`` in the task: the folder cannot be written.
        """

        def work(_ticket: Ticket) -> Path:
            made = content()
            try:
                self._folder.mkdir(parents=True, exist_ok=True)
                replace_durably(self._folder / name, made)
            except OSError as error:
                raise UnavailableError(
                    "reports.folder",
                    _("Nothing was saved: the folder {folder} cannot be written. {action}").format(
                        folder=self._folder,
                        action=_("Free some space or tell IT, then save again."),
                    ),
                    retry_safe=True,
                ) from error
            return self._folder / name

        return Task(name=f"keep {name}", lane=Lane.IO, deadline_s=_KEEP_S, work=work)
