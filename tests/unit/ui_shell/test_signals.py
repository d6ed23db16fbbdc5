"""Every signal that a screen, the window or the bridge declares can be emitted, many times.

PySide6 6.12 lost a reference at each emission and aborted after some 600; its checker does not see
an ``emit`` with the wrong number of values.
"""

import contextlib
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from PySide6.QtCore import QMetaMethod, QObject, Signal
from pytestqt.qtbot import QtBot

from app.profile import TerminalProfile
from parking.terminal import TerminalKind
from tests.fakes.terminal_app import FakeTerminal
from ui.flow import Flow
from ui.main import first_screen
from ui.opening import screens_for
from ui.shell import Shell
from ui.tasks import Tasks

EMISSIONS = 5_000
SAMPLES: dict[str, object] = {
    "QString": "words",
    "PyObject": ("a", "b"),
    "bool": True,
    "int": 3,
    "double": 0.5,
}
_PLACES = {
    TerminalKind.OFFICER: "officer",
    TerminalKind.KIOSK: "kiosk",
    TerminalKind.SUPERVISOR: "desk",
}


@pytest.fixture
def terminals() -> Iterator[list[FakeTerminal]]:
    made: list[FakeTerminal] = []
    yield made
    for terminal in made:
        terminal.close()


def _declared(part: QObject) -> Iterator[tuple[str, list[str]]]:
    ours = {
        name
        for of in type(part).__mro__
        if of.__module__.startswith("ui.")
        for name, value in vars(of).items()
        if isinstance(value, Signal)
    }
    meta = part.metaObject()
    for number in range(meta.methodCount()):
        method = meta.method(number)
        name = bytes(method.name().data()).decode()
        if method.methodType() == QMetaMethod.MethodType.Signal and name in ours:
            yield name, [bytes(kind.data()).decode() for kind in method.parameterTypes()]


@pytest.mark.parametrize("kind", list(TerminalKind))
def test_every_declared_signal_can_be_emitted(
    qtbot: QtBot,
    dress: Callable[[str], None],
    terminals: list[FakeTerminal],
    tmp_path: Any,
    kind: TerminalKind,
) -> None:
    dress(_PLACES[kind])
    terminal = FakeTerminal(kind)
    terminals.append(terminal)
    tasks = Tasks(terminal.lanes)
    shell = Shell(tasks)
    qtbot.addWidget(shell)
    profile = TerminalProfile(data=tmp_path, central_url="http://city", kind=kind)
    first = first_screen(profile, tasks)
    shell.add(first)
    shell.show_screen(first.name)
    flow = Flow(shell, tasks, profile, screens_for)
    screens = screens_for(terminal.app, tasks)
    parts: list[QObject] = [tasks, shell, flow, first, *screens]
    emitted = 0
    for part in parts:
        for name, kinds in _declared(part):
            emitted += 1
            _emit(part, name, [SAMPLES[one] for one in kinds])
    assert emitted > 4 * len(screens)
    for screen in screens:
        screen.deleteLater()


def _emit(part: QObject, name: str, values: list[object]) -> None:
    signal = getattr(part, name)
    with contextlib.suppress(RuntimeError), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Nobody may listen yet.
        signal.disconnect()
    heard: list[object] = []
    signal.connect(lambda *words: heard.append(words))
    for _number in range(EMISSIONS):
        signal.emit(*values)
    signal.disconnect()
    assert len(heard) == EMISSIONS, name
