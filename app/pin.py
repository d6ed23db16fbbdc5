"""What a PIN may be. Pure; any thread.

Source: NIST SP 800-63B-4 on activation secrets (at least six digits, a blocklist, at most ten
tries in a row); DESIGN.md 6.
"""

from datetime import date

from app.words import _
from parking.errors import UserError

SHORTEST = 6
LONGEST = 12
MOST_TRIES = 10
_ROW = "01234567890"
_COMMON_WORDS = (
    "001122 010203 100100 101010 102030 11112222 111222 112211 112233 11223344 121212 "
    "123123 123321 12341234 12344321 12345679 131313 142536 142857 147258 147852 159357 "
    "159753 200200 202020 212121 222111 232323 246810 252525 258369 271828 314159 321321 "
    "332211 369258 420420 445566 456123 456456 654654 686868 696969 741852 753159 778899 "
    "789456 789789 852456 87654322 963852 987987 998877"
)
_COMMON = frozenset(_COMMON_WORDS.split())


def check_new_pin(pin: str, *, badge: str) -> None:
    """Refuse a PIN that is too short, or among the first that anybody would try.

    Args:
        pin: As typed.
        badge: The officer's badge, which must not be in the PIN.

    Raises:
        UserError: ``pin.form`` or ``pin.easy``; the sentence says what is allowed.
    """
    if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
        raise UserError("pin.form", _("A PIN has 6 to 12 digits."), action=_("Choose another PIN."))
    if _is_easy(pin) or (len(badge) >= 4 and badge in pin):
        raise UserError(
            "pin.easy",
            _("This PIN is easy to guess: no rows, repeats, dates or badge numbers."),
            action=_("Choose another PIN."),
        )


def _is_easy(pin: str) -> bool:
    return (
        pin in _COMMON
        or pin in _ROW
        or pin in _ROW[::-1]
        or len(set(pin)) <= 2
        or _repeats(pin)
        or _is_date(pin)
    )


def _repeats(pin: str) -> bool:
    """Whether the PIN is one shorter group said again, as 123123 or 12121212."""
    return any(
        len(pin) % size == 0 and pin == pin[:size] * (len(pin) // size)
        for size in range(1, len(pin) // 2 + 1)
    )


def _is_date(pin: str) -> bool:
    """Whether six or eight digits read as a date in any usual order."""
    if len(pin) == 6:
        years = ("19", "20")
        orders = [(century + pin[4:], pin[:2], pin[2:4]) for century in years]
        orders += [(century + pin[:2], pin[2:4], pin[4:]) for century in years]
    elif len(pin) == 8:
        orders = [(pin[4:], pin[:2], pin[2:4]), (pin[:4], pin[4:6], pin[6:])]
    else:
        return False
    return any(
        _exists(year, first, second) or _exists(year, second, first)
        for year, first, second in orders
    )


def _exists(year: str, month: str, day: str) -> bool:
    try:
        found = date(int(year), int(month), int(day))
    except ValueError:
        return False
    return 1920 <= found.year <= 2040
