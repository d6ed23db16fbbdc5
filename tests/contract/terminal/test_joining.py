"""A device joins the city, or says in one sentence why it cannot."""

import os
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from app.adapters.linux.credential_secrets import CredentialSecrets
from app.bootstrap import FreshTerminal, build
from app.profile import TerminalProfile
from app.usecases.enrol_terminal import DATABASE_KEY, DEVICE_KEY
from parking.errors import UnavailableError, UserError
from parking.terminal import TerminalKind
from sync.gateway import HTTPGateway
from sync.wire import EnrolAnswer, EnrolRequest
from tests.contract.terminal.conftest import Device
from tests.fakes.secret_store import MemorySecrets
from tests.unit.central.service import Service
from tests.unit.sync.answering import Reply, Server


def _refused(device: Device, code: str, kind: TerminalKind = TerminalKind.OFFICER) -> UserError:
    with pytest.raises(UserError) as caught:
        device.join(code, kind)
    device.stop()
    return caught.value


def test_keys_are_made_on_the_device_and_the_files_are_encrypted(
    device: Device, service: Service, credentials: Path
) -> None:
    app = device.join(service.new_code())
    device.stop()
    kept = CredentialSecrets(device.data / "secrets.sealed", credentials=credentials)
    database_key, device_key = kept.get(DATABASE_KEY), kept.get(DEVICE_KEY)
    assert database_key is not None
    assert device_key is not None
    assert database_key != device_key
    public = service.one(
        "select public_key from terminals where terminal_id = %(one)s", one=app.identity.terminal_id
    )
    assert bytes(public) == app.identity.public_key
    for file in device.data.rglob("*.db*"):
        content = file.read_bytes()
        assert b"SQLite format 3" not in content[:16]
        for secret in (database_key, device_key):
            assert secret not in content


@pytest.mark.parametrize("kind", list(TerminalKind))
def test_each_kind_joins_as_what_it_is(
    device: Device, service: Service, kind: TerminalKind
) -> None:
    app = device.join(service.new_code(kind), kind)
    assert app.kind is kind
    device.stop()
    assert device.open(kind).identity == app.identity


def test_a_used_code_a_mistyped_code_and_none(
    device: Device, service: Service, tmp_path: Path
) -> None:
    code = service.new_code()
    device.join(code)
    other = Device(tmp_path / "other", service.base_url)
    assert "used before" in _refused(other, code).sentence
    assert "not known" in _refused(other, "4F7K-0000").sentence
    assert "not known" in _refused(other, "what?").sentence
    assert "Enter the one-time code" in _refused(other, "  ").sentence
    assert other.join(service.new_code()).kind is TerminalKind.OFFICER
    other.close()


def test_an_old_code(device: Device, service: Service) -> None:
    code = service.new_code()
    service.central.clock.ahead += timedelta(minutes=11)  # type: ignore[attr-defined]  # the clock of tests
    try:
        assert "older than 10 minutes" in _refused(device, code).sentence
    finally:
        service.central.clock.ahead -= timedelta(minutes=11)  # type: ignore[attr-defined]  # likewise


def test_a_code_of_another_kind(device: Device, service: Service) -> None:
    error = _refused(device, service.new_code(TerminalKind.KIOSK))
    assert "kind kiosk; this one was started as officer" in error.sentence
    assert isinstance(device.start(), FreshTerminal)


def test_without_network_it_says_so_and_works_later(device: Device, service: Service) -> None:
    device.url = "http://127.0.0.1:1"
    code = service.new_code()
    with pytest.raises(UnavailableError, match="City hall cannot be reached"):
        device.join(code)
    device.stop()
    device.url = service.base_url
    assert device.join(code).identity.epoch == 1


def test_a_captive_portal_is_not_the_city(device: Device) -> None:
    portal = Server()
    portal.answer = lambda _: Reply(b"<html>Sign in to Wi-Fi</html>", media_type="text/html")
    with portal.running():
        device.url = portal.url
        with pytest.raises(UnavailableError, match="Wi-Fi sign-in page"):
            device.join("4F7K-2M9Q")
        device.stop()
    assert isinstance(device.start(), FreshTerminal)


def test_without_a_sound_secret_store_nothing_begins(
    device: Device, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(os.environ, "CREDENTIALS_DIRECTORY")
    with pytest.raises(UnavailableError, match="no sound place for its keys"):
        device.start()
    assert not (device.data / "store").exists()


def test_a_second_terminal_on_the_same_folder(device: Device, service: Service) -> None:
    device.join(service.new_code())
    with pytest.raises(UserError, match="already runs on the data folder"):
        device.start()


def test_started_as_another_kind(device: Device, service: Service) -> None:
    device.join(service.new_code())
    device.stop()
    with pytest.raises(UserError, match="joined as officer, it cannot be started as kiosk"):
        device.start(TerminalKind.KIOSK)
    device.open()


@pytest.mark.parametrize(
    ("key", "error"),
    [(bytes(32), "database.key_wrong"), (b"short", "database.key_form"), (None, "secrets.lost")],
)
def test_a_wrong_malformed_or_lost_key(
    device: Device, service: Service, credentials: Path, key: bytes | None, error: str
) -> None:
    device.join(service.new_code())
    device.stop()
    kept = CredentialSecrets(device.data / "secrets.sealed", credentials=credentials)
    right = kept.get(DATABASE_KEY)
    assert right is not None
    if key is None:
        kept.remove(DATABASE_KEY)
    else:
        kept.put(DATABASE_KEY, key)
    with pytest.raises(UserError) as caught:
        device.start()
    assert caught.value.key == error
    kept.put(DATABASE_KEY, right)
    device.open()


def test_a_city_whose_keys_do_not_fit_together_is_not_joined(
    device: Device, service: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    def other(self: HTTPGateway, request: EnrolRequest) -> EnrolAnswer:
        return msgspec.structs.replace(_enrol(self, request), city_root_key=bytes(32))

    _enrol = HTTPGateway.enrol
    monkeypatch.setattr(HTTPGateway, "enrol", other)
    with pytest.raises(UnavailableError, match="does not come from the city's system"):
        device.join(service.new_code())
    device.stop()
    monkeypatch.undo()


def test_the_keyring_names_each_installation_apart(
    device: Device, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names: list[str] = []

    def kept(name: str) -> MemorySecrets:
        names.append(name)
        return MemorySecrets()

    monkeypatch.setattr("app.bootstrap.KeyringSecrets", kept)
    for data in (tmp_path / "one", tmp_path / "two", tmp_path / "one"):
        profile = TerminalProfile(data=data, central_url=device.url, kind=TerminalKind.OFFICER)
        build(profile, device.lanes).close()
    assert names[0] == names[2] != names[1]
    assert all(name.startswith("Stamford Parking ") for name in names)
