"""What a terminal shows of its own edits when it starts over and central says what is the same."""

from dataclasses import replace
from uuid import UUID

import pytest

from local_db.store import LocalStore
from parking.edit import CitationNote
from sync.wire import DigestAnswer
from tests.unit.local_db.test_edits import MINE, answer, bring, write

THEIRS = replace(MINE, note="theirs", revision=7)


@pytest.mark.parametrize("same", [["citation_note"], []], ids=["same", "other"])
def test_what_others_wrote_since_is_not_hidden_by_own_words_that_the_row_carries(
    store: LocalStore, same: list[str]
) -> None:
    write(store, MINE)
    answer(store, "applied", "revision.6", durable=False)
    bring(store, THEIRS)
    assert _note(store) == "theirs"
    again = DigestAnswer(feed_epoch="another life", cursor="another life:3", same=same, remaining=0)
    store.starting.go_on(again)
    store.outbox.meet_epoch("another life")
    answer(store, "applied", "revision.6", durable=False)
    # Where nobody said that the row is as at central, own words stay until it has come.
    assert _note(store) == ("theirs" if same else "mine")
    bring(store, *([] if same else [THEIRS]))
    assert _note(store) == "theirs"


def _note(store: LocalStore) -> str:
    shown = store.shown(CitationNote, str(UUID(int=0xC17A))).value
    assert shown is not None
    return shown.note
