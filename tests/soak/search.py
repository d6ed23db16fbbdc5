"""The searches of ``./soak``: one module of this package each, with ``search(limits) -> int``."""

from dataclasses import dataclass

SEARCHES: dict[str, str] = {
    "model": "the model of push, pull, crash and restore, searched whole by Spin",
    "chaos": "terminals, central and PostgreSQL killed behind a bad network; then all compared",
    "kill": "SIGKILL or a disk error at every call of the real store, engine and gateway",
    "merge": "the laws of the merge over random histories, with clocks ten years apart",
    "mutations": "bugs planted in the product: each must be found, its history is shrunk",
    "payments": "card payments with every fault between their steps, against the bank book",
    "power": "power cuts on the real store: every disk that a cut may leave is opened again",
    "sync": "simulated histories of terminals and central, all faults, every invariant",
}
"""Name of the module, and what it does; a search is added by adding its line and its module."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long a search may take and where it begins.

    Attributes:
        minutes: Wall time, 0.05 to 10,080; a search of fixed length may end earlier.
        seed: Of every random choice.
    """

    minutes: float
    seed: int
