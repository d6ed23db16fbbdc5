"""Storage and network never run on the thread that paints: a real store, a real gateway."""

import inspect
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import UUID

import pytest
from msgspec import Raw
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.guard import guard_against_this_thread, guarded
from app.lanes import Lanes, reading
from app.ports import Central, Store
from app.terminal_app import Equipment, TerminalApp
from local_db.store import LocalStore
from parking.errors import BugError
from sync.gateway import Device, HTTPGateway
from sync.records import BY_CLASS, encode
from sync.wire import ActivateAnswer, FeedPage, FeedRow
from tests.fakes.clock import NOON, StillClock
from tests.fakes.memory_store import MemoryStore
from tests.fakes.secret_store import MemorySecrets
from tests.fakes.terminal import TERMINAL, TERMINAL_ID, enrolled, lease, sign
from tests.fakes.terminal_app import CHEAP, PIN, FakePrinter, FakeReader, FakeTerminal
from tests.unit.sync.answering import Server, json_reply
from tests.unit.ui_officer.laptop import opened_laptop, picture
from ui.screen import Screen
from ui.shell import Shell
from ui.tasks import Tasks
from ui.theme import Theme, apply_theme


def _methods(port: type[Any]) -> list[str]:
    return [name for name, _value in inspect.getmembers(port, inspect.isfunction) if name[0] != "_"]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[LocalStore]:
    """A real encrypted store that knows the sample city."""
    city = MemoryStore()
    rows = [
        FeedRow(BY_CLASS[type(one)].name, Raw(encode(one)))
        for one in (*city.fed_zones, *city.fed_tariffs, *city.fed_beats, *city.fed_codes)
    ]
    page = FeedPage(
        feed_epoch="life-1",
        cursor="life-1:9",
        rows=rows,
        more=False,
        as_of=dict.fromkeys(("pay_station", "app", "permit", "hotlist"), NOON),
        server_utc=NOON,
    )
    with closing(enrolled(tmp_path / "device")) as opened:
        opened.outbox.apply_page(page)
        yield opened


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


@pytest.fixture
def gateway(server: Server) -> Iterator[HTTPGateway]:
    device = Device(terminal_id=TERMINAL_ID, sign=sign)
    with closing(HTTPGateway(server.url, StillClock(), device=device)) as made:
        yield made


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes()
    yield made
    made.stop()


def _refused(part: object, port: type[Any]) -> set[str]:
    kept, refused = guarded(part, guard_against_this_thread()), set()
    for name in _methods(port):
        with pytest.raises(BugError, match="thread that paints"):
            getattr(kept, name)
        refused.add(name)
    return refused


def test_store_and_network_refuse_the_painting_thread(
    store: LocalStore, gateway: HTTPGateway, server: Server
) -> None:
    assert {"saving", "candidates", "keep_draft", "photo"} <= _refused(store, Store)
    assert {"quote", "put_payment", "activate"} <= _refused(gateway, Central)
    assert server.requests == []


def test_the_lanes_are_let_through(store: LocalStore, lanes: Lanes) -> None:
    kept = guarded(store, guard_against_this_thread())

    def zones() -> list[str]:
        return [zone.zone_id for zone in kept.zones()]

    assert lanes.run(reading("zones", zones)) == ["112", "114", "118", "204", "207"]


class _Hasty(Screen):
    """Reads where it must not."""

    name = "hasty"

    def __init__(self, tasks: Tasks, store: LocalStore) -> None:
        super().__init__(tasks)
        self._store = store

    def entered(self) -> None:
        self._store.zones()


def test_a_screen_that_reads_by_itself_is_a_fault(
    qapp: QApplication, qtbot: QtBot, store: LocalStore, lanes: Lanes
) -> None:
    apply_theme(qapp, Theme.DAY, profile="officer", reduced_motion=True)
    shell = Shell(Tasks(lanes))
    qtbot.addWidget(shell)
    shell.add(_Hasty(shell.tasks, guarded(store, guard_against_this_thread())))
    with pytest.raises(BugError, match="thread that paints"):
        shell.show_screen("hasty")


@dataclass(frozen=True, slots=True)
class _Real:
    """The parts of a terminal that a window needs: real ones, under guard."""

    app: TerminalApp
    lanes: Lanes


@pytest.fixture
def real(
    store: LocalStore, gateway: HTTPGateway, server: Server, lanes: Lanes, photos: Path
) -> Iterator[_Real]:
    officer = next(one for one in MemoryStore().fed_officers if one.badge == "0417")
    server.answer = lambda _request: json_reply(
        ActivateAnswer(officer=officer, officer_key_id=UUID(int=1))
    )
    store.keep_lease(lease(1, 100))
    guard = guard_against_this_thread()
    app = TerminalApp(
        lanes,
        Equipment(
            terminal=TERMINAL,
            store=guarded(store, guard),
            central=guarded(gateway, guard),
            secrets=MemorySecrets(),
            clock=StillClock(),
            printer=FakePrinter(),
            reader=FakeReader(),
            reports=Path("reports"),
            pin_cost=CHEAP,
            photos=photos,
        ),
    )
    lanes.run(app.people.activate("0417", "4F7K-2M9Q", PIN))
    lanes.run(app.officer.start_shift("4"))
    yield _Real(app, lanes)
    app.close()


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    for seed in (1, 2):
        (folder / f"{seed}.jpg").write_bytes(picture(seed))
    return folder


def test_an_officer_works_on_a_real_store_without_touching_it_from_the_window(
    qapp: QApplication, qtbot: QtBot, real: _Real, store: LocalStore, photos: Path
) -> None:
    apply_theme(qapp, Theme.DAY, profile="officer", reduced_motion=True)
    parts = cast("FakeTerminal", real)
    with opened_laptop(qtbot, parts, photos) as laptop:
        laptop.write("BK47291")
        laptop.press("Enter", "F9", "F5", "F5", "F9")
        assert laptop.screen == "saved"
        assert "SC-4-0000015" in laptop.words()
        laptop.press("F2", "F10", "2", "Down", "Enter", "Esc", "F2", "F10", "F8")
        assert laptop.notice().startswith("Shift ended: 1 issued, 1 printed")
    assert store.to_send().count > 5
    assert store.numbers_left() == 99
