"""What both pages of a plate correction say, and what they refuse. Pure, any thread."""

from enum import StrEnum

from app.words import _
from parking.citation import Citation
from parking.edit import PlateCorrection
from parking.errors import UserError
from parking.plate import OTHER_STATE, US_STATES, check_plate_text, plate_key, spaced


class Rests(StrEnum):
    """What a correction rests on."""

    PHOTO = "photo"
    LOOK_ALIKE = "look_alike"
    DRIVER = "driver"


def rests_words(rests: Rests) -> str:
    """Return the words on the control that chooses it."""
    return {
        Rests.PHOTO: _("Photo shows it"),
        Rests.LOOK_ALIKE: _("Look-alike letters"),
        Rests.DRIVER: _("Driver proved it"),
    }[rests]


def explained() -> str:
    """Say what a correction does and what it does not."""
    return _("The citation stays as it was printed. A supervisor sees the correction.")


def saved_words() -> str:
    """Say that a correction is saved."""
    return _("Correction saved. A supervisor sees it; the citation itself does not change.")


def stands(citation: Citation, correction: PlateCorrection | None) -> tuple[str, str]:
    """Return plate key and state that hold for the car now."""
    of = citation if correction is None else correction
    return plate_key(of.plate), of.plate_state


def car_words(plate: str, state: str) -> str:
    """Return a plate with its state, as in a sentence."""
    return f"{spaced(plate_key(plate), state)} {state}"


def corrected_words(correction: PlateCorrection) -> str:
    """Say which plate the car is now said to have."""
    words = _("{plate}, corrected; supervisors see it")
    return words.format(plate=car_words(correction.plate, correction.plate_state))


def checked_plate(raw: str, state: str, standing: tuple[str, str]) -> str:
    """Return the key of a plate that was entered in place of the standing one.

    Raises:
        UserError: ``plate.empty``, ``plate.characters``, ``plate.too_long`` as for a check, and
            ``plate.same`` when nothing would change.
    """
    key = check_plate_text(raw)
    if (key, state) == standing:
        raise UserError("plate.same", _("This plate stands already. Enter the right one."))
    return key


def checked_state(raw: str) -> str:
    """Return the code of a state that was typed.

    Raises:
        UserError: ``state.unknown``.
    """
    code = raw.strip().upper()
    if code not in US_STATES and code != OTHER_STATE:
        raise UserError("state.unknown", _("Two letters, e.g. CT; XX elsewhere."))
    return code


def needed(rests: Rests | None) -> Rests:
    """Return what the correction rests on.

    Raises:
        UserError: ``reason.needed`` when nothing was chosen.
    """
    if rests is None:
        raise UserError("reason.needed", _("Choose first what the correction rests on."))
    return rests
