"""Photos go up in chunks from where central says, after thumbnails, within their share."""

from collections.abc import Callable

import pytest

from local_db.photo_outbox import KEEP_SENT_PHOTOS
from local_db.store import LocalStore
from parking.errors import ParkingError, UnavailableError, UserError
from sync.engine import SyncEngine
from sync.failures import OffsetError, TooLargeError, too_slow
from sync.report import SyncReport
from sync.token_bucket import TokenBucket
from sync.upload import PhotoLeg, PhotoToSend
from sync.wire import PHOTO_CHUNK_BYTES, PhotoPlace
from tests.fakes.central import FakeCentral, FakeGateway, Trouble
from tests.fakes.clock import StillClock
from tests.fakes.terminal import TERMINAL_ID, citation, photo, save, sign

CHUNK = PHOTO_CHUNK_BYTES
BIG = bytes(at % 251 for at in range(2 * CHUNK + 7))
Put = Callable[[PhotoToSend, int, bytes], PhotoPlace]


class Scripted(FakeGateway):
    """Answers chunks by a function of a test where it gives one."""

    on_chunk: Put | None = None
    on_thumbnail: Callable[[bytes], None] | None = None

    def put_chunk(self, photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        if self.on_chunk:
            return self.on_chunk(photo, offset, chunk)
        return super().put_chunk(photo, offset, chunk)

    def put_thumbnail(self, sha256: bytes, jpeg: bytes) -> None:
        if self.on_thumbnail:
            self.on_thumbnail(jpeg)
        else:
            super().put_thumbnail(sha256, jpeg)


@pytest.fixture
def gateway(central: FakeCentral) -> Scripted:
    return Scripted(central)


def cite(store: LocalStore, *photos: bytes) -> list[bytes]:
    """Save a citation with photos, each with a thumbnail."""
    made = citation()
    digests = [store.save_photo(plain, thumbnail=b"small") for plain in photos]
    records = [photo(made, *each) for each in zip(digests, map(len, photos), strict=True)]
    save(store, made, *records)
    return digests


def raising(error: ParkingError) -> Put:
    def put(_photo: PhotoToSend, _offset: int, _chunk: bytes) -> PhotoPlace:
        raise error

    return put


def test_thumbnails_of_all_go_before_any_photo(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    first, second = *cite(store, BIG), *cite(store, b"picture")
    report = engine.run_once()
    assert (report.error, report.photos) == (None, 2)
    sent = [call for call in gateway.calls if call not in {"push", "feed"}]
    assert sent == ["thumbnail"] * 2 + ["place"] + ["photo"] * 3 + ["place", "photo"]
    assert central.books.photos == {first: BIG, second: b"picture"}
    assert central.books.thumbnails == dict.fromkeys((first, second), b"small")


def test_a_photo_goes_on_after_the_network_or_the_terminal_died(
    store: LocalStore, central: FakeCentral, gateway: Scripted, clock: StillClock
) -> None:
    (digest,) = cite(store, BIG)
    offsets: list[int] = []

    def put(photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        offsets.append(offset)
        if offset == CHUNK and offsets.count(CHUNK) == 1:
            raise too_slow()
        return central.take_chunk(photo, offset, chunk)

    gateway.on_chunk = put
    for _ in range(2):  # The second engine knows nothing of the first.
        SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign).run_once()
    assert offsets == [0, CHUNK, CHUNK, 2 * CHUNK]
    assert central.books.photos == {digest: BIG}


@pytest.mark.parametrize("trouble", [*Trouble])
def test_trouble_between_chunks_loses_nothing(
    store: LocalStore,
    central: FakeCentral,
    gateway: Scripted,
    engine: SyncEngine,
    trouble: Trouble,
) -> None:
    (digest,) = cite(store, BIG)
    gateway.on_chunk = raising(too_slow())
    engine.run_once()
    gateway.on_chunk = None
    for _ in range(3):
        gateway.troubles.extend([Trouble.REPEAT, Trouble.REPEAT, trouble, trouble])
        engine.run_once()
    gateway.troubles.clear()
    engine.run_once()
    assert engine.run_once().error is None
    assert central.books.photos == {digest: BIG}
    assert store.to_send().count == 0


def test_a_photo_that_central_has_is_not_sent_again(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    (digest,) = cite(store, BIG)
    central.books.photos[digest] = BIG
    assert engine.run_once().photos == 1
    assert "photo" not in gateway.calls


def test_photos_make_way_for_news_after_each_chunk(
    store: LocalStore, central: FakeCentral, engine: SyncEngine
) -> None:
    (digest,) = cite(store, BIG)
    rounds = 0
    while not central.books.photos:
        assert engine.run_once(hurry=lambda: True).again
        rounds += 1
    assert rounds == 4, "a thumbnail and three chunks, each in a round of its own"
    assert central.books.photos == {digest: BIG}


def test_bytes_hurt_on_their_way_are_sent_once_more(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    (digest,) = cite(store, BIG)
    hurt = [True]

    def put(photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        if offset == CHUNK and hurt.pop():
            hurt.append(False)
            chunk = bytes(len(chunk))
        return central.take_chunk(photo, offset, chunk)

    gateway.on_chunk = put
    assert engine.run_once().photos == 1
    assert central.books.photos == {digest: BIG}
    assert store.to_send().parked == 0


@pytest.mark.parametrize(
    ("error", "tries"),
    [
        (UserError("photo.hash", "The bytes are not those of the name."), 2),
        (UserError("photo.no_image", "No JPEG."), 1),
        (TooLargeError("Too large."), 1),
        (UnavailableError("photo.damaged", "The file is damaged.", retry_safe=False), 1),
    ],
)
def test_a_photo_that_can_never_pass_is_parked(
    store: LocalStore, gateway: Scripted, engine: SyncEngine, error: ParkingError, tries: int
) -> None:
    tried: list[int] = []

    def put(_photo: PhotoToSend, offset: int, _chunk: bytes) -> PhotoPlace:
        tried.append(offset)
        raise error

    gateway.on_chunk = put
    (digest,) = cite(store, b"picture")
    assert engine.run_once().error is None
    assert tried == [0] * tries
    assert (store.to_send().count, store.to_send().parked) == (0, 1)
    assert store.photo(digest) == b"picture"


@pytest.mark.parametrize(
    "error", [UserError("token.invalid", "No token."), too_slow()], ids=["refused", "slow"]
)
def test_a_photo_that_did_not_pass_this_time_waits(
    store: LocalStore, gateway: Scripted, engine: SyncEngine, error: ParkingError
) -> None:
    gateway.on_chunk = raising(error)
    cite(store, b"picture")
    assert engine.run_once().error is error
    assert (store.to_send().count, store.to_send().parked) == (1, 0)


def test_a_central_that_never_agrees_on_a_place_is_told(
    store: LocalStore, gateway: Scripted, engine: SyncEngine
) -> None:
    gateway.on_chunk = raising(OffsetError("Central goes on from byte 0.", offset=0))
    cite(store, BIG)
    error = engine.run_once().error
    assert isinstance(error, UnavailableError)
    assert error.key == "central.version"
    assert store.to_send().count == 1


def test_another_place_than_ours_is_followed(
    store: LocalStore, central: FakeCentral, gateway: Scripted, engine: SyncEngine
) -> None:
    (digest,) = cite(store, BIG)

    def put(photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        if offset == CHUNK:
            central.books.partial.clear()
        gateway.on_chunk = central.take_chunk if offset == CHUNK else put
        return central.take_chunk(photo, offset, chunk)

    gateway.on_chunk = put
    assert engine.run_once().error is None
    assert central.books.photos == {digest: BIG}


@pytest.mark.parametrize(
    "error",
    [
        UserError("photo.no_image", "No JPEG."),
        TooLargeError("Too large."),
        UnavailableError("photo.missing", "Gone.", retry_safe=True),
    ],
)
def test_a_thumbnail_that_cannot_pass_keeps_no_evidence_back(
    store: LocalStore,
    central: FakeCentral,
    gateway: Scripted,
    engine: SyncEngine,
    error: ParkingError,
) -> None:
    def put(_jpeg: bytes) -> None:
        raise error

    gateway.on_thumbnail = put
    (digest,) = cite(store, b"picture")
    assert engine.run_once().photos == 1
    assert central.books.photos == {digest: b"picture"}
    assert store.to_send().parked == 0


@pytest.mark.parametrize("error", [UserError("token.invalid", "No token."), too_slow()])
def test_a_thumbnail_that_did_not_pass_this_time_waits(
    store: LocalStore, gateway: Scripted, engine: SyncEngine, error: ParkingError
) -> None:
    def put(_jpeg: bytes) -> None:
        raise error

    gateway.on_thumbnail = put
    cite(store, b"picture")
    assert engine.run_once().error is error
    assert store.outbox.photos.next_thumbnail() is not None


@pytest.mark.parametrize("has", ["durable", "committed", "lost"])
def test_a_photo_leaves_only_when_central_says_again_that_it_is_safe(
    store: LocalStore, central: FakeCentral, engine: SyncEngine, clock: StillClock, has: str
) -> None:
    (digest,) = cite(store, b"picture")
    central.durable = True
    engine.run_once()
    central.durable = has == "durable"
    if has == "lost":
        central.books.photos.clear()
    engine.run_once()
    assert store.photo(digest) == b"picture", "it stays for the shift"
    clock.utc += KEEP_SENT_PHOTOS * 1.1
    engine.run_once()
    if has == "durable":
        with pytest.raises(UnavailableError, match="no longer"):
            store.photo(digest)
    else:
        assert store.photo(digest) == b"picture"
        assert engine.run_once().photos == (has == "lost")
        assert central.books.photos == {digest: b"picture"}


class Seconds:
    """A monotonic clock that a test moves."""

    def __init__(self) -> None:
        self.now_s = 50.0

    def __call__(self) -> float:
        return self.now_s


def test_the_share_of_photos_is_kept_and_used_up(
    store: LocalStore, central: FakeCentral, gateway: Scripted, clock: StillClock
) -> None:
    engine = SyncEngine(store.outbox, gateway, clock, terminal_id=TERMINAL_ID, sign=sign)
    (digest,) = cite(store, BIG)
    seconds, waited_s = Seconds(), 0.0
    bucket = TokenBucket(CHUNK // 8, monotonic=seconds)
    leg = PhotoLeg(store.outbox.photos, gateway, clock, bucket)
    gateway.on_chunk = raising(too_slow())
    engine.run_once()
    gateway.on_chunk = None
    while not central.books.photos:
        report = SyncReport()
        leg.run(report, lambda _: None, lambda: False)
        seconds.now_s += report.again_in_s
        waited_s += report.again_in_s
    assert central.books.photos == {digest: BIG}
    # Two chunks and seven bytes at an eighth of a chunk a second, of which four seconds are free.
    assert waited_s == pytest.approx(12, abs=0.01)


def test_a_bucket_without_a_cap_lets_all_through() -> None:
    bucket = TokenBucket(0, monotonic=Seconds())
    assert [bucket.wait_s(10**9) for _ in range(3)] == [0, 0, 0]


def test_a_bucket_holds_a_burst_and_then_the_rate() -> None:
    seconds = Seconds()
    bucket = TokenBucket(100, monotonic=seconds)
    assert [bucket.wait_s(300), bucket.wait_s(100), bucket.wait_s(50)] == [0, 0, 0.5]
    seconds.now_s += 0.5
    assert bucket.wait_s(50) == 0
    seconds.now_s += 1000
    assert [bucket.wait_s(400), bucket.wait_s(1)] == [0, 0.01]
