"""Hand-over files by chunks, and their opening; for supervisors' desks. See ``sync.wire``."""

from typing import Annotated

from fastapi import APIRouter, Header, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from central.body import read_body, reply
from central.context import central_of, on_terminal_thread
from central.hand_over.files import HandOverFiles
from central.hand_over.opening import open_hand_over
from central.openapi import no_body, raw_body
from central.photos.intake import lock
from central.problems import RefusedError
from central.uploads import HashInPath, read_hash
from parking.terminal import Terminal, TerminalKind
from sync.wire import MOST_HAND_OVER_BYTES, PHOTO_CHUNK_BYTES, UploadPlace

router = APIRouter()
_Offset = Annotated[int, Header(alias="Upload-Offset", ge=0, le=MOST_HAND_OVER_BYTES)]
_Length = Annotated[int, Header(alias="Upload-Length", ge=1, le=2**53)]


@router.get("/sync/v1/hand-overs/{sha256_hex}/place")
async def place(request: Request, sha256_hex: HashInPath) -> Response:
    """Tell how much of a hand-over file is here."""
    sha256 = read_hash(sha256_hex)

    def work(_: Connection, terminal: Terminal) -> UploadPlace:
        return _files(request, terminal).place(sha256)

    return reply(await on_terminal_thread(request, work), request)


@router.patch(
    "/sync/v1/hand-overs/{sha256_hex}",
    openapi_extra=raw_body("application/octet-stream", most_bytes=PHOTO_CHUNK_BYTES),
)
async def add(
    request: Request, sha256_hex: HashInPath, offset: _Offset, length: _Length
) -> Response:
    """Take bytes of a hand-over file; safe to repeat."""
    sha256 = read_hash(sha256_hex)
    chunk = await read_body(request, most_bytes=PHOTO_CHUNK_BYTES)

    def work(connection: Connection, terminal: Terminal) -> UploadPlace:
        files = _files(request, terminal)
        lock(connection, sha256)
        return files.add(sha256, chunk, offset=offset, byte_length=length)

    return reply(await on_terminal_thread(request, work), request)


@router.post("/sync/v1/hand-overs/{sha256_hex}/opening", openapi_extra=no_body())
async def opening(request: Request, sha256_hex: HashInPath) -> Response:
    """Take in what a hand-over file holds; safe to repeat."""
    sha256, central = read_hash(sha256_hex), central_of(request)

    def work(_: Connection, terminal: Terminal) -> tuple[HandOverFiles, Terminal]:
        return _files(request, terminal), terminal

    files, desk = await on_terminal_thread(request, work)
    if not files.place(sha256).complete:
        raise RefusedError(404, "hand_over.missing", "This hand-over file has not come in whole.")
    path = files.path(sha256)
    return reply(await run_in_threadpool(open_hand_over, central, path, desk=desk), request)


def _files(request: Request, terminal: Terminal) -> HandOverFiles:
    if terminal.kind is not TerminalKind.SUPERVISOR:
        raise RefusedError(
            403, "hand_over.desk", "Hand-over files are taken in at a supervisor's desk."
        )
    return HandOverFiles(central_of(request).settings.photo_dir)
