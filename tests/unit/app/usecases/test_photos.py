"""Photos at capture and at start-up: a thumbnail beside each, and none that nobody names."""

from collections.abc import Iterator
from hashlib import sha256

import pytest

from app.usecases.keep_draft import DRAFT, CitationDraft, keep_draft, sweep_photos
from app.usecases.photos import TakenPhoto
from tests.fakes.clock import NOON
from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from tests.unit.app.test_thumbnail import jpeg


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal() as made:
        made.on_beat()
        yield made


def test_a_photo_is_kept_with_its_thumbnail(terminal: FakeTerminal) -> None:
    photo = jpeg(640, 480)
    taken = terminal.lanes.run(terminal.app.officer.take_photo(photo))
    assert taken.sha256 == sha256(photo).digest()
    assert 0 < len(terminal.store.thumbnails[taken.sha256]) < len(photo)


def _draft(*photos: bytes) -> CitationDraft:
    return CitationDraft(
        plate="ZZ99999",
        plate_state="CT",
        zone_id="112",
        photos=tuple(
            TakenPhoto(sha256=each, byte_length=9, taken_utc=NOON, view="car") for each in photos
        ),
    )


def test_photos_of_a_dropped_draft_go_at_the_next_start(terminal: FakeTerminal) -> None:
    store = terminal.store
    dropped, drafted = store.save_photo(b"dropped"), store.save_photo(b"drafted")
    terminal.lanes.on_store("draft", lambda: keep_draft(store, _draft(drafted)))
    sweep_photos(store)
    assert set(store.photos) == {drafted}
    assert dropped not in store.photos
    with store.saving() as work:
        work.drop_draft(DRAFT)
        work.commit()
    sweep_photos(store)
    assert store.photos == {}


def test_a_draft_that_this_version_cannot_read_keeps_all(terminal: FakeTerminal) -> None:
    store = terminal.store
    kept = store.save_photo(b"kept")
    store.keep_draft(DRAFT, b'{"a draft": "of tomorrow"}')
    sweep_photos(store)
    assert set(store.photos) == {kept}
