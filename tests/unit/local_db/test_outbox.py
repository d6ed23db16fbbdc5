"""The outbox: what is sent next, what answers do to it, what is forgotten and what never is."""

from collections.abc import Iterable
from datetime import timedelta

import pytest
from sqlalchemy import delete, update

from local_db.photo_outbox import KEEP_SENT_PHOTOS
from local_db.store import LocalStore
from local_db.tables import OUTBOX
from parking.citation import EventKind
from parking.errors import UnavailableError
from sync.news import ToSend
from sync.push import Batch
from sync.records import Lane
from sync.wire import OpResult
from tests.fakes.clock import NOON, StillClock
from tests.fakes.terminal import (
    citation,
    citation_event,
    enrolment,
    outage_event,
    photo,
    plate_check,
    save,
)


def batch(store: LocalStore, *, most_ops: int = 500, most_bytes: int = 10**6) -> Batch:
    found = store.outbox.next_batch(most_ops=most_ops, most_bytes=most_bytes)
    assert found is not None
    return found


def answer(
    store: LocalStore, sent: Batch, results: Iterable[OpResult], *, durable_through: int = 0
) -> None:
    store.outbox.settle(sent, results, durable_through=durable_through, now_utc=NOON)


def applied(*seqs: int) -> list[OpResult]:
    return [OpResult(seq, "applied") for seq in seqs]


def seqs(store: LocalStore) -> list[int]:
    found = store.outbox.next_batch(most_ops=500, most_bytes=10**6)
    return [] if found is None else [op.seq for op in found.ops]


def save_some(store: LocalStore, count: int) -> None:
    save(store, *(plate_check() for _ in range(count)))


def test_an_empty_outbox_has_nothing_to_send(store: LocalStore) -> None:
    assert store.outbox.next_batch(most_ops=500, most_bytes=1) is None
    assert store.to_send() == ToSend(count=0, oldest_utc=None, parked=0)


def test_a_batch_has_a_size_and_at_least_one_operation(store: LocalStore) -> None:
    save_some(store, 5)
    assert [op.seq for op in batch(store, most_ops=2).ops] == [1, 2]
    one = len(batch(store, most_ops=1).ops[0].data)
    assert [op.seq for op in batch(store, most_bytes=2 * one).ops] == [1, 2]
    assert [op.seq for op in batch(store, most_bytes=1).ops] == [1]


def test_the_lowest_lane_goes_first_each_in_its_own_numbers(
    store: LocalStore, clock: StillClock
) -> None:
    save_some(store, 2)
    clock.pass_by(minutes=1)
    made = citation()
    save(store, made, plate_check(), citation_event(made, EventKind.PRINTED), outage_event())
    assert store.to_send() == ToSend(
        count=6,
        oldest_utc=NOON,
        parked=0,
        lanes=((Lane.ORDERS, 1), (Lane.CITATIONS, 2), (Lane.EDITS, 3)),
    )
    gone = []
    while found := store.outbox.next_batch(most_ops=500, most_bytes=10**6):
        gone.append((found.lane, [op.seq for op in found.ops]))
        answer(store, found, applied(*gone[-1][1]))
    assert gone == [(Lane.ORDERS, [1]), (Lane.CITATIONS, [1, 2]), (Lane.EDITS, [1, 2, 3])]


def test_a_lower_lane_goes_before_an_older_epoch(store: LocalStore) -> None:
    save_some(store, 1)
    store.keep_identity(enrolment(epoch=2))
    save(store, citation())
    assert (batch(store).epoch, batch(store).lane) == (2, Lane.CITATIONS)
    answer(store, batch(store), applied(1))
    assert (batch(store).epoch, batch(store).lane) == (1, Lane.EDITS)


def test_what_one_save_made_is_sent_together(store: LocalStore) -> None:
    made = citation()
    save(store, citation())
    save(store, made, plate_check(), citation_event(made, EventKind.PRINTED))
    first = batch(store, most_ops=2)
    assert [op.seq for op in first.ops] == [1]
    answer(store, first, applied(1))
    assert [op.seq for op in batch(store, most_ops=2).ops] == [2, 3]
    size = len(batch(store).ops[0].data)
    assert [op.seq for op in batch(store, most_bytes=size + 1).ops] == [2]


def test_what_one_save_made_is_cut_where_it_alone_is_too_much(store: LocalStore) -> None:
    save(store, *(citation() for _ in range(5)))
    save(store, citation())
    assert [op.seq for op in batch(store, most_ops=3).ops] == [1, 2, 3]
    answer(store, batch(store, most_ops=3), applied(1, 2, 3))
    assert [op.seq for op in batch(store, most_ops=3).ops] == [4, 5, 6]
    assert [op.seq for op in batch(store, most_ops=1).ops] == [4]


def test_what_backups_hold_of_one_lane_says_nothing_of_another(store: LocalStore) -> None:
    save(store, citation(), plate_check())
    for _ in range(2):
        answer(store, batch(store), applied(1))
    save(store, citation())
    answer(store, batch(store), applied(2), durable_through=2)
    assert not store.outbox.send_from(1, Lane.CITATIONS, 1)
    assert store.outbox.send_from(1, Lane.EDITS, 1)
    assert batch(store).lane == Lane.EDITS


def test_answered_operations_are_not_sent_again(store: LocalStore) -> None:
    save_some(store, 3)
    answer(store, batch(store), [OpResult(1, "applied"), OpResult(2, "flagged", "zone", "odd")])
    assert seqs(store) == [3]


def test_a_batch_never_has_a_gap(store: LocalStore) -> None:
    save_some(store, 4)
    answer(store, batch(store), applied(2))
    assert seqs(store) == [1]
    answer(store, batch(store), applied(1))
    assert seqs(store) == [3, 4]


def test_what_central_refused_is_parked_with_its_reason(
    store: LocalStore, clock: StillClock
) -> None:
    made = citation()
    save(store, made, citation())
    clock.pass_by(minutes=5)
    refusal = OpResult(1, "refused", "record.field", "The place is too long.")
    answer(store, batch(store), [refusal, *applied(2)], durable_through=2)
    (parked,) = store.parked()
    assert (parked.record, parked.code, parked.text) == (made, refusal.code, refusal.text)
    assert (parked.epoch, parked.lane, parked.seq) == (1, Lane.CITATIONS, 1)
    assert (parked.made_utc, parked.answered_utc) == (NOON, NOON)
    assert store.to_send() == ToSend(count=0, oldest_utc=None, parked=1)
    assert store.sending(made.citation_id) == "refused"


def refused(*codes: str) -> list[OpResult]:
    return [OpResult(seq, "refused", code, "No.") for seq, code in enumerate(codes, start=1)]


def test_what_may_pass_by_now_is_sent_again_as_it_was(store: LocalStore) -> None:
    save(store, *(citation() for _ in range(3)))
    sent = batch(store)
    answer(store, sent, refused("record.unknown", "key.taken", "record.field"))
    told: list[int] = []
    store.on_saved(lambda: told.append(store.to_send().count))
    assert store.send_parked_again() == 2
    assert told == [2]
    assert [parked.code for parked in store.parked()] == ["key.taken"]
    assert batch(store).ops == sent.ops[:1]
    answer(store, batch(store), applied(1))
    assert batch(store).ops == sent.ops[2:]
    answer(store, batch(store), [OpResult(3, "refused", "record.field", "Still no.")])
    assert [parked.text for parked in store.parked()] == ["No.", "Still no."]


def test_where_nothing_is_parked_nothing_is_sent_again(store: LocalStore) -> None:
    save(store, citation())
    answer(store, batch(store), applied(1))
    store.on_saved(lambda: pytest.fail("nothing was saved"))
    assert store.send_parked_again() == 0
    assert seqs(store) == []


def test_what_a_supervisor_closed_leaves_the_list_and_stays_here(store: LocalStore) -> None:
    made = citation()
    save(store, made, citation())
    answer(store, batch(store), [*refused("record.unknown"), *applied(2)])
    assert store.send_parked_again() == 1
    answer(store, batch(store), refused("parked.closed"), durable_through=2)
    assert (store.parked(), store.to_send().parked) == ((), 0)
    assert store.send_parked_again() == 0
    assert store.sending(made.citation_id) == "refused"
    store.outbox.meet_epoch("life-2")
    assert seqs(store) == [1]


def test_a_parked_record_of_a_newer_version_is_listed_all_the_same(store: LocalStore) -> None:
    save(store, citation())
    answer(store, batch(store), refused("record.unknown"))
    for changed in ({"name": "selfie"}, {"name": "photo"}):
        with store._records.writing() as connection:
            connection.execute(update(OUTBOX).values(changed))
            connection.commit()
        assert [parked.record for parked in store.parked()] == [None]


def test_what_an_acknowledgement_is_worth_is_kept(store: LocalStore) -> None:
    save_some(store, 1)
    assert store.outbox.durability() == ""
    for word, kept in (("archived", "archived"), ("", "archived"), ("committed", "committed")):
        store.outbox.settle(batch(store), [], durable_through=0, durability=word, now_utc=NOON)
        assert store.outbox.durability() == kept


def test_operations_are_kept_until_a_backup_has_them(store: LocalStore) -> None:
    save_some(store, 3)
    answer(store, batch(store), applied(1, 2, 3), durable_through=2)
    assert store.outbox.send_from(1, Lane.EDITS, 3)
    assert seqs(store) == [3]
    assert not store.outbox.send_from(1, Lane.EDITS, 2)


def test_forgetting_spares_what_is_not_answered(store: LocalStore) -> None:
    save_some(store, 3)
    answer(store, batch(store), applied(1), durable_through=3)
    assert seqs(store) == [2, 3]


def test_an_answer_changes_nothing_twice(store: LocalStore) -> None:
    save_some(store, 1)
    sent = batch(store)
    answer(store, sent, applied(1))
    answer(store, sent, [OpResult(1, "refused", "late", "A late answer.")])
    assert store.to_send().parked == 0


def test_where_a_fact_stands_is_told(store: LocalStore) -> None:
    made, other = citation(), citation()
    save(store, made)
    assert store.sending(made.citation_id) == "to_send"
    answer(store, batch(store), applied(1))
    assert store.sending(made.citation_id) == "sent"
    with store._records.writing() as connection:
        connection.execute(delete(OUTBOX))
        connection.commit()
    assert store.sending(made.citation_id) == "sent"
    assert store.sending(other.citation_id) == ""


def test_the_next_number_of_the_chain_outlives_the_outbox(store: LocalStore) -> None:
    save_some(store, 2)
    answer(store, batch(store), applied(1, 2), durable_through=2)
    save_some(store, 1)
    assert seqs(store) == [3]


def test_the_age_of_the_oldest_counts_photos_too(store: LocalStore, clock: StillClock) -> None:
    digest = store.save_photo(b"picture")
    clock.pass_by(minutes=1)
    assert store.to_send().count == 0
    made = citation()
    save(store, made, photo(made, digest, 7))
    assert store.to_send() == ToSend(
        count=3, oldest_utc=NOON, parked=0, lanes=((Lane.CITATIONS, 2),)
    )


def with_a_photo(store: LocalStore, plain: bytes = b"picture") -> bytes:
    """Save a citation with a photo and its thumbnail."""
    digest = store.save_photo(plain, thumbnail=b"small")
    made = citation()
    save(store, made, photo(made, digest, len(plain)))
    return digest


def test_a_photo_goes_after_its_record(store: LocalStore) -> None:
    photos = store.outbox.photos
    assert (photos.next_photo(), photos.next_thumbnail()) == (None, None)
    digest = with_a_photo(store)
    assert (photos.next_photo(), photos.next_thumbnail()) == (None, None)
    answer(store, batch(store), applied(1, 2))
    small, found = photos.next_thumbnail(), photos.next_photo()
    assert small is not None
    assert found is not None
    assert (small.sha256, small.byte_length, small.read()) == (digest, 5, b"small")
    assert (found.sha256, found.byte_length) == (digest, 7)
    assert [found.read(0, 3), found.read(3, 9), found.read(7, 9)] == [b"pic", b"ture", b""]
    photos.thumbnail_answered(digest, taken=True)
    photos.photo_answered(digest, refused="", now_utc=NOON)
    assert (photos.next_photo(), photos.next_thumbnail()) == (None, None)


def test_the_photo_of_a_refused_record_waits_for_a_person_not_for_the_network(
    store: LocalStore,
) -> None:
    digest = with_a_photo(store)
    sent, photos = batch(store), store.outbox.photos
    answer(store, sent, [*applied(1), OpResult(2, "refused", "record.field", "No.")])
    assert store.to_send() == ToSend(count=0, oldest_utc=None, parked=1)
    assert store.send_parked_again() == 1
    assert store.to_send().count == 2
    answer(store, sent, [OpResult(2, "refused", "parked.closed", "Closed.")])
    assert store.to_send() == ToSend(count=0, oldest_utc=None, parked=0)
    assert store.photo(digest) == b"picture"
    # The same picture in a citation that central has does wait.
    other = citation()
    save(store, other, photo(other, digest, 7))
    answer(store, batch(store), applied(3, 4))
    assert store.to_send() == ToSend(count=1, oldest_utc=NOON, parked=0)
    assert photos.next_photo() is not None


def test_a_refused_photo_is_parked_and_stays_here(store: LocalStore) -> None:
    digest, photos = with_a_photo(store), store.outbox.photos
    answer(store, batch(store), applied(1, 2), durable_through=2)
    photos.photo_answered(digest, refused="Too large.", now_utc=NOON)
    assert photos.next_photo() is None
    assert store.to_send().parked == 1
    assert photos.photos_to_free(now_utc=NOON + timedelta(days=9), most=9) == ()
    assert store.photo(digest) == b"picture"


def test_a_photo_may_go_when_its_record_is_safe_and_the_shift_is_over(store: LocalStore) -> None:
    digest, photos = with_a_photo(store), store.outbox.photos
    sent = batch(store)
    answer(store, sent, applied(1, 2))
    photos.photo_answered(digest, refused="", now_utc=NOON)
    late = NOON + KEEP_SENT_PHOTOS + timedelta(seconds=1)
    assert photos.photos_to_free(now_utc=late, most=9) == ()
    answer(store, sent, [], durable_through=2)
    assert photos.photos_to_free(now_utc=NOON, most=9) == ()
    assert photos.photos_to_free(now_utc=late, most=0) == ()
    assert photos.photos_to_free(now_utc=late, most=9) == (digest,)
    photos.free_photo(digest)
    with pytest.raises(UnavailableError, match="no longer"):
        store.photo(digest)
    assert photos.photos_to_free(now_utc=late, most=9) == ()


def test_a_photo_that_central_lost_is_sent_again(store: LocalStore) -> None:
    digest, photos = with_a_photo(store), store.outbox.photos
    answer(store, batch(store), applied(1, 2))
    photos.photo_answered(digest, refused="", now_utc=NOON)
    photos.send_photo_again(digest)
    found = photos.next_photo()
    assert found is not None
    assert found.sha256 == digest


def test_a_restored_central_gets_back_what_it_may_have_lost(store: LocalStore) -> None:
    assert not store.outbox.meet_epoch("life-1")
    digest = store.save_photo(b"picture")
    made = citation()
    save(store, made, photo(made, digest, 7), citation())
    sent = batch(store)
    answer(store, sent, [*applied(1, 2), OpResult(3, "refused", "x", "y")], durable_through=1)
    store.outbox.photos.thumbnail_answered(digest, taken=True)
    store.outbox.photos.photo_answered(digest, refused="", now_utc=NOON)
    assert not store.outbox.meet_epoch("life-1")
    assert seqs(store) == []
    assert store.outbox.meet_epoch("life-2")
    assert seqs(store) == [2, 3]
    answer(store, batch(store), applied(2, 3))
    assert store.outbox.photos.next_photo() is not None
    assert store.outbox.photos.next_thumbnail() is not None
