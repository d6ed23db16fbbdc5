"""The text of a validation code: what is given, who signed it, who vouches for the signer. Pure.

A code carries its issuer's public key under the city's signature, so a terminal that knows the city
alone can check it without a network and without a list of merchants. Letters and digits only: it
fits the alphanumeric mode of a QR code. Any thread.
"""

import base64
import binascii
import struct
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from parking.errors import UserError
from parking.voucher import Voucher, VoucherKind

Verify = Callable[[bytes, bytes, bytes], bool]
"""Whether a key (32 bytes, Ed25519) made a signature (64 bytes) over some bytes."""

LONGEST_CODE = 4000
"""Characters of the longest code."""
_VERSION = 1
_KEY_PREFIX = b"stamford-voucher-key-1\n"
_VOUCHER_PREFIX = b"stamford-voucher-1\n"
_KINDS = tuple(VoucherKind)
_FIXED = struct.Struct(">B16sBIIIB")
_KEY = struct.Struct(">32sI")
_SEALS = 128
_MINUTE_S = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerKey:
    """The key with which a merchant, or the city, signs its codes.

    Attributes:
        public_key: Ed25519, 32 bytes.
        until_utc: Until when the city vouches for it, to the minute.
    """

    issuer: str
    public_key: bytes
    until_utc: datetime


def voucher_bytes(voucher: Voucher) -> bytes:
    """Return what the issuer's key signs."""
    return _VOUCHER_PREFIX + _grant(voucher)


def issuer_bytes(key: IssuerKey) -> bytes:
    """Return what the city's key signs to vouch for an issuer."""
    return _KEY_PREFIX + _key_part(key) + _text(key.issuer)


def write_code(voucher: Voucher, key: IssuerKey, *, seal: bytes, city_seal: bytes) -> str:
    """Return the code's text.

    Args:
        voucher: What is given.
        key: Of its issuer.
        seal: The issuer's signature over ``voucher_bytes``.
        city_seal: The city's signature over ``issuer_bytes``.
    """
    raw = _grant(voucher) + _key_part(key) + city_seal + seal
    return base64.b32encode(raw).decode().rstrip("=")


def read_code(text: str, *, city_key: bytes, verify: Verify, now_utc: datetime) -> Voucher:
    """Return what a code gives, once both signatures are known to be true.

    Args:
        text: As scanned; spaces, dashes and lower case do no harm.
        city_key: Of the city, 32 bytes.
        verify: Checks one signature.
        now_utc: Now; the city vouches for an issuer until a day.

    Raises:
        UserError: ``voucher.unreadable`` when it is no code, ``voucher.unknown`` when nobody the
            city knows has signed it.
    """
    try:
        voucher, key, signed = _parsed(text)
        city_seal, seal = signed[:64], signed[64:]
    except (binascii.Error, struct.error, ValueError, OverflowError, IndexError) as error:
        raise UserError(
            "voucher.unreadable", "This is no validation code of this city; scan it again."
        ) from error
    known = verify(city_key, city_seal, issuer_bytes(key)) and now_utc < key.until_utc
    if not (known and verify(key.public_key, seal, voucher_bytes(voucher))):
        raise UserError("voucher.unknown", "The city does not know who issued this code.")
    return voucher


def _parsed(text: str) -> tuple[Voucher, IssuerKey, bytes]:
    letters = "".join(text.upper().split()).replace("-", "")
    if len(letters) > LONGEST_CODE:
        raise ValueError("too long")
    raw = base64.b32decode(letters + "=" * (-len(letters) % 8))
    version, number, kind, worth, since, until, single = _FIXED.unpack_from(raw)
    issuer, at = _read_text(raw, _FIXED.size)
    zones, at = _read_text(raw, at)
    public_key, key_until = _KEY.unpack_from(raw, at)
    signed = raw[at + _KEY.size :]
    if version != _VERSION or single > 1 or not issuer or len(signed) != _SEALS:
        raise ValueError("another form")
    voucher = Voucher(
        voucher_id=UUID(bytes=number),
        issuer=issuer,
        kind=_KINDS[kind],
        worth=worth,
        from_utc=_instant(since),
        until_utc=_instant(until),
        zone_ids=tuple(zones.split(",")) if zones else (),
        single_use=bool(single),
    )
    key = IssuerKey(issuer=issuer, public_key=public_key, until_utc=_instant(key_until))
    return voucher, key, signed


def _grant(voucher: Voucher) -> bytes:
    fixed = _FIXED.pack(
        _VERSION,
        voucher.voucher_id.bytes,
        _KINDS.index(voucher.kind),
        voucher.worth,
        _minute(voucher.from_utc),
        _minute(voucher.until_utc),
        voucher.single_use,
    )
    return fixed + _text(voucher.issuer) + _text(",".join(voucher.zone_ids))


def _key_part(key: IssuerKey) -> bytes:
    return _KEY.pack(key.public_key, _minute(key.until_utc))


def _text(words: str) -> bytes:
    encoded = words.encode()
    return struct.pack(">H", len(encoded)) + encoded


def _read_text(raw: bytes, at: int) -> tuple[str, int]:
    (length,) = struct.unpack_from(">H", raw, at)
    end: int = at + 2 + length
    if end > len(raw):
        raise ValueError("cut off")
    return raw[at + 2 : end].decode(), end


def _minute(utc: datetime) -> int:
    return int(utc.timestamp()) // _MINUTE_S


def _instant(minute: int) -> datetime:
    return datetime.fromtimestamp(minute * _MINUTE_S, UTC)
