"""What is struck: an afternoon with the real gateway to a stub central, as one task of a child."""

import ssl
from collections.abc import Callable, Iterable
from contextlib import closing
from pathlib import Path

import msgspec

from sync.engine import Gateway
from sync.gateway import Device, HTTPGateway
from tests.fakes.clock import StillClock
from tests.fakes.terminal import TERMINAL_ID, sign
from tests.faults.checks import heard, unnamed_photos, wrong_in_store
from tests.faults.work import Afternoon, Tell, run_and_tell

# Loading the authorities of the system takes longer than an afternoon; the stub has no TLS.
_NO_TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Task(msgspec.Struct, kw_only=True):
    """One afternoon.

    Attributes:
        device: Folder of the store.
        seed: Draws what the steps do.
        steps: Of ``tests.faults.work``.
        before: What was told before; when there is any, it is checked before the first step.
    """

    device: str
    seed: int
    steps: tuple[str, ...]
    before: tuple[str, ...] = ()


class _GoingOn(Afternoon):
    """An afternoon of a program that was killed and starts again: it looks before it works."""

    def __init__(
        self, folder: Path, gateway: Gateway, tell: Tell, *, seed: int, before: Iterable[str]
    ) -> None:
        super().__init__(folder, gateway, tell, seed=seed)
        self._before = before

    def _check(self) -> None:
        promises = heard(self._before)
        self._loose = unnamed_photos(self._store, promises)
        wrong = wrong_in_store(self._store, promises)
        if wrong:
            self._tell(f"fault {wrong}")


def stub_gateway(port: int) -> HTTPGateway:
    """Return the real gateway to a stub central of this machine."""
    return HTTPGateway(
        f"http://127.0.0.1:{port}",
        StillClock(),
        device=Device(terminal_id=TERMINAL_ID, sign=sign),
        tls=_NO_TLS,
    )


def afternoon(task: Task, port: int, tell: Tell) -> None:
    """Do a task against the stub central at a port, and tell how it goes."""
    folder = Path(task.device)
    with closing(stub_gateway(port)) as gateway:
        if task.before:
            again = _GoingOn(folder, gateway, tell, seed=task.seed, before=task.before)
            run_and_tell(again, tell, ("check", *task.steps))
        else:
            run_and_tell(Afternoon(folder, gateway, tell, seed=task.seed), tell, task.steps)


def work_for(port: int) -> Callable[[bytes, Tell], None]:
    """Return the work of a fork server: each task is an encoded ``Task``."""

    def work(task: bytes, tell: Tell) -> None:
        afternoon(msgspec.msgpack.decode(task, type=Task), port, tell)

    return work
