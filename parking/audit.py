"""The audit chains of a terminal, one per lane: each link hashes all that came before in its lane.

One signed head covers every operation of a push. Both sides compute the payload hash from the
exact bytes; it never travels.
"""

from hashlib import sha256
from uuid import UUID

GENESIS = bytes(32)
"""The link before the first operation of an epoch in a lane."""


def next_link(previous: bytes, *, seq: int, name: str, payload: bytes) -> bytes:
    """Return the 32-byte link of one operation.

    Args:
        previous: Link of the operation before, 32 bytes; ``GENESIS`` for the first.
        seq: The operation's number in its epoch and lane, from 1, without gaps.
        name: Record name.
        payload: The exact bytes of the record as they travel.
    """
    return link_after(previous, seq=seq, name=name, payload_sha256=sha256(payload).digest())


def link_after(previous: bytes, *, seq: int, name: str, payload_sha256: bytes) -> bytes:
    """Return the link of an operation whose payload was hashed already; as ``next_link``."""
    head = previous + seq.to_bytes(8, "big") + name.encode() + b"\0"
    return sha256(head + payload_sha256).digest()


def head_bytes(*, terminal_id: UUID, epoch: int, lane: int, seq: int, link: bytes) -> bytes:
    """Return the bytes a device signs to vouch for everything of a lane up to ``seq``."""
    return (
        b"stamford-chain-head-1\n"
        + terminal_id.bytes
        + epoch.to_bytes(8, "big")
        + lane.to_bytes(1, "big")
        + seq.to_bytes(8, "big")
        + link
    )
