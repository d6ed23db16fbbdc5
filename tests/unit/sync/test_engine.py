"""One round of sync: everything goes up once, everything comes down, nothing is lost by trouble."""

import pytest

from local_db.store import LocalStore
from parking.check import PlateCheck
from parking.citation import Citation
from parking.errors import UnavailableError
from parking.zone import Source
from sync.engine import SyncEngine
from sync.failures import BusyError, GapError, ResyncError
from sync.records import Lane
from sync.wire import FeedPage
from tests.fakes.central import FakeCentral, FakeGateway, Trouble
from tests.fakes.clock import NOON, StillClock
from tests.fakes.terminal import (
    TERMINAL_ID,
    citation,
    enrolment,
    photo,
    plate_check,
    save,
    sign,
)
from tests.unit.parking import samples
from tests.unit.sync.scripted import Scripted


def test_a_round_sends_all_and_brings_all(
    store: LocalStore, central: FakeCentral, engine: SyncEngine
) -> None:
    made, checks = citation(), [plate_check() for _ in range(7)]
    digest = store.save_photo(b"picture")
    save(store, made, photo(made, digest, 7), *checks)
    zones = [samples.zone(zone_id=str(number)) for number in range(1, 8)]
    for zone in zones:
        central.publish(zone)
    seen: list[tuple[int, int]] = []
    report = engine.run_once(progress=lambda told: seen.append((told.rows, told.remaining)))
    assert (report.error, report.pushed, report.photos, report.rows) == (None, 9, 1, 16)
    assert report.changed == {"zone", "citation", "photo", "plate_check"}
    assert seen == [(0, 0), (0, 0), (3, 13), (6, 10), (9, 7), (12, 4), (15, 1), (16, 0), (16, 0)]
    assert central.facts(Citation) == {made.citation_id}
    assert central.facts(PlateCheck) == {check.check_id for check in checks}
    assert central.books.photos == {digest: b"picture"}
    assert store.zones() == tuple(zones)
    assert engine.to_send().count == 0
    assert store.outbox.durability() == "committed"
    assert store.sources_as_of() == dict.fromkeys(Source, NOON)


def test_a_second_round_does_nothing_more(
    store: LocalStore, central: FakeCentral, engine: SyncEngine
) -> None:
    save(store, citation())
    engine.run_once()
    report = engine.run_once()
    assert (report.pushed, report.rows, report.photos, report.again) == (0, 0, 0, False)
    assert central.books.effects == 1


@pytest.mark.parametrize("trouble", [*Trouble])
def test_trouble_loses_nothing_and_doubles_nothing(
    store: LocalStore,
    central: FakeCentral,
    gateway: FakeGateway,
    engine: SyncEngine,
    trouble: Trouble,
) -> None:
    facts = [citation() for _ in range(5)]
    save(store, *facts)
    gateway.troubles.extend([trouble] * 4)
    while engine.run_once().error is not None:
        assert store.to_send().count in {0, 5}
    engine.run_once()
    assert central.facts(Citation) == {fact.citation_id for fact in facts}
    assert central.books.effects == 5
    assert store.to_send().count == 0


@pytest.mark.parametrize(
    ("trouble", "words"),
    [
        (Trouble.CUT_ANSWER, "cut in the middle"),
        (Trouble.PORTAL, "Wi-Fi sign-in page"),
        (Trouble.OTHER_VERSION, "a form this version does not know"),
        (Trouble.LOSE_REQUEST, "cannot be reached"),
        (Trouble.LOSE_ANSWER, "did not answer in time"),
    ],
)
def test_trouble_is_told_in_one_sentence(
    store: LocalStore, gateway: FakeGateway, engine: SyncEngine, trouble: Trouble, words: str
) -> None:
    save(store, citation())
    gateway.troubles.append(trouble)
    error = engine.run_once().error
    assert isinstance(error, UnavailableError)
    assert words in error.sentence
    assert error.retry_safe


def test_where_nobody_answers_only_one_leg_is_tried(
    store: LocalStore, gateway: FakeGateway, engine: SyncEngine
) -> None:
    save(store, citation())
    gateway.cut()
    engine.run_once()
    assert gateway.calls == ["push"]


def test_a_push_that_central_cannot_take_now_does_not_hold_up_the_feed(
    store: LocalStore, central: FakeCentral, gateway: FakeGateway, engine: SyncEngine
) -> None:
    save(store, citation())
    central.publish(samples.zone())
    gateway.troubles.append(Trouble.BUSY)
    report = engine.run_once()
    assert report.error is not None
    assert store.zone("112") == samples.zone()


def test_what_central_refuses_is_parked_and_the_rest_goes_on(
    store: LocalStore, central: FakeCentral, engine: SyncEngine
) -> None:
    bad, good = citation(), citation()
    save(store, bad, good)
    central.judge = lambda _, data: (
        ("refused", "record.field", "The place is too long.")
        if str(bad.citation_id).encode() in data
        else ("flagged", "zone.closed", "The zone was closed.")
    )
    assert engine.run_once().error is None
    (parked,) = store.parked()
    assert (parked.record, parked.text) == (bad, "The place is too long.")
    assert central.facts(Citation) == {good.citation_id}
    assert store.to_send().count == 0


def test_a_restored_central_gets_everything_back(
    store: LocalStore, central: FakeCentral, engine: SyncEngine
) -> None:
    early, late = citation(), citation()
    digest = store.save_photo(b"picture")
    save(store, early)
    central.publish(samples.zone(name="Before", revision=1))
    engine.run_once()
    backup = central.backup()
    save(store, late, photo(late, digest, 7))
    central.publish(samples.zone(name="Lost", revision=2))
    engine.run_once()
    assert store.zone("112") == samples.zone(name="Lost", revision=2)
    central.restore(backup)
    report = engine.run_once()
    assert report.again
    assert engine.run_once().error is None
    assert central.facts(Citation) == {early.citation_id, late.citation_id}
    assert central.books.photos == {digest: b"picture"}
    assert store.zone("112") == samples.zone(name="Before", revision=1)


def test_a_push_before_the_news_of_a_restore_closes_the_gap(
    store: LocalStore, central: FakeCentral, engine: SyncEngine
) -> None:
    empty = central.backup()
    facts = [citation() for _ in range(3)]
    save(store, *facts)
    engine.run_once()
    central.restore(empty)
    save(store, citation())
    report = engine.run_once()
    assert report.error is None
    assert report.pushed == 4
    assert central.facts(Citation) > {fact.citation_id for fact in facts}


def test_operations_a_backup_should_have_had_are_told_as_missing(
    store: LocalStore, central: FakeCentral, engine: SyncEngine
) -> None:
    empty = central.backup()
    central.durable = True
    save(store, citation())
    engine.run_once()
    central.restore(empty)
    save(store, citation())
    report = engine.run_once()
    assert isinstance(report.error, GapError)
    assert store.to_send().count == 1


@pytest.fixture
def gateway(central: FakeCentral) -> Scripted:
    return Scripted(central)


def test_a_feed_central_has_no_room_for_keeps_no_lane(
    gateway: FakeGateway, engine: SyncEngine
) -> None:
    gateway.troubles.append(Trouble.BUSY)
    report = engine.run_once()
    assert isinstance(report.error, BusyError)
    assert all(lane < report.busy_lane for lane in Lane)


def test_a_feed_of_a_new_life_without_a_word_is_noticed(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    central.publish(samples.zone())
    engine.run_once()
    gateway.on_feed = lambda cursor: page(cursor, "life-9")
    engine.run_once()
    assert store.outbox.feed_position().feed_epoch == "life-9"
    assert store.zones() == ()


def page(cursor: str, feed_epoch: str) -> FeedPage:
    return FeedPage(
        feed_epoch=feed_epoch,
        cursor=f"{feed_epoch}:{len(cursor)}",
        rows=[],
        more=False,
        as_of={},
        server_utc=NOON,
    )


def test_a_feed_that_does_not_move_is_told(gateway: Scripted, engine: SyncEngine) -> None:
    gateway.on_feed = lambda _: FeedPage(
        feed_epoch="life-1", cursor="", rows=[], more=True, as_of={}, server_utc=NOON
    )
    error = engine.run_once().error
    assert isinstance(error, UnavailableError)
    assert error.key == "central.version"


def test_a_feed_that_refuses_its_own_beginning_is_told(
    gateway: Scripted, engine: SyncEngine
) -> None:
    def feed(_cursor: str) -> FeedPage:
        raise ResyncError("Read everything again.")

    gateway.on_feed = feed
    assert isinstance(engine.run_once().error, ResyncError)


def test_a_terminal_meets_its_central_before_it_sends(
    store: LocalStore, gateway: FakeGateway, clock: StillClock
) -> None:
    save(store, citation())
    engine = SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign)
    report = engine.run_once()
    assert gateway.calls == ["feed", "push"]
    assert not report.again
    assert store.to_send().count == 0


def test_what_was_sent_to_an_unknown_central_is_sent_again_when_it_is_known(
    store: LocalStore, central: FakeCentral, gateway: FakeGateway, clock: StillClock
) -> None:
    empty = central.backup()
    made = citation()
    save(store, made)
    engine = SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign)
    gateway.troubles.append(Trouble.BUSY)
    engine.run_once()
    assert store.to_send().count == 0
    central.restore(empty)
    assert engine.run_once().again or store.to_send().count == 0
    engine.run_once()
    assert central.facts(Citation) == {made.citation_id}


def test_operations_of_an_older_epoch_go_first_under_their_own(
    store: LocalStore, central: FakeCentral, gateway: FakeGateway, clock: StillClock
) -> None:
    old, new = citation(), citation()
    save(store, old)
    store.keep_identity(enrolment(epoch=2))
    save(store, new)
    engine = SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign)
    assert engine.run_once().pushed == 2
    assert set(central.books.answers) == {(1, 2, 1), (2, 2, 1)}
