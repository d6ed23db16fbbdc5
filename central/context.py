"""What a request of the running service can reach: one frozen value per process.

Features take it, and nothing else, from the application. Must not import a feature's routes.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

from fastapi import Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool

from central.database import Database
from central.feed.digests import Digests
from central.feed.epoch import OpenEpochs
from central.feed.wake import WakeHub
from central.identity.city_keys import CityKeys
from central.identity.tokens import authenticate, claimed_id
from central.metrics import Metrics
from central.problems import RefusedError
from central.settings import Settings
from central.slots import Slots
from central.snapshots.shelf import Shelf
from parking.clock import Clock
from parking.terminal import Terminal

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class Central:
    """The parts of one process.

    Attributes:
        keys: The city's online key and the root's public half.
        push_slots: Room for push batches at the same time.
    """

    settings: Settings
    database: Database
    keys: CityKeys
    clock: Clock
    wake: WakeHub
    metrics: Metrics
    push_slots: Slots
    epochs: OpenEpochs
    snapshots: Shelf
    digests: Digests


def central_of(request: Request) -> Central:
    """Return the parts of the process that answers this request."""
    central: Central = request.app.state.central
    return central


Work = Callable[[Connection, Terminal], T | RefusedError]
"""Runs inside the unit of work; a refusal it returns is raised after the commit."""


def as_terminal(central: Central, authorization: str, work: Work[T]) -> T:
    """Check a device's token and do its work in one unit of work. Blocks.

    Raises:
        RefusedError: As ``central.identity.tokens.authenticate``, and whatever ``work`` raises.
        UnavailableError: As ``Database.unit_of_work``.
    """
    # Who it only claims to be ends with the transaction.
    with central.database.unit_of_work(f"terminal:{claimed_id(authorization)}") as connection:
        terminal = authenticate(connection, authorization, central.clock.now().utc)
        result = work(connection, terminal)
    return settled(result)


def settled(result: T | RefusedError) -> T:
    """Raise a refusal that came as a value because something had to be committed with it."""
    if isinstance(result, RefusedError):
        raise result
    return result


def on_terminal_thread(request: Request, work: Work[T]) -> Awaitable[T]:
    """Run ``as_terminal`` for a request on a worker thread."""
    authorization = request.headers.get("authorization", "")
    return run_in_threadpool(as_terminal, central_of(request), authorization, work)
