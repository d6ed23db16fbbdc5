"""A terminal without screens, to be killed: saves and syncs until it is told to be quiet.

python -m tests.faults.terminal FOLDER PORT SEED. Appends a line to FOLDER/history only after the
COMMIT that it promises returned. A line on standard input ends the saving; the process then ends by
itself, with status 0, once everything has been sent, with no further save.
"""

import random
import select
import sys
import threading
from pathlib import Path
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.clock import SystemClock
from local_db.store import LocalStore
from sync.beside import on_a_thread
from sync.engine import SyncEngine
from sync.gateway import Device, HTTPGateway
from sync.loop import Pace, SyncLoop
from sync.news import NetState, SyncNews
from tests.fakes.terminal import KEY, citation, photo, plate_check, save
from tests.faults.work import saved_line

PACE = Pace(poll_s=1.0, first_retry_s=0.05, longest_retry_s=0.5)
DEADLINE_S = 1.0
_JPEG = b"\xff\xd8\xff\xe0"


class Enrolled(msgspec.Struct):
    """Who a terminal is, in FOLDER/enrolled.json; ``key`` is the device's, 32 bytes."""

    terminal_id: UUID
    key: bytes


class Headless:
    """One terminal's store, loop and history."""

    def __init__(self, folder: Path, port: int, seed: int) -> None:
        """Open everything and start the loop."""
        who = msgspec.json.decode((folder / "enrolled.json").read_bytes(), type=Enrolled)
        sign = Ed25519PrivateKey.from_private_bytes(who.key).sign
        clock = SystemClock()
        self._terminal_id = who.terminal_id
        self._random = random.Random(seed)
        self._store = LocalStore.open(folder / "device", KEY, clock)
        self._history = (folder / "history").open("ab", buffering=0)
        self._gateway = HTTPGateway(
            f"http://127.0.0.1:{port}",
            clock,
            device=Device(terminal_id=who.terminal_id, sign=sign),
            deadline_s=DEADLINE_S,
        )
        engine = SyncEngine(
            self._store.outbox,
            self._gateway,
            clock,
            terminal_id=who.terminal_id,
            sign=sign,
            beside=on_a_thread,
        )
        self._sent = threading.Event()
        self._quiet = False
        self._loop = SyncLoop(engine, self._hear, pace=PACE)
        self._store.on_saved(self._loop.wake)
        self._loop.start()

    def work(self) -> bool:
        """Save until a line comes; tell whether it did, as opposed to the end of the input."""
        while True:
            ready, _, _ = select.select([sys.stdin], [], [], self._random.uniform(0.0, 0.06))
            if ready:
                return bool(sys.stdin.readline())
            self._save()

    def send_all(self) -> None:
        """Wait, however long, until nothing waits; no save wakes the loop any more."""
        self._quiet = True
        self._sent.wait()

    def close(self) -> None:
        """End the loop and close the store."""
        self._loop.stop()
        self._gateway.close()
        self._store.close()

    def _hear(self, news: SyncNews) -> None:
        if self._quiet and news.net is NetState.ONLINE and not self._store.to_send().count:
            self._sent.set()

    def _save(self) -> None:
        if self._random.random() < 0.4:
            facts: tuple[object, ...] = (plate_check(terminal_id=self._terminal_id),)
        else:
            made = citation(
                terminal_id=self._terminal_id,
                number=f"SC-9-{self._random.randrange(10**7):07}",
                fine_cents=self._random.randint(1_000, 20_000),
            )
            plain = _JPEG + self._random.randbytes(self._random.choice((500, 40_000)))
            digest = self._store.save_photo(plain)
            facts = (made, photo(made, digest, len(plain)))
        save(self._store, *facts)
        # One write per save: what a kill cuts off was never promised.
        self._history.write("".join(f"{saved_line(fact)}\n" for fact in facts).encode())


def main(folder: Path, port: int, seed: int) -> int:
    """Run one terminal."""
    terminal = Headless(folder, port, seed)
    if terminal.work():
        terminal.send_all()
    terminal.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
