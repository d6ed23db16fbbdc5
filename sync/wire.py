"""Messages between a terminal and central, version 1. No I/O.

Bodies are JSON by msgspec, compressed with zstd where ``Content-Encoding: zstd`` says so. Records
travel as raw JSON inside, so that both sides hash the very same bytes. Any thread.

    POST /sync/v1/push           PushRequest      -> PushAnswer      (header Stamford-Lane)
    GET  /sync/v1/feed?cursor=&level=&wait_s=     -> FeedPage        (410 Problem: resync)
    POST /sync/v1/digests        DigestRequest    -> DigestAnswer
    GET  /sync/v1/snapshot?level=                 -> SnapshotOffer   (404 Problem: page instead)
    GET  /sync/v1/snapshot/{id}  Range: bytes=    -> 206, bytes of the packed SQLite file
    GET  /sync/v1/standing                        -> sync.vouching.Standing
    POST /sync/v1/come-backs     sync.vouching.ComeBack -> sync.vouching.ComeBackAnswer
    GET  /sync/v1/wake?level=    -                -> server-sent events, data: WakeNews
    GET  /sync/v1/photos/{hash}/place     -          -> PhotoPlace
    PATCH /sync/v1/photos/{hash}          bytes      -> PhotoPlace (409 Problem: other offset)
    PUT  /sync/v1/photos/{hash}/thumbnail small JPEG -> 204
    GET  /sync/v1/photos/{hash}           -          -> JPEG, for desks (404 Problem: not here)
    GET  /sync/v1/photos/{hash}/thumbnail -          -> small JPEG, for desks (404 Problem)
    GET  /sync/v1/hand-overs/{hash}/place    -       -> UploadPlace
    PATCH /sync/v1/hand-overs/{hash}         bytes   -> UploadPlace (409 Problem: other offset)
    POST /sync/v1/hand-overs/{hash}/opening  -       -> HandOverReport
    POST /v1/enrolments          EnrolRequest     -> EnrolAnswer     (no token)
    POST /v1/activations         ActivateRequest  -> ActivateAnswer
    POST /v1/number-leases       LeaseRequest     -> parking.numbers.NumberLease
    POST /v1/quotes              parking.payment.QuoteRequest -> parking.payment.Quote
    PUT  /v1/payments/{id}       parking.payment.PaymentOrder -> parking.payment.Payment
    GET  /v1/payments/{id}?wait_s=&version=   -> parking.payment.Payment (long poll)
    POST /v1/payments/{id}/cancel             -> parking.payment.Payment
    POST /v1/payments/{id}/present-again      -> parking.payment.Payment
    GET  /v1/receipt-channels                 -> parking.notification.ReceiptChannels
    POST /v1/receipts/{payment}/send  parking.notification.SendReceipt -> 202 ReceiptQueued
    GET  /v1/receipts/{code}?language=        -> parking.notification.FoundReceipt (429: too many)
    POST /v1/rights              RightsNotice     -> RightsAnswer    (provider key, not a device)
    GET  /healthz, /metrics
"""

from datetime import datetime
from hashlib import sha256
from typing import Annotated
from uuid import UUID

import msgspec
import zstandard
from msgspec import Meta, Raw, Struct

from parking.errors import UserError
from parking.officer import Officer
from parking.right import ParkingSession
from parking.terminal import Terminal

SCHEMA_LEVEL = 2
"""Grows with every change of a record or a message; sent by terminals, kept with their data."""
OLDEST_LEVEL = max(1, SCHEMA_LEVEL - 2)
"""The oldest level whose terminals may pull; facts are taken from every level."""
MOST_OPS = 500
LANE_HEADER = "Stamford-Lane"
"""Repeats ``PushRequest.lane``, so that central can turn a lane away before it reads the body."""
MOST_BODY_BYTES = 4 * 1024 * 1024
"""Largest body after decompression that either side reads."""
MOST_PHOTO_BYTES = 24 * 1024 * 1024
PHOTO_CHUNK_BYTES = 256 * 1024
"""A photo goes up in pieces of at most so many bytes."""
MOST_THUMBNAIL_BYTES = 12 * 1024
MOST_HAND_OVER_BYTES = 4 * 1024**3
"""Two thousand photos of one terminal."""

Hash = Annotated[bytes, Meta(min_length=32, max_length=32)]
Key = Annotated[bytes, Meta(min_length=32, max_length=32)]
Signature = Annotated[bytes, Meta(min_length=64, max_length=64)]
Seq = Annotated[int, Meta(ge=1, le=2**53)]
LaneNumber = Annotated[int, Meta(ge=1, le=3)]
Instant = Annotated[datetime, Meta(tz=True)]
Name = Annotated[str, Meta(min_length=1, max_length=40, pattern="^[a-z][a-z0-9_]*$")]


class Op(Struct, array_like=True, frozen=True):
    """One operation: its number in epoch and lane, the record's name, the record's exact bytes."""

    seq: Seq
    name: Name
    data: Raw


class PushRequest(Struct, frozen=True, kw_only=True):
    """Operations of one lane without gaps from ``ops[0].seq`` on; the device signs the last link.

    A terminal numbers and chains each lane (``sync.records.Lane``) by itself.
    """

    terminal_id: UUID
    epoch: Annotated[int, Meta(ge=1, le=2**31)]
    lane: LaneNumber
    schema_level: Annotated[int, Meta(ge=1, le=10_000)]
    sent_utc: Instant
    clock_uncertainty_ms: Annotated[int, Meta(ge=0, le=2**40)] = 0
    head_signature: Signature
    ops: Annotated[list[Op], Meta(min_length=1, max_length=MOST_OPS)]


STORED = frozenset({"applied", "flagged", "merged", "conflict"})
"""Outcomes of operations that central keeps; only ``refused`` parks one."""


class OpResult(Struct, array_like=True, frozen=True):
    """Answer to one operation.

    Attributes:
        outcome: ``applied``, ``flagged`` (stored, a person looks), ``merged`` (an edit met others
            and nothing was lost), ``conflict`` (an edit is stored, a person chooses) or
            ``refused`` (park it).
        code: Stable word for flagged and refused.
        text: One sentence for people.
    """

    seq: Seq
    outcome: str
    code: str = ""
    text: str = ""


class PushAnswer(Struct, frozen=True, kw_only=True):
    """Answers in the order of the operations; a repeated operation gets its stored answer.

    ``durable_through`` is the highest seq of this epoch and lane that central's backup horizon
    has passed; ``durability`` says which horizon that is: ``committed`` or ``archived``.
    """

    results: list[OpResult]
    durable_through: Annotated[int, Meta(ge=0, le=2**53)] = 0
    durability: Annotated[str, Meta(max_length=20)] = ""
    server_utc: datetime


class PhotoPlace(Struct, frozen=True, kw_only=True):
    """How much of a photo central has.

    Attributes:
        offset: Bytes that are safe on central's disk: the next chunk starts there.
        complete: All of it, and the hash fits.
        durable: Central's backups hold it too: the terminal may let go of it.
    """

    offset: Annotated[int, Meta(ge=0, le=MOST_PHOTO_BYTES)]
    complete: bool = False
    durable: bool = False


class UploadPlace(Struct, frozen=True, kw_only=True):
    """How much of an upload central has; ``complete``: all of it, and the hash fits."""

    offset: Annotated[int, Meta(ge=0, le=MOST_HAND_OVER_BYTES)]
    complete: bool = False


class HandOverReport(Struct, frozen=True, kw_only=True):
    """What became of a hand-over file.

    Attributes:
        terminal_name: Whose operations they are.
        new: Operations central did not have.
        known: Operations it had; they got their stored answers.
        parked: Of both, those it refused and keeps for a person.
        photos: Photos that are here now and were in the file.
        troubles: Sentences about what could not be taken, at most ten.
    """

    terminal_name: Annotated[str, Meta(max_length=20)]
    new: Annotated[int, Meta(ge=0, le=2**53)] = 0
    known: Annotated[int, Meta(ge=0, le=2**53)] = 0
    parked: Annotated[int, Meta(ge=0, le=2**53)] = 0
    photos: Annotated[int, Meta(ge=0, le=2**53)] = 0
    troubles: list[str] = []


class FeedRow(Struct, array_like=True, frozen=True):
    """One row as it stands at central now; ``data`` is the record's JSON."""

    name: Name
    data: Raw


class FeedLeave(Struct, array_like=True, frozen=True):
    """A row that is no longer for this reader: it moved to a zone outside the reader's scope."""

    name: Name
    key: Annotated[str, Meta(max_length=64)]


class FeedPage(Struct, frozen=True, kw_only=True):
    """Rows after a cursor, whole transactions only.

    Attributes:
        feed_epoch: Changes when central was restored; the terminal then starts from ``""``.
        cursor: Pass it back; ``sync.places`` says what may be read in it. ``""`` starts from the
            beginning.
        more: True when another page is waiting.
        remaining: Rows still to come, an estimate for the progress line.
        as_of: Per ``parking.zone.Source`` value, until when central has heard everything; only
            meaningful once ``more`` is False.
        left: Rows that left the reader's scope.
        zones: The zones of the reader's scope, neighbours included; None for all. Rows of other
            zones are not kept up any more and must go.
    """

    feed_epoch: Annotated[str, Meta(max_length=80)]
    cursor: Annotated[str, Meta(max_length=600)]
    rows: list[FeedRow]
    left: list[FeedLeave] = []
    zones: list[str] | None = None
    more: bool
    remaining: Annotated[int, Meta(ge=0, le=2**53)] = 0
    as_of: dict[str, datetime]
    server_utc: datetime


class WakeNews(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One event of the wake channel: ``{}`` is "the cursor moved", and a short page rides along.

    A page is for terminals that stand at ``after`` or behind it, but before the page's own cursor
    (``sync.places``): it has every row of their scope in between. All others ask for theirs.

    Attributes:
        after: Where the page begins, a cursor of the feed's tail; empty without a page.
        page: None when it is to be asked for.
    """

    after: Annotated[str, Meta(max_length=600)] = ""
    page: FeedPage | None = None


class Digest(Struct, array_like=True, frozen=True):
    """All rows of one record in one scope as two numbers, the same in any order of the rows.

    Attributes:
        rows: How many.
        total: The sum of ``row_digest`` over key and revision of each.
    """

    name: Name
    rows: Annotated[int, Meta(ge=0, le=2**53)]
    total: Annotated[int, Meta(ge=0, le=2**63 - 1)]


def row_digest(key: str, revision: int) -> int:
    """Return the 40 bits that stand for a row in a ``Digest``; facts have revision 0."""
    return int.from_bytes(sha256(f"{key}/{revision}".encode()).digest()[:5], "big")


class DigestRequest(Struct, frozen=True, kw_only=True):
    """What a terminal holds when its cursor is no longer good, record by record."""

    feed_epoch: Annotated[str, Meta(max_length=80)]
    schema_level: Annotated[int, Meta(ge=1, le=10_000)]
    digests: Annotated[list[Digest], Meta(max_length=200)]


class DigestAnswer(Struct, frozen=True, kw_only=True):
    """Where to go on from.

    Attributes:
        cursor: Brings only what differs; give it to the feed.
        same: Names of the records whose rows are as at central and stay.
        remaining: Rows that will come, an estimate.
    """

    feed_epoch: Annotated[str, Meta(max_length=80)]
    cursor: Annotated[str, Meta(max_length=600)]
    same: list[str]
    remaining: Annotated[int, Meta(ge=0, le=2**53)]


class SnapshotHead(Struct, frozen=True, kw_only=True):
    """What the city vouches for about one snapshot file.

    Attributes:
        snapshot_id: 32 hexadecimal digits; names the file.
        cursor: Where the feed goes on after it.
        kind: The kind of terminal it was made for.
        zones: The zones of its scope, None for all.
        byte_length: Of the packed file.
        sha256: Of the packed file.
        plain_bytes: Of the SQLite file after unpacking.
        as_of: As in ``FeedPage``, at the moment of the snapshot.
    """

    snapshot_id: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    feed_epoch: Annotated[str, Meta(max_length=80)]
    cursor: Annotated[str, Meta(max_length=600)]
    schema_level: Annotated[int, Meta(ge=1, le=10_000)]
    kind: Annotated[str, Meta(max_length=20)]
    zones: list[str] | None
    rows: Annotated[int, Meta(ge=0, le=2**53)]
    byte_length: Annotated[int, Meta(ge=1, le=2**40)]
    plain_bytes: Annotated[int, Meta(ge=1, le=2**40)]
    sha256: Hash
    as_of: dict[str, datetime]
    built_utc: Instant


class SnapshotOffer(Struct, frozen=True, kw_only=True):
    """A snapshot to download: the JSON of its ``SnapshotHead``, signed by the city's online key."""

    head: Annotated[bytes, Meta(max_length=20_000)]
    signature: Signature
    """By the online key over ``snapshot_bytes(head)``."""
    online_key: Key
    online_key_signature: Signature
    """By the root that the terminal pinned, so that the city may change its online key."""


def snapshot_bytes(head: bytes) -> bytes:
    """Return the bytes that the city signs for a snapshot."""
    return b"stamford-snapshot-1\n" + head


class EnrolRequest(Struct, frozen=True, kw_only=True):
    """A device asks to join with a one-time code from IT."""

    code: Annotated[str, Meta(min_length=1, max_length=40)]
    public_key: Key
    proof: Signature
    """By the device key over ``b"stamford-enrol-1\\n" + code + public_key``."""
    schema_level: Annotated[int, Meta(ge=1, le=10_000)]


class EnrolAnswer(Struct, frozen=True, kw_only=True):
    """What a device must keep: who it is, and the city's keys to trust from now on."""

    terminal: Terminal
    city_root_key: Key
    city_online_key: Key
    online_key_signature: Signature
    """By the root over ``b"stamford-online-key-1\\n" + city_online_key``."""
    server_utc: datetime
    hand_over_key: Key | None = None
    """X25519, to which hand-over files are sealed; None from a central of an older release."""
    hand_over_signature: Signature | None = None
    """By the online key over ``b"stamford-hand-over-key-1\n" + hand_over_key``."""
    service_key: Key | None = None
    """Of a pay station, for the codes that city hall reads out; None for other terminals."""


class ActivateRequest(Struct, frozen=True, kw_only=True):
    """An officer's first sign-in on a terminal: one-time code, and the key made there."""

    badge: Annotated[str, Meta(min_length=1, max_length=12)]
    code: Annotated[str, Meta(min_length=1, max_length=40)]
    officer_public_key: Key


class ActivateAnswer(Struct, frozen=True, kw_only=True):
    """The officer this key now signs for."""

    officer: Officer
    officer_key_id: UUID


class LeaseRequest(Struct, frozen=True, kw_only=True):
    """A terminal asks for citation numbers; the same ``lease_id`` gives the same lease."""

    lease_id: UUID
    count: Annotated[int, Meta(ge=1, le=1000)]


class RightsNotice(Struct, frozen=True, kw_only=True):
    """Rights sold elsewhere (app), and until when that source is complete."""

    source: Annotated[str, Meta(max_length=20)]
    complete_through_utc: Instant
    rights: Annotated[list[ParkingSession], Meta(max_length=1000)]


class RightsAnswer(Struct, frozen=True, kw_only=True):
    """How many rights were new, and how many citations were held because of them."""

    stored: int
    held: int


class Problem(Struct, frozen=True, kw_only=True):
    """Any answer that is not success.

    Attributes:
        next_seq: With ``push.gap``: the operation from which central can go on; else 0.
        offset: With ``upload.offset``: the byte from which central goes on; else 0.
        form: The sentence with ``{names}`` in place of its values, for another language; empty
            when the sentence has no values.
        action_form: Likewise for what to do.
        values: What stands in these places, in words.
    """

    key: Annotated[str, Meta(max_length=60)]
    sentence: Annotated[str, Meta(max_length=500)]
    action: Annotated[str, Meta(max_length=300)] = ""
    next_seq: Annotated[int, Meta(ge=0, le=2**53)] = 0
    offset: Annotated[int, Meta(ge=0, le=2**53)] = 0
    form: Annotated[str, Meta(max_length=500)] = ""
    action_form: Annotated[str, Meta(max_length=300)] = ""
    values: dict[str, str] = {}


def pack(message: object) -> bytes:
    """Encode a message and compress it."""
    return zstandard.ZstdCompressor(level=3).compress(msgspec.json.encode(message))


def unpack(body: bytes) -> bytes:
    """Decompress a body.

    Raises:
        UserError: ``wire.compression`` when the body is no whole zstd frame or larger than allowed.
    """
    try:
        # A frame that promises its size is unpacked whole, whatever ``max_output_size`` says.
        promised = zstandard.get_frame_parameters(body).content_size
        too_large = MOST_BODY_BYTES < promised != zstandard.CONTENTSIZE_UNKNOWN
        if not too_large:
            return zstandard.ZstdDecompressor().decompress(
                body, max_output_size=MOST_BODY_BYTES, allow_extra_data=False
            )
    except zstandard.ZstdError as error:
        raise _not_whole() from error
    raise _not_whole()


def _not_whole() -> UserError:
    return UserError("wire.compression", "The body is cut, too large, or not compressed with zstd.")
