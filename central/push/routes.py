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
from central.push.intake import Intake
from parking.citation import Citation
from parking.terminal import Terminal
from sync.records import Lane
from sync.wire import LANE_HEADER, MOST_BODY_BYTES, PushAnswer, PushRequest

router = APIRouter()
_SHARES = {Lane.ORDERS: 1.0, Lane.CITATIONS: 0.75, Lane.EDITS: 0.5}
"""Part of the places that a lane may take: in a rush edits wait first, orders last."""
_LONGEST_WAIT_S = 2.0
"""In the line for a place; a terminal gives up on the whole answer after five seconds."""
_LANES = {str(lane.value): lane for lane in Lane}
_LANE = {
    "name": LANE_HEADER,
    "in": "header",
    "required": True,
    "schema": {"type": "string", "enum": [*_LANES]},
}


@router.post("/sync/v1/push", openapi_extra={**body(PushRequest), "parameters": [_LANE]})
async def push(request: Request) -> Response:
    """Take operations of a terminal; see ``sync.wire``."""
    central, lane = central_of(request), _lane(request)
    # Looked at before the body is read: a rush is turned away for the price of its headers.
    central.push_slots.check_line(_SHARES[lane])
    plain = await read_body(request, most_bytes=MOST_BODY_BYTES)
    async with central.push_slots.waited_place(_SHARES[lane], most_s=_LONGEST_WAIT_S):
        authorization = request.headers.get("authorization", "")
        answer = await run_in_threadpool(_take, central, authorization, plain, lane)
    return reply(answer, request)


def _lane(request: Request) -> Lane:
    found = request.headers.get(LANE_HEADER, "")
    if found not in _LANES:
        raise RefusedError(400, "push.lane_header", f"The header {LANE_HEADER} is 1, 2 or 3.")
    return _LANES[found]


def _take(central: Central, authorization: str, plain: bytes, lane: Lane) -> PushAnswer:
    asked = decode(plain, PushRequest)
    if asked.lane != lane:
        sentence = f"The header {LANE_HEADER} says {lane}, the body {asked.lane}."
        raise RefusedError(400, "push.lane_header", sentence)
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
        connection=connection,
        terminal=terminal,
        push=asked,
        now_utc=now_utc,
        careful=careful,
        durability=central.settings.durability,
    )
    results = intake.take()
    count(central, intake)
    if isinstance(results, RefusedError):
        return results
    return PushAnswer(
        results=results,
        durable_through=intake.durable_through,
        durability=central.settings.durability,
        server_utc=now_utc,
    )


def count(central: Central, intake: Intake) -> None:
    """Add what a push brought to the metrics."""
    metrics = central.metrics
    outcomes = Counter(result.outcome for result in intake.results.values())
    for outcome, count in outcomes.items():
        metrics.operations.labels(outcome=outcome).inc(count)
    for code in intake.alarms:
        metrics.alarms.labels(code=code).inc()
    metrics.holds.labels(line="first").inc(intake.held)
    metrics.violations_issued.inc(sum(isinstance(fact.row.value, Citation) for fact in intake.new))
