"""Refuses storage and network calls on the thread that paints. Any thread.

``ui.main`` arms it in developer builds and tests; ``app.bootstrap`` puts it before the store and
the gateway that use cases get.
"""

import threading
from collections.abc import Callable
from typing import TypeVar, cast

from parking.errors import BugError

T = TypeVar("T")
Guard = Callable[[], None]


def no_guard() -> None:
    """Allow every thread: bundles, command lines."""


def guard_against_this_thread() -> Guard:
    """Return a check that raises ``BugError`` on the calling thread of today, the painter's."""
    painter = threading.get_ident()

    def check() -> None:
        if threading.get_ident() == painter:
            raise BugError("storage or network was used on the thread that paints the screen")

    return check


def guarded(part: T, guard: Guard) -> T:
    """Return a stand-in for a store or gateway that checks the thread at each use.

    Args:
        part: The real thing; every attribute of it is reached through the check.
        guard: The check; ``no_guard`` returns the part itself.
    """
    return part if guard is no_guard else cast("T", _Guarded(part, guard))


class _Guarded:
    def __init__(self, part: object, guard: Guard) -> None:
        self._part = part
        self._guard = guard

    def __getattr__(self, name: str) -> object:
        self._guard()
        return getattr(self._part, name)
