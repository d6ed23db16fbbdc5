"""City parameters that ship as data, each file with its source. Any thread."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from parking import fines
from parking.citation import FineRules
from parking.zone import Zone

_RULES = Path(__file__).resolve().parents[1] / "resources" / "rules"
DEFAULT_TIME_ZONE = "America/New_York"
"""The city's own zone, for days of records whose parking zone is not known here."""


@cache
def _fines() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((_RULES / "fines.json").read_text(encoding="utf-8"))
    return raw


@cache
def city_name() -> str:
    """Return the issuer as it stands on paper, e.g. ``City of Stamford``."""
    return str(_city()["city"])


@cache
def ticket_notices() -> tuple[str, ...]:
    """Return the city's own sentences at the foot of a ticket."""
    return tuple(_city()["ticket_notices"])


@cache
def help_phone() -> str:
    """Return the number that a driver calls when a pay station does not sell."""
    return str(_city()["help_phone"])


@cache
def other_pay_station(zone_id: str) -> str:
    """Return where the nearest other pay station of a zone stands; empty when nobody said."""
    return str(_city()["other_pay_stations"].get(zone_id, ""))


def _city() -> dict[str, Any]:
    raw: dict[str, Any] = json.loads((_RULES / "city.json").read_text(encoding="utf-8"))
    return raw


def fine_rules(zone: Zone | None) -> FineRules:
    """Return the rules of late fees, in the local days of a zone."""
    return fines.fine_rules(_fines(), DEFAULT_TIME_ZONE if zone is None else zone.time_zone)
