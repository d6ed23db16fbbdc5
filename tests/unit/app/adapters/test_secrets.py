import stat
from functools import partial
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as FailKeyring
from keyring.errors import KeyringLocked, PasswordDeleteError, PasswordSetError

from app.adapters.keyring_secrets import KeyringSecrets, is_sound
from app.adapters.linux.credential_secrets import CREDENTIAL, CredentialSecrets
from parking.errors import UnavailableError


class _Keyring(KeyringBackend):
    """A keyring in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring has no annotation there
        self.kept: dict[tuple[str, str], str] = {}
        self.fault: Exception | None = None

    def _check(self) -> None:
        if self.fault is not None:
            raise self.fault

    def get_password(self, service: str, username: str) -> str | None:
        self._check()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._check()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._check()
        if (service, username) not in self.kept:
            raise PasswordDeleteError
        del self.kept[service, username]


def _itself(backend: KeyringBackend) -> KeyringBackend:
    return backend


@pytest.fixture
def backend() -> _Keyring:
    return _Keyring()


def test_the_keyring_keeps_bytes(backend: _Keyring) -> None:
    secrets = KeyringSecrets("Stamford Parking 1", backend=backend)
    assert secrets.get("device_key") is None
    secrets.put("device_key", bytes(range(32)))
    assert secrets.get("device_key") == bytes(range(32))
    assert KeyringSecrets("Stamford Parking 2", backend=backend).get("device_key") is None
    secrets.remove("device_key")
    secrets.remove("device_key")
    assert secrets.get("device_key") is None


@pytest.mark.parametrize("fault", [KeyringLocked("locked"), PasswordSetError("no")])
def test_a_locked_keyring_is_one_sentence(backend: _Keyring, fault: Exception) -> None:
    secrets = KeyringSecrets("Stamford Parking 1", backend=backend)
    backend.fault = fault
    no_place = pytest.raises(UnavailableError, match="no sound place for its keys")
    with no_place:
        secrets.get("x")
    with no_place:
        secrets.put("x", b"1")
    with no_place:
        secrets.remove("x")


def test_what_is_no_secret_of_ours_is_no_secret(backend: _Keyring) -> None:
    backend.kept["Stamford Parking 1", "device_key"] = "not base64!"
    with pytest.raises(UnavailableError):
        KeyringSecrets("Stamford Parking 1", backend=backend).get("device_key")


def test_without_a_sound_keyring_there_is_no_fallback(
    backend: _Keyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    nowhere = FailKeyring()  # type: ignore[no-untyped-call]  # keyring has no annotation there
    for found in (nowhere, backend):
        monkeypatch.setattr(keyring, "get_keyring", partial(_itself, found))
        with pytest.raises(UnavailableError, match="--secrets systemd"):
            KeyringSecrets("Stamford Parking 1")
    assert not is_sound(backend)


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / CREDENTIAL).write_bytes(bytes(range(32)))
    return folder


def test_sealed_secrets_survive_a_restart(tmp_path: Path, credentials: Path) -> None:
    file = tmp_path / "secrets.sealed"
    first = CredentialSecrets(file, credentials=credentials)
    first.put("device_key", b"secret device key")
    first.put("pin_tries", b"3")
    first.remove("pin_tries")
    first.remove("pin_tries")
    again = CredentialSecrets(file, credentials=credentials)
    assert again.get("device_key") == b"secret device key"
    assert again.get("pin_tries") is None


def test_the_file_shows_nothing_and_belongs_to_its_owner(tmp_path: Path, credentials: Path) -> None:
    file = tmp_path / "secrets.sealed"
    CredentialSecrets(file, credentials=credentials).put("device_key", b"secret device key")
    assert b"device" not in file.read_bytes()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["credentials", "secrets.sealed"]


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_the_credential_has_32_bytes(tmp_path: Path, credentials: Path, length: int) -> None:
    (credentials / CREDENTIAL).write_bytes(bytes(length))
    with pytest.raises(UnavailableError, match="32 bytes"):
        CredentialSecrets(tmp_path / "sealed", credentials=credentials)


def test_without_credentials_nothing_begins(tmp_path: Path, credentials: Path) -> None:
    with pytest.raises(UnavailableError, match="no credentials folder"):
        CredentialSecrets(tmp_path / "sealed", credentials=None)
    (credentials / CREDENTIAL).unlink()
    with pytest.raises(UnavailableError, match="cannot be read"):
        CredentialSecrets(tmp_path / "sealed", credentials=credentials)


def test_another_machine_cannot_open_the_file(tmp_path: Path, credentials: Path) -> None:
    file = tmp_path / "secrets.sealed"
    CredentialSecrets(file, credentials=credentials).put("device_key", b"1")
    (credentials / CREDENTIAL).write_bytes(bytes(32))
    with pytest.raises(UnavailableError, match="another machine"):
        CredentialSecrets(file, credentials=credentials)


@pytest.mark.parametrize("content", [b"", b"cut", bytes(100)])
def test_a_damaged_file_is_one_sentence(tmp_path: Path, credentials: Path, content: bytes) -> None:
    file = tmp_path / "secrets.sealed"
    file.write_bytes(content)
    with pytest.raises(UnavailableError, match="another machine"):
        CredentialSecrets(file, credentials=credentials)


def test_a_file_that_cannot_be_read_or_written_is_one_sentence(
    tmp_path: Path, credentials: Path
) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(UnavailableError, match="cannot be read"):
        CredentialSecrets(tmp_path / "folder", credentials=credentials)
    secrets = CredentialSecrets(tmp_path / "gone" / "sealed", credentials=credentials)
    with pytest.raises(UnavailableError, match="cannot be written"):
        secrets.put("device_key", b"1")
    assert secrets.get("device_key") is None
