"""What records, fields, people and places are called where two values meet. Pure, any thread."""

from typing import Any

from app.words import _
from parking.edit import Conflict
from parking.money import usd
from parking.officer import Role
from parking.terminal import Terminal, TerminalKind


def field_name(field: str) -> str:
    """Return what people call a field; one without a name of its own is told by its letters."""
    names = {
        "plate": _("Plate"),
        "plate_state": _("State"),
        "note": _("Note"),
        "tags": _("Tags"),
        "vehicle": _("City car"),
        "odometer_miles": _("Odometer"),
        "forms_spoiled": _("Spoiled forms"),
        "remark": _("Remark"),
        "name": _("Name"),
        "tariff_id": _("Rate"),
        "covered_by": _("Covered by zones"),
        "exit_grace_s": _("Grace after the end"),
        "entry_grace_s": _("Time to pay"),
    }
    return names.get(field) or field.replace("_", " ").capitalize()


def subject(conflict: Conflict) -> str:
    """Say what a conflict is about: ``Plate and state of a citation``."""
    names = [field_name(field) for field in conflict.fields]
    fields = _(" and ").join([names[0], *(name.lower() for name in names[1:])])
    of = {
        "citation_note": _("{fields} of a citation"),
        "plate_correction": _("{fields} of a citation"),
        "shift_header": _("{fields} of a shift"),
        "zone": _("{fields} of zone {key}"),
    }.get(conflict.record, _("{fields} of a record"))
    return of.format(fields=fields, key=conflict.record_key)


def value_words(field: str, value: Any) -> str:
    """Write a value of a record with its unit: text, number, span of time, yes or no, a list."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int):
        return _number(field, value)
    if isinstance(value, list | tuple):
        return ", ".join(value_words(field, item) for item in value)
    return str(value)


def _number(field: str, value: int) -> str:
    if field.endswith("_cents"):
        return usd(value)
    if field.endswith("_miles"):
        return _("{count} miles").format(count=f"{value:,}")
    if field.endswith("_ms"):
        return _("{count} s").format(count=f"{value / 1000:g}")
    if field.endswith("_s"):
        minutes, rest = divmod(value, 60)
        if minutes and not rest:
            return _("{count} min").format(count=f"{minutes:,}")
        return _("{count} s").format(count=f"{value:,}")
    return f"{value:,}"


def role_of(role: Role) -> str:
    """Return the word for a role inside a sentence."""
    return {Role.OFFICER: _("officer"), Role.SUPERVISOR: _("supervisor"), Role.IT: _("IT")}[role]


def place_of(terminal: Terminal | None) -> str:
    """Say where something was done: ``laptop T-014``."""
    if terminal is None:
        return _("a terminal not known here")
    words = {
        TerminalKind.OFFICER: _("laptop {name}"),
        TerminalKind.KIOSK: _("pay station {name}"),
        TerminalKind.SUPERVISOR: _("desk {name}"),
    }[terminal.kind]
    return words.format(name=terminal.name)
