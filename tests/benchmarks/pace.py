"""How a benchmark lets time pass: what it measures happens at a pace, not as a reaction."""

import threading


def let_pass(seconds: float) -> None:
    """Do nothing for a while, as a driver or a shift would."""
    threading.Event().wait(seconds)
