"""The scan worker: a process that turns pictures into plate suggestions and knows nothing else.

Started by `app.scan.client` with two pipes, one request at a time, one thread. It holds no key, no
database and no network; a picture that breaks a decoder breaks this process only. Must not import
storage, sync, keys or Qt.
"""

import os
import sys
import time
from typing import IO, TYPE_CHECKING

import msgspec

from app.scan.messages import (
    MAX_REQUEST_BYTES,
    Answer,
    Box,
    Candidate,
    Photo,
    PhotoRefusedError,
    Refused,
    Request,
    ScanResult,
    ScanUnavailableError,
    Unavailable,
    WarmUp,
    receive,
    send,
)
from app.scan.models import Models, engine_version, find_models

if TYPE_CHECKING:
    from app.scan.look import PlateReader


class Desk:
    """Answers requests one after another; loads the networks at the first one."""

    def __init__(self) -> None:
        self._reader: PlateReader | None = None

    def answer(self, content: bytes) -> Answer:
        """Answer one request.

        Args:
            content: A message as `app.scan.messages.receive` gives it.

        Raises:
            msgspec.ValidationError: When the content is no request; the process ends with it.
        """
        started = time.monotonic()
        request = msgspec.msgpack.decode(content, type=Request)
        try:
            found = self._found(request)
        except PhotoRefusedError as refused:
            return Refused(refused.key, refused.sentence)
        except ScanUnavailableError as missing:
            return Unavailable(missing.sentence)
        elapsed_ms = round((time.monotonic() - started) * 1000)
        return ScanResult(candidates=found, engine=engine_version(), elapsed_ms=elapsed_ms)

    def _found(self, request: Request) -> tuple[Candidate, ...]:
        models = find_models()
        if isinstance(request, WarmUp):
            self._loaded(models)
            return ()
        # OpenCV and numpy are optional: they are imported only after `find_models` saw them.
        from app.scan.picture import open_frame, open_photo

        if isinstance(request, Photo):
            pixels, fewer = open_photo(request.content)
        else:
            pixels, fewer = open_frame(request), 1
        return tuple(_enlarged(one, fewer) for one in self._loaded(models).read(pixels))

    def _loaded(self, models: Models) -> "PlateReader":
        if self._reader is None:
            from app.scan.look import PlateReader

            self._reader = PlateReader(models)
        return self._reader


def _enlarged(candidate: Candidate, factor: int) -> Candidate:
    box = candidate.box
    larger = Box(
        x=box.x * factor,
        y=box.y * factor,
        width=box.width * factor,
        height=box.height * factor,
    )
    return msgspec.structs.replace(candidate, box=larger)


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer until the other side closes its pipe."""
    desk = Desk()
    while (content := receive(requests, limit=MAX_REQUEST_BYTES)) is not None:
        send(answers, desk.answer(content))


def main() -> int:
    """Run the worker on this process's standard input and output; returns the exit status."""
    # Native libraries print to descriptor 1 at will; the answers get a descriptor of their own.
    with os.fdopen(os.dup(sys.stdout.fileno()), "wb") as answers:
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
        os.environ.setdefault("OPENCV_LOG_LEVEL", "SILENT")
        try:
            serve(sys.stdin.buffer, answers)
        except (BrokenPipeError, KeyboardInterrupt):
            return 0
    return 0
