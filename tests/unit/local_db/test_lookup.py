"""The plate lookup: exact keys decide, look-alikes are only offered, ages come along."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from msgspec import Raw

from local_db.store import LocalStore
from parking.check import Candidates
from parking.errors import BugError
from parking.zone import Source
from sync.records import BY_CLASS, encode
from sync.wire import FeedPage, FeedRow
from tests.fakes.clock import NOON, StillClock
from tests.unit.parking import samples


def bring(store: LocalStore, *values: Any, ages: Sequence[str] = ()) -> None:
    """Let the feed bring records of central."""
    position = store.outbox.feed_position()
    store.outbox.apply_page(
        FeedPage(
            feed_epoch="life-1",
            cursor=f"life-1:{len(position.cursor)}",
            rows=[FeedRow(BY_CLASS[type(value)].name, Raw(encode(value))) for value in values],
            more=False,
            as_of=dict.fromkeys(ages, NOON),
            server_utc=NOON,
        )
    )


def test_nothing_known_is_an_answer_too(store: LocalStore) -> None:
    assert store.candidates("AB12345") == Candidates()


def test_all_that_is_known_about_a_plate_comes_at_once(store: LocalStore) -> None:
    session, permit, entry = samples.session(), samples.permit(), samples.hotlist_entry()
    others = [
        samples.session(parking_session_id=uuid4(), plate="ZZ99999"),
        samples.permit(permit_id=uuid4(), plate="ZZ99999"),
        samples.hotlist_entry(hotlist_entry_id=uuid4(), plate="ZZ99999"),
    ]
    bring(store, session, permit, entry, *others, ages=["pay_station", "hotlist"])
    found = store.candidates("AB12345")
    assert (found.rights, found.permits, found.hotlist) == ((session,), (permit,), (entry,))
    assert found.as_of == {Source.PAY_STATION: NOON, Source.HOTLIST: NOON}
    assert found.look_alikes == ()


def test_plates_are_found_however_they_were_written(store: LocalStore) -> None:
    session = samples.session(plate="ab-12 345", revoked_utc=NOON, tariff_version="x 7")
    bring(store, session)
    assert store.candidates("AB12345").rights == (session,)


def test_look_alikes_are_offered_when_no_right_is_valid_now(
    store: LocalStore, clock: StillClock
) -> None:
    alike = samples.session(parking_session_id=uuid4(), plate="A812345")
    entry = samples.hotlist_entry(plate="AB1234S")
    permit = samples.permit(plate="AB1Z345")
    mine = samples.session()
    bring(store, alike, entry, permit, mine)
    assert store.candidates("AB12345").look_alikes == ()
    clock.pass_by(hours=2)
    found = store.candidates("AB12345")
    assert found.rights == (mine,)
    assert set(found.look_alikes) == {alike, entry, permit}


def test_a_revoked_right_hides_no_look_alike(store: LocalStore) -> None:
    alike = samples.session(parking_session_id=uuid4(), plate="A812345")
    bring(store, alike, samples.session(revoked_utc=NOON))
    assert store.candidates("AB12345").look_alikes == (alike,)


def test_a_plate_without_look_alikes_needs_no_second_read(store: LocalStore) -> None:
    bring(store, samples.session(plate="CCC"))
    assert store.candidates("XXX") == Candidates()


def test_payments_of_last_week_are_left_out(store: LocalStore) -> None:
    old = samples.session(start_utc=NOON - timedelta(days=9), end_utc=NOON - timedelta(days=8))
    bring(store, old)
    assert store.candidates("AB12345").rights == ()


def test_a_source_this_version_does_not_know_is_passed_over(store: LocalStore) -> None:
    bring(store, ages=["app", "drone"])
    with store._reference.writing() as connection:
        connection.exec_driver_sql("INSERT INTO source_status VALUES ('drone', 1)")
        connection.commit()
    assert store.candidates("AB12345").as_of == {Source.APP: NOON}


def test_a_lookup_after_closing_is_a_fault_of_ours(store: LocalStore) -> None:
    store.close()
    with pytest.raises(BugError, match="closed"):
        store.candidates("AB12345")
