"""The FastAPI application of the central service: the one place that wires it.

``create_app(settings)`` gives an application for uvicorn; nothing is opened before its start-up.
"""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial
from importlib import import_module

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool

from central import edge, openapi, workers
from central.clock import SystemClock
from central.context import Central
from central.database import Database
from central.feed import routes as feed_routes
from central.feed import wake
from central.feed.digests import Digests
from central.feed.epoch import OpenEpochs, prepare_epoch
from central.feed.riding import Looks
from central.feed.upkeep import OldestWriter, keep_partitions
from central.hand_over import routes as hand_over_routes
from central.hand_over.files import HandOverFiles
from central.health import router as health_router
from central.identity import routes as identity_routes
from central.identity.city_keys import read_keys
from central.identity.revoked import revoke_again
from central.late_truth.second_line import judge_again
from central.leases import routes as lease_routes
from central.metrics import Metrics
from central.notifications import lifespan as notifications
from central.notifications import routes as receipt_routes
from central.photos import routes as photo_routes
from central.photos.files import PhotoFiles
from central.photos.intake import sweep_partials
from central.push import routes as push_routes
from central.quotes import routes as quote_routes
from central.rights import routes as right_routes
from central.seals.verify import BATCH, verify_seals
from central.settings import Settings
from central.slots import Slots
from central.snapshots import routes as snapshot_routes
from central.snapshots.shelf import Shelf
from parking.clock import Clock

_ROUTERS = (
    push_routes.router,
    feed_routes.router,
    snapshot_routes.router,
    identity_routes.router,
    lease_routes.router,
    photo_routes.router,
    hand_over_routes.router,
    quote_routes.router,
    right_routes.router,
    receipt_routes.router,
    health_router,
)
_PARTITIONS_EVERY_S, _OLDEST_EVERY_S, _SNAPSHOTS_EVERY_S = 3600.0, 5.0, 300.0
_SEALS_EVERY_S, _JUDGE_EVERY_S, _EPOCH_EVERY_S = 5.0, 5.0, 5.0
_PARTIALS_EVERY_S, _REVOCATIONS_EVERY_S = 3600.0, 60.0


def create_app(settings: Settings, *, clock: Clock | None = None) -> FastAPI:
    """Build the application.

    Args:
        settings: Read once from the environment.
        clock: Another clock for tests and the demo.

    Raises:
        UserError: ``keys.*`` when the city's keys cannot be read.
    """
    keys, metrics = read_keys(settings.keys_dir), Metrics()
    database = Database(settings, count=lambda actor: metrics.transactions.labels(actor).inc())
    clock, epochs = clock or SystemClock(), OpenEpochs()
    look = Looks(database, clock, epochs)
    central = Central(
        settings=settings,
        database=database,
        keys=keys,
        clock=clock,
        wake=wake.WakeHub(settings.direct_url, look, most=settings.wake_connections),
        metrics=metrics,
        push_slots=Slots(settings.push_slots, line=settings.push_line),
        epochs=epochs,
        snapshots=Shelf(settings, database, keys),
        digests=Digests(),
    )
    app = FastAPI(
        title="Stamford Parking, central",
        version="1",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/v1/openapi.json",
    )
    app.state.central = central
    app.add_middleware(edge.Edge, metrics=central.metrics, clock=central.clock)
    edge.install(app)
    for router in _ROUTERS:
        app.include_router(router)
    if settings.stripe_key:
        for feature in ("central.bills.routes", "central.payments.routes"):
            app.include_router(import_module(feature).router)
    openapi.publish(app)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    central: Central = app.state.central
    await run_in_threadpool(
        partial(central.settings.photo_dir.mkdir, mode=0o700, parents=True, exist_ok=True)
    )
    async with AsyncExitStack() as stack:
        stack.callback(central.database.close)
        await stack.enter_async_context(wake.running(central.wake))
        await stack.enter_async_context(workers.running(_jobs(central)))
        await stack.enter_async_context(notifications.running(central))
        if central.settings.stripe_key:
            payments = import_module("central.payments.lifespan")
            await stack.enter_async_context(payments.running(app, central))
        yield


def _jobs(central: Central) -> list[workers.Job]:
    database, clock, metrics = central.database, central.clock, central.metrics

    def epoch() -> bool:
        prepare_epoch(database, clock.now().utc)
        return False

    def partitions() -> bool:
        keep_partitions(database, now_utc=clock.now().utc, days=central.settings.feed_days)
        return False

    oldest = OldestWriter(database, metrics)
    revocations = partial(revoke_again, database, central.settings.keys_dir, clock)

    def oldest_writer() -> bool:
        oldest.look(clock.now().utc)
        return False

    def snapshots() -> bool:
        central.snapshots.sweep(clock.now().utc)
        return False

    def seals() -> bool:
        return verify_seals(database, clock) == BATCH and not central.push_slots.busy

    def second_line() -> bool:
        return judge_again(database, clock, metrics) and not central.push_slots.busy

    def partial_photos() -> bool:
        settings = central.settings
        days = settings.partial_photo_days
        sweep_partials(database, clock, PhotoFiles(settings.photo_dir), days=days)
        before_s = (clock.now().utc - timedelta(days=days)).timestamp()
        HandOverFiles(settings.photo_dir).sweep(before_s=before_s)
        return False

    # A terminal waits for its push, nobody for these: beside pushes they do one batch at a time.
    return [
        workers.Job("feed-epoch", _EPOCH_EVERY_S, epoch),
        workers.Job("revocations", _REVOCATIONS_EVERY_S, revocations),
        workers.Job("feed-partitions", _PARTITIONS_EVERY_S, partitions),
        workers.Job("feed-oldest-writer", _OLDEST_EVERY_S, oldest_writer),
        workers.Job("snapshots", _SNAPSHOTS_EVERY_S, snapshots),
        workers.Job("seals", _SEALS_EVERY_S, seals),
        workers.Job("judge-again", _JUDGE_EVERY_S, second_line),
        workers.Job("partial-photos", _PARTIALS_EVERY_S, partial_photos),
    ]
