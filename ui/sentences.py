"""What an error says to the person in front of the screen, in the language in force. Pure.

Any thread. A form is put into words first and its values after it, so that one translation serves
every value. Of the values only the names of days and months are words of a language themselves.
"""

from collections.abc import Mapping

from app.words import _
from parking.errors import ParkingError, UnavailableError, UserError, filled

_WORDS = ("weekday", "month")


def said(error: ParkingError) -> str:
    """Return the sentence of an error, without what to do."""
    if isinstance(error, UserError | UnavailableError):
        return _filled(error.form, error.values)
    return str(error)


def advised(error: ParkingError) -> str:
    """Return the sentence of an error and what to do, where the error itself says it."""
    if isinstance(error, UserError):
        return f"{said(error)} {_filled(error.action_form, error.values)}".strip()
    return said(error)


def sentence(error: ParkingError) -> str:
    """Return the sentence of an error and what to do next, if only to try again."""
    if isinstance(error, UnavailableError) and error.retry_safe:
        again = _("Try again.")
        words = said(error)
        return words if words.rstrip().endswith(again) else f"{words} {again}"
    return advised(error)


def _filled(form: str, values: Mapping[str, object]) -> str:
    worded = {name: _(str(values[name])) for name in _WORDS if name in values}
    return filled(_(form), {**values, **worded})
