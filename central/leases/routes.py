"""POST /v1/number-leases."""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from central.body import read_message, reply
from central.context import central_of, on_terminal_thread
from central.leases.lease import lease_numbers
from central.openapi import body
from sync.wire import LeaseRequest

router = APIRouter()


@router.post("/v1/number-leases", openapi_extra=body(LeaseRequest))
async def number_leases(request: Request) -> Response:
    """Lease citation numbers; the same lease id gives the same lease."""
    central = central_of(request)
    asked = await read_message(request, LeaseRequest)
    now_utc = central.clock.now().utc
    work = partial(lease_numbers, asked=asked, keys=central.keys, now_utc=now_utc)
    return reply(await on_terminal_thread(request, work), request)
