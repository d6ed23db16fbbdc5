"""Sticks that are plugged into this device now: where hand-over files go and come from.

They are looked for on an I/O lane, because a stick may take seconds to answer.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStorageInfo

from app.lanes import Lane, Task, Ticket
from app.usecases.find_hand_overs import hand_over_files

_LOOK_S = 30.0
_MOUNTS = ("/media/", "/run/media/", "/mnt/")
"""Where Linux puts what people plug in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stick:
    """A place for files that a person carries.

    Attributes:
        name: What people call it.
        folder: Its root.
    """

    name: str
    folder: Path


Volumes = Callable[[], Iterable[QStorageInfo]]


class Sticks:
    """Finds sticks.

    Args:
        volumes: Tells what is mounted; the system's own by default.
    """

    def __init__(self, volumes: Volumes = QStorageInfo.mountedVolumes) -> None:
        self._volumes = volumes

    def find(self) -> Task[tuple[Stick, ...]]:
        """Return the sticks that can be written to, in the order of their names."""
        return Task(
            name="find_sticks", lane=Lane.IO, deadline_s=_LOOK_S, work=lambda _ticket: self._found()
        )

    def files(self) -> Task[tuple[Path, ...]]:
        """Return the hand-over files on all sticks, the newest first."""

        def work(_ticket: Ticket) -> tuple[Path, ...]:
            return hand_over_files(stick.folder for stick in self._found())

        return Task(name="find_hand_overs", lane=Lane.IO, deadline_s=_LOOK_S, work=work)

    def _found(self) -> tuple[Stick, ...]:
        found = [
            Stick(name=volume.displayName() or volume.rootPath(), folder=Path(volume.rootPath()))
            for volume in self._volumes()
            if volume.isValid() and volume.isReady() and not volume.isReadOnly()
            if _is_carried(volume)
        ]
        return tuple(sorted(found, key=lambda stick: stick.name))


def _is_carried(volume: QStorageInfo) -> bool:
    path = volume.rootPath()
    if path[1:2] == ":":  # Windows: every drive but the one with the system.
        return not volume.isRoot()
    return f"{path}/".startswith(_MOUNTS)
