"""Starting from a snapshot: whole or not at all, resumed after a kill, nothing in use is lost."""

import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import zstandard
from sqlalchemy import select

from local_db.store import LocalStore
from local_db.tables import LEAVING
from parking.errors import UnavailableError, UserError
from parking.zone import Source
from sync.failures import BusyError, too_slow
from sync.pull import FeedPosition
from sync.report import SyncReport
from sync.starting import Starting
from sync.wire import DigestAnswer, FeedLeave
from tests.fakes.clock import NOON, StillClock
from tests.fakes.snapshot import FakeStart, city_enrolment, enrolled_in_city, offer, packed
from tests.fakes.starter import STEPS, start
from tests.fakes.terminal import KEY, citation, enrolled, save
from tests.unit.local_db.test_feed import page, row
from tests.unit.parking import samples

OLD, NEW = samples.zone(name="Old", revision=1), samples.zone(name="New", revision=2)


def city() -> list[Any]:
    """Return the rows of a snapshot; together some parts long."""
    made = [citation(place=f"{number} {number * 7919} Main Street") for number in range(400)]
    return [NEW, samples.session(), samples.hotlist_entry(), *made]


def from_file(store: LocalStore, gateway: FakeStart) -> bool:
    return Starting(store.starting, gateway).from_file(SyncReport(), lambda _: None, lambda: False)


@pytest.fixture
def joined(store: LocalStore) -> LocalStore:
    store.outbox.apply_page(page(row(OLD)))
    return enrolled_in_city(store)


def test_a_snapshot_takes_the_place_of_what_was_there(joined: LocalStore, folder: Path) -> None:
    rows = city()
    assert joined.zones() == (OLD,)
    report, told = SyncReport(), list[int]()
    gateway = FakeStart(packed(rows))
    starting = Starting(joined.starting, gateway)
    assert starting.from_file(report, lambda now: told.append(now.remaining), lambda: False)
    assert joined.zones() == (NEW,)
    assert joined.citation(rows[-1].citation_id) == (rows[-1], ())
    assert joined.candidates("AB12345").rights == (samples.session(),)
    assert joined.sources_as_of() == dict.fromkeys(Source) | {Source.APP: NOON}
    position = FeedPosition(feed_epoch="life-1", cursor="life-1:9:0:all")
    assert joined.outbox.feed_position() == position
    assert {"zone", "citation"} <= report.changed
    assert told[-1] == 0
    assert told == sorted(told, reverse=True)
    assert not list(folder.glob("arriving*")) + list(folder.glob("*.next*"))
    joined.outbox.apply_page(page(row(replace(NEW, name="Newer", revision=3))))
    assert joined.zone("112") == replace(NEW, name="Newer", revision=3)


def test_it_is_there_after_a_restart(joined: LocalStore, folder: Path) -> None:
    assert from_file(joined, FakeStart(packed(city())))
    joined.close()
    again = LocalStore.open(folder, KEY, StillClock())
    assert again.zones() == (NEW,)
    with again._reference.reading() as connection:
        assert connection.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        assert connection.exec_driver_sql("PRAGMA cipher_integrity_check").all() == []
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
        indexes = "SELECT count(*) FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        assert connection.exec_driver_sql(indexes).scalar_one() > 10
    again.close()


def test_killed_at_any_step_the_old_or_the_new_is_whole_and_the_start_goes_on(
    tmp_path: Path,
) -> None:
    store = enrolled_in_city(enrolled(tmp_path / "enrolled"))
    store.outbox.apply_page(page(row(OLD), feed_epoch="", cursor=""))
    made = citation()
    save(store, made)
    store.close()
    body = packed(city())
    (tmp_path / "packed").write_bytes(body)
    run = subprocess.run(
        [sys.executable, "-m", "tests.fakes.starter", str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.splitlines() == [f"{step}: {-signal.SIGKILL}" for step in STEPS]
    for step in STEPS:
        again = LocalStore.open(tmp_path / step, KEY, StillClock())
        renamed = step in {"renamed", "exchanged"}
        assert again.zones() == ((NEW,) if renamed else (OLD,)), step
        assert again.to_send().count == 1
        asked = start(again, body).asked
        assert again.zones() == (NEW,)
        if step == "second part":
            assert asked[0] > 0
        if step in {"all parts", "filling", "filled", "exchange", "closed"}:
            assert asked == [], step
        again.close()


def test_a_download_that_is_cut_goes_on_where_it_stopped(joined: LocalStore) -> None:
    gateway = FakeStart(packed(city()))
    starting = Starting(joined.starting, gateway)
    starting._part_bytes = 4096
    gateway.cut_after = 2
    with pytest.raises(UnavailableError):
        starting.from_file(SyncReport(), lambda _: None, lambda: False)
    gateway.cut_after = None
    assert starting.from_file(SyncReport(), lambda _: None, lambda: False)
    assert gateway.asked == list(range(0, len(gateway.body), 4096))
    assert joined.zones() == (NEW,)


def test_somebody_who_saves_gets_in_between_two_parts(joined: LocalStore) -> None:
    gateway = FakeStart(packed(city()))
    starting = Starting(joined.starting, gateway)
    starting._part_bytes = 4096
    rounds = 0
    report = SyncReport(again=True)
    while report.again:
        report = SyncReport()
        starting.from_file(report, lambda _: None, lambda: True)
        rounds += 1
    assert rounds == len(gateway.asked)
    assert joined.zones() == (NEW,)


def test_a_part_that_takes_too_long_is_smaller_the_next_time(joined: LocalStore) -> None:
    sizes: list[int] = []

    class Slow(FakeStart):
        def snapshot_part(self, snapshot_id: str, at: int, most: int) -> bytes:
            sizes.append(most)
            if len(sizes) == 1:
                raise too_slow()
            return super().snapshot_part(snapshot_id, at, most)

    starting = Starting(joined.starting, Slow(packed(city())))
    starting._part_bytes = 200_000
    with pytest.raises(UnavailableError):
        starting.from_file(SyncReport(), lambda _: None, lambda: False)
    assert starting._part_bytes == 100_000


def test_another_snapshot_starts_from_its_beginning(joined: LocalStore) -> None:
    first = FakeStart(packed(city()))
    starting = Starting(joined.starting, first)
    starting._part_bytes = 4096
    first.cut_after = 2
    with pytest.raises(UnavailableError):
        starting.from_file(SyncReport(), lambda _: None, lambda: False)
    second = FakeStart(packed([samples.zone(zone_id="9")]))
    assert from_file(joined, second)
    assert second.asked == [0]
    assert [zone.zone_id for zone in joined.zones()] == ["9"]


def test_damaged_bytes_are_dropped_and_pages_are_read(joined: LocalStore) -> None:
    body = packed(city())
    gateway = FakeStart(body[:-1] + bytes([body[-1] ^ 1]), offer(body))
    assert not from_file(joined, gateway)
    assert joined.zones() == (OLD,)
    assert from_file(joined, FakeStart(body))


def test_bytes_that_do_not_unpack_are_dropped(joined: LocalStore) -> None:
    noise = b"(\xb5/\xfd" + bytes(2000)
    gateway = FakeStart(noise, offer(noise, plain_bytes=1000))
    assert not from_file(joined, gateway)
    assert joined.zones() == (OLD,)


@pytest.mark.parametrize(
    "statement",
    [
        'alter table "permit" add column "speed" INTEGER',
        'drop table "permit"; create table "permit" ("permit_id" BLOB)',
        'create table "elsewhere" ("at" TEXT) strict',
        'create index "permit_zone" on "permit" ("zone_id")',
    ],
)
def test_a_file_in_another_layout_is_dropped_and_pages_are_read(
    joined: LocalStore, folder: Path, statement: str
) -> None:
    body = packed(city(), f"{statement};")
    assert not from_file(joined, FakeStart(body))
    assert joined.zones() == (OLD,)
    assert not list(folder.glob("arriving*"))
    assert from_file(joined, FakeStart(packed(city())))


@pytest.mark.parametrize("change", ["no room", "a page too many", "a page too few"])
def test_a_file_with_other_pages_is_not_used(joined: LocalStore, change: str) -> None:
    plain = zstandard.decompress(packed(city()))
    other = {
        "no room": plain[:20] + b"\0" + plain[21:],
        "a page too many": plain + bytes(4096),
        "a page too few": plain[:-4096],
    }[change]
    body = zstandard.compress(other)
    assert not from_file(joined, FakeStart(body, offer(body, plain_bytes=len(plain))))
    assert joined.zones() == (OLD,)


@pytest.mark.parametrize("change", [{"kind": "kiosk"}, {"schema_level": 1}])
def test_a_snapshot_for_somebody_else_is_not_used(
    joined: LocalStore, change: dict[str, Any]
) -> None:
    body = packed(city())
    gateway = FakeStart(body, offer(body, **change))
    assert not from_file(joined, gateway)
    assert gateway.asked == []


@pytest.mark.parametrize("field", ["signature", "online_key_signature", "online_key", "head"])
def test_what_the_city_did_not_sign_is_not_used(joined: LocalStore, field: str) -> None:
    body = packed(city())
    good = offer(body)
    broken = bytearray(getattr(good, field))
    broken[-3] ^= 1
    signed = type(good)(
        **{name: getattr(good, name) for name in good.__struct_fields__} | {field: bytes(broken)}
    )
    with pytest.raises(UserError, match="not signed by this city"):
        joined.starting.begin_snapshot(signed)
    gateway = FakeStart(body, signed)
    assert not from_file(joined, gateway)
    assert (gateway.asked, joined.zones()) == ([], (OLD,))


def test_central_that_packs_just_now_is_asked_again_later(joined: LocalStore) -> None:
    gateway = FakeStart(packed(city()))
    gateway.refused = BusyError("The data are being packed.", retry_after_s=1.0)
    with pytest.raises(BusyError):
        from_file(joined, gateway)
    gateway.refused = UserError("snapshot.none", "Read the pages.")
    assert not from_file(joined, gateway)


def test_rows_in_use_come_along_and_go_when_they_are_free(joined: LocalStore) -> None:
    used, unused = citation(), citation()
    joined.outbox.apply_page(page(row(used), row(unused)))
    joined.keep_draft("note", b'{"citation_id": "' + str(used.citation_id).encode() + b'"}')
    assert from_file(joined, FakeStart(packed([NEW])))
    assert joined.citation(used.citation_id) == (used, ())
    assert joined.citation(unused.citation_id) is None
    joined.keep_draft("note", b"{}")
    joined.outbox.apply_page(page())
    assert joined.citation(used.citation_id) is None


def test_people_look_things_up_while_the_file_is_exchanged(joined: LocalStore) -> None:
    session = samples.session()
    joined.outbox.apply_page(page(row(session)))
    body, ended, faults, looks = packed([NEW, session]), threading.Event(), [], [0]

    def look() -> None:
        while not ended.is_set():
            try:
                assert joined.candidates("AB12345").rights == (session,)
                assert joined.zones() in {(OLD,), (NEW,)}
            except Exception as error:  # noqa: BLE001  # told below
                faults.append(error)
            looks[0] += 1

    threads = [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(3):
            assert from_file(joined, FakeStart(body))
    finally:
        # Also when it fails: the test run would wait for them at its end.
        ended.set()
        for thread in threads:
            thread.join()
    assert faults == []
    assert looks[0] > 0


def test_rows_of_other_zones_go_but_for_those_in_use(joined: LocalStore) -> None:
    kept, used, gone = (citation(zone_id=zone) for zone in ("1", "2", "2"))
    joined.outbox.apply_page(page(row(kept), row(used), row(gone)))
    save(joined, replace(used))
    joined.outbox.apply_page(page(zones=["1"], more=True))
    shown = [_in_reference(joined, one) for one in (kept, used, gone)]
    assert shown == [True, True, False]
    joined.outbox.apply_page(page(zones=["1"]))
    assert _in_reference(joined, used)
    batch = joined.outbox.next_batch(most_ops=9, most_bytes=9999)
    assert batch is not None
    with joined._records.writing() as connection:
        connection.exec_driver_sql("UPDATE outbox SET state = 'sent'")
        connection.commit()
    joined.outbox.apply_page(page(zones=["1"]))
    assert not _in_reference(joined, used)
    assert _in_reference(joined, kept)


def test_a_row_that_left_goes_and_one_that_comes_back_stays(joined: LocalStore) -> None:
    first, second = citation(), citation()
    joined.keep_draft("note", str(second.citation_id).encode())
    joined.outbox.apply_page(page(row(first), row(second)))
    left = [FeedLeave("citation", str(one.citation_id)) for one in (first, second)]
    joined.outbox.apply_page(page(left=[*left, FeedLeave("drone_flight", "7")]))
    assert not _in_reference(joined, first)
    assert _in_reference(joined, second)
    joined.outbox.apply_page(page(row(second)))
    joined.keep_draft("note", b"")
    joined.outbox.apply_page(page())
    assert _in_reference(joined, second)
    with joined._reference.reading() as connection:
        assert connection.execute(select(LEAVING.c.name)).all() == []


def _in_reference(store: LocalStore, one: Any) -> bool:
    with store._reference.reading() as connection:
        statement = "SELECT 1 FROM citation WHERE citation_id = ?"
        return connection.exec_driver_sql(statement, (one.citation_id.bytes,)).first() is not None


def test_after_a_restore_what_is_the_same_stays(joined: LocalStore) -> None:
    made, lost = citation(), samples.permit()
    joined.outbox.apply_page(page(row(made), row(lost)))
    gateway = FakeStart(b"none")
    gateway.answer = DigestAnswer(
        feed_epoch="life-2", cursor="life-2:5", same=["citation", "zone"], remaining=0
    )
    assert Starting(joined.starting, gateway).over()
    (held,) = gateway.held
    assert held.feed_epoch == "life-1"
    counts = {digest.name: digest.rows for digest in held.digests}
    assert (counts["citation"], counts["zone"], counts["permit"]) == (1, 1, 1)
    position = joined.outbox.feed_position()
    assert position == FeedPosition(feed_epoch="life-2", cursor="life-2:5")
    joined.outbox.apply_page(page(feed_epoch="life-2", more=True))
    joined.outbox.apply_page(page(feed_epoch="life-2"))
    assert joined.citation(made.citation_id) == (made, ())
    assert joined.zones() == (OLD,)
    assert joined.candidates("AB12345").permits == ()


def test_where_central_compares_nothing_everything_is_fetched(joined: LocalStore) -> None:
    assert not Starting(joined.starting, FakeStart(b"none")).over()


def test_the_root_is_the_one_pinned_at_enrolment() -> None:
    assert city_enrolment().city_root_key != bytes(32)
