"""Starts and stops the payment desk with the service."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from central import workers
from central.context import Central
from central.payments.desk import payment_desk
from central.reconcile.watch import Reconciler
from central.rights.take import store_rights
from parking.right import ParkingSession

REFUNDS_EVERY_S, PING_EVERY_S, HOLDS_EVERY_S, YESTERDAY_EVERY_S = 1.0, 10.0, 300.0, 600.0


@asynccontextmanager
async def running(app: FastAPI, central: Central) -> AsyncIterator[None]:
    """Move payments while the block lasts; ``app.state.payments`` is the desk."""

    def store_right(connection: Connection, right: ParkingSession) -> None:
        store_rights(connection, [right], now_utc=central.clock.now().utc)

    desk = payment_desk(central.database, central.clock, central.settings, store_right)
    app.state.payments = desk
    reconciler = Reconciler(
        database=central.database,
        book=desk.book,
        stripe=desk.processor,
        clock=central.clock,
        metrics=central.metrics,
        time_zone=central.settings.time_zone,
    )

    def ping() -> bool:
        desk.processor.ping()
        return False

    jobs = [
        workers.Job("stripe", PING_EVERY_S, ping),
        workers.Job("refunds", REFUNDS_EVERY_S, desk.refunds.run),
        workers.Job("holds", HOLDS_EVERY_S, reconciler.release_holds),
        workers.Job("yesterday", YESTERDAY_EVERY_S, reconciler.compare_yesterday),
    ]
    desk.start(asyncio.get_running_loop())
    try:
        async with workers.running(jobs):
            yield
    finally:
        await run_in_threadpool(desk.stop)
