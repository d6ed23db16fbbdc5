"""Citation numbers: ``SC-<series>-<serial><check>``, from ranges leased to one terminal.

The check digit is Damm's (H. M. Damm, 2004): it finds every single wrong digit and every swap of
neighbours. Numbers are never reused and every gap in a lease can be named.
"""

from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from parking.errors import UserError
from parking.markers import Octets, Span

_DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NumberLease:
    """A range of serials that one terminal alone may use.

    Attributes:
        series: The terminal's series, part of the number.
        first_serial: First serial of the range.
        last_serial: Last serial, included.
        signature: Ed25519 by the city's online key over ``lease_bytes``.
    """

    lease_id: UUID
    terminal_id: UUID
    series: Annotated[int, Span(1, 9999)]
    first_serial: Annotated[int, Span(0, 999_999)]
    last_serial: Annotated[int, Span(0, 999_999)]
    signature: Annotated[bytes, Octets(64)] = b""


def lease_bytes(lease: NumberLease) -> bytes:
    """Return the bytes the city's key signs for a lease."""
    return (
        f"stamford-number-lease-1\n{lease.lease_id}\n{lease.terminal_id}\n{lease.series}\n"
        f"{lease.first_serial}\n{lease.last_serial}\n"
    ).encode()


def check_digit(digits: str) -> int:
    """Return Damm's check digit for a text of decimal digits."""
    interim = 0
    for digit in digits:
        interim = _DAMM[interim][int(digit)]
    return interim


def citation_number(series: int, serial: int) -> str:
    """Write a citation number: series 4, serial 1287 -> ``SC-4-001287x`` with x the check digit."""
    return f"SC-{series}-{serial:06d}{check_digit(f'{series}{serial:06d}')}"


def read_citation_number(text: str) -> tuple[int, int]:
    """Read ``SC-4-0012873`` back to (series, serial).

    Raises:
        UserError: ``number.form`` or ``number.check_digit``.
    """
    parts = text.strip().upper().split("-")
    digits = "".join(parts[1:])
    if len(parts) != 3 or parts[0] != "SC" or len(parts[2]) != 7 or not _is_decimal(digits):
        raise UserError("number.form", "A citation number looks like SC-4-0012873.")
    if check_digit(digits) != 0:
        raise UserError(
            "number.check_digit", "This citation number has a wrong digit. Read it again."
        )
    return int(parts[1]), int(parts[2][:-1])


def _is_decimal(text: str) -> bool:
    return text.isascii() and text.isdigit()
