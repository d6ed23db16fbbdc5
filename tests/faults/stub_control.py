"""What a search asks of its stub central, and how it starts one."""

import http.client
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from tests.faults.stub import BooksTold


class StubControl:
    """The stub central of this process, and what the search asks of it."""

    def __init__(self, port: int) -> None:
        """Speak with the stub on a port of this machine."""
        self.port = port

    def begin(self, seed: int) -> None:
        """Start with an empty central."""
        self._ask("POST", f"/begin?seed={seed}")

    def keep(self) -> None:
        """Keep what it has."""
        self._ask("POST", "/keep")

    def back(self, seed: int) -> None:
        """Go back to what was kept, with the troubles of a seed."""
        self._ask("POST", f"/back?seed={seed}")

    def books(self, *, troubles: int = 0) -> BooksTold:
        """Return what it has; from now on it has the troubles of a seed, or none for 0."""
        told = self._ask("GET", f"/books?seed={troubles}")
        return msgspec.json.decode(told, type=BooksTold)

    def _ask(self, method: str, path: str) -> bytes:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        try:
            connection.request(method, path)
            return connection.getresponse().read()
        finally:
            connection.close()


@contextmanager
def stub_central() -> Iterator[StubControl]:
    """Run a stub central while the block lasts."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.stub"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        yield StubControl(int(process.stdout.readline()))
        process.stdin.close()
