"""Snapshots: signed, packed, resumable, for one scope, and in the terminal's own form."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
import zstandard
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from central.snapshots.columns import layout_of
from local_db.rows import mapping_of
from parking.terminal import TerminalKind
from sync.records import BY_CLASS, BY_NAME, GENERATION, fields_of
from sync.wire import SCHEMA_LEVEL, SnapshotHead, SnapshotOffer, snapshot_bytes
from tests.unit.central import samples
from tests.unit.central.device import Device
from tests.unit.central.service import Service, problem
from tests.unit.parking import samples as parking_samples
from tests.waiting import wait_until


def ask(service: Service, device: Device, **query: Any) -> httpx.Response:
    return service.client.get(
        "/sync/v1/snapshot",
        params={"level": SCHEMA_LEVEL, **query},
        headers=device.headers(service.now_utc),
    )


def offered(service: Service, device: Device) -> tuple[SnapshotOffer, SnapshotHead]:
    answer = ask(service, device)
    assert answer.status_code == 200, answer.text
    offer = msgspec.json.decode(answer.content, type=SnapshotOffer)
    return offer, msgspec.json.decode(offer.head, type=SnapshotHead)


def part(service: Service, device: Device, head: SnapshotHead, span: str) -> httpx.Response:
    return service.client.get(
        f"/sync/v1/snapshot/{head.snapshot_id}",
        headers=device.headers(service.now_utc) | {"Range": f"bytes={span}"},
    )


def whole(service: Service, device: Device, head: SnapshotHead) -> bytes:
    middle = head.byte_length // 2
    first, second = (
        part(service, device, head, span) for span in (f"0-{middle}", f"{middle + 1}-")
    )
    assert (first.status_code, second.status_code) == (206, 206)
    return first.content + second.content


@pytest.fixture
def unpacked(tmp_path: Path) -> Iterator[Any]:
    def unpack(packed: bytes) -> sqlite3.Connection:
        path = tmp_path / "plain.db"
        path.write_bytes(zstandard.ZstdDecompressor().decompress(packed))
        opened.append(sqlite3.connect(path))
        return opened[-1]

    opened: list[sqlite3.Connection] = []
    yield unpack
    for connection in opened:
        with closing(connection):
            pass


def test_a_snapshot_holds_the_rows_as_the_terminal_keeps_them(
    fresh_service: Service, unpacked: Any
) -> None:
    service = fresh_service
    right = replace(
        samples.right(service.now_utc, "SNAP1"),
        revoked_utc=service.now_utc + timedelta(microseconds=1),
    )
    values: list[Any] = [right, parking_samples.permit(), parking_samples.hotlist_entry()]
    service.store(*values)
    device = service.enrol("T-014", TerminalKind.SUPERVISOR)
    offer, head = offered(service, device)
    packed = whole(service, device, head)
    assert sha256(packed).digest() == head.sha256
    assert len(packed) == head.byte_length
    file = unpacked(packed)
    for value in [*values, samples.TARIFF, samples.ZONE, samples.OFFICER, device.terminal]:
        record = BY_CLASS[type(value)]
        mapping = mapping_of(record.of)
        found = file.execute(f"select * from {record.name}").fetchall()
        kept = [mapping.value(row) for row in found]
        assert replace(value, revision=1) in kept if hasattr(value, "revision") else value in kept
        names = [column[1] for column in file.execute(f"pragma table_info({record.name})")]
        assert tuple(names) == (*mapping.columns, GENERATION)
    total = sum(file.execute(f"select count(*) from {name}").fetchone()[0] for name in tables(file))
    assert (head.rows, head.zones, head.kind) == (total, None, "supervisor")
    assert (tables(file)) >= {"conflict", "citation", "photo"}
    Ed25519PublicKey.from_public_bytes(offer.online_key).verify(
        offer.signature, snapshot_bytes(offer.head)
    )
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(offer.online_key).verify(offer.signature, offer.head)


def tables(file: sqlite3.Connection) -> set[str]:
    return {
        name for (name,) in file.execute("select name from sqlite_master where sql is not null")
    }


def test_every_field_of_every_record_can_be_packed(fresh_service: Service) -> None:
    for name, record in BY_NAME.items():
        found = fresh_service.rows(layout_of(name).select, zones=["x"])
        assert isinstance(found, list)
        assert layout_of(name).create.count('" ') == len(mapping_of(record.of).columns) + 2
        assert len(fields_of(record.of)) < len(mapping_of(record.of).columns)


def test_the_feed_goes_on_where_the_snapshot_ends(service: Service) -> None:
    device = service.enrol_new()
    early = samples.right(service.now_utc, "SNAP2")
    service.store(early)
    _, head = offered(service, device)
    late = samples.right(service.now_utc, "SNAP3")
    service.store(late)

    def brought() -> bool:
        rows = b"".join(bytes(row.data) for row in service.feed(device, head.cursor).rows)
        return str(late.parking_session_id).encode() in rows

    wait_until(brought, what="the later right")
    assert head.as_of["pay_station"] <= service.now_utc


def test_a_snapshot_is_built_once_for_many_and_anew_when_it_is_old(
    fresh_service: Service,
) -> None:
    service = fresh_service
    first, second = service.enrol("T-1"), service.enrol("T-2")
    _, head = offered(service, first)
    assert offered(service, second)[1] == head
    service.central.clock.ahead = timedelta(seconds=901)  # type: ignore[attr-defined]  # a TestClock
    _, newer = offered(service, first)
    assert newer.snapshot_id != head.snapshot_id
    assert part(service, second, head, "0-9").status_code == 206
    assert service.central.snapshots.sweep(service.now_utc + timedelta(seconds=1000)) == 1
    gone = part(service, second, head, "0-9")
    assert (gone.status_code, problem(gone).key) == (404, "snapshot.gone")
    assert part(service, second, newer, "0-9").status_code == 206


def test_a_snapshot_of_another_scope_is_not_handed_out(service: Service) -> None:
    officer, desk = service.enrol_new(), service.enrol_new(TerminalKind.SUPERVISOR)
    _, head = offered(service, desk)
    refused = part(service, officer, head, "0-9")
    assert (refused.status_code, problem(refused).key) == (404, "snapshot.gone")
    url = f"/sync/v1/snapshot?level={SCHEMA_LEVEL}"
    assert service.client.get(url).status_code == 401


def test_an_older_program_reads_pages(service: Service) -> None:
    answer = ask(service, service.enrol_new(), level=1)
    assert (answer.status_code, problem(answer).key) == (404, "snapshot.none")


def test_a_folder_that_cannot_be_written_means_pages(
    fresh_service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    device = fresh_service.enrol()
    monkeypatch.setattr(fresh_service.central.snapshots, "_folder", Path("/proc/none"))
    answer = ask(fresh_service, device)
    assert (answer.status_code, problem(answer).key) == (404, "snapshot.none")
