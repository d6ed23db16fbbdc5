"""POST /v1/bills, and the small picture of what a bill is about."""

from functools import partial
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.responses import FileResponse, Response

from central.bills.bill import make_bills, photo_of_bill
from central.body import read_message, reply
from central.context import central_of, on_terminal_thread
from central.openapi import body, raw_answer
from central.photos.files import PhotoFiles
from central.problems import RefusedError
from parking.bill import BillRequest
from parking.terminal import Terminal

router = APIRouter()
_JPEG = "image/jpeg"
_NOT_KEPT = {"Cache-Control": "no-store"}
"""Somebody's car: nothing on the way to the screen may keep it."""


@router.post("/v1/bills", openapi_extra=body(BillRequest))
async def bills(request: Request) -> Response:
    """Find tickets by number or plate and say what is to pay for each now."""
    asked = await read_message(request, BillRequest)
    work = partial(make_bills, asked=asked, now_utc=central_of(request).clock.now().utc)
    return reply(await on_terminal_thread(request, work), request)


@router.get("/v1/bills/{bill_id}/photo", response_class=FileResponse, responses=raw_answer(_JPEG))
async def photo(bill_id: UUID, request: Request) -> Response:
    """Give the small picture of a ticket to the terminal that was shown its bill, while it stands.

    Whoever can read the bill has the ticket's number or stands with its plate; no other photo of
    the city comes out here.
    """
    central = central_of(request)

    def work(connection: Connection, terminal: Terminal) -> Path:
        now_utc = central.clock.now().utc
        sha256 = photo_of_bill(connection, bill_id, terminal=terminal, now_utc=now_utc)
        path = PhotoFiles(central.settings.photo_dir).thumbnail_path(sha256) if sha256 else None
        if path is None or not path.exists():
            raise RefusedError(404, "photo.unknown", "This photo has not come in yet.")
        return path

    path = await on_terminal_thread(request, work)
    return FileResponse(path, media_type=_JPEG, headers=_NOT_KEPT)
