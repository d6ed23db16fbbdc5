"""What an error says to the person in front of the screen, in the language in force. Pure.

Any thread. A form is put into words first and its values after it, so that one translation serves
every value.
"""

from app.words import _
from parking.errors import ParkingError, UnavailableError, UserError, filled


def said(error: ParkingError) -> str:
    """Return the sentence of an error, without what to do."""
    if isinstance(error, UserError | UnavailableError):
        return filled(_(error.form), error.values)
    return str(error)


def sentence(error: ParkingError) -> str:
    """Return the sentence of an error and what to do next."""
    if isinstance(error, UserError):
        return f"{said(error)} {filled(_(error.action_form), error.values)}".strip()
    if isinstance(error, UnavailableError) and error.retry_safe:
        again = _("Try again.")
        words = said(error)
        return words if words.rstrip().endswith(again) else f"{words} {again}"
    return said(error)
