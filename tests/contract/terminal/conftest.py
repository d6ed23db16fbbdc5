"""A terminal wired by ``app.bootstrap`` from real parts, and the real central it joins."""

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.adapters.linux.credential_secrets import CREDENTIAL
from app.bootstrap import FreshTerminal, build
from app.lanes import Lanes
from app.officer_key import PinCost
from app.profile import SecretsKind, TerminalProfile
from app.terminal_app import TerminalApp
from parking.terminal import TerminalKind
from tests.fakes.memory_store import MemoryStore
from tests.unit.central import samples
from tests.unit.central.conftest import service, shared_database, shared_settings
from tests.unit.central.service import Service

__all__ = ["service", "shared_database", "shared_settings"]


class Device:
    """A machine with a data folder and the credential of its service manager.

    Attributes:
        data: Where the terminal keeps everything.
        url: Central's address as this machine knows it.
    """

    def __init__(self, data: Path, url: str) -> None:
        self.data = data
        self.url = url
        self.lanes = Lanes()
        self._open: list[TerminalApp | FreshTerminal] = []

    def start(self, kind: TerminalKind = TerminalKind.OFFICER) -> TerminalApp | FreshTerminal:
        made = build(
            TerminalProfile(
                data=self.data,
                central_url=self.url,
                kind=kind,
                secrets=SecretsKind.SYSTEMD,
                pin_cost=PinCost(memory_kib=8, passes=1),
            ),
            self.lanes,
        )
        self._open.append(made)
        return made

    def join(self, code: str, kind: TerminalKind = TerminalKind.OFFICER) -> TerminalApp:
        fresh = self.start(kind)
        assert isinstance(fresh, FreshTerminal)
        app = self.lanes.run(fresh.enrol(code))
        self._open[-1] = app
        return app

    def open(self, kind: TerminalKind = TerminalKind.OFFICER) -> TerminalApp:
        app = self.start(kind)
        assert isinstance(app, TerminalApp)
        return app

    def stop(self) -> None:
        """End the terminal as at shut-down; it can be started again."""
        while self._open:
            self._open.pop().close()

    def close(self) -> None:
        self.stop()
        self.lanes.stop()


@pytest.fixture(scope="module", autouse=True)
def central_runs_first(service: Service) -> None:
    """Start central with the sample city before the guard counts threads."""
    city = MemoryStore()
    service.store(
        *city.fed_zones,
        *city.fed_tariffs,
        *city.fed_beats,
        *city.fed_codes,
        *(one for one in city.fed_officers if one.badge != samples.OFFICER.badge),
    )


@pytest.fixture(autouse=True)
def credentials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / CREDENTIAL).write_bytes(secrets.token_bytes(32))
    monkeypatch.setitem(os.environ, "CREDENTIALS_DIRECTORY", str(folder))
    return folder


@pytest.fixture
def device(tmp_path: Path, service: Service) -> Iterator[Device]:
    made = Device(tmp_path / "data", service.base_url)
    yield made
    made.close()
