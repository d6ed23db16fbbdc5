"""Secrets sealed with a key that the service manager provides: kiosks without a person's keyring.

systemd decrypts the credential (with the machine's TPM where there is one) into
``$CREDENTIALS_DIRECTORY/parking-terminal``, readable by this service alone: 32 raw bytes. The
secrets lie in one file of mode 0600, sealed by AES-256-GCM and replaced atomically. Any lane.
Source: systemd.exec(5), LoadCredentialEncrypted=.
"""

import os
import threading
from pathlib import Path

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.adapters.durable_file import replace_durably
from app.words import _
from parking.errors import UnavailableError

CREDENTIAL = "parking-terminal"
KEY_BYTES = 32
_NONCE_BYTES = 12
_PURPOSE = b"stamford-secrets-1"


class CredentialSecrets:
    """Keeps all secrets of one terminal in one sealed file.

    Args:
        file: Where the sealed secrets lie; made at the first ``put``.
        credentials: The folder of the service manager; None when there is none.

    Raises:
        UnavailableError: ``secrets.unavailable`` when the key is missing or has another length, or
            the file was sealed with another key.
    """

    def __init__(self, file: Path, *, credentials: Path | None) -> None:
        self._file = file
        self._key = AESGCM(_wrapping_key(credentials))
        self._lock = threading.Lock()
        self._secrets = self._opened()

    def get(self, name: str) -> bytes | None:
        """Return a secret, None when there is none."""
        with self._lock:
            return self._secrets.get(name)

    def put(self, name: str, value: bytes) -> None:
        """Store or replace a secret, durable on return."""
        with self._lock:
            self._seal({**self._secrets, name: value})

    def remove(self, name: str) -> None:
        """Forget a secret; no error when there is none."""
        with self._lock:
            if name in self._secrets:
                self._seal({kept: self._secrets[kept] for kept in self._secrets if kept != name})

    def _seal(self, secrets: dict[str, bytes]) -> None:
        nonce = os.urandom(_NONCE_BYTES)
        sealed = nonce + self._key.encrypt(nonce, msgspec.json.encode(secrets), _PURPOSE)
        try:
            replace_durably(self._file, sealed)
        except OSError as error:
            raise _unavailable(
                _("The file that guards this device's keys cannot be written.")
            ) from error
        self._secrets = secrets

    def _opened(self) -> dict[str, bytes]:
        try:
            sealed = self._file.read_bytes()
        except FileNotFoundError:
            return {}
        except OSError as error:
            raise _unavailable(
                _("The file that guards this device's keys cannot be read.")
            ) from error
        try:
            plain = self._key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _PURPOSE)
            return msgspec.json.decode(plain, type=dict[str, bytes])
        except (InvalidTag, ValueError, msgspec.DecodeError) as error:
            raise _unavailable(
                _("The keys of this device were sealed for another machine or service.")
            ) from error


def _wrapping_key(credentials: Path | None) -> bytes:
    if credentials is None:
        raise _unavailable(_("The service manager gave no credentials folder to this terminal."))
    try:
        key = (credentials / CREDENTIAL).read_bytes()
    except OSError as error:
        raise _unavailable(
            _("The credential parking-terminal of the service manager cannot be read.")
        ) from error
    if len(key) != KEY_BYTES:
        raise _unavailable(_("The credential parking-terminal must have 32 bytes."))
    return key


def _unavailable(why: str) -> UnavailableError:
    sentence = _("This device has no sound place for its keys. {why}").format(why=why)
    return UnavailableError("secrets.unavailable", sentence, retry_safe=True)
