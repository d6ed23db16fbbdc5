"""GET /sync/v1/feed, POST /sync/v1/digests and GET /sync/v1/wake."""

import asyncio
from collections.abc import AsyncIterator
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from msgspec import json
from sqlalchemy import Connection
from starlette.responses import Response, StreamingResponse

from central.body import read_message, reply
from central.context import Central, Work, central_of, on_terminal_thread
from central.feed.back import ALARM, ahead_of, move_epoch
from central.feed.epoch import feed_epoch
from central.feed.read import read_page
from central.feed.scope import Scope, check_level, scope_of
from central.feed.wake import Listener
from central.openapi import body
from central.problems import RefusedError
from parking.terminal import Terminal
from sync.wire import OLDEST_LEVEL, DigestAnswer, DigestRequest, FeedPage

router = APIRouter()
_BLANK, _BLANK_EVERY_S = b" ", 15.0


@router.get("/sync/v1/feed")
async def feed(
    request: Request,
    cursor: Annotated[str, Query(max_length=600)] = "",
    level: Annotated[int, Query(ge=1, le=10_000)] = 1,
    wait_s: Annotated[int, Query(ge=0, le=55)] = 0,
) -> Response:
    """Hand out the page after a cursor; see ``sync.wire``.

    With ``wait_s`` an empty page is held back until something moves; no query is made meanwhile.
    """
    check_level(level)
    central = central_of(request)
    work = partial(_page, central, cursor, level)
    if not wait_s:
        page, _ = await on_terminal_thread(request, work)
        return reply(page, request)
    central.wake.check_room()
    page, scope = await on_terminal_thread(request, work)
    if not _is_empty(page):
        return reply(page, request)
    return StreamingResponse(
        _held_back(central, request, work, scope, wait_s=wait_s),
        media_type="application/json",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _is_empty(page: FeedPage) -> bool:
    return not (page.rows or page.left or page.more)


async def _held_back(
    central: Central,
    request: Request,
    work: Work[tuple[FeedPage, Scope]],
    scope: Scope,
    *,
    wait_s: int,
) -> AsyncIterator[bytes]:
    """Yield blanks, which JSON allows before its first brace, and at last the page."""
    ends = asyncio.get_running_loop().time() + wait_s
    listener = Listener(scope)
    with central.wake.listening(listener):
        # Read only now that somebody listens: nothing can move unheard in between.
        page, _ = await on_terminal_thread(request, work)
        while _is_empty(page) and not listener.closed:
            yield _BLANK
            left_s = ends - asyncio.get_running_loop().time()
            if left_s <= 0:
                break
            if await listener.wait(min(left_s, _BLANK_EVERY_S)):
                page, _ = await on_terminal_thread(request, work)
    yield json.encode(page)


def _page(
    central: Central, cursor: str, level: int, connection: Connection, terminal: Terminal
) -> tuple[FeedPage, Scope] | RefusedError:
    now_utc = central.clock.now().utc
    epoch = feed_epoch(connection)
    central.epochs.check(connection, epoch)
    scope = scope_of(connection, terminal, level)
    try:
        return read_page(connection, cursor, scope, epoch=epoch, now_utc=now_utc), scope
    except RefusedError as refusal:
        sign = ahead_of(connection, cursor, epoch)
        if sign and move_epoch(connection, terminal, epoch=epoch, sign=sign, now_utc=now_utc):
            central.metrics.alarms.labels(code=ALARM).inc()
        return refusal


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
async def wake(
    request: Request, level: Annotated[int, Query(ge=0, le=10_000)] = 0
) -> StreamingResponse:
    """Keep a channel open that says when the cursor moved.

    Short pages of that schema level ride along; none do without a level, or with one too old.
    """
    central = central_of(request)
    listener = await on_terminal_thread(request, partial(_listener, level))
    central.wake.check_room()
    return StreamingResponse(
        central.wake.events(listener),
        media_type="text/event-stream",
        headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
    )


def _listener(level: int, connection: Connection, terminal: Terminal) -> Listener:
    if level < OLDEST_LEVEL:
        return Listener(scope_of(connection, terminal))
    # The hub looks its scope up when it listens: a change in between would go unheard here.
    return Listener(terminal_id=terminal.terminal_id, level=level)
