"""Evidence at a desk: kept here, else from city hall, and judged by whole bytes alone."""

from collections.abc import Iterator
from hashlib import sha256
from uuid import UUID, uuid4

import pytest

from app.usecases.evidence import Evidence, EvidenceKind
from parking.errors import UnavailableError, UserError
from parking.photo import Photo
from parking.terminal import TerminalKind
from sync.failures import in_trouble, no_network
from tests.fakes.clock import NOON
from tests.fakes.terminal_app import FakeTerminal, fake_terminal

PLAIN = b"a whole photo"


@pytest.fixture
def desk() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.SUPERVISOR) as made:
        yield made


def photo(plain: bytes = PLAIN) -> Photo:
    return Photo(
        photo_id=uuid4(),
        citation_id=UUID(int=1),
        sha256=sha256(plain).digest(),
        byte_length=len(plain),
        taken_utc=NOON,
    )


def first(desk: FakeTerminal, *photos: Photo) -> tuple[Evidence, ...]:
    return desk.lanes.run(desk.app.desk.evidence(photos))


def whole(desk: FakeTerminal, *found: Evidence) -> tuple[Evidence, ...]:
    return desk.lanes.run(desk.app.desk.whole_evidence(found))


def kinds(found: tuple[Evidence, ...]) -> list[EvidenceKind]:
    return [one.kind for one in found]


def test_a_photo_kept_here_is_judged_without_asking(desk: FakeTerminal) -> None:
    kept, changed = photo(), photo(b"another")
    desk.store.photos |= {kept.sha256: PLAIN, changed.sha256: PLAIN}
    found = first(desk, kept, changed)
    assert kinds(found) == [EvidenceKind.WHOLE, EvidenceKind.DAMAGED]
    assert [one.plain for one in found] == [PLAIN, PLAIN]
    assert whole(desk, *found) == found
    assert desk.central.asked == []


def test_a_small_picture_comes_first_and_the_whole_photo_is_checked(desk: FakeTerminal) -> None:
    one = photo()
    desk.central.thumbnails[one.sha256] = b"small"
    desk.central.photos[one.sha256] = PLAIN
    found = first(desk, one)
    assert found == (Evidence(photo=one, kind=EvidenceKind.SMALL, plain=b"small"),)
    assert whole(desk, *found) == (Evidence(photo=one, kind=EvidenceKind.WHOLE, plain=PLAIN),)
    assert desk.central.asked == ["thumbnail", "photo"]
    assert desk.store.photos == {}, "nothing is kept at the desk"


def test_a_small_picture_stays_while_its_photo_has_not_come_in(desk: FakeTerminal) -> None:
    one = photo()
    (coming,) = first(desk, one)
    assert (coming.kind, coming.plain) == (EvidenceKind.COMING, None)
    assert whole(desk, coming) == (coming,)
    desk.central.thumbnails[one.sha256] = b"small"
    small = whole(desk, coming)
    assert kinds(small) == [EvidenceKind.SMALL]
    desk.central.away = True
    assert whole(desk, *small) == small


def test_a_photo_without_a_small_picture_is_shown_whole(desk: FakeTerminal) -> None:
    one = photo()
    desk.central.photos[one.sha256] = PLAIN
    assert kinds(whole(desk, *first(desk, one))) == [EvidenceKind.WHOLE]


def test_a_damaged_photo_takes_its_small_picture_away(desk: FakeTerminal) -> None:
    one = photo()
    desk.central.thumbnails[one.sha256] = b"small"
    desk.central.photos[one.sha256] = b"damaged"
    found = whole(desk, *first(desk, one))
    assert found == (Evidence(photo=one, kind=EvidenceKind.DAMAGED),)


def test_without_a_network_city_hall_is_asked_once(desk: FakeTerminal) -> None:
    kept, one, two = photo(), photo(b"one"), photo(b"two")
    desk.store.photos[kept.sha256] = PLAIN
    desk.central.away = True
    found = first(desk, one, kept, two)
    assert kinds(found) == [EvidenceKind.AWAY, EvidenceKind.WHOLE, EvidenceKind.AWAY]
    assert desk.central.asked == ["thumbnail"]
    desk.central.away = False
    desk.central.photos[one.sha256] = b"one"
    found = whole(desk, *found)
    assert kinds(found) == [EvidenceKind.WHOLE, EvidenceKind.WHOLE, EvidenceKind.COMING]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (no_network(), EvidenceKind.AWAY),
        (in_trouble(500), EvidenceKind.NOT_GIVEN),
        (UserError("photo.desk", "At a desk only."), EvidenceKind.NOT_GIVEN),
        (UserError("photo.unknown", "Not yet."), EvidenceKind.COMING),
    ],
)
def test_why_a_photo_is_not_shown_is_told_apart(
    desk: FakeTerminal,
    monkeypatch: pytest.MonkeyPatch,
    error: UserError | UnavailableError,
    kind: EvidenceKind,
) -> None:
    def refuse(_sha256: bytes, *, thumbnail: bool) -> bytes:
        del thumbnail
        raise error

    monkeypatch.setattr(desk.central, "photo", refuse)
    found = first(desk, photo())
    assert kinds(found) == [kind]
    assert whole(desk, *found) == found
