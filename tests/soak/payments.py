"""Random histories of card payments against the bank book, on all cores until the time is up.

Each worker has a database of its own in one private cluster and an emulator in its process. A
history that breaks an invariant is shown with its seed and its steps; the same seed repeats it.
"""

import multiprocessing
import os
import time
import uuid
from itertools import count, islice
from pathlib import Path

from central import schema
from simulator.postgres import Cluster, private_folder
from simulator.stripe.description import Description
from simulator.stripe.emulator import Emulator
from tests.soak.search import Limits
from tests.unit.central_payments.history import Tally, run_histories
from tests.unit.central_payments.town import Town

_CHUNK = 10
_CHUNKS_AT_ONCE = 20
_TELL_EVERY_S = 60.0
_TEMPLATE = "parking_template"


def _run_chunk(work: tuple[Path, int]) -> tuple[Tally, str]:
    folder, first = work
    cluster, name, tally = Cluster(folder, durable=False), f"soak_{uuid.uuid4().hex}", Tally()
    cluster.create_database(name, owner="parking_owner", template=_TEMPLATE)
    town = Town(cluster.dsn(name, user="parking_app"), Emulator(Description()), stations=3)
    try:
        broken = run_histories(town, range(first, first + _CHUNK), tally)
    finally:
        town.close()
        cluster.drop_database(name)
    return tally, broken


def search(limits: Limits) -> int:
    """Run histories from the seed on; 1 when one breaks an invariant."""
    cluster = Cluster(private_folder(f"soak-{os.getpid()}-payments"), durable=False)
    cluster.start()
    try:
        cluster.create_database(_TEMPLATE)
        schema.create_roles(cluster.dsn(_TEMPLATE, user="postgres"))
        schema.migrate(cluster.dsn(_TEMPLATE, user="parking_owner"))
        total, broken = _search(limits, cluster.folder)
    finally:
        cluster.remove()
    _show(total)
    if broken:
        print(broken, flush=True)
    return int(bool(broken))


def _search(limits: Limits, folder: Path) -> tuple[Tally, str]:
    ends_s, told_s = time.monotonic() + limits.minutes * 60, time.monotonic()
    total, broken, firsts = Tally(), "", count(limits.seed, _CHUNK)
    with multiprocessing.get_context("spawn").Pool(os.cpu_count()) as pool:
        while time.monotonic() < ends_s and not broken:
            work = [(folder, first) for first in islice(firsts, _CHUNKS_AT_ONCE)]
            for tally, found in pool.imap_unordered(_run_chunk, work):
                total.join(tally)
                broken = broken or found
                if broken or time.monotonic() > ends_s:
                    break
                if time.monotonic() - told_s > _TELL_EVERY_S:
                    told_s = time.monotonic()
                    print(f"  {total.interleavings:,} interleavings", flush=True)
    return total, broken


def _show(total: Tally) -> None:
    print(
        f"{total.histories:,} histories, {total.payments:,} payments,"
        f" {total.interleavings:,} interleavings: steps that met a payment under way"
    )
    for title, counts in (("steps", total.steps), ("how payments ended", total.ends)):
        print(f"{title}:")
        for name, times in sorted(counts.items()):
            print(f"  {name:<36} {times:>12,}")
