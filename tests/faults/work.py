"""An officer's work on the real store and engine, the same for the same seed, that faults disturb.

Each line is told only after the call that promises it returned:

    phase NAME                  what begins
    saved NAME KEY SHA256       a fact is stored for good
    photo SHA256                a photo is stored for good
    letting SHA256              a photo may be gone from now on
    number TEXT                 a citation number is on paper
    failed KEY SENTENCE         the person was told that something did not work
    fault TEXT                  something happened that no person should ever see
"""

import random
from collections.abc import Callable, Iterable
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from local_db.store import LocalStore
from parking.citation import Citation, EventKind
from parking.errors import BugError, ParkingError, UnavailableError, UserError
from sync.engine import Gateway, SyncEngine
from sync.records import BY_CLASS, encode, key_of
from tests.fakes.clock import StillClock
from tests.fakes.terminal import (
    KEY,
    TERMINAL_ID,
    citation,
    citation_event,
    enrolment,
    lease,
    photo,
    plate_check,
    shift_event,
    sign,
)

Tell = Callable[[str], None]
STEPS = ("issue", "issue", "note", "look", "snap_and_drop", "draft", "sync", "sync", "reopen")
"""What a seed draws from."""


def drawn_steps(draw: random.Random, count: int) -> tuple[str, ...]:
    """Return some steps in some order."""
    return tuple(draw.choice(STEPS) for _ in range(count))


def whole_afternoon(draw: random.Random, count: int) -> tuple[str, ...]:
    """Return drawn steps between those without which no afternoon is whole."""
    return ("start", "issue", *drawn_steps(draw, count), "sync", "free", "end")


class Afternoon:
    """One terminal from enrolment to the end of a shift."""

    def __init__(self, folder: Path, gateway: Gateway, tell: Tell, *, seed: int) -> None:
        """Prepare; nothing is touched.

        Args:
            folder: Of the store, new or left by an earlier try.
            gateway: The way to central.
            tell: Gets each line the moment it is true.
            seed: Draws steps, sizes and ids.
        """
        self._folder = folder
        self._gateway = gateway
        self._tell = tell
        self._random = random.Random(seed)
        self._clock = StillClock()
        self._citations: list[Citation] = []
        self._loose: set[bytes] = set()

    def run(self, steps: Iterable[str]) -> None:
        """Take steps; one that fails is told and the next one tried."""
        self._store = self._opened()
        for name in steps:
            self._tell(f"phase {name}")
            try:
                getattr(self, f"_{name}")()
            except (UnavailableError, UserError) as error:
                self._tell_failed(error)
        self._tell("phase close")
        self._store.close()

    def _opened(self) -> LocalStore:
        """Join, again and again until the disk lets us; an interrupted start may be finished."""
        self._tell("phase join")
        for _ in range(3):
            try:
                store = LocalStore.create(self._folder, KEY, self._clock)
            except (UnavailableError, UserError) as error:
                self._tell_failed(error)
                continue
            try:
                if store.identity() is None:
                    store.keep_identity(enrolment())
                store.keep_lease(lease(1, 1000, lease_id=UUID(int=1)))
            except (UnavailableError, UserError) as error:
                store.close()
                self._tell_failed(error)
            else:
                return store
        raise BugError("the store could not be made")

    def _tell_failed(self, error: UnavailableError | UserError) -> None:
        self._tell(f"failed {error.key} {error.sentence}")

    def _start(self) -> None:
        self._save(shift_event(shift_event_id=self._id()))

    def _issue(self) -> None:
        digest = self._snap()
        with self._store.saving() as work:
            number = work.next_number()
            check = plate_check(check_id=self._id())
            made = citation(citation_id=self._id(), number=number, check_id=check.check_id)
            picture = replace(photo(made, *digest), photo_id=self._id())
            facts = (made, check, picture)
            for fact in facts:
                work.add(fact)
            work.commit()
        self._loose.discard(digest[0])
        self._tell(f"number {number}")
        self._tell_saved(*facts)
        self._citations.append(made)

    def _note(self) -> None:
        if self._citations:
            of = self._random.choice(self._citations)
            event = citation_event(of, EventKind.PRINTED, citation_event_id=self._id())
            self._save(event)

    def _look(self) -> None:
        self._save(*(plate_check(check_id=self._id()) for _ in range(self._random.randint(1, 3))))

    def _snap(self) -> tuple[bytes, int]:
        size = self._random.choice((900, 5_000, 70_000))
        digest = self._store.save_photo(self._random.randbytes(size))
        self._loose.add(digest)
        self._tell(f"photo {digest.hex()}")
        return digest, size

    def _snap_and_drop(self) -> None:
        self._snap()
        # A photo whose citation could not be saved is no more than that.
        for digest in self._loose:
            self._tell(f"letting {digest.hex()}")
        self._store.drop_photos(but=())

    def _draft(self) -> None:
        self._store.keep_draft("citation", self._random.randbytes(3_000))

    def _sync(self) -> None:
        engine = SyncEngine(
            self._store.outbox, self._gateway, self._clock, terminal_id=TERMINAL_ID, sign=sign
        )
        error = engine.run_once().error
        if error is not None:
            raise error

    def _free(self) -> None:
        self._clock.pass_by(hours=25)
        self._sync()

    def _reopen(self) -> None:
        self._store.close()
        self._store = LocalStore.open(self._folder, KEY, self._clock)

    def _end(self) -> None:
        self._draft()
        self._look()

    def _save(self, *facts: Any) -> None:
        with self._store.saving() as work:
            for fact in facts:
                work.add(fact)
            work.commit()
        self._tell_saved(*facts)

    def _tell_saved(self, *facts: Any) -> None:
        for fact in facts:
            self._tell(saved_line(fact))

    def _id(self) -> UUID:
        return UUID(bytes=self._random.randbytes(16), version=4)


def saved_line(fact: Any) -> str:
    """Return the line that promises a fact."""
    digest = sha256(encode(fact)).hexdigest()
    return f"saved {BY_CLASS[type(fact)].name} {UUID(str(key_of(fact))).hex} {digest}"


def run_and_tell(afternoon: Afternoon, tell: Tell, steps: Iterable[str]) -> None:
    """Run an afternoon; whatever else it raises is told as a fault of the product."""
    try:
        afternoon.run(steps)
    except ParkingError as error:
        tell(f"fault {error!r}")
    except Exception as error:  # noqa: BLE001 - whatever it is, the search must name it
        tell(f"fault {error!r}")
