"""The city's keys: an offline root that signs the online key, which signs leases and rules.

The root's secret belongs on paper or a stick, never on the server. Ed25519 (DESIGN.md 6). Hand-over
files are sealed to a key of their own (X25519), which the online key signs.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from central.uploads import rename, sync_folder
from parking.errors import UserError
from sync.handover import KEY_PREFIX

ROOT_SECRET, ROOT_PUBLIC = "city-root.secret", "city-root.public"
ONLINE_SECRET, ONLINE_SIGNATURE = "city-online.secret", "city-online.signature"
_HAND_OVER_FILE = "city-hand-over.secret"
_SERVICE_FILE = "city-service.secret"
_OLD_HAND_OVER = "city-hand-over-{key}.secret"
_ONLINE_PREFIX = b"stamford-online-key-1\n"


@dataclass(frozen=True, slots=True)
class CityKeys:
    """The keys a running service needs.

    Attributes:
        root_public: 32 bytes that devices pin at enrolment.
        online: Signs what the city says from day to day.
        online_signature: 64 bytes by the root over the online key.
        hand_over: Opens hand-over files; the first is the one that new files are sealed to.
        service: 32 bytes from which the service key of each pay station is made.
    """

    root_public: bytes
    online: Ed25519PrivateKey = field(repr=False)
    online_signature: bytes
    hand_over: tuple[X25519PrivateKey, ...] = field(repr=False)
    service: bytes = field(repr=False)

    @property
    def online_public(self) -> bytes:
        """Return the public half of the online key, 32 bytes."""
        return self.online.public_key().public_bytes_raw()

    @property
    def hand_over_public(self) -> bytes:
        """Return the key that new hand-over files are sealed to, 32 bytes."""
        return self.hand_over[0].public_key().public_bytes_raw()

    @property
    def hand_over_signature(self) -> bytes:
        """Return the online key's signature over the hand-over key, 64 bytes."""
        return self.online.sign(KEY_PREFIX + self.hand_over_public)

    def opening(self, sealed_to: bytes) -> X25519PrivateKey | None:
        """Return the private half of a hand-over key of this city, old ones included."""
        found = (k for k in self.hand_over if k.public_key().public_bytes_raw() == sealed_to)
        return next(found, None)


def online_key_bytes(online_public: bytes) -> bytes:
    """Return the bytes that the root signs to vouch for an online key."""
    return _ONLINE_PREFIX + online_public


def init_keys(folder: Path) -> Path:
    """Make the city's keys in a folder; existing keys are never overwritten.

    Args:
        folder: Made when missing, readable by its owner alone.

    Returns:
        The file with the root's secret, which must leave this machine.

    Raises:
        UserError: ``keys.exist``, or ``keys.folder`` when the folder cannot be written.
    """
    root, online = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
    online_public = online.public_key().public_bytes_raw()
    files = {
        ROOT_SECRET: root.private_bytes_raw(),
        ROOT_PUBLIC: root.public_key().public_bytes_raw(),
        ONLINE_SECRET: online.private_bytes_raw(),
        ONLINE_SIGNATURE: root.sign(online_key_bytes(online_public)),
        _HAND_OVER_FILE: X25519PrivateKey.generate().private_bytes_raw(),
    }
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any((folder / name).exists() for name in files):
            raise UserError("keys.exist", f"{folder} already holds keys of a city; choose another.")
        for name, content in files.items():
            write_once(folder / name, content.hex())
    except OSError as error:
        raise UserError("keys.folder", f"{folder} cannot be written: {error.strerror}.") from error
    return folder / ROOT_SECRET


def write_once(path: Path, text: str) -> None:
    """Write a key file that nobody else may read, durable on return; never over another."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())


def read_keys(folder: Path) -> CityKeys:
    """Read the keys of a running service; the root's secret is not needed.

    Raises:
        UserError: ``keys.missing`` or ``keys.broken``, naming the file.
    """
    root_public = _read(folder / ROOT_PUBLIC, 32)
    online = Ed25519PrivateKey.from_private_bytes(_read(folder / ONLINE_SECRET, 32))
    signature = _read(folder / ONLINE_SIGNATURE, 64)
    keys = CityKeys(
        root_public, online, signature, _hand_over_keys(folder), _service_secret(folder)
    )
    try:
        Ed25519PublicKey.from_public_bytes(root_public).verify(
            keys.online_signature, online_key_bytes(keys.online_public)
        )
    except InvalidSignature as error:
        raise UserError(
            "keys.broken", f"The online key in {folder} is not signed by the root key beside it."
        ) from error
    return keys


def rotate_hand_over_key(folder: Path) -> bytes:
    """Make a new hand-over key; the old ones stay, to open what was sealed to them.

    Returns:
        The public half of the new key, 32 bytes; a restarted service gives it to every device.

    Raises:
        UserError: ``keys.missing``, ``keys.broken``, or ``keys.folder``.
    """
    path = folder / _HAND_OVER_FILE
    old, fresh = _hand_over_keys(folder)[0], X25519PrivateKey.generate()
    kept = folder / _OLD_HAND_OVER.format(key=old.public_key().public_bytes_raw().hex()[:16])
    try:
        if not kept.exists():
            write_once(kept, old.private_bytes_raw().hex())
        new = path.with_suffix(".new")
        new.unlink(missing_ok=True)
        write_once(new, fresh.private_bytes_raw().hex())
        sync_folder(folder)
        rename(new, path)
    except OSError as error:
        raise UserError("keys.folder", f"{folder} cannot be written: {error.strerror}.") from error
    return fresh.public_key().public_bytes_raw()


def _hand_over_keys(folder: Path) -> tuple[X25519PrivateKey, ...]:
    old = sorted(folder.glob(_OLD_HAND_OVER.format(key="*")))
    files = [folder / _HAND_OVER_FILE, *old]
    return tuple(X25519PrivateKey.from_private_bytes(_read(file, 32)) for file in files)


def _service_secret(folder: Path) -> bytes:
    """Return the secret behind the service keys of pay stations; made when it is first needed."""
    path = folder / _SERVICE_FILE
    if not path.exists():
        try:
            write_once(path, os.urandom(32).hex())
            sync_folder(folder)
        except FileExistsError:
            pass  # Another process was faster; its secret is the city's.
        except OSError as error:
            raise UserError(
                "keys.folder", f"{folder} cannot be written: {error.strerror}."
            ) from error
    return _read(path, 32)


def _read(path: Path, length: int) -> bytes:
    try:
        content = bytes.fromhex(path.read_text(encoding="ascii"))
    except FileNotFoundError as error:
        raise UserError(
            "keys.missing",
            f"{path} is missing.",
            action="Make the city's keys with: parking-central init-keys --dir FOLDER",
        ) from error
    except (OSError, ValueError) as error:
        raise UserError("keys.broken", f"{path} cannot be read as a key.") from error
    if len(content) != length:
        raise UserError("keys.broken", f"{path} must hold {length} bytes in hexadecimal.")
    return content
