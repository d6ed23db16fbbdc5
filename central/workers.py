"""Work that no request waits for: seals, the second line of late truth, the feed's epoch.

Each job runs in its own task, on a worker thread, again and again; a failure is logged and the job
goes on (one of the four places with a broad ``except``).
"""

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from parking.errors import UnavailableError

_log = logging.getLogger("central.workers")


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work.

    Attributes:
        name: For the log.
        every_s: Pause after a run that found nothing more to do.
        run: Blocks; returns True when there is more to do at once.
    """

    name: str
    every_s: float
    run: Callable[[], bool]


@contextlib.asynccontextmanager
async def running(jobs: Sequence[Job]) -> AsyncIterator[None]:
    """Run jobs while the block lasts; on the way out a job ends its present run first."""
    tasks = [asyncio.create_task(_repeat(job), name=job.name) for job in jobs]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _repeat(job: Job) -> None:
    while True:
        more = await _once(job)
        await asyncio.sleep(0 if more else job.every_s)


async def _once(job: Job) -> bool:
    try:
        return await run_in_threadpool(job.run)
    except UnavailableError as error:
        _log.warning("job=%s waits key=%s", job.name, error.key)
    except Exception:  # noqa: BLE001  # the job runner: logged, and the job goes on
        _log.exception("job=%s failed", job.name)
    return False
