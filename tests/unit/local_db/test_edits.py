"""Records that may be edited, as a terminal shows them around every step of sync."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from msgspec import Raw

from local_db.store import LocalStore
from parking.edit import (
    ChoiceReason,
    CitationNote,
    Conflict,
    ConflictChoice,
    ConflictSide,
    ConflictState,
    Edit,
)
from parking.zone import Zone
from sync.merge import changes_between
from sync.records import BY_CLASS, Lane, encode
from sync.wire import FeedPage, FeedRow, OpResult
from tests.fakes.clock import NOON, StillClock
from tests.fakes.memory_store import sample
from tests.fakes.terminal import (
    KEY,
    OFFICER_ID,
    TERMINAL_ID,
    citation,
    photo,
    quickly_enrolled,
    save,
)

NOTED = UUID(int=0xC17A)
MINE = CitationNote(citation_id=NOTED, note="mine", tags=("rain",))


def write(store: LocalStore, wanted: Any, **changed: Any) -> Edit:
    """Save the edit that a use case would make of what is shown now."""
    record = BY_CLASS[type(wanted)]
    shown = store.shown(record.of, str(getattr(wanted, record.key)))
    with store.saving() as work:
        made = Edit(
            edit_id=uuid4(),
            record=record.name,
            record_key=shown.key,
            base_revision=shown.base_revision,
            changes=changes_between(record, shown.value, wanted),
            officer_id=OFFICER_ID,
            terminal_id=TERMINAL_ID,
            made_utc=NOON,
            clock_uncertainty_ms=20,
            hlc=work.next_hlc(shown.data_as_of_utc),
        )
        work.add(replace(made, **changed))
        work.commit()
    return made


def bring(store: LocalStore, *rows: Any, as_of_utc: datetime = NOON) -> None:
    """Let a page of the feed come in."""
    page = FeedPage(
        feed_epoch="life",
        cursor=f"life:{uuid4()}",
        rows=[FeedRow(BY_CLASS[type(row)].name, Raw(encode(row))) for row in rows],
        more=False,
        as_of={"pay_station": as_of_utc},
        server_utc=as_of_utc,
    )
    store.outbox.apply_page(page)


def answer(store: LocalStore, outcome: str, code: str = "", *, durable: bool = True) -> None:
    """Let central answer everything that waits, and, if durable, let the outbox forget it."""
    batch = store.outbox.next_batch(most_ops=500, most_bytes=10**6)
    assert batch is not None
    assert batch.lane == Lane.EDITS
    store.outbox.settle(
        batch,
        [OpResult(op.seq, outcome, code) for op in batch.ops],
        durable_through=batch.ops[-1].seq if durable else 0,
        now_utc=NOON,
    )


def test_nothing_is_shown_before_anybody_wrote(store: LocalStore) -> None:
    shown = store.shown(CitationNote, str(NOTED))
    assert (shown.value, shown.base_revision, shown.waiting) == (None, 0, 0)
    assert shown.data_as_of_utc is None


def test_an_own_edit_is_shown_from_the_commit_on_without_a_gap(store: LocalStore) -> None:
    """Saved, acknowledged, forgotten by the outbox, brought by the feed: always the same words."""
    write(store, MINE)
    assert store.shown(CitationNote, str(NOTED)).value == MINE
    assert store.shown(CitationNote, str(NOTED)).waiting == 1
    answer(store, "applied", "revision.1")
    assert store.shown(CitationNote, str(NOTED)).value == MINE
    bring(store, replace(MINE, revision=1))
    shown = store.shown(CitationNote, str(NOTED))
    assert (shown.value, shown.base_revision, shown.waiting) == (replace(MINE, revision=1), 1, 0)
    assert shown.data_as_of_utc == NOON


def test_a_page_from_before_the_merge_does_not_take_own_words_away(store: LocalStore) -> None:
    bring(store, replace(MINE, note="before", revision=5))
    write(store, replace(MINE, note="after"))
    answer(store, "merged", "revision.7")
    bring(store, replace(MINE, note="somebody else", revision=6))
    shown = store.shown(CitationNote, str(NOTED))
    assert shown.value == replace(MINE, note="after", revision=6)
    bring(store, replace(MINE, note="after", tags=("new",), revision=7))
    assert store.shown(CitationNote, str(NOTED)).value == replace(
        MINE, note="after", tags=("new",), revision=7
    )


def test_a_restored_central_that_counts_anew_does_not_take_own_words_away(
    store: LocalStore,
) -> None:
    bring(store, replace(MINE, note="lost by the restore", revision=5))
    mine = replace(MINE, note="mine", revision=5)
    write(store, mine)
    answer(store, "applied", "revision.6", durable=False)
    bring(store, replace(mine, revision=6))
    assert store.outbox.meet_epoch("another life")
    store.outbox.start_feed_again("another life")
    answer(store, "applied", "revision.3", durable=False)
    bring(store, replace(mine, revision=3))
    write(store, replace(mine, note="mine again", revision=3))
    # To be sent again: a row of a high revision says nothing of it.
    assert store.outbox.meet_epoch("a third life")
    bring(store, replace(MINE, note="somebody else", revision=9))
    assert store.shown(CitationNote, str(NOTED)).value == replace(
        mine, note="mine again", revision=9
    )
    # Central has it, but the row here is one of before.
    store.outbox.start_feed_again("a third life")
    answer(store, "merged", "revision.4", durable=False)
    assert store.shown(CitationNote, str(NOTED)).value == replace(
        mine, note="mine again", revision=9
    )
    bring(store, replace(MINE, note="as merged", revision=4))
    shown = store.shown(CitationNote, str(NOTED))
    assert (shown.value, shown.waiting) == (replace(MINE, note="as merged", revision=4), 0)


def test_own_edits_are_on_top_of_what_others_changed_meanwhile(store: LocalStore) -> None:
    write(store, MINE)
    write(store, replace(MINE, note="mine again"))
    bring(store, replace(MINE, note="theirs", tags=("snow",), revision=3))
    shown = store.shown(CitationNote, str(NOTED))
    assert shown.value == replace(MINE, note="mine again", tags=("rain", "snow"), revision=3)
    assert shown.waiting == 2


def test_a_value_that_lost_at_central_gives_way_to_the_one_that_stands(store: LocalStore) -> None:
    bring(store, replace(MINE, note="theirs", revision=3))
    write(store, replace(MINE, note="mine"))
    answer(store, "conflict", "revision.3")
    assert store.shown(CitationNote, str(NOTED)).value == replace(MINE, note="theirs", revision=3)


def test_a_refused_edit_is_not_shown_any_more_and_stays_parked(store: LocalStore) -> None:
    write(store, MINE)
    answer(store, "refused", "edit.field", durable=False)
    assert store.shown(CitationNote, str(NOTED)).value is None
    assert len(store.parked()) == 1


def test_who_wrote_last_is_the_newest_edit_from_anywhere_that_was_not_refused(
    store: LocalStore,
) -> None:
    key = str(NOTED)
    assert store.last_edit(CitationNote, key) is None
    first = write(store, MINE)
    answer(store, "applied", "revision.1")
    write(store, replace(MINE, note="too late"), made_utc=NOON + timedelta(minutes=9))
    answer(store, "rejected", "record.field")
    assert store.last_edit(CitationNote, key) == first
    theirs = replace(first, edit_id=uuid4(), made_utc=NOON + timedelta(minutes=1))
    bring(store, theirs, replace(theirs, edit_id=uuid4(), record="plate_correction"))
    assert store.last_edit(CitationNote, key) == theirs
    assert store.last_edit(CitationNote, str(uuid4())) is None


def test_the_revision_that_edits_name_never_falls(store: LocalStore) -> None:
    bring(store, replace(MINE, revision=41))
    write(store, replace(MINE, note="before the restore"))
    store.outbox.start_feed_again("another life")
    bring(store, replace(MINE, revision=7))
    shown = store.shown(CitationNote, str(NOTED))
    assert shown.base_revision == 41
    assert shown.value == replace(MINE, note="before the restore", revision=7)


def test_logical_time_goes_on_through_clock_jumps_and_restarts(
    template: Path, folder: Path, clock: StillClock
) -> None:
    opened = quickly_enrolled(template, folder, clock)
    first = write(opened, MINE)
    clock.pass_by(days=-3650)
    second = write(opened, replace(MINE, note="x"))
    opened.close()
    again = LocalStore.open(folder, KEY, clock)
    third = write(again, replace(MINE, note="y"))
    bring(again, replace(MINE, note="y", revision=1), as_of_utc=NOON + timedelta(hours=1))
    fourth = write(again, replace(MINE, note="z"))
    again.close()
    assert first.hlc < second.hlc < third.hlc < fourth.hlc
    assert third.hlc == first.hlc + 2
    assert fourth.hlc > third.hlc + 1


def test_a_zone_is_found_by_its_number(store: LocalStore) -> None:
    zone = sample(Zone, "zones")[0]
    bring(store, zone)
    write(store, replace(zone, exit_grace_s=7))
    assert store.shown(Zone, zone.zone_id).value == replace(zone, exit_grace_s=7)
    assert store.zone(zone.zone_id) == zone


# --- conflicts -----------------------------------------------------------------------------------


def conflict(**changed: Any) -> Conflict:
    side = ConflictSide(
        edit_id=uuid4(),
        content='{"note":"a"}',
        officer_id=OFFICER_ID,
        terminal_id=TERMINAL_ID,
        made_utc=NOON,
        received_utc=NOON,
        kept=True,
    )
    made = Conflict(
        conflict_id=uuid4(),
        record="citation_note",
        record_key=str(NOTED),
        fields=("note",),
        base='{"note":""}',
        rule="ask",
        sides=(side, replace(side, edit_id=uuid4(), content='{"note":"b"}', kept=False)),
        state=ConflictState.OPEN,
        found_utc=NOON,
        revision=1,
    )
    return replace(made, **changed)


def choice(of: Conflict) -> ConflictChoice:
    return ConflictChoice(
        choice_id=uuid4(),
        conflict_id=of.conflict_id,
        side=0,
        content=of.sides[0].content,
        seen=tuple(side.side_id for side in of.sides),
        reason=ChoiceReason.TYPING_ERROR,
        officer_id=OFFICER_ID,
        terminal_id=TERMINAL_ID,
        decided_utc=NOON,
        clock_uncertainty_ms=20,
    )


def test_open_conflicts_come_oldest_first_and_settled_ones_do_not(store: LocalStore) -> None:
    old, new = conflict(found_utc=NOON - timedelta(hours=1)), conflict()
    bring(store, new, old, conflict(state=ConflictState.LOGGED))
    assert store.open_conflicts() == (old, new)


def test_a_conflict_decided_here_is_gone_at_once_unless_more_came(store: LocalStore) -> None:
    asked = conflict()
    bring(store, asked)
    made = choice(asked)
    save(store, made)
    assert store.open_conflicts() == ()
    assert store.choices_of(asked.conflict_id) == (made,)
    third = replace(asked.sides[1], edit_id=uuid4(), content='{"note":"c"}')
    more = replace(asked, sides=(*asked.sides, third), revision=2)
    bring(store, more)
    assert store.open_conflicts() == (more,)


def test_photos_of_a_citation_come_as_taken(store: LocalStore) -> None:
    of = citation()
    digests = [store.save_photo(bytes([number]) * 9) for number in range(2)]
    first, second = (photo(of, digest, 9) for digest in digests)
    first = replace(first, taken_utc=NOON + timedelta(minutes=1))
    save(store, of, first, second)
    assert store.photos_of(of.citation_id) == (second, first)
