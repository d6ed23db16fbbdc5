"""The signals that classes of ours declare, and the calls that emit them."""

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from PySide6.QtCore import QMetaMethod, QObject, Signal

import ui
from simulator import drive


def modules() -> tuple[ModuleType, ...]:
    """Import every module that may declare or emit signals."""
    found = (importlib.import_module(one.name) for one in pkgutil.walk_packages(ui.__path__, "ui."))
    return (*found, drive)


def _classes() -> Iterator[type[QObject]]:
    for module in modules():
        for _name, value in inspect.getmembers(module, inspect.isclass):
            if value.__module__ == module.__name__ and issubclass(value, QObject):
                yield value


def declaring() -> dict[type[QObject], tuple[str, ...]]:
    """Return every class that declares signals itself, with their names."""
    found = {}
    for kind in _classes():
        names = tuple(name for name, value in vars(kind).items() if isinstance(value, Signal))
        if names:
            found[kind] = names
    return found


def bare(kind: type[QObject]) -> QObject:
    """Make an object of a class with its Qt half only: enough to emit its signals."""
    of_qt: Any = next(base for base in kind.__mro__ if base.__module__.startswith("PySide6."))
    made = kind.__new__(kind)
    of_qt.__init__(made)
    return made


def parameters(made: QObject, name: str) -> list[str]:
    """Return the declared parameter types of a signal."""
    meta = made.metaObject()
    methods = (meta.method(number) for number in range(meta.methodCount()))
    (found,) = (
        method
        for method in methods
        if method.methodType() is QMetaMethod.MethodType.Signal
        and bytes(method.name().data()).decode() == name
    )
    return [bytes(kind.data()).decode() for kind in found.parameterTypes()]


@dataclass(frozen=True, slots=True)
class Emission:
    """A call of ``emit`` in the source."""

    place: str
    signal: str
    count: int


def emissions(tree: ast.AST, file: str) -> Iterator[Emission]:
    """Find the calls ``something.signal.emit(...)`` whose arguments can be counted."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        target = node.func.value
        starred = any(isinstance(one, ast.Starred) for one in node.args)
        if node.func.attr == "emit" and isinstance(target, ast.Attribute) and not starred:
            yield Emission(f"{file}:{node.lineno}", target.attr, len(node.args))


def wrong_emissions(tree: ast.AST, file: str, declared: dict[str, set[int]]) -> list[str]:
    """Return the calls that give a signal more or fewer values than any of its name declares."""
    return [
        f"{one.place} gives {one.signal} {one.count} values"
        for one in emissions(tree, file)
        if one.count not in declared.get(one.signal, {one.count})
    ]
