"""What one terminal is started with. Data only; imported before the first window."""

from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from app.guard import Guard, no_guard
from parking.terminal import TerminalKind

if TYPE_CHECKING:
    from app.officer_key import PinCost


class SecretsKind(StrEnum):
    """Where the keys of this device lie; always chosen by name, never fallen back to."""

    KEYRING = "keyring"
    SYSTEMD = "systemd"


@dataclass(frozen=True, slots=True, kw_only=True)
class TerminalProfile:
    """One terminal of this machine.

    Attributes:
        data: Folder of the databases, photos and printed files.
        central_url: Base address of central, e.g. ``https://parking.example``.
        kind: What it is used for.
        printer: ``file``, ``file:<folder>``, ``usb:<device file>`` or
            ``network:<host>[:<port>]``.
        photos: Folder of photos that stands in for the camera; None for the camera.
        photo_bytes_per_s: Most that photos may take of the network, >= 0; 0 is no cap.
        guard: Refuses storage and network on the painting thread.
        pin_cost: What one PIN try costs; None tunes it on this device to 250 to 750 ms.
    """

    data: Path
    central_url: str
    kind: TerminalKind
    secrets: SecretsKind = SecretsKind.KEYRING
    printer: str = "file"
    photos: Path | None = None
    photo_bytes_per_s: int = 0
    guard: Guard = field(default=no_guard)
    pin_cost: "PinCost | None" = None

    @property
    def store_folder(self) -> Path:
        """Where the two database files lie."""
        return self.data / "store"

    @property
    def has_joined(self) -> bool:
        """Whether this device was enrolled here before, by the look of its files alone."""
        return self.store_folder.exists()
