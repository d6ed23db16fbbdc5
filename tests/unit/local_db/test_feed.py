"""The feed: pages come in whole, newer rows win, what cannot be read is told."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import msgspec
import pytest
from msgspec import Raw
from sqlalchemy import select

from local_db.feed import Feed
from local_db.store import LocalStore
from local_db.tables import FEED_TABLES
from parking.errors import BugError
from parking.zone import Source
from sync.pull import FeedPosition
from sync.records import BY_CLASS, encode
from sync.wire import FeedPage, FeedRow
from tests.fakes.clock import NOON
from tests.fakes.terminal import citation, save
from tests.unit.parking import samples

SOURCES = ("pay_station", "app", "permit", "hotlist")


def row(value: Any, **unknown: Any) -> FeedRow:
    """Return a row of the feed, with fields that this version does not know."""
    data = msgspec.json.decode(encode(value)) | unknown
    return FeedRow(BY_CLASS[type(value)].name, Raw(msgspec.json.encode(data)))


def page(*rows: FeedRow, **changes: Any) -> FeedPage:
    """Return the last page of a feed."""
    fields: dict[str, Any] = {
        "feed_epoch": "life-1",
        "cursor": "life-1:9",
        "rows": list(rows),
        "more": False,
        "as_of": dict.fromkeys(SOURCES, NOON),
        "server_utc": NOON,
    }
    return FeedPage(**(fields | changes))


def test_a_page_is_kept_with_its_cursor(store: LocalStore) -> None:
    zone, session = samples.zone(), samples.session()
    changed = store.outbox.apply_page(page(row(zone), row(session)))
    assert changed == {"zone", "parking_session"}
    assert store.zone("112") == zone
    assert store.candidates("AB12345").rights == (session,)
    assert store.outbox.feed_position() == FeedPosition(feed_epoch="life-1", cursor="life-1:9")


def test_people_save_while_a_page_is_read(store: LocalStore) -> None:
    saved, seen = list[Any](), list[int]()

    def person() -> None:
        saved.append(citation())
        save(store, saved[-1])
        seen.append(len(store.zones()))

    zones = [row(samples.zone(zone_id=f"{number}")) for number in range(120)]
    Feed(store._reference, people_first=person).apply(page(*zones))
    assert len(saved) >= 4
    assert store.to_send().count == len(saved)
    assert (set(seen), len(store.zones())) == ({0}, 120)


def test_a_page_that_fails_leaves_nothing(store: LocalStore) -> None:
    store.outbox.apply_page(page(cursor="life-1:1"))
    twice = page(row(samples.zone()), cursor="life-1:2")
    with store._reference.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER no BEFORE INSERT ON zone BEGIN SELECT RAISE(ABORT, 'no'); END"
        )
        connection.commit()
    with pytest.raises(BugError):
        store.outbox.apply_page(twice)
    assert store.zones() == ()
    assert store.outbox.feed_position().cursor == "life-1:1"


def test_a_newer_revision_wins_whatever_comes_last(store: LocalStore) -> None:
    new, old = samples.zone(name="New", revision=5), samples.zone(name="Old", revision=4)
    store.outbox.apply_page(page(row(new), row(old)))
    assert store.zone("112") == new
    newer = samples.zone(name="Newer", revision=6)
    store.outbox.apply_page(page(row(newer)))
    assert store.zone("112") == newer


def test_a_fact_is_inserted_once(store: LocalStore) -> None:
    made = citation()
    store.outbox.apply_page(page(row(made), row(made)))
    store.outbox.apply_page(page(row(made)))
    assert store.citation(made.citation_id) == (made, ())


def test_the_sources_age_only_moves_when_everything_is_in(store: LocalStore) -> None:
    store.outbox.apply_page(page(more=True))
    assert store.sources_as_of() == dict.fromkeys(Source)
    later = NOON + timedelta(minutes=1)
    store.outbox.apply_page(page(as_of={"app": later}))
    assert store.sources_as_of()[Source.APP] == later
    assert store.sources_as_of()[Source.PERMIT] is None


def test_fields_of_a_newer_version_are_kept(store: LocalStore) -> None:
    store.outbox.apply_page(page(row(samples.zone(), colour="blue")))
    zone = FEED_TABLES["zone"].c
    with store._reference.reading() as connection:
        assert connection.execute(select(zone.extra)).scalar() == '{"colour":"blue"}'


def test_records_of_a_newer_version_are_passed_over(store: LocalStore) -> None:
    strange = FeedRow("drone_flight", Raw(b'{"id": 1}'))
    assert store.outbox.apply_page(page(strange, row(samples.zone()))) == {"zone"}
    assert store.sources_as_of()[Source.APP] == NOON


@pytest.mark.parametrize("data", [b'{"zone_id": 5}', b'{"zone_id": "1"', b"[]"])
def test_a_row_that_cannot_be_read_is_set_aside_and_no_source_counts_as_fresh(
    store: LocalStore, data: bytes
) -> None:
    bad = FeedRow("zone", Raw(data))
    store.outbox.apply_page(page(bad, bad, row(samples.session())))
    assert store.outbox.unread() == 1
    assert store.candidates("AB12345").rights == (samples.session(),)
    assert store.sources_as_of() == dict.fromkeys(Source)


def test_starting_again_keeps_rows_until_the_new_ones_are_in(store: LocalStore) -> None:
    stays, goes = samples.zone(revision=9), samples.zone(zone_id="7", revision=9)
    made = citation()
    bad = FeedRow("zone", Raw(b"{}"))
    store.outbox.apply_page(page(row(stays), row(goes), row(made), bad))
    save(store, citation())
    store.outbox.start_feed_again("life-2")
    assert store.outbox.feed_position() == FeedPosition(feed_epoch="life-2", cursor="")
    assert store.zones() == (goes, stays)
    older = samples.zone(name="As restored", revision=3)
    store.outbox.apply_page(page(row(older), feed_epoch="life-2", more=True))
    assert store.zones() == (goes, older)
    store.outbox.apply_page(page(row(made), feed_epoch="life-2"))
    assert store.zones() == (older,)
    assert store.citation(made.citation_id) == (made, ())
    assert store.outbox.unread() == 0
    assert store.sources_as_of()[Source.APP] == NOON
    assert store.to_send().count == 1


def test_a_newer_program_asks_for_everything_once_more(store: LocalStore) -> None:
    store.outbox.apply_page(page(row(samples.zone())))
    with store._reference.writing() as connection:
        connection.exec_driver_sql("UPDATE feed_state SET wire_level = 0")
        connection.commit()
    feed = Feed(store._reference)
    assert feed.position() == FeedPosition(feed_epoch="life-1", cursor="")
    assert store.zone("112") == samples.zone()
    feed.apply(page(row(samples.zone(zone_id="7"))))
    assert [zone.zone_id for zone in store.zones()] == ["7"]


def test_every_record_of_the_feed_reads_back_as_it_was(store: LocalStore) -> None:
    entry = samples.hotlist_entry(removed_utc=NOON, case_number="9", hotlist_entry_id=uuid4())
    store.outbox.apply_page(page(row(entry), row(samples.permit())))
    found = store.candidates("AB12345")
    assert (found.hotlist, found.permits) == ((entry,), (samples.permit(),))
