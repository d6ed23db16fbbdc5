"""Secrets in the keyring: Windows Credential Locker, SecretService, Keychain. Any lane.

Fails closed: a keyring that keeps secrets in plain files, or none, is refused in plain words. There
is no silent fallback (docs/decisions/0007).
"""

import base64
import binascii

import keyring
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringError, PasswordDeleteError

from app.words import _
from parking.errors import UnavailableError

_SOUND = frozenset(
    f"keyring.backends.{name}"
    for name in (
        "Windows.WinVaultKeyring",
        "SecretService.Keyring",
        "libsecret.Keyring",
        "kwallet.DBusKeyring",
        "macOS.Keyring",
    )
)


class KeyringSecrets:
    """Keeps each secret as one entry of the system's keyring.

    Args:
        service: Names this installation among others of the same person.
        backend: A keyring; the system's own unless a test says otherwise.

    Raises:
        UnavailableError: ``secrets.unavailable`` when no sound keyring answers.
    """

    def __init__(self, service: str, *, backend: KeyringBackend | None = None) -> None:
        self._service = service
        self._keyring = backend or _sound_keyring()

    def get(self, name: str) -> bytes | None:
        """Return a secret, None when there is none."""
        try:
            kept = self._keyring.get_password(self._service, name)
            return None if kept is None else base64.b64decode(kept, validate=True)
        except (KeyringError, binascii.Error) as error:
            raise _unavailable() from error

    def put(self, name: str, value: bytes) -> None:
        """Store or replace a secret, durable on return."""
        try:
            self._keyring.set_password(self._service, name, base64.b64encode(value).decode())
        except KeyringError as error:
            raise _unavailable() from error

    def remove(self, name: str) -> None:
        """Forget a secret; no error when there is none."""
        try:
            self._keyring.delete_password(self._service, name)
        except PasswordDeleteError:
            return
        except KeyringError as error:
            raise _unavailable() from error


def _sound_keyring() -> KeyringBackend:
    try:
        found = keyring.get_keyring()
    except KeyringError as error:
        raise _unavailable() from error
    choices = found.backends if isinstance(found, ChainerBackend) else [found]
    for backend in choices:
        if is_sound(backend):
            return backend
    raise _unavailable()


def is_sound(backend: KeyringBackend) -> bool:
    """Tell whether a keyring guards its secrets by more than a file's name."""
    of = type(backend)
    return f"{of.__module__}.{of.__qualname__}" in _SOUND


def _unavailable() -> UnavailableError:
    return UnavailableError(
        "secrets.unavailable",
        _(
            "This device has no sound place for its keys: no unlocked keyring answers. "
            "Unlock the keyring, or start the terminal with --secrets systemd where the service "
            "manager keeps the key."
        ),
        retry_safe=True,
    )
