"""Photos by chunks and their thumbnails, named by their SHA-256 in hexadecimal; see ``sync.wire``.

Where a photo stands is asked by GET, not HEAD: a refusal of HEAD has no body, so it could not say
what is wrong in words.
"""

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Header, Request
from sqlalchemy import Connection
from starlette.responses import FileResponse, Response

from central.body import read_body, reply
from central.context import Central, central_of, on_terminal_thread
from central.openapi import raw_answer, raw_body
from central.photos.files import PhotoFiles
from central.photos.intake import PhotoIntake
from central.problems import RefusedError
from central.uploads import HashInPath, read_hash
from parking.terminal import Terminal, TerminalKind
from sync.wire import MOST_PHOTO_BYTES, MOST_THUMBNAIL_BYTES, PHOTO_CHUNK_BYTES, PhotoPlace

router = APIRouter()
_Offset = Annotated[int, Header(alias="Upload-Offset", ge=0, le=MOST_PHOTO_BYTES)]
_JPEG = "image/jpeg"
_FOR_THE_SCREEN = {"Cache-Control": "no-store"}
"""A photo never changes under its name, but no disk on the way to the desk may keep it."""
_Length = Annotated[int, Header(alias="Upload-Length", ge=1, le=2**53)]


@router.get("/sync/v1/photos/{sha256_hex}/place")
async def place(request: Request, sha256_hex: HashInPath) -> Response:
    """Tell how much of a photo is here."""
    sha256 = read_hash(sha256_hex)

    def work(connection: Connection, terminal: Terminal) -> PhotoPlace:
        return _intake(central_of(request), connection, terminal).place(sha256)

    return reply(await on_terminal_thread(request, work), request)


@router.patch(
    "/sync/v1/photos/{sha256_hex}",
    openapi_extra=raw_body("application/octet-stream", most_bytes=PHOTO_CHUNK_BYTES),
)
async def add(
    request: Request, sha256_hex: HashInPath, offset: _Offset, length: _Length
) -> Response:
    """Take bytes of a photo; safe to repeat, for a wrong offset is told with the true one."""
    sha256 = read_hash(sha256_hex)
    chunk = await read_body(request, most_bytes=PHOTO_CHUNK_BYTES)

    def work(connection: Connection, terminal: Terminal) -> PhotoPlace:
        intake = _intake(central_of(request), connection, terminal)
        return intake.add(sha256, chunk, offset=offset, byte_length=length)

    return reply(await on_terminal_thread(request, work), request)


@router.put(
    "/sync/v1/photos/{sha256_hex}/thumbnail",
    status_code=204,
    openapi_extra=raw_body(_JPEG, most_bytes=MOST_THUMBNAIL_BYTES),
)
async def put_thumbnail(request: Request, sha256_hex: HashInPath) -> Response:
    """Take the thumbnail of a photo; the first one stays."""
    sha256 = read_hash(sha256_hex)
    jpeg = await read_body(request, most_bytes=MOST_THUMBNAIL_BYTES)

    def work(connection: Connection, terminal: Terminal) -> None:
        _intake(central_of(request), connection, terminal).keep_thumbnail(sha256, jpeg)

    await on_terminal_thread(request, work)
    return Response(status_code=204)


@router.get(
    "/sync/v1/photos/{sha256_hex}/thumbnail",
    response_class=FileResponse,
    responses=raw_answer(_JPEG),
)
async def thumbnail(request: Request, sha256_hex: HashInPath) -> Response:
    """Give the thumbnail of a photo to a supervisor's desk; it may be here before the photo."""
    path = _files(central_of(request)).thumbnail_path(read_hash(sha256_hex))
    return await _to_a_desk(request, path)


@router.get(
    "/sync/v1/photos/{sha256_hex}", response_class=FileResponse, responses=raw_answer(_JPEG)
)
async def whole(request: Request, sha256_hex: HashInPath) -> Response:
    """Give a whole photo to a supervisor's desk, which checks its hash."""
    path = _files(central_of(request)).path(read_hash(sha256_hex))
    return await _to_a_desk(request, path)


async def _to_a_desk(request: Request, path: Path) -> Response:
    def work(_: Connection, terminal: Terminal) -> None:
        if terminal.kind is not TerminalKind.SUPERVISOR:
            sentence = "Photos of other devices are shown at a desk only."
            raise RefusedError(403, "photo.desk", sentence)
        if not path.exists():
            raise RefusedError(404, "photo.unknown", "This photo has not come in yet.")

    await on_terminal_thread(request, work)
    return FileResponse(path, media_type=_JPEG, headers=_FOR_THE_SCREEN)


def _files(central: Central) -> PhotoFiles:
    return PhotoFiles(central.settings.photo_dir)


def _intake(central: Central, connection: Connection, terminal: Terminal) -> PhotoIntake:
    return PhotoIntake(
        connection,
        _files(central),
        terminal_id=terminal.terminal_id,
        now_utc=central.clock.now().utc,
        durability=central.settings.durability,
    )
