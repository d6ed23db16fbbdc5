"""What a driver came for, and the steps that leads through. Pure, any thread; no widgets."""

from enum import StrEnum

from app.words import _


class Errand(StrEnum):
    """What a driver came for."""

    PARK = "park"
    EXTEND = "extend"
    """More time for a car whose paid time still runs."""
    TICKET = "ticket"


def steps_of(errand: Errand) -> tuple[str, str, str, str]:
    """Return the four steps, from what is typed to the receipt."""
    if errand is Errand.TICKET:
        return (_("Find"), _("Ticket"), _("Pay"), _("Receipt"))
    return (_("Plate"), _("Time"), _("Pay"), _("Receipt"))
