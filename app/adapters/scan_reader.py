"""Plate reading by the scan worker, as the ``Reader`` port. I/O lane."""

from app.ports import PlateRead
from app.scan.client import ScanWorker
from app.scan.messages import Candidate


class ScanReader:
    """Asks the worker process; it starts at the first photo and ends with ``close``."""

    def __init__(self, worker: ScanWorker | None = None) -> None:
        self._worker = worker or ScanWorker()

    def read(self, photo: bytes, *, timeout_s: float) -> tuple[PlateRead, ...]:
        """Return ranked candidates.

        Raises:
            UserError: ``photo.*``: the bytes are no whole photo of an allowed size.
            UnavailableError: ``scan.*``: this terminal cannot scan, or not now.
        """
        result = self._worker.read(photo, timeout_s=timeout_s)
        return tuple(_plate_read(candidate) for candidate in result.candidates)

    def close(self) -> None:
        """End the worker process."""
        self._worker.close()


def _plate_read(candidate: Candidate) -> PlateRead:
    box = candidate.box
    return PlateRead(
        text=candidate.text,
        score=candidate.score,
        note=candidate.note,
        crop=(box.x, box.y, box.width, box.height),
    )
