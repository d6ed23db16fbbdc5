"""POST /v1/rights, with a provider's key."""

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from central.body import read_message, reply
from central.context import Central, central_of
from central.openapi import body
from central.rights.providers import provider_of
from central.rights.take import take_notice
from sync.wire import RightsAnswer, RightsNotice

router = APIRouter()


@router.post("/v1/rights", openapi_extra=body(RightsNotice))
async def rights(request: Request) -> Response:
    """Take rights sold elsewhere; repeating a notice is harmless."""
    central = central_of(request)
    notice = await read_message(request, RightsNotice)
    authorization = request.headers.get("authorization", "")
    return reply(await run_in_threadpool(_take, central, authorization, notice), request)


def _take(central: Central, authorization: str, notice: RightsNotice) -> RightsAnswer:
    with central.database.unit_of_work("provider") as connection:
        provider = provider_of(connection, authorization)
        answer = take_notice(connection, provider, notice, now_utc=central.clock.now().utc)
    central.metrics.rights_created.inc(answer.stored)
    central.metrics.holds.labels(line="first").inc(answer.held)
    return answer
