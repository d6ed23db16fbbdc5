"""Reading a rate file: every fault with its line, its tariff and the rule it breaks.

A rate file is a JSON list of tariffs, ``resources/rules/tariffs.schema.json`` describes it. Unlike
messages, which ignore what a newer version added, a rate file is refused for an unknown name: a
mistyped one would silently change a price.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, is_dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from central.rates.json_lines import lines_of
from parking.errors import UserError
from parking.tariff import Tariff
from parking.tariff_check import check_tariff
from sync.records import check_field, fields_of

_MOST_TOLD = 20
_PLACE = re.compile(r" - at `\$(?P<path>.*)`$")


@dataclass(frozen=True, slots=True, kw_only=True)
class RateFault:
    """One thing wrong with a rate file.

    Attributes:
        line: Of the file, from 1.
        where: The rule: tariff and field, e.g. ``street-125 spans[0].closes_minute``.
        sentence: What is allowed.
    """

    line: int
    where: str
    sentence: str

    def __str__(self) -> str:
        return f"line {self.line}, {self.where}: {self.sentence}"


def read_rates(path: Path) -> list[Tariff]:
    """Return the tariffs of a rate file, in its order.

    Raises:
        UserError: ``rates.file`` when it is no JSON list; ``rates.faults`` with one line for each
            fault.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
        lines = lines_of(text)
        items = msgspec.json.decode(text, type=list[dict[str, Any]])
    except (OSError, UnicodeDecodeError, UserError, msgspec.DecodeError) as error:
        raise UserError("rates.file", f"{path.name} cannot be read: {error}") from error
    tariffs, faults = _tariffs(items, lines)
    if faults:
        told = [f"{path.name} {fault}" for fault in faults[:_MOST_TOLD]]
        more = len(faults) - len(told)
        told += [f"{path.name} has {more} more faults."] if more else []
        raise UserError("rates.faults", "\n".join(told))
    return tariffs


def _tariffs(
    items: list[dict[str, Any]], lines: Mapping[str, int]
) -> tuple[list[Tariff], list[RateFault]]:
    tariffs: list[Tariff] = []
    faults: list[RateFault] = []
    for place, item in enumerate(items):
        name = str(item.get("tariff_id", f"item {place + 1}"))
        tariff, found = _tariff(item)
        faults += (
            RateFault(
                line=_line(lines, f"[{place}]", field), where=f"{name} {field}", sentence=sentence
            )
            for field, sentence in found
        )
        if tariff is not None:
            tariffs.append(tariff)
    faults += _between(tariffs, items, lines)
    return tariffs, sorted(faults, key=lambda fault: fault.line)


def _tariff(item: dict[str, Any]) -> tuple[Tariff | None, list[tuple[str, str]]]:
    """Return the tariff, if its types are right, and every fault as field and sentence."""
    found = list(_unknown(Tariff, item, ""))
    try:
        tariff = msgspec.convert(item, Tariff)
    except msgspec.ValidationError as error:
        place = _PLACE.search(str(error))
        path = place["path"].lstrip(".") if place else "tariff"
        return None, [*found, (path, f"{_PLACE.sub('', str(error))}{_allowed(path)}.")]
    found += _out_of_range(tariff, "")
    if not found:
        found += [(fault.field, fault.sentence) for fault in check_tariff(tariff)]
    return tariff, found


def _allowed(path: str) -> str:
    """Name the words of an enum field; empty for other fields."""
    of: type = Tariff
    for name in re.findall(r"[a-z_]+", path):
        field = next((each for each in fields_of(of) if each.name == name), None)
        if field is None:
            return ""
        of = field.item or field.base
        if not is_dataclass(of):
            break
    return f"; known are {', '.join(of)}" if issubclass(of, StrEnum) else ""


def _unknown(of: type, item: Any, path: str) -> Iterator[tuple[str, str]]:
    if not isinstance(item, dict):
        return
    known = {field.name: field for field in fields_of(of)}
    for name, value in item.items():
        if name not in known:
            yield _at(path, name), f"There is no rule {name}; known are {', '.join(sorted(known))}."
        elif (inner := known[name].item) is not None and is_dataclass(inner):
            for place, each in enumerate(value if isinstance(value, list) else ()):
                yield from _unknown(inner, each, f"{_at(path, name)}[{place}]")


def _out_of_range(value: Any, path: str) -> Iterator[tuple[str, str]]:
    """Yield the deepest fields that are out of their range."""
    for field in fields_of(type(value)):
        content = getattr(value, field.name)
        inner: list[tuple[str, str]] = []
        if field.item is not None and is_dataclass(field.item):
            for place, item in enumerate(content):
                inner += _out_of_range(item, f"{_at(path, field.name)}[{place}]")
        yield from inner
        if inner:
            continue
        try:
            check_field(type(value), field.name, content)
        except UserError as error:
            yield _at(path, field.name), error.sentence.partition(": ")[2]


def _between(
    tariffs: list[Tariff], items: list[dict[str, Any]], lines: Mapping[str, int]
) -> Iterator[RateFault]:
    """Yield what is wrong between tariffs of one file: names used twice, or named but missing."""
    names = [str(item.get("tariff_id", "")) for item in items]
    for place, name in enumerate(names):
        if name and name in names[:place]:
            line = _line(lines, f"[{place}]", "tariff_id")
            yield RateFault(
                line=line, where=f"{name} tariff_id", sentence="Each tariff is named once."
            )
    for tariff in tariffs:
        for at, each in enumerate(tariff.user_classes):
            if each.tariff_id not in names:
                field = f"user_classes[{at}].tariff_id"
                line = _line(lines, f"[{names.index(tariff.tariff_id)}]", field)
                sentence = f"There is no tariff {each.tariff_id} in this file."
                yield RateFault(line=line, where=f"{tariff.tariff_id} {field}", sentence=sentence)


def _at(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _line(lines: Mapping[str, int], item: str, field: str) -> int:
    """Return the line of a field, or of what should hold it."""
    path = f"{item}.{field}"
    while path not in lines and path != item:
        path = path[: max(path.rfind("."), path.rfind("["))]
    return lines[path]
