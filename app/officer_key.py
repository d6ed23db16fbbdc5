"""An officer's signing key on one terminal, wrapped so that two things are needed to use it.

The wrapping key comes from argon2id over the PIN and a secret of the secret store: a stolen disk
alone cannot be searched for the PIN. The PIN is never compared; it decrypts (NIST SP 800-63B-4).
Store lane. Must not import ``local_db``, ``sync`` or ``ui``.
"""

import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from parking.markers import Octets, Span

SECRET_BYTES = 32
_INFO = b"stamford-officer-key-1"
_NONCE_BYTES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PinCost:
    """What one try costs, for argon2id (RFC 9106).

    Attributes:
        memory_kib: Memory in KiB.
        passes: Times over that memory.
    """

    memory_kib: Annotated[int, Span(8, 4_194_304)]
    passes: Annotated[int, Span(1, 1000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrap:
    """A wrapped officer key as it lies in the records file.

    Attributes:
        salt: 16 bytes.
        sealed: Nonce and AES-256-GCM ciphertext of the private key.
    """

    public_key: Annotated[bytes, Octets(32, 32)]
    salt: Annotated[bytes, Octets(16, 16)]
    cost: PinCost
    sealed: Annotated[bytes, Octets(200)]


def tuned_cost(
    *,
    memory_kib: int = 65_536,
    least_s: float = 0.25,
    most_s: float = 0.75,
    measured: Callable[[PinCost], float] | None = None,
) -> PinCost:
    """Return the cost that makes one try take 250 to 750 ms on this device.

    Args:
        memory_kib: Where to start; halved while a single pass takes longer than ``most_s``.
        least_s: Shortest allowed, seconds.
        most_s: Longest allowed, seconds.
        measured: Takes a cost, returns seconds; the real thing unless a test says otherwise.
    """
    seconds = measured or _seconds
    cost = PinCost(memory_kib=memory_kib, passes=1)
    took_s = min(seconds(cost), seconds(cost))  # The first try also pays for fresh memory.
    while took_s > most_s and cost.memory_kib > 8192:
        cost = PinCost(memory_kib=cost.memory_kib // 2, passes=1)
        took_s = seconds(cost)
    # The middle of the range: a device that is busy now, or idle later, stays within it.
    passes = round((least_s + most_s) / 2 / max(took_s, 0.001))
    return PinCost(memory_kib=cost.memory_kib, passes=min(max(1, passes), 1000))


def new_key() -> bytes:
    """Make a private key, 32 bytes."""
    return Ed25519PrivateKey.generate().private_bytes_raw()


def public_half(private_key: bytes) -> bytes:
    """Return the public half of a private key, 32 bytes."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def signer(private_key: bytes) -> Callable[[bytes], bytes]:
    """Return a function that signs with the key (64 bytes)."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign


def wrapped(private_key: bytes, *, pin: str, secret: bytes, cost: PinCost) -> Wrap:
    """Wrap a private key under a PIN and the device's secret for this officer."""
    salt, nonce = os.urandom(16), os.urandom(_NONCE_BYTES)
    public_key = public_half(private_key)
    key = _wrapping_key(pin, secret, salt, cost)
    return Wrap(
        public_key=public_key,
        salt=salt,
        cost=cost,
        sealed=nonce + AESGCM(key).encrypt(nonce, private_key, public_key),
    )


def unwrapped(wrap: Wrap, *, pin: str, secret: bytes) -> bytes | None:
    """Return the private key, or None when PIN or secret are not the right ones."""
    key = _wrapping_key(pin, secret, wrap.salt, wrap.cost)
    nonce, ciphertext = wrap.sealed[:_NONCE_BYTES], wrap.sealed[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, ciphertext, wrap.public_key)
    except InvalidTag:
        return None


def _wrapping_key(pin: str, secret: bytes, salt: bytes, cost: PinCost) -> bytes:
    stretched = _stretched(pin, salt, cost)
    return HKDF(algorithm=SHA256(), length=32, salt=salt, info=_INFO).derive(stretched + secret)


def _stretched(pin: str, salt: bytes, cost: PinCost) -> bytes:
    return hash_secret_raw(
        pin.encode(),
        salt,
        time_cost=cost.passes,
        memory_cost=cost.memory_kib,
        parallelism=1,
        hash_len=32,
        type=Type.ID,
    )


def _seconds(cost: PinCost) -> float:
    began = time.perf_counter()
    _stretched("000000", bytes(16), cost)
    return time.perf_counter() - began
