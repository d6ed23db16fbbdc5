"""Violation codes with their ordinance text and dated fines; pull-only data of the city."""

from dataclasses import dataclass
from typing import Annotated

from parking.markers import Span, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class ViolationCode:
    """One code an officer can cite.

    Attributes:
        code: E.g. ``101``.
        title: Short words, e.g. ``Expired meter``.
        ordinance: The law it rests on, in words.
        fine_class: Roman numeral of the city's class.
        fine_cents: At issue.
        is_safety: Never held by a payment (RULES 21) and never asks payment data.
        is_time_limit: Over a time limit; a payment, however long, does not disprove it (RULES 21).
        photos_needed: Photos required before issue.
    """

    code: Annotated[str, Text(12, 1)]
    title: Annotated[str, Text(60, 1)]
    ordinance: Annotated[str, Text(300)]
    fine_class: Annotated[str, Text(8)]
    fine_cents: Annotated[int, Span(0, 1_000_000)]
    is_safety: bool = False
    is_time_limit: bool = False
    photos_needed: Annotated[int, Span(0, 12)] = 2
    revision: Annotated[int, Span(0, 2**62)] = 0
