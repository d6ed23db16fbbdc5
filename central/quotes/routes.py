"""POST /v1/quotes."""

from functools import partial

from fastapi import APIRouter, Request
from starlette.responses import Response

from central.body import read_message, reply
from central.context import central_of, on_terminal_thread
from central.openapi import body
from central.quotes.quote import make_quote
from parking.payment import QuoteRequest

router = APIRouter()


@router.post("/v1/quotes", openapi_extra=body(QuoteRequest))
async def quotes(request: Request) -> Response:
    """Price parking time; the price shown is the price charged."""
    asked = await read_message(request, QuoteRequest)
    central = central_of(request)
    city_key, now_utc = central.keys.online_public, central.clock.now().utc
    work = partial(make_quote, asked=asked, city_key=city_key, now_utc=now_utc)
    return reply(await on_terminal_thread(request, work), request)
