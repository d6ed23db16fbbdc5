"""What a terminal knew of the time when it last looked, kept over restarts in a small file.

Any thread; one process at a time.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta

from app.adapters.durable_file import replace_durably

_LOG = logging.getLogger("parking.clock")
_Instant = Annotated[datetime, Meta(tz=True)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Jump:
    """The wall clock jumped.

    Attributes:
        found_utc: Best known time when it was noticed.
        jump_ms: Forward is positive.
        same_boot: False when it happened over a restart of the machine.
    """

    found_utc: _Instant
    jump_ms: int
    same_boot: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """One look at all clocks.

    Attributes:
        boot_id: Which start of the machine; empty when the system does not say.
        since_boot_s: Seconds since then.
        wall_utc: By the machine's wall clock.
        true_utc: Best known time at the same moment.
        uncertainty_ms: Of ``true_utc``.
        jump_ms: Largest jump since central was last heard, >= 0.
        jumps: The newest ones, oldest first.
    """

    boot_id: str
    since_boot_s: float
    wall_utc: _Instant
    true_utc: _Instant
    uncertainty_ms: Annotated[int, Meta(ge=0)]
    jump_ms: Annotated[int, Meta(ge=0)] = 0
    jumps: tuple[Jump, ...] = ()


class AnchorFile:
    """The file; what cannot be read or written costs certainty, never work."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> Anchor | None:
        """Return what was kept; None when there is nothing that can be read."""
        try:
            return msgspec.json.decode(self._path.read_bytes(), type=Anchor)
        except FileNotFoundError:
            return None
        except (OSError, msgspec.DecodeError, UnicodeDecodeError) as error:
            _LOG.warning("the kept time cannot be read reason=%r", type(error).__name__)
            return None

    def save(self, anchor: Anchor) -> None:
        """Keep an anchor in the place of the last one."""
        try:
            replace_durably(self._path, msgspec.json.encode(anchor))
        except OSError as error:
            _LOG.warning("the time cannot be kept reason=%r", type(error).__name__)
