"""Killed in the middle of saving: everything acknowledged is there, nothing is half there."""

import random
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import select

from local_db.store import LocalStore
from local_db.tables import AUDIT_LINK, OUTBOX
from parking.audit import GENESIS, next_link
from tests.fakes.clock import StillClock
from tests.fakes.terminal import KEY


@pytest.mark.parametrize("round_", range(2))
def test_nothing_acknowledged_is_lost_by_a_kill(
    store: LocalStore, folder: Path, round_: int
) -> None:
    store.close()
    acknowledged: list[tuple[UUID, bytes]] = []
    for kill in range(2):
        acknowledged += _save_and_be_killed(folder, after=random.randint(1, 6) + round_ * kill)
        _check(folder, acknowledged)


def _save_and_be_killed(folder: Path, *, after: int) -> list[tuple[UUID, bytes]]:
    """Run the saver, kill it while it works, return what it said was saved."""
    with subprocess.Popen(
        [sys.executable, "-m", "tests.fakes.saver", str(folder)],
        stdout=subprocess.PIPE,
        text=True,
    ) as saver:
        assert saver.stdout is not None
        lines = [saver.stdout.readline() for _ in range(after)]
        saver.kill()
        lines += saver.stdout.readlines()
    told = [line.split() for line in lines if line.endswith("\n")]
    return [(UUID(citation_id), bytes.fromhex(digest)) for citation_id, digest in told]


def _check(folder: Path, acknowledged: list[tuple[UUID, bytes]]) -> None:
    store = LocalStore.open(folder, KEY, StillClock())
    for citation_id, digest in acknowledged:
        assert store.citation(citation_id) is not None
        assert len(store.photo(digest)) == 72_000
    box = OUTBOX.c
    with store._records.reading() as connection:
        ops = connection.execute(select(box.seq, box.name, box.payload).order_by(box.seq)).all()
        links = connection.execute(select(AUDIT_LINK.c.link).order_by(AUDIT_LINK.c.seq)).scalars()
        chain = list(links)
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA cipher_integrity_check").all() == []
    store.close()
    assert [op.seq for op in ops] == list(range(1, len(chain) + 1))
    assert len(ops) >= 2 * len(acknowledged)
    link = GENESIS
    for op, found in zip(ops, chain, strict=True):
        link = next_link(link, seq=op.seq, name=op.name, payload=op.payload)
        assert link == found
