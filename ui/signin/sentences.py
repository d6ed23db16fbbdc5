"""What an error says to the person: its sentence and what to do next. Pure; any thread."""

from app.words import _
from parking.errors import ParkingError, UnavailableError, UserError


def sentence(error: ParkingError) -> str:
    """Return the sentence and the action of an error."""
    if isinstance(error, UserError):
        return f"{error.sentence} {error.action}".strip()
    if isinstance(error, UnavailableError) and error.retry_safe:
        again = _("Try again.")
        said = str(error)
        return said if said.rstrip().endswith(again) else f"{said} {again}"
    return str(error)
