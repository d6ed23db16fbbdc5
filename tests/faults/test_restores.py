"""Central restored, for real: base backup and archived log, or a data directory copied back.

What ``durability = archived`` promises holds without anybody doing anything; what ``committed``
gives up is shown beside it.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from parking.ids import uuid7
from parking.seal import sealed_bytes
from sync.gateway import HTTPGateway
from tests import databases
from tests.fakes.terminal import citation, save
from tests.faults.clusters import (
    activated,
    alarms,
    at_central,
    back_up,
    closed,
    issue,
    keeps,
    lose_the_archive,
    pass_transactions,
    restore,
    roll_back,
    seals,
    serving,
    snapshot,
    synced,
)
from tests.unit.central.conftest import settings_for
from tests.unit.central.samples import OFFICER
from tests.waiting import wait_until


@pytest.mark.timeout(180)
def test_a_central_restored_from_its_backup_is_refilled_by_its_terminals(
    database: databases.Database, tmp_path: Path
) -> None:
    archived = replace(settings_for(database, tmp_path / "central"), durability="archived")
    with (
        serving(archived) as side,
        closed(side.terminal(tmp_path / "one")) as one,
        closed(side.terminal(tmp_path / "two")) as two,
    ):
        safe = issue(side, one, 2)
        back_up(database.cluster)
        # Nothing has to be pushed for a terminal to hear that the archive has what it keeps.
        wait_until(lambda: synced(side, one) and not keeps(one), what="the end of what is kept")
        young = issue(side, one, 3)
        epoch = one.store.outbox.feed_position().feed_epoch
        with serving(replace(archived, durability="committed")) as careless:
            gone = issue(careless, two, 2)
        assert at_central(database) == safe | young | gone
        restore(database.cluster)
        assert at_central(database) == safe
        assert synced(side, one) != epoch
        assert at_central(database) == safe | young
        # Central had said that these are durable: the queue may forget them, the records do not.
        synced(side, two)
        assert all(two.store.citation(key) for key in gone)
        assert at_central(database) == safe | young


@pytest.mark.timeout(180)
def test_a_data_directory_that_was_copied_back_is_found_out_and_refilled(
    database: databases.Database, tmp_path: Path
) -> None:
    """It keeps identifier and timeline: only a terminal that is ahead of it can tell."""
    archived = replace(settings_for(database, tmp_path / "central"), durability="archived")
    with (
        serving(archived) as side,
        closed(side.terminal(tmp_path / "one")) as one,
        closed(side.terminal(tmp_path / "two")) as two,
    ):
        safe = issue(side, one, 1) | issue(side, two, 1)
        snapshot(database.cluster)
        pass_transactions(database, 500)
        young = issue(side, one, 2) | issue(side, two, 2)
        epoch = synced(side, one)
        roll_back(database.cluster)
        assert at_central(database) == safe
        moved = synced(side, one)
        assert moved.startswith(f"{epoch}-")
        assert synced(side, two) == moved
        assert at_central(database) == safe | young
        assert alarms(database) == ["database.went_back"]


@pytest.mark.timeout(180)
def test_who_joined_after_the_archived_moment_comes_back_by_itself(
    database: databases.Database, tmp_path: Path
) -> None:
    archived = replace(settings_for(database, tmp_path / "central"), durability="archived")
    with serving(archived) as side:
        side.service.store(OFFICER)
        back_up(database.cluster)
        with closed(side.terminal(tmp_path / "late")) as late:
            seal = activated(side, late)
            assert isinstance(late.gateway, HTTPGateway)
            lease = late.gateway.lease_numbers(uuid7(side.service.now_utc), 50)
            late.store.keep_lease(lease)
            unsealed = citation(terminal_id=late.terminal_id, officer_id=OFFICER.officer_id)
            save(late.store, replace(unsealed, seal=seal.sign(sealed_bytes(unsealed))))
            synced(side, late)
            lose_the_archive(database.cluster)
            restore(database.cluster)
            assert at_central(database) == set()
            synced(side, late)
            assert at_central(database) == {unsealed.citation_id}
            wait_until(lambda: seals(database), what="the checked seal")
            assert seals(database) == [True]
            assert "terminal.came_back" in alarms(database)
            again = late.gateway.lease_numbers(uuid7(side.service.now_utc), 50)
            assert again.first_serial == lease.last_serial + 1
