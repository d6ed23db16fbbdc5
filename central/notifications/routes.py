"""Routes of receipts: which ways there are, send one, find one by its code."""

from functools import partial
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response

from central.body import read_message, reply
from central.context import central_of, on_terminal_thread
from central.notifications.wish import channels_of, find_receipt, take_wish
from central.openapi import body
from parking.notification import ReceiptChannels, SendReceipt
from parking.terminal import Terminal

router = APIRouter()
Code = Annotated[str, Path(min_length=1, max_length=20)]
Language = Annotated[str, Query(min_length=2, max_length=8)]


@router.get("/v1/receipt-channels")
async def receipt_channels(request: Request) -> Response:
    """Tell a terminal by which ways a receipt can be sent."""
    found = ReceiptChannels(channels=channels_of(central_of(request).settings))

    def work(_: Connection, __: Terminal) -> ReceiptChannels:
        return found

    return reply(await on_terminal_thread(request, work), request)


@router.post("/v1/receipts/{payment_id}/send", openapi_extra=body(SendReceipt))
async def send_receipt(payment_id: UUID, request: Request) -> Response:
    """Queue the receipt of a payment of this terminal; central sends it by itself."""
    asked = await read_message(request, SendReceipt)
    central = central_of(request)
    work = partial(
        take_wish,
        payment_id=payment_id,
        asked=asked,
        settings=central.settings,
        now_utc=central.clock.now().utc,
    )
    return reply(await on_terminal_thread(request, work), request, status=202)


@router.get("/v1/receipts/{reference}")
async def get_receipt(reference: Code, request: Request, language: Language = "en") -> Response:
    """Find a receipt by its code, to print it."""
    central = central_of(request)
    work = partial(
        find_receipt,
        code=reference,
        language=language,
        settings=central.settings,
        now_utc=central.clock.now().utc,
    )
    return reply(await on_terminal_thread(request, work), request)
