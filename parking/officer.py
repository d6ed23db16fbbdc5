"""People of the city who sign in, and what each role may do. Deny by default."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.markers import Octets, Span, Text


class Role(StrEnum):
    """What a person is for the system."""

    OFFICER = "officer"
    SUPERVISOR = "supervisor"
    IT = "it"


class Act(StrEnum):
    """What a role may be allowed to do."""

    CHECK_PLATE = "check_plate"
    ISSUE_CITATION = "issue_citation"
    REQUEST_VOID = "request_void"
    DECIDE_HOLD = "decide_hold"
    READ_REPORTS = "read_reports"
    ENROL_DEVICE = "enrol_device"
    WRITE_NOTES = "write_notes"
    CORRECT_PLATE = "correct_plate"
    EDIT_ZONE = "edit_zone"
    DECIDE_CONFLICT = "decide_conflict"
    TAKE_HAND_OVER = "take_hand_over"
    CLOSE_PARKED = "close_parked"
    REFUND = "refund"


_ALLOWED: dict[Role, frozenset[Act]] = {
    Role.OFFICER: frozenset(
        {
            Act.CHECK_PLATE,
            Act.ISSUE_CITATION,
            Act.REQUEST_VOID,
            Act.WRITE_NOTES,
            Act.CORRECT_PLATE,
        }
    ),
    Role.SUPERVISOR: frozenset(
        {
            Act.CHECK_PLATE,
            Act.DECIDE_HOLD,
            Act.READ_REPORTS,
            Act.WRITE_NOTES,
            Act.CORRECT_PLATE,
            Act.EDIT_ZONE,
            Act.DECIDE_CONFLICT,
            Act.TAKE_HAND_OVER,
            Act.CLOSE_PARKED,
            Act.REFUND,
        }
    ),
    Role.IT: frozenset({Act.ENROL_DEVICE}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """A person who signs in; table ``users`` at central.

    Attributes:
        badge: What the person types to sign in, e.g. ``0417``.
        display_name: As shown, e.g. ``M. Ortiz``.
    """

    officer_id: UUID
    badge: Annotated[str, Text(12, 1)]
    display_name: Annotated[str, Text(60, 1)]
    role: Role
    active: bool = True
    revision: Annotated[int, Span(0, 2**62)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficerKey:
    """The public half of an officer's signing key on one terminal."""

    officer_key_id: UUID
    officer_id: UUID
    terminal_id: UUID
    public_key: Annotated[bytes, Octets(32, 32)]
    revision: Annotated[int, Span(0, 2**62)] = 0


def may(role: Role, act: Act) -> bool:
    """Tell whether a role may do an act; everything not named is forbidden."""
    return act in _ALLOWED[role]
