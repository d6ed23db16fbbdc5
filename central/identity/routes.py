"""POST /v1/enrolments and POST /v1/activations."""

from functools import partial

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from central.body import read_message, reply
from central.context import Central, central_of, on_terminal_thread, settled
from central.identity.enrol import activate, enrol
from central.openapi import body
from sync.wire import ActivateRequest, EnrolAnswer, EnrolRequest

router = APIRouter()


@router.post("/v1/enrolments", openapi_extra=body(EnrolRequest))
async def enrolments(request: Request) -> Response:
    """Let a device join with a one-time code."""
    asked = await read_message(request, EnrolRequest)
    return reply(await run_in_threadpool(_enrol, central_of(request), asked), request)


def _enrol(central: Central, asked: EnrolRequest) -> EnrolAnswer:
    with central.database.unit_of_work("enrolment") as connection:
        result = enrol(connection, asked, central.keys, central.clock.now().utc)
    return settled(result)


@router.post("/v1/activations", openapi_extra=body(ActivateRequest))
async def activations(request: Request) -> Response:
    """Bind an officer's new key to a device with a one-time code."""
    asked = await read_message(request, ActivateRequest)
    work = partial(activate, asked=asked, now_utc=central_of(request).clock.now().utc)
    return reply(await on_terminal_thread(request, work), request)
