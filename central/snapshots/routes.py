"""GET /sync/v1/snapshot and GET /sync/v1/snapshot/{id}."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi import Path as InPath
from sqlalchemy import Connection
from starlette.responses import FileResponse, Response

from central.body import reply
from central.context import Central, central_of, on_terminal_thread
from central.feed.epoch import feed_epoch
from central.feed.scope import Scope, check_level, scope_of
from central.problems import RefusedError
from parking.terminal import Terminal, TerminalKind
from sync.wire import SCHEMA_LEVEL

router = APIRouter()


@router.get("/sync/v1/snapshot")
async def snapshot(request: Request, level: Annotated[int, Query(ge=1, le=10_000)] = 1) -> Response:
    """Offer a file from which a terminal may start; see ``sync.wire``."""
    check_level(level)
    if level != SCHEMA_LEVEL:
        raise RefusedError(
            404, "snapshot.none", "There are snapshots for the newest program only; read the pages."
        )
    central = central_of(request)
    scope, kind, epoch = await on_terminal_thread(request, partial(_reader, central))
    offer = await central.snapshots.offer(scope, kind, epoch, central.clock.now().utc)
    return reply(offer, request)


@router.get("/sync/v1/snapshot/{snapshot_id}")
async def snapshot_file(
    request: Request, snapshot_id: Annotated[str, InPath(pattern="^[0-9a-f]{32}$")]
) -> Response:
    """Hand out a snapshot's bytes, all or a ``Range`` of them."""
    central = central_of(request)
    scope, kind, _ = await on_terminal_thread(request, partial(_reader, central))
    path = central.snapshots.path(snapshot_id, scope, kind)
    return FileResponse(path, media_type="application/octet-stream")


def _reader(
    central: Central, connection: Connection, terminal: Terminal
) -> tuple[Scope, TerminalKind, str]:
    epoch = feed_epoch(connection)
    central.epochs.check(connection, epoch)
    return scope_of(connection, terminal), terminal.kind, epoch
