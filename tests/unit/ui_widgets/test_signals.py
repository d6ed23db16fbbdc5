"""Signals: each can be emitted thousands of times, and tells what the person did."""

from typing import Any

from PySide6.QtCore import QMetaMethod, QObject, Signal
from PySide6.QtWidgets import QWidget

from simulator.gallery import desk, kiosk, officer

EMISSIONS = 5_000
SAMPLE = {"QString": "words", "PyObject": ("a", "b"), "bool": True, "int": 3}


def _parts() -> list[QWidget]:
    samples = (*officer.samples(), *kiosk.samples(), *desk.samples())
    return [sample.part() for sample in samples]


def _declared(part: QObject) -> list[tuple[str, list[str]]]:
    """Signals declared in a class of ours, with the names of their parameter types."""
    ours = {
        name
        for kind in type(part).__mro__
        if kind.__module__.startswith("ui.")
        for name, value in vars(kind).items()
        if isinstance(value, Signal)
    }
    meta = part.metaObject()
    methods = [meta.method(number) for number in range(meta.methodCount())]
    return [
        (
            bytes(method.name().data()).decode(),
            [bytes(kind.data()).decode() for kind in method.parameterTypes()],
        )
        for method in methods
        if method.methodType() == QMetaMethod.MethodType.Signal
        if bytes(method.name().data()).decode() in ours
    ]


def test_every_declared_signal_can_be_emitted_thousands_of_times() -> None:
    tried = set()
    for part in _parts():
        for child in (part, *part.findChildren(QWidget)):
            for name, kinds in _declared(child):
                key = (type(child).__name__, name)
                if key in tried:
                    continue
                tried.add(key)
                heard: list[Any] = []
                signal = getattr(child, name)
                signal.connect(lambda *words, heard=heard: heard.append(words))
                for _ in range(EMISSIONS):
                    signal.emit(*(SAMPLE[kind] for kind in kinds))
                assert len(heard) == EMISSIONS, key
                signal.disconnect()
    assert len(tried) >= 12, tried


def test_signals_are_named_after_what_has_happened() -> None:
    names = {name for part in _parts() for name, _ in _declared(part)}
    past = ("pressed", "chosen", "changed", "made", "entered", "gained", "opened")
    assert not [name for name in names if not name.endswith(past)]
