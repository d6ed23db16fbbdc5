"""A city that packs and signs a snapshot, and a network that hands it out, without a central."""

from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from central.snapshots.build import new_file
from central.snapshots.columns import layout_of
from local_db.rows import mapping_of
from local_db.store import LocalStore
from parking.errors import UnavailableError, UserError
from sync.failures import no_network
from sync.records import BY_CLASS, RECORDS
from sync.wire import (
    SCHEMA_LEVEL,
    DigestAnswer,
    DigestRequest,
    EnrolAnswer,
    SnapshotHead,
    SnapshotOffer,
    snapshot_bytes,
)
from tests.fakes.clock import NOON
from tests.fakes.terminal import enrolment

ROOT = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
ONLINE = Ed25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
SNAPSHOT_ID = "5a" * 16


def city_enrolment() -> EnrolAnswer:
    """Return an enrolment that pins this city's root."""
    return msgspec.structs.replace(enrolment(), city_root_key=ROOT.public_key().public_bytes_raw())


def packed(values: Iterable[Any], spoilt: str = "") -> bytes:
    """Return a packed SQLite file as central makes it; ``spoilt`` is SQL that comes after."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "plain.db"
        with new_file(path) as file:
            for record in RECORDS:
                file.execute(layout_of(record.name).create)
            for value in values:
                insert = layout_of(BY_CLASS[type(value)].name).insert
                file.execute(insert, mapping_of(type(value)).row(value))
            for statement in filter(None, spoilt.split(";")):
                file.execute(statement)
        return zstandard.ZstdCompressor().compress(path.read_bytes())


def offer(body: bytes, **changes: Any) -> SnapshotOffer:
    """Offer a packed file, signed; changes are of its head."""
    is_packed = body.startswith(zstandard.FRAME_HEADER)
    plain = zstandard.get_frame_parameters(body).content_size if is_packed else 1
    fields: dict[str, Any] = {
        "snapshot_id": SNAPSHOT_ID,
        "feed_epoch": "life-1",
        "cursor": "life-1:9:0:all",
        "schema_level": SCHEMA_LEVEL,
        "kind": "officer",
        "zones": None,
        "rows": 7,
        "byte_length": len(body),
        "plain_bytes": plain,
        "sha256": sha256(body).digest(),
        "as_of": {"app": NOON, "another": NOON},
        "built_utc": NOON,
    }
    head = msgspec.json.encode(SnapshotHead(**(fields | changes)))
    online = ONLINE.public_key().public_bytes_raw()
    return SnapshotOffer(
        head=head,
        signature=ONLINE.sign(snapshot_bytes(head)),
        online_key=online,
        online_key_signature=ROOT.sign(b"stamford-online-key-1\n" + online),
    )


class FakeStart:
    """Hands out one snapshot; satisfies ``sync.starting.StartGateway``.

    Attributes:
        asked: Offsets that were asked for.
        cut_after: Parts after which the network is gone; None for never.
        refused: What a request for a file is refused with.
        answer: To the digests; None refuses them.
    """

    def __init__(self, body: bytes, made: SnapshotOffer | None = None) -> None:
        self.body = body
        self.made = made or offer(body)
        self.asked: list[int] = []
        self.held: list[DigestRequest] = []
        self.cut_after: int | None = None
        self.refused: UserError | UnavailableError | None = None
        self.answer: DigestAnswer | None = None

    def digests(self, request: DigestRequest) -> DigestAnswer:
        self.held.append(request)
        if self.answer is None:
            raise UserError("test.digests", "No.")
        return self.answer

    def snapshot(self) -> SnapshotOffer:
        if self.refused is not None:
            raise self.refused
        return self.made

    def snapshot_part(self, snapshot_id: str, at: int, most: int) -> bytes:
        assert snapshot_id == SNAPSHOT_ID
        if self.cut_after is not None and len(self.asked) >= self.cut_after:
            raise no_network()
        self.asked.append(at)
        return self.body[at : at + most]


def enrolled_in_city(store: LocalStore) -> LocalStore:
    """Let a store pin this city's root."""
    store.keep_identity(city_enrolment())
    return store
