"""POST /sync/v1/push."""

from collections import Counter
from functools import partial

from fastapi import APIRouter, Request
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, IntegrityError
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from central.body import decode, read_body, reply
from central.context import Central, as_terminal, central_of
from central.openapi import body
from central.problems import RefusedError
from central.push.answers import durable_through
from central.push.intake import Intake
from parking.citation import Citation
from parking.terminal import Terminal
from sync.wire import MOST_BODY_BYTES, PushAnswer, PushRequest

router = APIRouter()


@router.post("/sync/v1/push", openapi_extra=body(PushRequest))
async def push(request: Request) -> Response:
    """Take operations of a terminal; see ``sync.wire``."""
    central = central_of(request)
    plain = await read_body(request, most_bytes=MOST_BODY_BYTES)
    with central.push_slots.place():
        authorization = request.headers.get("authorization", "")
        answer = await run_in_threadpool(_take, central, authorization, plain)
    return reply(answer, request)


def _take(central: Central, authorization: str, plain: bytes) -> PushAnswer:
    asked = decode(plain, PushRequest)
    try:
        return as_terminal(central, authorization, partial(_work, central, asked, careful=False))
    except (DataError, IntegrityError):
        return as_terminal(central, authorization, partial(_work, central, asked, careful=True))


def _work(
    central: Central,
    asked: PushRequest,
    connection: Connection,
    terminal: Terminal,
    *,
    careful: bool,
) -> PushAnswer | RefusedError:
    now_utc = central.clock.now().utc
    intake = Intake(
        connection=connection, terminal=terminal, push=asked, now_utc=now_utc, careful=careful
    )
    results = intake.take()
    _count(central, intake)
    if isinstance(results, RefusedError):
        return results
    durable = durable_through(connection, asked, durability=central.settings.durability)
    return PushAnswer(results=results, durable_through=durable, server_utc=now_utc)


def _count(central: Central, intake: Intake) -> None:
    metrics = central.metrics
    outcomes = Counter(result.outcome for result in intake.results.values())
    for outcome, count in outcomes.items():
        metrics.operations.labels(outcome=outcome).inc(count)
    for code in intake.alarms:
        metrics.alarms.labels(code=code).inc()
    metrics.holds.labels(line="first").inc(intake.held)
    metrics.violations_issued.inc(sum(isinstance(fact.row.value, Citation) for fact in intake.new))
