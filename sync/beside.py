"""How a push is on its way while the sync thread does other work. Must not import ``local_db``."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, TypeVar

T = TypeVar("T")


class Start(Protocol):
    """Starts a call; what it returns waits for the end and returns, or raises, what came of it."""

    def __call__(self, call: Callable[[], T], /) -> Callable[[], T]:
        """Start a call, which raises nothing yet."""
        ...


Beside = Callable[[], AbstractContextManager[Start]]
"""A context in which calls may be started; nothing is on its way any more when it has ended."""


@contextmanager
def on_a_thread() -> Iterator[Start]:
    """Make each call on one other thread, in the order in which they are started."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="push") as thread:

        def start(call: Callable[[], T], /) -> Callable[[], T]:
            return thread.submit(call).result

        yield start


@contextmanager
def afterwards() -> Iterator[Start]:
    """Make each call when its end is waited for, on the same thread: one order of all steps."""

    def start(call: Callable[[], T], /) -> Callable[[], T]:
        return call

    yield start
