"""The city's files: loaded whole and idempotently, or refused with the place of the fault."""

import csv
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from central.city.files import read_city
from central.city.load import Loaded, load_city
from parking.errors import UserError
from parking.hotlist import HotlistEntry, HotlistKind
from parking.ids import uuid7
from parking.right import Permit
from parking.zone import Beat, Source
from tests.unit.central.samples import EXPIRED, OFFICER, TARIFF, ZONE, permit
from tests.unit.central.service import Service
from tests.waiting import wait_until


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    found = tmp_path / "city"
    found.mkdir()
    return found


def write_json(folder: Path, name: str, values: Sequence[Any]) -> None:
    (folder / f"{name}.json").write_bytes(msgspec.json.encode(list(values)))


def write_csv(folder: Path, name: str, values: Sequence[Any]) -> None:
    names = [field.name for field in fields(values[0]) if field.name != "revision"]
    with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(names)
        writer.writerows([_cell(getattr(value, one)) for one in names] for value in values)


def _cell(value: Any) -> str:
    if isinstance(value, tuple):
        return ";".join(value)
    return str(msgspec.to_builtins(value)) if value is not None else ""


def load(service: Service, folder: Path, *, accept_removals: bool = False) -> list[Loaded]:
    central = service.central
    files = read_city(folder)
    return list(load_city(central.database, central.clock, files, accept_removals=accept_removals))


def permits(count: int, letter: str) -> list[Permit]:
    return [permit(datetime.now(UTC), f"{letter}{number}") for number in range(count)]


def test_a_city_is_loaded_and_loading_it_again_changes_nothing(
    service: Service, folder: Path
) -> None:
    entry = HotlistEntry(
        hotlist_entry_id=uuid7(service.now_utc),
        plate="STOLEN1",
        plate_state="CT",
        kind=HotlistKind.STOLEN,
        reason="Stolen vehicle",
        list_name="Stamford Police",
        listed_utc=service.now_utc,
    )
    new_zone = replace(ZONE, zone_id="Z77", covered_by=("Z12", "Z78"))
    write_json(folder, "tariffs", [replace(TARIFF, tariff_id="lot")])
    write_csv(folder, "zones", [new_zone, replace(new_zone, zone_id="Z78")])
    write_json(folder, "beats", [Beat(beat_id="B1", name="Downtown", zone_ids=("Z77",))])
    write_csv(folder, "violation_codes", [replace(EXPIRED, code="109")])
    write_json(
        folder, "officers", [replace(OFFICER, officer_id=entry.hotlist_entry_id, badge="77")]
    )
    write_json(folder, "hotlist", [entry])
    write_csv(folder, "permits", permits(3, "LIST"))
    # The lists of other tests end here: the database is one for all of this module.
    first = load(service, folder, accept_removals=True)
    second = load(service, folder)
    assert [(done.read, done.changed) for done in first] == [
        *[(1, 1), (2, 2), (1, 1), (1, 1), (1, 1), (3, 3), (1, 1)]
    ]
    assert {done.changed for done in second} == {0}
    stored = "select covered_by from parking_zones where zone_id = 'Z77'"
    assert service.one(stored) == ["Z12", "Z78"]
    officer = service.enrol_new()
    wanted = {Source.PERMIT.value, Source.HOTLIST.value}
    wait_until(lambda: wanted <= set(service.ages(officer)), what="the lists' ages")


def test_what_a_list_no_longer_names_is_ended_not_deleted(service: Service, folder: Path) -> None:
    listed = permits(3, "END")
    write_json(folder, "permits", listed)
    load(service, folder, accept_removals=True)
    write_json(folder, "permits", listed[:2])
    [done] = load(service, folder)
    assert (done.changed, done.ended) == (0, 1)
    statement = "select revoked_utc from permits where permit_id = %(id)s"
    assert service.one(statement, id=listed[2].permit_id) is not None
    assert [one.ended for one in load(service, folder)] == [0]


def test_a_list_that_lost_most_of_itself_is_not_taken_silently(
    service: Service, folder: Path
) -> None:
    write_json(folder, "permits", permits(60, "CUT"))
    load(service, folder, accept_removals=True)
    write_json(folder, "permits", permits(1, "CUT"))
    with pytest.raises(UserError, match="is it cut off") as refused:
        load(service, folder)
    assert "--accept-removals" in refused.value.action
    [done] = load(service, folder, accept_removals=True)
    assert done.ended == 60


def test_a_permit_that_comes_late_holds_the_citation(service: Service, folder: Path) -> None:
    device = service.enrol_new()
    device.push(service.client, device.citation(plate="PERM 1"))
    write_json(folder, "permits", [permit(service.now_utc, "perm-1")])
    [done] = load(service, folder, accept_removals=True)
    assert done.held == 1


def test_a_long_list_is_stored_in_pieces(service: Service, folder: Path) -> None:
    write_json(folder, "permits", permits(2100, "LONG"))
    [done] = load(service, folder, accept_removals=True)
    assert done.changed == 2100


BAD: dict[str, tuple[str, bytes, str]] = {
    "cut json": ("zones.json", b'[{"zone_id":', "zones.json cannot be read"),
    "no list": ("zones.json", b"{}", "zones.json cannot be read"),
    "no text": ("zones.csv", b"zone_id\n\xff", "zones.csv cannot be read"),
    "short line": ("zones.csv", b"zone_id,name\nZ1\n", "line 2 has not as many cells"),
    "long line": ("zones.csv", b"zone_id\nZ1,Z2\n", "line 2 has not as many cells"),
    "unknown field": ("beats.csv", b"beat_id,colour\nB1,red\n", "line 2: there is no field colour"),
    "missing field": ("beats.csv", b"beat_id\nB1\n", "line 2: .*missing required field `name`"),
    "wrong type": ("beats.json", b'[{"beat_id": 7}]', "item 1: "),
    "out of range": (
        "beats.csv",
        b"beat_id,name,zone_ids\nB1,,Z1\n",
        "line 2: ",
    ),
    "no tariff": (
        "zones.csv",
        b"zone_id,name,time_zone,tariff_id\nZ1,x,America/New_York,gone\n",
        "no tariff gone",
    ),
    "no time zone": (
        "zones.csv",
        b"zone_id,name,time_zone,tariff_id\nZ1,x,Mars/Crater,street\n",
        "Mars/Crater",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_a_fault_is_named_with_its_place(service: Service, folder: Path, case: str) -> None:
    name, content, words = BAD[case]
    (folder / name).write_bytes(content)
    with pytest.raises(UserError, match=words):
        load(service, folder)


def test_a_tariff_that_cannot_work_is_refused(service: Service, folder: Path) -> None:
    span = TARIFF.spans[0]
    twice = replace(TARIFF, spans=(span, span))
    write_json(folder, "tariffs", [twice])
    with pytest.raises(UserError, match="line 1, street spans"):
        load(service, folder)


def test_an_empty_folder_is_said_to_be_empty(folder: Path) -> None:
    with pytest.raises(UserError, match="holds none of tariffs, zones"):
        read_city(folder)


def test_times_in_csv_are_read(service: Service, folder: Path) -> None:
    listed = permits(1, "TIME")[0]
    write_csv(folder, "permits", [listed])
    load(service, folder, accept_removals=True)
    statement = "select start_utc, end_utc from permits where permit_id = %(id)s"
    [(start_utc, end_utc)] = service.rows(statement, id=listed.permit_id)
    assert (start_utc, end_utc) == (listed.start_utc, listed.end_utc)
    assert end_utc - start_utc == timedelta(days=30)
