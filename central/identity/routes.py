"""Joining, activation, how a terminal stands, and how it comes back to a restored central."""

from functools import partial

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from central.body import read_message, reply
from central.context import Central, central_of, on_terminal_thread, settled
from central.identity.come_back import come_back
from central.identity.enrol import activate, enrol
from central.identity.revoked import revoked_keys
from central.identity.standing import standing_of
from central.openapi import body
from parking.terminal import Terminal
from sync.vouching import ComeBack, ComeBackAnswer, Standing
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


@router.get("/sync/v1/standing")
async def standing(request: Request) -> Response:
    """Tell a terminal what it may forget, and give it what it may come back with."""
    central = central_of(request)

    def work(connection: Connection, terminal: Terminal) -> Standing:
        return standing_of(
            connection,
            terminal,
            keys=central.keys,
            durability=central.settings.durability,
            now_utc=central.clock.now().utc,
        )

    return reply(await on_terminal_thread(request, work), request)


@router.post("/sync/v1/come-backs", openapi_extra=body(ComeBack))
async def come_backs(request: Request) -> Response:
    """Take back from a terminal what the database lost by a restore; safe to repeat."""
    given = await read_message(request, ComeBack)
    authorization = request.headers.get("authorization", "")
    answer = await run_in_threadpool(_come_back, central_of(request), given, authorization)
    return reply(answer, request)


def _come_back(central: Central, given: ComeBack, authorization: str) -> ComeBackAnswer:
    revoked = revoked_keys(central.settings.keys_dir)
    with central.database.unit_of_work("come-back") as connection:
        return come_back(
            connection,
            given,
            authorization=authorization,
            keys=central.keys,
            revoked=revoked,
            now_utc=central.clock.now().utc,
        )
