"""Terminals: the devices of the city that enrol, and what each kind is for."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.markers import Items, Octets, Span, Text


class TerminalKind(StrEnum):
    """What a terminal is used for."""

    OFFICER = "officer"
    KIOSK = "kiosk"
    SUPERVISOR = "supervisor"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terminal:
    """An enrolled device.

    Attributes:
        name: As painted on it, e.g. ``T-014`` or ``K-07``.
        series: Its part of citation numbers, 1..9999.
        zone_id: Where a kiosk stands; empty for others.
        zone_ids: The zones whose rows it gets, set by IT; empty for all (a kiosk: its own).
        reader_id: The card reader it may use; empty for none.
        public_key: Ed25519, made on the device.
        epoch: Grows at every enrolment of the same name, so a cloned disk shows.
    """

    terminal_id: UUID
    name: Annotated[str, Text(20, 1)]
    kind: TerminalKind
    series: Annotated[int, Span(1, 9999)]
    zone_id: Annotated[str, Text(16)] = ""
    zone_ids: Annotated[tuple[str, ...], Items(100)] = ()
    reader_id: Annotated[str, Text(80)] = ""
    public_key: Annotated[bytes, Octets(32, 32)]
    epoch: Annotated[int, Span(1, 2**31)]
    revoked: bool = False
    revision: Annotated[int, Span(0, 2**62)] = 0
