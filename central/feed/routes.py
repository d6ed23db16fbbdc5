"""GET /sync/v1/feed, POST /sync/v1/digests and GET /sync/v1/wake."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from sqlalchemy import Connection
from starlette.responses import Response, StreamingResponse

from central.body import read_message, reply
from central.context import Central, central_of, on_terminal_thread
from central.feed.epoch import feed_epoch
from central.feed.read import read_page
from central.feed.scope import check_level, scope_of
from central.openapi import body
from parking.terminal import Terminal
from sync.wire import DigestAnswer, DigestRequest, FeedPage

router = APIRouter()


@router.get("/sync/v1/feed")
async def feed(
    request: Request,
    cursor: Annotated[str, Query(max_length=600)] = "",
    level: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> Response:
    """Hand out the page after a cursor; see ``sync.wire``."""
    check_level(level)
    work = partial(_page, central_of(request), cursor, level)
    return reply(await on_terminal_thread(request, work), request)


def _page(
    central: Central, cursor: str, level: int, connection: Connection, terminal: Terminal
) -> FeedPage:
    now_utc = central.clock.now().utc
    epoch = feed_epoch(connection)
    central.epochs.check(connection, epoch)
    scope = scope_of(connection, terminal, level)
    return read_page(connection, cursor, scope, epoch=epoch, now_utc=now_utc)


@router.post("/sync/v1/digests", openapi_extra=body(DigestRequest))
async def digests(request: Request) -> Response:
    """Say which records a terminal has as they are here, and where it goes on."""
    asked = await read_message(request, DigestRequest)
    check_level(asked.schema_level)
    work = partial(_compare, central_of(request), asked)
    return reply(await on_terminal_thread(request, work), request)


def _compare(
    central: Central, asked: DigestRequest, connection: Connection, terminal: Terminal
) -> DigestAnswer:
    epoch = feed_epoch(connection)
    central.epochs.check(connection, epoch)
    scope = scope_of(connection, terminal, asked.schema_level)
    return central.digests.compare(connection, asked, scope, epoch=epoch)


@router.get("/sync/v1/wake")
async def wake(request: Request) -> Response:
    """Keep a channel open that says when the cursor moved."""
    central = central_of(request)
    await on_terminal_thread(request, lambda _connection, _terminal: None)
    central.wake.check_room()
    return StreamingResponse(
        central.wake.events(),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )
