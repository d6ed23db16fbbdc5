"""What the city vouches for about one device, signed, and how that is told. Both sides; no I/O.

A terminal keeps it and gives it back to a central whose database was restored to before the
terminal joined. Source: docs/decisions/0025.
"""

from datetime import datetime
from typing import Annotated

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from msgspec import Meta, Struct

from parking.errors import UserError
from parking.numbers import NumberLease
from parking.officer import Officer, OfficerKey
from parking.terminal import Terminal
from sync.handover import KEY_PREFIX
from sync.wire import Instant, Key, Signature

UNKNOWN = "terminal.unknown"
"""Central's word for a device that its database does not have."""
_CERTIFICATE_PREFIX = b"stamford-certificate-1\n"
_ONLINE_PREFIX = b"stamford-online-key-1\n"


class Certificate(Struct, frozen=True, kw_only=True):
    """What central knows about one device.

    Attributes:
        officers: Who was activated on it.
        officer_keys: Their keys on it.
        ends_utc: From then on it counts for nothing.
    """

    terminal: Terminal
    officers: Annotated[list[Officer], Meta(max_length=1000)]
    officer_keys: Annotated[list[OfficerKey], Meta(max_length=1000)]
    issued_utc: Instant
    ends_utc: Instant


class SignedCertificate(Struct, frozen=True, kw_only=True):
    """The JSON of a ``Certificate``, signed by the city's online key, which the root signed."""

    said: Annotated[bytes, Meta(max_length=1_000_000)]
    signature: Signature
    """By the online key over ``certificate_bytes(said)``."""
    online_key: Key
    online_key_signature: Signature


def certificate_bytes(said: bytes) -> bytes:
    """Return the bytes that the city signs for a certificate."""
    return _CERTIFICATE_PREFIX + said


class LaneDurable(Struct, array_like=True, frozen=True):
    """How far central's backup horizon is in one epoch and lane of a terminal."""

    epoch: Annotated[int, Meta(ge=1, le=2**31)]
    lane: Annotated[int, Meta(ge=1, le=3)]
    through: Annotated[int, Meta(ge=0, le=2**53)]


class Standing(Struct, frozen=True, kw_only=True):
    """How a terminal stands.

    Attributes:
        durable: Of the epochs and lanes in which it ever sent something.
        durability: As in ``sync.wire.PushAnswer``.
        hand_over_key: To which hand-over files are sealed from now on.
        hand_over_signature: By the online key of the certificate, as at the enrolment.
    """

    durable: list[LaneDurable]
    durability: Annotated[str, Meta(max_length=20)]
    certificate: SignedCertificate
    hand_over_key: Key
    hand_over_signature: Signature
    server_utc: datetime


class ComeBack(Struct, frozen=True, kw_only=True):
    """What a terminal gives back to a restored central; safe to repeat.

    Attributes:
        certificate: The newest it was given.
        leases: Numbers that the city signed for it.
    """

    certificate: SignedCertificate
    leases: Annotated[list[NumberLease], Meta(max_length=10_000)]


class ComeBackAnswer(Struct, frozen=True, kw_only=True):
    """How much of it central had lost."""

    terminals: int
    officer_keys: int
    leases: int


def check_online_key(root: bytes, signed: SignedCertificate) -> Ed25519PublicKey:
    """Return the online key that vouched, once the root vouched for it.

    Args:
        root: The public key of the city's root, 32 bytes.
        signed: What is to be believed.

    Raises:
        UserError: ``certificate.signature``: this city did not sign it.
    """
    try:
        Ed25519PublicKey.from_public_bytes(root).verify(
            signed.online_key_signature, _ONLINE_PREFIX + signed.online_key
        )
        online = Ed25519PublicKey.from_public_bytes(signed.online_key)
        online.verify(signed.signature, certificate_bytes(signed.said))
    except (InvalidSignature, ValueError) as error:
        raise _unsigned() from error
    return online


def check_standing(root: bytes, standing: Standing) -> None:
    """See that the city said it.

    Raises:
        UserError: ``certificate.signature``.
    """
    online = check_online_key(root, standing.certificate)
    try:
        online.verify(standing.hand_over_signature, KEY_PREFIX + standing.hand_over_key)
    except InvalidSignature as error:
        raise _unsigned() from error


def _unsigned() -> UserError:
    return UserError(
        "certificate.signature",
        "What vouches for this device is not signed by this city; it is not used.",
    )
