"""Hot list: wanted vehicles. Kept apart from rights; a hit never depends on payment."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.markers import Span, Text
from parking.right import PlateText, StateCode


class HotlistKind(StrEnum):
    """Why the vehicle is on a list."""

    STOLEN = "stolen"
    WANTED = "wanted"
    SCOFFLAW = "scofflaw"
    ALLOW = "allow"


@dataclass(frozen=True, slots=True, kw_only=True)
class HotlistEntry:
    """One plate on one list.

    Attributes:
        reason: What the list says, shown to the officer.
        list_name: Which list, e.g. ``Stamford Police``.
        case_number: The list's own reference.
    """

    hotlist_entry_id: UUID
    plate: PlateText
    plate_state: StateCode
    kind: HotlistKind
    reason: Annotated[str, Text(120)]
    list_name: Annotated[str, Text(60)]
    case_number: Annotated[str, Text(40)] = ""
    listed_utc: datetime
    removed_utc: datetime | None = None
    revision: Annotated[int, Span(0, 2**62)] = 0
