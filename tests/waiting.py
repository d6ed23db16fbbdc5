"""How a test waits: for a condition with a limit, never for a time."""

import threading
import time
from collections.abc import Callable

_LOOK_AGAIN_S = 0.01


def wait_until(condition: Callable[[], object], *, limit_s: float = 10.0, what: str = "") -> None:
    """Blocks until a condition holds.

    Args:
        condition: Looked at every 10 ms; holds when true.
        limit_s: When to give up.
        what: What is waited for, for the message.

    Raises:
        AssertionError: When it does not hold within the limit.
    """
    limit = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < limit, f"not within {limit_s} s: {what or condition}"
        threading.Event().wait(_LOOK_AGAIN_S)
