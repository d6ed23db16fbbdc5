"""Secrets in memory behind ``app.ports.Secrets``."""

from app.words import _
from parking.errors import UnavailableError


class MemorySecrets:
    """Keeps secrets until the test ends; ``locked`` lets every call fail.

    Attributes:
        kept: What lies in it.
        puts: Names in the order they were stored.
    """

    def __init__(self, kept: dict[str, bytes] | None = None) -> None:
        self.kept = {} if kept is None else kept
        self.puts: list[str] = []
        self.locked = False

    def get(self, name: str) -> bytes | None:
        self._check()
        return self.kept.get(name)

    def put(self, name: str, value: bytes) -> None:
        self._check()
        self.kept[name] = value
        self.puts.append(name)

    def remove(self, name: str) -> None:
        self._check()
        self.kept.pop(name, None)

    def _check(self) -> None:
        if self.locked:
            raise UnavailableError(
                "secrets.unavailable", _("This device has no sound place."), retry_safe=True
            )
