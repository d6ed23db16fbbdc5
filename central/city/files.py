"""Reading the city's files: JSON arrays or CSV with a header, every fault named with its place.

An empty CSV cell means the field's default; several values in a cell are separated by ``;``.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from central.rates.read import read_rates
from parking.errors import UserError
from parking.tariff import Tariff
from sync.records import BY_NAME, Record, check, fields_of

FILES: dict[str, str] = {
    "tariffs": "tariff",
    "zones": "zone",
    "beats": "beat",
    "violation_codes": "violation_code",
    "officers": "officer",
    "permits": "permit",
    "hotlist": "hotlist_entry",
}
"""File stem to record name, in the order in which they are loaded."""


@dataclass(frozen=True, slots=True)
class CityFile:
    """The records of one file, in its order."""

    path: Path
    record: Record[Any]
    values: list[Any]


def read_city(folder: Path) -> list[CityFile]:
    """Read every file of the city in a folder, before anything is stored.

    Raises:
        UserError: ``city.folder``, ``city.file``, ``city.record`` or ``rates.*``; the sentence
            names file, line or item, and what is allowed.
    """
    if not folder.is_dir():
        raise UserError("city.folder", f"{folder} is no folder.")
    found = list(_files(folder))
    if not found:
        names = ", ".join(FILES)
        raise UserError("city.folder", f"{folder} holds none of {names} as .json or .csv.")
    return found


def _files(folder: Path) -> Iterator[CityFile]:
    for stem, name in FILES.items():
        for path in (folder / f"{stem}.json", folder / f"{stem}.csv"):
            if path.exists():
                record = BY_NAME[name]
                yield CityFile(path, record, list(_values(path, record)))


def _values(path: Path, record: Record[Any]) -> Iterator[Any]:
    if record.of is Tariff and path.suffix == ".json":
        yield from read_rates(path)
        return
    try:
        if path.suffix == ".json":
            items = msgspec.json.decode(path.read_bytes(), type=list[dict[str, Any]])
            rows = [(f"item {place}", item) for place, item in enumerate(items, 1)]
        else:
            rows = list(_csv_rows(path, record))
    except (OSError, UnicodeDecodeError, csv.Error, msgspec.DecodeError) as error:
        raise UserError("city.file", f"{path.name} cannot be read: {error}.") from error
    for where, item in rows:
        yield _value(f"{path.name} {where}", record, item, strict=path.suffix == ".json")


def _csv_rows(path: Path, record: Record[Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    lists = {field.name for field in fields_of(record.of) if field.item is not None}
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file, strict=True)
        for row in reader:
            if None in row or None in row.values():
                raise csv.Error(f"line {reader.line_num} has not as many cells as the header")
            yield (
                f"line {reader.line_num}",
                {
                    name: cell.split(";") if name in lists else cell
                    for name, cell in row.items()
                    if cell
                },
            )


def _value(where: str, record: Record[Any], item: dict[str, Any], *, strict: bool) -> Any:
    unknown = item.keys() - {field.name for field in fields_of(record.of)}
    if unknown:
        raise UserError("city.record", f"{where}: there is no field {sorted(unknown)[0]}.")
    try:
        value = msgspec.convert(item, record.of, strict=strict)
        check(value)
    except (msgspec.ValidationError, UserError) as error:
        raise UserError("city.record", f"{where}: {error}") from error
    return value
