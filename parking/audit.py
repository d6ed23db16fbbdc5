"""The audit chain of a terminal: each operation's link hashes all that came before.

One signed head covers every operation of a push. Both sides compute the payload hash from the
exact bytes; it never travels.
"""

from hashlib import sha256
from uuid import UUID

GENESIS = bytes(32)
"""The link before the first operation of an epoch."""


def next_link(previous: bytes, *, seq: int, name: str, payload: bytes) -> bytes:
    """Return the 32-byte link of one operation.

    Args:
        previous: Link of the operation before, 32 bytes; ``GENESIS`` for the first.
        seq: The operation's number in its epoch, from 1, without gaps.
        name: Record name.
        payload: The exact bytes of the record as they travel.
    """
    digest = sha256(payload).digest()
    return sha256(previous + seq.to_bytes(8, "big") + name.encode() + b"\0" + digest).digest()


def head_bytes(*, terminal_id: UUID, epoch: int, seq: int, link: bytes) -> bytes:
    """Return the bytes a device signs to vouch for everything up to ``seq``."""
    return (
        b"stamford-chain-head-1\n"
        + terminal_id.bytes
        + epoch.to_bytes(8, "big")
        + seq.to_bytes(8, "big")
        + link
    )
