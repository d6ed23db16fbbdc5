"""Power cuts: the real store's calls are recorded, and every disk a cut may leave is opened again.

The recording is of the real program on SQLCipher, photos included; what a disk promises stands in
``tests.faults.disk``. A worker of ``./soak power``: python -m tests.faults.power MINUTES SEED
"""

import itertools
import random
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sync.records import BY_NAME, decode, key_of
from sync.upload import PhotoToSend
from sync.wire import PhotoPlace, PushAnswer, PushRequest
from tests.fakes.central import FakeCentral, FakeGateway, Trouble
from tests.fakes.terminal import enrolled
from tests.faults.calls import OPTIONS, Call, read_calls, told_by
from tests.faults.checks import Promises, wrong_after, wrong_in_records
from tests.faults.disk import Disk, Fate, Remains, Signature, lay_out, read_tree
from tests.faults.folders import memory_folder
from tests.faults.reports import report
from tests.faults.shared_statements import share_compiled_statements
from tests.faults.tracing import TELLS, TOUCHES_THE_DISK, Tell, run_traced
from tests.faults.work import Afternoon, run_and_tell, whole_afternoon
from tests.unit.parking import samples

FATES = (
    (Fate.LOST, Fate.LOST),
    (Fate.KEPT, Fate.LOST),
    (Fate.LOST, Fate.KEPT),
    (Fate.KEPT, Fate.KEPT),
    (Fate.SOME, Fate.KEPT),
    (Fate.SOME, Fate.SOME),
    (Fate.TORN, Fate.KEPT),
    (Fate.TORN, Fate.SOME),
)
"""What becomes of contents and of names; the first four are the same at every try."""


class TellingGateway(FakeGateway):
    """Tells what central has from now on."""

    def __init__(self, central: FakeCentral, tell: Tell) -> None:
        """Reach a central of our own."""
        super().__init__(central)
        self._tell = tell

    def push(self, request: PushRequest) -> PushAnswer:
        """Push, and tell what arrived even when the answer is lost."""
        # Told before: it may have arrived whatever we hear.
        for op in request.ops:
            key = key_of(decode(BY_NAME[op.name], op.data))
            self._tell(f"received {op.name} {key.hex}")
        return super().push(request)

    def put_chunk(self, photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        """Upload; once it is whole there the photo may be freed."""
        place = super().put_chunk(photo, offset, chunk)
        if place.complete:
            self._tell(f"letting {photo.sha256.hex()}")
        return place


@dataclass(slots=True)
class Found:
    """What a search reached.

    Attributes:
        images: Disks opened; within an afternoon each is another one.
        whole: How many of them were opened by the whole store, which then went on.
        moments: Seed and place of each call after which the power was cut.
        fates: Images by what became of contents and names.
        wrong: What was lost or broken, with seed, moment and fates.
    """

    images: int = 0
    whole: int = 0
    moments: set[tuple[int, int]] = field(default_factory=set)
    fates: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)


def record(folder: Path, seed: int, *, steps: int) -> list[Call]:
    """Return all that an afternoon asked of the disk, and what it told, in order.

    Args:
        folder: The store is, or is made, below it.
        seed: Of the afternoon.
        steps: Drawn steps of it.
    """

    def work(tell: Tell) -> None:
        central = FakeCentral(durable=seed % 3 == 0)
        for number in range(4):
            central.publish(samples.zone(zone_id=f"Z{number}"))
        gateway = TellingGateway(central, tell)
        gateway.troubles.extend(random.Random(seed).choices(list(Trouble), k=2))
        afternoon = Afternoon(folder / "device", gateway, tell, seed=seed)
        run_and_tell(afternoon, tell, whole_afternoon(random.Random(seed), steps))

    with tempfile.TemporaryDirectory() as beside:
        log = Path(beside) / "calls"
        ended = run_traced(work, [*OPTIONS, "-e", f"trace={TOUCHES_THE_DISK},{TELLS}"], log=log)
        assert not ended.killed
        return list(read_calls(log))


def images(
    calls: list[Call], disk: Disk, draw: random.Random, *, tries: int
) -> Iterator[tuple[int, Call, str, Remains, Promises]]:
    """Give everything that a cut after each call may leave, each only once.

    Args:
        calls: Of ``record``.
        disk: As it was before the first of them.
        draw: Chooses among what may be.
        tries: How often each drawn pair of fates is tried at a moment.
    """
    promises = Promises()
    seen: set[Signature] = set()
    for at, call in enumerate(calls):
        lines = told_by(call)
        for line in lines:
            promises.hear(line)
        if not (disk.apply(call) or lines):
            continue
        for contents, names in FATES:
            drawn = {contents, names} & {Fate.SOME, Fate.TORN}
            for _ in range(tries if drawn else 1):
                signature, remains = disk.image(draw, contents, names)
                told = (signature, len(promises.saved), len(promises.photos))
                if told not in seen:
                    seen.add(told)
                    yield at, call, f"contents {contents}, names {names}", remains, promises


@dataclass(frozen=True, slots=True, kw_only=True)
class Extent:
    """How much of an afternoon is looked at.

    Attributes:
        steps: Drawn steps of the afternoon.
        joins: Whether it begins with an empty disk, else with an enrolled device.
        tries: Of each drawn pair of fates at a moment.
        share: Of the images that are opened, 0 to 1, drawn; the first of each pair of fates is.
        whole: Share of the opened ones with which the whole store opens and goes on; the others
            are looked at by ``wrong_in_records``.
        lies: Whether the disk syncs nothing when it says so: to show that a loss is found.
    """

    steps: int
    joins: bool
    tries: int = 2
    share: float = 1.0
    whole: float = 1.0
    lies: bool = False


def search(seed: int, extent: Extent, found: Found) -> Iterator[None]:
    """Record one afternoon and open its images; goes on after each image when it is asked to.

    Args:
        seed: Of the afternoon and of what is drawn.
        extent: How much.
        found: Gets what was reached and found.
    """
    draw = random.Random(seed)
    with tempfile.TemporaryDirectory(dir=memory_folder()) as beside:
        recorded, opened = Path(beside, "recorded"), Path(beside, "opened")
        recorded.mkdir()
        if not extent.joins:
            enrolled(recorded / "device").close()
        disk = Disk(recorded, read_tree(recorded))
        calls = record(recorded, seed, steps=extent.steps)
        if extent.lies:
            calls = [call for call in calls if call.name not in {"fsync", "fdatasync"}]
        for at, call, fates, remains, promises in images(calls, disk, draw, tries=extent.tries):
            if found.fates[fates] and draw.random() >= extent.share:
                continue
            opened.mkdir()
            lay_out(remains, opened)
            # Before the first promise the program may have to join again; only it can.
            joining = extent.joins and not promises.saved
            whole = joining or draw.random() < extent.whole
            look = wrong_after if whole else wrong_in_records
            wrong = "; ".join(promises.faults) or look(opened / "device", promises)
            shutil.rmtree(opened)
            found.images += 1
            found.whole += whole
            found.moments.add((seed, at))
            found.fates[fates] += 1
            if wrong:
                place = f"seed {seed}, {promises.phase}, call {at} {call.name} {call.path}"
                found.wrong.append(f"{place}, {fates}: {wrong}")
            yield


def work(minutes: float, seed: int) -> None:
    """Search afternoon after afternoon until the time is over; every tenth joins first."""
    found, ends = Found(), time.monotonic() + minutes * 60
    for afternoon in itertools.count():
        extent = Extent(steps=8, joins=afternoon % 10 == 9, tries=3, whole=0.05)
        for _ in search(seed * 10_000 + afternoon, extent, found):
            if found.images % 500 == 0:
                report(totals(found))
            if time.monotonic() > ends:
                report(totals(found))
                return


def totals(found: Found) -> dict[str, object]:
    """Return what a report tells."""
    return {
        "images": found.images,
        "whole": found.whole,
        "moments": len(found.moments),
        "fates": found.fates,
        "wrong": found.wrong[:5],
    }


if __name__ == "__main__":
    share_compiled_statements()
    work(float(sys.argv[1]), int(sys.argv[2]))
