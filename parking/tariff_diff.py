"""What changes from one edition of the city's rates to the next, in words. Pure, any thread.

For the city's rate administrator; English, one sentence for each change.
"""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from typing import Any

from parking.clockface import minute_am_pm, us_date
from parking.money import usd
from parking.tariff import EnforcedSpan, SpecialDay, Tariff, Tier, UserClass

_SILENT = frozenset({"tariff_id", "revision"})


def differences(old: Iterable[Tariff], new: Iterable[Tariff]) -> list[str]:
    """Return the changes between two editions, tariff by tariff; empty when they say the same."""
    before = {tariff.tariff_id: tariff for tariff in old}
    after = {tariff.tariff_id: tariff for tariff in new}
    told = [f"{name}: no longer there." for name in before if name not in after]
    for name, tariff in after.items():
        if name in before:
            told += (f"{name}: {change}." for change in _changes(before[name], tariff))
        else:
            told.append(f"{name}: new.")
    return told


def _changes(old: Any, new: Any) -> Iterator[str]:
    for field in fields(new):
        before, after = getattr(old, field.name), getattr(new, field.name)
        if field.name in _SILENT or before == after:
            continue
        if isinstance(after, tuple):
            yield from _item_changes(field.name, before, after)
        else:
            words = field.name.replace("_", " ")
            yield f"{words} from {_said(field.name, before)} to {_said(field.name, after)}"


def _item_changes(name: str, old: tuple[Any, ...], new: tuple[Any, ...]) -> Iterator[str]:
    before, after = ({_named(item): item for item in items} for items in (old, new))
    for what in before.keys() - after.keys():
        yield f"without {what}{_content(before[what])}"
    for what, item in after.items():
        if what not in before:
            yield f"with {what}{_content(item)}"
        elif before[what] != item:
            yield from (f"{what}: {change}" for change in _changes(before[what], item))
    if list(before) != list(after) and before.keys() == after.keys():
        yield f"{name.replace('_', ' ')} in another order"


def _named(item: Any) -> str:
    """Return what makes an item of a list the same item in both editions."""
    match item:
        case EnforcedSpan():
            days = ", ".join(day.value.title() for day in item.days)
            hours = f"{minute_am_pm(item.opens_minute)} to {minute_am_pm(item.closes_minute)}"
            special = f" of {item.designated_period}" if item.designated_period else ""
            return f"{days} {hours}{special}"
        case Tier():
            return f"tier from {item.from_minute} minutes"
        case SpecialDay():
            return f"special day {us_date(item.day)}"
        case UserClass():
            return f"permit kind {item.permit_kind}"
        case _:
            return f"holiday {us_date(item)}"


def _content(item: Any) -> str:
    """Say what an item that came or went costs or is."""
    match item:
        case EnforcedSpan():
            parts = [f"{usd(item.rate_cents_per_hour)} an hour"]
            parts += [f"{_named(tier)}{_content(tier)}" for tier in item.tiers]
            parts += [f"flat {usd(item.flat_cents)}"] if item.flat_cents else []
            return f" ({', '.join(parts)})"
        case Tier():
            return f" ({usd(item.rate_cents_per_hour)} an hour)"
        case SpecialDay():
            return f" ({item.name}, {item.designated_period})"
        case UserClass():
            return f" (priced by {item.tariff_id})"
    return ""


def _said(name: str, value: Any) -> str:
    if value is None:
        return "none"
    if "cents" in name:
        return usd(value)
    if name.endswith("_minutes"):
        return f"{value} minutes"
    return minute_am_pm(value) if name.endswith("_minute") else str(value)
