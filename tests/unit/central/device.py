"""A terminal as central sees it: a key, tokens, an audit chain, signed pushes."""

import itertools
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import jwt
import msgspec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parking.audit import GENESIS, head_bytes, next_link
from parking.citation import Citation
from parking.ids import uuid7
from parking.numbers import citation_number
from parking.seal import sealed_bytes
from parking.terminal import Terminal
from sync.records import BY_CLASS, BY_NAME, Lane, encode
from sync.wire import (
    LANE_HEADER,
    EnrolAnswer,
    EnrolRequest,
    Op,
    PushAnswer,
    PushRequest,
    pack,
)

_SERIAL = itertools.count()


class Device:
    """One device; ``heads`` are the last number and link of each lane."""

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.terminal: Terminal = None  # type: ignore[assignment]  # set by enrol
        self.heads = dict.fromkeys(Lane, (0, GENESIS))

    @property
    def public_key(self) -> bytes:
        return self.key.public_key().public_bytes_raw()

    def enrol_request(self, code: str) -> EnrolRequest:
        proof = self.key.sign(b"stamford-enrol-1\n" + code.encode() + self.public_key)
        return EnrolRequest(code=code, public_key=self.public_key, proof=proof, schema_level=1)

    def enrol(self, client: httpx.Client, code: str) -> EnrolAnswer:
        answer = client.post(
            "/v1/enrolments", content=msgspec.json.encode(self.enrol_request(code))
        )
        assert answer.status_code == 200, answer.text
        enrolled = msgspec.json.decode(answer.content, type=EnrolAnswer)
        self.terminal = enrolled.terminal
        return enrolled

    def token(self, now_utc: datetime, **changed: Any) -> str:
        claims = {
            "sub": str(self.terminal.terminal_id),
            "aud": "parking-central",
            "iat": int(now_utc.timestamp()),
            "exp": int((now_utc + timedelta(minutes=5)).timestamp()),
        }
        headers = {"kid": str(self.terminal.terminal_id)}
        return jwt.encode({**claims, **changed}, self.key, algorithm="EdDSA", headers=headers)

    def headers(self, now_utc: datetime | None = None) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token(now_utc or datetime.now(UTC))}"}

    def push_headers(self, lane: int = Lane.CITATIONS) -> dict[str, str]:
        return {**self.headers(), LANE_HEADER: f"{lane:d}"}

    def request(self, *values: Any, lane: Lane | None = None) -> PushRequest:
        """Append operations to the chain of the first one's lane and sign its head."""
        ops, lane = [], lane or _lane(values[0])
        seq, link = self.heads[lane]
        for value in values:
            name, payload = (
                value if isinstance(value, tuple) else (BY_CLASS[type(value)].name, encode(value))
            )
            seq += 1
            link = next_link(link, seq=seq, name=name, payload=payload)
            ops.append(Op(seq, name, msgspec.Raw(payload)))
        self.heads[lane] = seq, link
        return self.signed(ops, link, lane=lane)

    def signed(self, ops: list[Op], link: bytes, *, lane: Lane = Lane.CITATIONS) -> PushRequest:
        head = head_bytes(
            terminal_id=self.terminal.terminal_id,
            epoch=self.terminal.epoch,
            lane=lane,
            seq=ops[-1].seq,
            link=link,
        )
        return PushRequest(
            terminal_id=self.terminal.terminal_id,
            epoch=self.terminal.epoch,
            lane=lane,
            schema_level=1,
            sent_utc=datetime.now(UTC),
            head_signature=self.key.sign(head),
            ops=ops,
        )

    def send(self, client: httpx.Client, request: PushRequest) -> httpx.Response:
        headers = {**self.push_headers(request.lane), "Content-Encoding": "zstd"}
        return client.post("/sync/v1/push", content=pack(request), headers=headers)

    def push(self, client: httpx.Client, *values: Any, lane: Lane | None = None) -> PushAnswer:
        answer = self.send(client, self.request(*values, lane=lane))
        assert answer.status_code == 200, answer.text
        return msgspec.json.decode(answer.content, type=PushAnswer)

    def clone(self) -> "Device":
        """Return a copy of the disk as it is now."""
        twin = Device()
        twin.key, twin.terminal = self.key, self.terminal
        twin.heads = dict(self.heads)
        return twin

    def citation(self, **changed: Any) -> Citation:
        now_utc = datetime.now(UTC)
        citation = Citation(
            citation_id=uuid7(now_utc),
            number=citation_number(self.terminal.series, next(_SERIAL)),
            terminal_id=self.terminal.terminal_id,
            officer_id=uuid7(now_utc),
            shift_id=uuid7(now_utc),
            zone_id="Z12",
            plate="AB 12345",
            plate_state="CT",
            violation_code="101",
            fine_cents=2500,
            observed_utc=now_utc - timedelta(minutes=2),
            issued_utc=now_utc - timedelta(minutes=1),
            check_id=uuid7(now_utc),
        )
        return replace(citation, **changed)

    def sealed(self, citation: Citation, officer_key: Ed25519PrivateKey) -> Citation:
        return replace(citation, seal=officer_key.sign(sealed_bytes(citation)))


def _lane(value: Any) -> Lane:
    return BY_NAME[value[0]].lane if isinstance(value, tuple) else BY_CLASS[type(value)].lane
