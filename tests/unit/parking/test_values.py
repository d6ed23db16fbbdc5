"""Values of parking never change once made."""

import importlib
import inspect
import pkgutil
from dataclasses import is_dataclass

import pytest

import parking

VALUES = sorted(
    {
        value
        for module in pkgutil.iter_modules(parking.__path__, "parking.")
        for value in vars(importlib.import_module(module.name)).values()
        if inspect.isclass(value) and is_dataclass(value)
    },
    key=lambda value: value.__qualname__,
)


@pytest.mark.parametrize("value", VALUES, ids=lambda value: value.__qualname__)
def test_values_are_frozen_and_slotted(value: type) -> None:
    assert value.__dataclass_params__.frozen  # type: ignore[attr-defined] # set by dataclass
    assert "__slots__" in vars(value)
