"""Saving: one transaction holds the fact, its outbox entry and its audit link, or nothing."""

import threading
from hashlib import sha256
from pathlib import Path

import pytest
from sqlalchemy import select

from local_db.store import LocalStore
from local_db.tables import AUDIT_LINK
from parking.audit import GENESIS, next_link
from parking.citation import Citation, EventKind
from parking.errors import BugError, UnavailableError, UserError
from parking.numbers import read_citation_number
from sync.records import Lane, encode
from tests.fakes.clock import NOON, StillClock
from tests.fakes.terminal import (
    KEY,
    citation,
    citation_event,
    enrolment,
    lease,
    photo,
    plate_check,
    save,
    shift_event,
)
from tests.unit.parking import samples


def test_a_fact_is_saved_with_its_exact_bytes_in_line(store: LocalStore) -> None:
    facts = [shift_event(), citation(), citation()]
    save(store, plate_check(), *facts[:2])
    save(store, facts[2])
    batch = store.outbox.next_batch(most_ops=10, most_bytes=10**6)
    assert batch is not None
    assert [(op.seq, op.name, bytes(op.data)) for op in batch.ops] == [
        (1, "shift_event", encode(facts[0])),
        (2, "citation", encode(facts[1])),
        (3, "citation", encode(facts[2])),
    ]
    link = GENESIS
    for op in batch.ops:
        link = next_link(link, seq=op.seq, name=op.name, payload=bytes(op.data))
    assert (batch.epoch, batch.lane, batch.link) == (1, Lane.CITATIONS, link)


def test_each_lane_is_a_chain_of_its_own(store: LocalStore) -> None:
    made, check = citation(), plate_check()
    save(store, check, made)
    save(store, citation_event(made, EventKind.PRINTED))
    with store._records.reading() as connection:
        found = connection.execute(select(AUDIT_LINK).order_by(AUDIT_LINK.c.lane)).all()
    assert [(each.lane, each.seq) for each in found] == [(2, 1), (2, 2), (3, 1)]
    for link, name, fact in ((found[0], "citation", made), (found[2], "plate_check", check)):
        assert link.link == next_link(GENESIS, seq=1, name=name, payload=encode(fact))


def test_a_save_that_is_not_committed_leaves_nothing(store: LocalStore) -> None:
    made = citation()
    with store.saving() as work:
        work.add(made)
        work.keep_draft("citation", b"half")
    with pytest.raises(ZeroDivisionError):
        _fail_after(store, made)
    assert store.citation(made.citation_id) is None
    assert store.to_send().count == 0
    assert store.draft("citation") is None
    save(store, made)
    assert store.to_send().count == 1


def test_what_was_saved_is_there_after_opening_again(
    store: LocalStore, folder: Path, clock: StillClock
) -> None:
    made = citation(photo_hashes=(bytes(32),), note_public="Wheel on the kerb")
    event = citation_event(made, EventKind.PRINTED)
    save(store, made, event)
    store.close()
    again = LocalStore.open(folder, KEY, clock)
    assert again.citation(made.citation_id) == (made, (event,))
    assert again.to_send().oldest_utc == NOON
    again.close()


def test_a_fact_out_of_range_is_refused_with_its_field(store: LocalStore) -> None:
    with pytest.raises(UserError, match=r"Citation\.place"), store.saving() as work:
        work.add(citation(place="x" * 121))
    assert store.to_send().count == 0


def test_the_same_fact_is_not_saved_twice(store: LocalStore) -> None:
    made = citation()
    save(store, made)
    with pytest.raises(BugError, match="UNIQUE constraint"):
        save(store, made)
    assert store.to_send().count == 1


def test_only_facts_are_made_here(store: LocalStore) -> None:
    with pytest.raises(BugError, match="parking_session is made at central"):
        save(store, samples.session())


def test_nothing_is_saved_before_the_enrolment(folder: Path) -> None:
    store = LocalStore.create(folder, KEY, StillClock())
    with pytest.raises(BugError, match="before this device is enrolled"):
        save(store, citation())
    store.close()


def test_a_save_is_committed_once(store: LocalStore) -> None:
    with store.saving() as work:
        work.commit()
        with pytest.raises(BugError, match="committed already"):
            work.commit()
        with pytest.raises(BugError, match="committed already"):
            work.add(citation())


def test_a_save_inside_a_save_is_a_fault_and_does_not_hang(store: LocalStore) -> None:
    with store.saving() as work:
        with pytest.raises(BugError, match="inside another save"):
            save(store, citation())
        work.add(citation())
        work.commit()
    assert store.to_send().count == 1


def test_listeners_hear_of_commits_only(store: LocalStore) -> None:
    heard: list[int] = []
    store.on_saved(lambda: heard.append(store.to_send().count))
    with store.saving() as work:
        work.add(citation())
    assert heard == []
    save(store, citation())
    assert heard == [1]


def test_a_new_epoch_starts_a_new_chain_and_keeps_the_old(store: LocalStore) -> None:
    save(store, citation())
    store.keep_identity(enrolment(epoch=2))
    save(store, citation())
    first = store.outbox.next_batch(most_ops=10, most_bytes=10**6)
    assert first is not None
    assert (first.epoch, [op.seq for op in first.ops]) == (1, [1])
    assert store.to_send().count == 2


def test_a_full_disk_is_told_and_nothing_is_half_saved(store: LocalStore) -> None:
    save(store, citation())
    with store._records.writing() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(UnavailableError, match="disk is full") as refused:
        _save_many(store, 200)
    assert refused.value.key == "database.disk_full"
    assert refused.value.retry_safe
    saved = store.to_send().count
    with store._records.reading() as connection:
        links = connection.execute(select(AUDIT_LINK.c.seq)).scalars().all()
    assert len(links) == saved == len(store.day_facts(NOON, NOON.replace(hour=23)).citations)


def test_drafts_and_settings_are_kept_replaced_and_dropped(store: LocalStore) -> None:
    store.keep_draft("citation", b"one")
    store.keep_draft("citation", b"two")
    store.keep_setting("pin", b"1")
    store.keep_setting("pin", b"2")
    assert (store.draft("citation"), store.setting("pin")) == (b"two", b"2")
    with store.saving() as work:
        work.drop_draft("citation")
        work.commit()
    store.keep_setting("pin", None)
    assert (store.draft("citation"), store.setting("pin")) == (None, None)


def test_numbers_come_from_leases_in_order_and_never_twice(store: LocalStore) -> None:
    first, second = lease(10, 11), lease(30, 30)
    store.keep_lease(first)
    store.keep_lease(second)
    store.keep_lease(first)
    assert store.numbers_left() == 3
    given = [_next_number(store) for _ in range(3)]
    assert [read_citation_number(number) for number in given] == [(4, 10), (4, 11), (4, 30)]
    assert store.numbers_left() == 0
    with pytest.raises(UserError, match="No citation numbers") as refused:
        _next_number(store)
    assert refused.value.key == "numbers.none_left"


def test_a_number_that_was_rolled_back_was_never_on_paper(store: LocalStore) -> None:
    store.keep_lease(lease(10, 11))
    with store.saving() as work:
        unseen = work.next_number()
    assert _next_number(store) == unseen
    assert store.numbers_left() == 1


def test_a_lease_that_overlaps_another_is_refused(store: LocalStore) -> None:
    store.keep_lease(lease(10, 20))
    with pytest.raises(BugError, match="overlaps"):
        store.keep_lease(lease(20, 30))
    store.keep_lease(lease(20, 30, series=5))
    assert store.numbers_left() == 22


def test_a_photo_record_needs_its_file_on_the_disk(store: LocalStore) -> None:
    made = citation()
    jpeg = b"\xff\xd8\xff picture"
    with pytest.raises(BugError, match="before its file"):
        save(store, photo(made, sha256(jpeg).digest(), len(jpeg)))
    digest = store.save_photo(jpeg)
    assert digest == sha256(jpeg).digest()
    save(store, made, photo(made, digest, len(jpeg)))
    assert store.photo(digest) == jpeg


def test_the_same_photo_is_kept_once_and_stays_readable(store: LocalStore) -> None:
    jpeg = b"\xff\xd8\xff picture" * 10_000
    assert store.save_photo(jpeg) == store.save_photo(jpeg)
    assert store.photo(sha256(jpeg).digest()) == jpeg


def test_photos_that_neither_a_record_nor_the_draft_names_go(
    store: LocalStore, folder: Path
) -> None:
    discarded = store.save_photo(b"discarded", thumbnail=b"small")
    evidence, drafted = store.save_photo(b"evidence", thumbnail=b"small"), store.save_photo(b"new")
    made = citation()
    save(store, made, photo(made, evidence, 8))
    assert store.drop_photos(but=[drafted]) == 2
    with pytest.raises(UnavailableError, match="no longer on this terminal"):
        store.photo(discarded)
    assert (store.photo(evidence), store.photo(drafted)) == (b"evidence", b"new")
    assert len([*(folder / "photos").iterdir()]) == 3
    assert store.drop_photos(but=[]) == 1


def test_files_that_no_record_names_go_at_the_next_start(
    store: LocalStore, folder: Path, clock: StillClock
) -> None:
    kept = store.save_photo(b"kept")
    store.close()
    (folder / "photos" / ("0" * 64)).write_bytes(b"written, power cut before the commit")
    (folder / "photos" / "half.part").write_bytes(b"half written")
    again = LocalStore.open(folder, KEY, clock)
    assert [path.name for path in (folder / "photos").iterdir()] == [kept.hex()]
    assert again.photo(kept) == b"kept"
    again.close()


def test_people_go_before_background_writes(store: LocalStore) -> None:
    order: list[str] = []
    begun, go_on = threading.Event(), threading.Event()

    def person(name: str) -> None:
        with store.saving() as work:
            order.append(name)
            begun.set()
            go_on.wait(10)
            work.commit()

    def background() -> None:
        store.outbox.meet_epoch("life-1")
        order.append("background")

    first = threading.Thread(target=person, args=("first",))
    first.start()
    begun.wait(10)
    waiting = [threading.Thread(target=background), threading.Thread(target=person, args=("2",))]
    for thread in waiting:
        thread.start()
    while store._turns._people_waiting == 0:
        pass
    go_on.set()
    for thread in (first, *waiting):
        thread.join()
    assert order == ["first", "2", "background"]


def test_a_page_waits_for_people_but_not_for_ever(store: LocalStore) -> None:
    with store.saving():
        store._turns.let_people_go_first(0.01)


def _next_number(store: LocalStore) -> str:
    with store.saving() as work:
        number = work.next_number()
        work.commit()
    return number


def _fail_after(store: LocalStore, made: Citation) -> None:
    with store.saving() as work:
        work.add(made)
        raise ZeroDivisionError


def _save_many(store: LocalStore, count: int) -> None:
    for _ in range(count):
        save(store, citation(note_public="x" * 500))
