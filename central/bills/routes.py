"""POST /v1/bills."""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from central.bills.bill import make_bills
from central.body import read_message, reply
from central.context import central_of, on_terminal_thread
from central.openapi import body
from parking.bill import BillRequest

router = APIRouter()


@router.post("/v1/bills", openapi_extra=body(BillRequest))
async def bills(request: Request) -> Response:
    """Find tickets by number or plate and say what is to pay for each now."""
    asked = await read_message(request, BillRequest)
    work = partial(make_bills, asked=asked, now_utc=central_of(request).clock.now().utc)
    return reply(await on_terminal_thread(request, work), request)
