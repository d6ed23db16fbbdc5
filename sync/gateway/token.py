"""The device's token: a JWT signed by its Ed25519 key, four minutes long. Any thread.

Made by hand from three base64 parts because the private key stays where it is: only ``sign``
crosses. ``kid`` and ``sub`` name the terminal, ``aud`` is ``parking-central`` (RFC 7519, RFC 8037).
"""

import threading
from base64 import urlsafe_b64encode
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from parking.clock import Clock

AUDIENCE = "parking-central"
_LIFE = timedelta(minutes=4)
_SIGN_AGAIN = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """Who asks.

    Attributes:
        sign: Ed25519 by the device key, 64 bytes.
    """

    terminal_id: UUID
    sign: Callable[[bytes], bytes]


class DeviceToken:
    """Keeps a token that central takes; signs a new one in time."""

    def __init__(self, device: Device, clock: Clock) -> None:
        """Sign nothing yet."""
        self._device = device
        self._clock = clock
        self._turn = threading.Lock()
        self._token = ""
        self._ends_utc: datetime | None = None
        self._ahead = timedelta(0)

    def current(self) -> str:
        """Return a token with at least a minute to live."""
        with self._turn:
            now_utc = self._clock.now().utc + self._ahead
            if self._ends_utc is None or now_utc > self._ends_utc - _SIGN_AGAIN:
                self._ends_utc = now_utc + _LIFE
                self._token = self._signed(now_utc, self._ends_utc)
            return self._token

    def sign_by(self, server_utc: datetime) -> None:
        """Sign the next tokens by central's time: ours is too far off."""
        with self._turn:
            self._ahead = server_utc - self._clock.now().utc
            self._ends_utc = None

    def _signed(self, now_utc: datetime, ends_utc: datetime) -> str:
        name = str(self._device.terminal_id)
        header = {"alg": "EdDSA", "typ": "JWT", "kid": name}
        claims = {
            "sub": name,
            "aud": AUDIENCE,
            "iat": int(now_utc.timestamp()),
            "exp": int(ends_utc.timestamp()),
        }
        head = b".".join(_base64(msgspec.json.encode(part)) for part in (header, claims))
        return b".".join((head, _base64(self._device.sign(head)))).decode()


def _base64(data: bytes) -> bytes:
    return urlsafe_b64encode(data).rstrip(b"=")
