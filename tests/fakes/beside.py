"""Pushes that reach central at the earliest moment that another thread could bring them there."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from typing import TypeVar

from parking.errors import UnavailableError, UserError
from sync.beside import Start

T = TypeVar("T")


@contextmanager
def at_once() -> Iterator[Start]:
    """Make each call when it is started, and keep what came of it until it is asked for."""

    def start(call: Callable[[], T], /) -> Callable[[], T]:
        outcome: Future[T] = Future()
        try:
            outcome.set_result(call())
        except (UnavailableError, UserError) as error:
            outcome.set_exception(error)
        return outcome.result

    yield start
