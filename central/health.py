"""GET /healthz in plain words for operators, and GET /metrics for Prometheus."""

import shutil
import time
from collections.abc import Callable, Iterator

import msgspec
from fastapi import APIRouter, Request
from msgspec import Struct
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from central.context import Central, central_of
from central.feed.upkeep import LONGEST_WRITER_S
from central.problems import RefusedError
from central.schema import current_revision, newest_revision
from parking.errors import UnavailableError

router = APIRouter()
_OLDEST_WRITER = """
select coalesce(max(extract(epoch from clock_timestamp() - xact_start)), 0)::float8
from pg_stat_activity where backend_xid is not null and pid <> pg_backend_pid()
"""
_SEALS_WAITING = "select coalesce(sum(cardinality(citation_ids)), 0) from seal_queue"
_LEAST_FREE_BYTES = 2 * 1024**3


class Check(Struct, frozen=True):
    """One thing that was looked at: its name, whether it is well, one sentence."""

    name: str
    ok: bool
    sentence: str


class Health(Struct, frozen=True):
    """``ok`` only when every check is."""

    status: str
    checks: list[Check]


@router.get("/healthz")
async def healthz(request: Request) -> Response:
    """Say how the service is; 503 when something needs a person."""
    checks = await run_in_threadpool(lambda: list(_checks(central_of(request))))
    well = all(check.ok for check in checks)
    health = Health("ok" if well else "unwell", checks)
    status = 200 if well else 503
    return Response(msgspec.json.encode(health), status, media_type="application/json")


@router.get("/metrics")
async def metrics(request: Request) -> Response:
    """Hand out the numbers of this process."""
    central = central_of(request)
    if not central.settings.enable_metrics:
        raise RefusedError(404, "metrics.off", "Metrics are switched off by ENABLE_METRICS.")
    central.metrics.wake_channels.set(central.wake.open_channels)
    return Response(central.metrics.text(), media_type="text/plain; version=0.0.4")


def _checks(central: Central) -> Iterator[Check]:
    started = time.perf_counter()
    try:
        with central.database.reading() as connection:
            took_ms = (time.perf_counter() - started) * 1000
            yield Check("database", True, f"The database answered in {took_ms:.0f} ms.")
            for look in _DATABASE_CHECKS:
                yield look(connection)
    except UnavailableError as error:
        yield Check("database", False, error.sentence)
    yield _wake(central)
    yield _photos(central)


def _schema(connection: Connection) -> Check:
    found, wanted = current_revision(connection), newest_revision()
    if found == wanted:
        return Check("schema", True, f"The schema is at revision {found}.")
    sentence = f"The schema is at {found or 'nothing'}, this release needs {wanted}: run migrate."
    return Check("schema", False, sentence)


def _feed(connection: Connection) -> Check:
    oldest_s = float(connection.exec_driver_sql(_OLDEST_WRITER).scalar_one())
    sentence = f"The oldest open write has run for {oldest_s:.1f} s; it holds the feed back."
    return Check("feed", oldest_s <= LONGEST_WRITER_S, sentence)


def _seals(connection: Connection) -> Check:
    waiting = int(connection.exec_driver_sql(_SEALS_WAITING).scalar_one())
    return Check("seals", waiting < 10_000, f"{waiting} citations wait for their seal check.")


_DATABASE_CHECKS: tuple[Callable[[Connection], Check], ...] = (_schema, _feed, _seals)


def _wake(central: Central) -> Check:
    if central.wake.connected:
        return Check("wake", True, f"{central.wake.open_channels} terminals listen for changes.")
    return Check("wake", False, "The wake channel is down: terminals poll, so they hear later.")


def _photos(central: Central) -> Check:
    folder = central.settings.photo_dir
    try:
        free = shutil.disk_usage(folder).free
    except OSError as error:
        return Check("photos", False, f"The photo folder cannot be used: {error.strerror}.")
    sentence = f"{free / 1024**3:.1f} GiB are free for photos."
    return Check("photos", free >= _LEAST_FREE_BYTES, sentence)
