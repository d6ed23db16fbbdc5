"""Keys of those who issue validation codes: made for one issuer, vouched for by the city.

A folder holds the issuer's secret and, signed by the city's online key, who it is and until when.
With that folder codes are issued anywhere, without the city's keys. Ed25519 (DESIGN.md 6).
"""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from central.identity.city_keys import CityKeys, write_once
from parking.errors import UserError
from parking.voucher import Voucher
from parking.voucher_code import IssuerKey, issuer_bytes, voucher_bytes, write_code

SECRET, VOUCHED = "issuer.secret", "issuer.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Who can issue codes.

    Attributes:
        key: What the city vouches for.
        city_seal: Its signature over that.
    """

    key: IssuerKey
    city_seal: bytes
    secret: Ed25519PrivateKey = field(repr=False)

    def code(self, voucher: Voucher) -> str:
        """Return the text of a code."""
        seal = self.secret.sign(voucher_bytes(voucher))
        return write_code(voucher, self.key, seal=seal, city_seal=self.city_seal)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Vouched:
    issuer: str
    public_key: str
    until_utc: datetime
    city_seal: str


def holds(public_key: bytes, seal: bytes, signed: bytes) -> bool:
    """Tell whether a key (32 bytes) made a signature (64 bytes); never raises."""
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(seal, signed)
    except (InvalidSignature, ValueError):
        return False
    return True


def make_issuer(city: CityKeys, folder: Path, *, name: str, until_utc: datetime) -> None:
    """Make the key of an issuer in a folder of its own; an existing one is never overwritten.

    Args:
        city: Vouches for it with its online key.
        folder: Made when missing, readable by its owner alone.
        name: In words for the receipt, 1 to 40 characters.
        until_utc: Until when the city vouches, to the minute.

    Raises:
        UserError: ``issuer.name``, ``keys.exist`` or ``keys.folder``.
    """
    if not 1 <= len(name) <= 40:
        raise UserError("issuer.name", "--name: 1 to 40 characters are allowed.")
    secret = Ed25519PrivateKey.generate()
    public_key = secret.public_key().public_bytes_raw()
    key = IssuerKey(issuer=name, public_key=public_key, until_utc=until_utc)
    vouched = _Vouched(
        issuer=name,
        public_key=public_key.hex(),
        until_utc=until_utc,
        city_seal=city.online.sign(issuer_bytes(key)).hex(),
    )
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any((folder / file).exists() for file in (SECRET, VOUCHED)):
            raise UserError(
                "keys.exist", f"{folder} already holds the key of an issuer; choose another."
            )
        write_once(folder / SECRET, secret.private_bytes_raw().hex())
        write_once(folder / VOUCHED, msgspec.json.encode(vouched).decode("ascii"))
    except OSError as error:
        raise UserError("keys.folder", f"{folder} cannot be written: {error.strerror}.") from error


def read_issuer(folder: Path) -> Issuer:
    """Read the key of an issuer.

    Raises:
        UserError: ``keys.missing`` or ``keys.broken``, naming the folder.
    """
    try:
        vouched = msgspec.json.decode((folder / VOUCHED).read_bytes(), type=_Vouched)
        raw = bytes.fromhex((folder / SECRET).read_text(encoding="ascii"))
        secret = Ed25519PrivateKey.from_private_bytes(raw)
        key = IssuerKey(
            issuer=vouched.issuer,
            public_key=bytes.fromhex(vouched.public_key),
            until_utc=vouched.until_utc,
        )
        issuer = Issuer(key=key, city_seal=bytes.fromhex(vouched.city_seal), secret=secret)
    except FileNotFoundError as error:
        raise UserError(
            "keys.missing",
            f"{folder} holds no key of an issuer.",
            action="Make one with: python -m central.vouchers issuer --dir FOLDER ...",
        ) from error
    except (OSError, ValueError, msgspec.MsgspecError) as error:
        raise UserError("keys.broken", f"The key in {folder} cannot be read.") from error
    if secret.public_key().public_bytes_raw() != key.public_key:
        raise UserError(
            "keys.broken", f"{SECRET} and {VOUCHED} in {folder} do not belong together."
        )
    return issuer
