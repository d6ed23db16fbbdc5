"""The city's dated rules of late fees as they stand in its rules file. Pure, any thread.

Source: FIELD.md C5; the file names its own. Both ends read the same file.
"""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from parking.citation import FineRules

APPEAL_DAYS = 15
"""Local days after the later of issue and service in which an appeal can be made (FIELD.md C5)."""


def fine_rules(raw: Mapping[str, Any], time_zone: str) -> FineRules:
    """Return the rules of a file, in the local days of a time zone."""
    cap = raw["cap_total_cents"]
    return FineRules(
        version=str(raw["version"]),
        double_after_days=int(raw["double_after_days"]),
        triple_after_days=int(raw["triple_after_days"]),
        cap_total_cents=None if cap is None else int(cap),
        time_zone=time_zone,
    )


def appeal_until(served: date, *, appeal_days: int = APPEAL_DAYS) -> date:
    """Return the last local day on which an appeal can be made."""
    return served + timedelta(days=appeal_days)
