"""What a search asks of its stub central, and how it starts one."""

import http.client
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NoReturn

import msgspec

from tests.faults.stub import BooksTold, serve


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
    """Run a stub central in a fork of this process, which has no threads, while the block lasts."""
    told, tells = os.pipe()
    ended, goes_on = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(goes_on)
        _be_the_stub(tells, ended)
    os.close(tells)
    os.close(ended)
    try:
        with os.fdopen(told) as port:
            yield StubControl(int(port.readline()))
    finally:
        os.close(goes_on)
        os.waitpid(child, 0)


def _be_the_stub(tells: int, ended: int) -> NoReturn:
    """Serve until the search ends, or is killed: then nobody has the other end any more."""
    try:
        serve(lambda port: os.write(tells, f"{port}\n".encode()), lambda: os.read(ended, 1))
    finally:
        # Neither the exit handlers nor the buffers of the search are ours.
        os._exit(0)
