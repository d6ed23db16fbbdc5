"""PUT /sync/v1/photos/{hash}: the plain JPEG bytes, named by their SHA-256 in hexadecimal."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from central.context import Central, central_of, on_terminal_thread
from central.openapi import raw_body
from central.photos.files import LONGEST_BYTES, PhotoDraft, photo_path
from central.problems import RefusedError

router = APIRouter()
_KNOWN = "select 1 from photo_files where sha256 = %(sha256)s"
_STORE = """
insert into photo_files (sha256, byte_length, terminal_id, stored_utc)
values (%(sha256)s, %(bytes)s, %(terminal)s, %(now)s) on conflict do nothing
"""


@router.put(
    "/sync/v1/photos/{sha256_hex}",
    status_code=204,
    openapi_extra=raw_body("image/jpeg", most_bytes=LONGEST_BYTES),
)
async def put_photo(request: Request, sha256_hex: str) -> Response:
    """Store a photo's bytes; repeating it is harmless."""
    central = central_of(request)
    sha256 = _read_hash(sha256_hex)
    terminal_id = await on_terminal_thread(request, lambda _, terminal: terminal.terminal_id)
    if await run_in_threadpool(_is_stored, central, sha256):
        return Response(status_code=204)
    draft = await run_in_threadpool(PhotoDraft, central.settings.photo_dir, sha256)
    with draft:
        async for chunk in request.stream():
            await run_in_threadpool(draft.add, chunk)
        await run_in_threadpool(draft.keep)
    await run_in_threadpool(_note, central, sha256, terminal_id, draft.byte_length)
    return Response(status_code=204)


def _read_hash(text: str) -> bytes:
    try:
        sha256 = bytes.fromhex(text)
    except ValueError:
        sha256 = b""
    if len(sha256) != 32 or len(text) != 64:
        raise RefusedError(
            400, "photo.name", "A photo is named by its SHA-256, 64 hexadecimal digits."
        )
    return sha256


def _is_stored(central: Central, sha256: bytes) -> bool:
    with central.database.reading() as connection:
        known = connection.exec_driver_sql(_KNOWN, {"sha256": sha256}).first()
    return known is not None and photo_path(central.settings.photo_dir, sha256).exists()


def _note(central: Central, sha256: bytes, terminal_id: UUID, byte_length: int) -> None:
    row: dict[str, Any] = {
        "sha256": sha256,
        "bytes": byte_length,
        "terminal": terminal_id,
        "now": central.clock.now().utc,
    }
    with central.database.unit_of_work(f"terminal:{terminal_id}") as connection:
        _insert(connection, row)


def _insert(connection: Connection, row: dict[str, Any]) -> None:
    connection.exec_driver_sql(_STORE, row)
