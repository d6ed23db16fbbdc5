"""What the plate screen shows. Pure, any thread; no widgets.

Source: RULES.md 22 and 23: exact plates decide, look-alikes are only offered to the driver.
"""

from dataclasses import dataclass

from app.words import _
from parking.errors import UserError
from parking.plate import check_plate_text, form_hint, spaced
from ui.kiosk.errand import Errand
from ui.sentences import said
from ui.state_names import CHIPS, state_name
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.kiosk_pay import TileChoiceView
from ui.widgets.marks import Tone
from ui.widgets.panels import NoticeView
from ui.widgets.plate import PlateView
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateState:
    """The plate screen.

    Attributes:
        chips: The states with a button of their own, by code.
        other: The button for all other states; it names the chosen one.
        suggestion: A look-alike of standard form that the notice offers; empty for none.
        confirm: The main button, off while no plate is entered.
    """

    title: str
    plate: PlateView
    chips: tuple[tuple[str, TileChoiceView], ...]
    other: TileChoiceView
    notice: NoticeView
    suggestion: str
    confirm: ButtonView


def plate_state(
    text: str, state: str, *, errand: Errand = Errand.PARK, problem: str = ""
) -> PlateState:
    """Show a plate as typed so far.

    Args:
        text: Letters and digits, as pressed.
        state: Code of the chosen state.
        errand: What the driver came for.
        problem: Why a key or the confirmation was refused, in a sentence.
    """
    number = spaced(text, state)
    whole = f"{state_name(state)} {number}".strip()
    suggestion = form_hint(text, state) or ""
    return PlateState(
        title=_title(errand),
        plate=PlateView(number=number, state=state_name(state)),
        chips=tuple((code, TileChoiceView(words=code, chosen=code == state)) for code in CHIPS),
        other=TileChoiceView(
            words=_("Other") if state in CHIPS else _("Other: {state}").format(state=state),
            chosen=state not in CHIPS,
        ),
        notice=_notice(number, state, suggestion, problem),
        suggestion=suggestion,
        confirm=ButtonView(
            label=_("Yes, this is my plate"),
            sub=whole if text else _("Type it with the keys above"),
            icon=Icon.CHECK,
            role=ButtonRole.MAIN,
            enabled=bool(text),
        ),
    )


def _title(errand: Errand) -> str:
    return {
        Errand.PARK: _("Type your plate"),
        Errand.EXTEND: _("Which car gets more time?"),
        Errand.TICKET: _("Which car got the ticket?"),
    }[errand]


def typed(text: str, key: str) -> tuple[str, str]:
    """Add a key to a plate.

    Returns:
        The new text and an empty sentence; or the old text and why the key was refused.
    """
    try:
        return check_plate_text(text + key), ""
    except UserError as error:
        return text, said(error)


def _notice(number: str, state: str, suggestion: str, problem: str) -> NoticeView:
    if problem:
        return NoticeView(text=problem, tone=Tone.CAUTION, mark=Mark.CAUTION)
    if suggestion:
        likely = spaced(suggestion, state)
        words = _("You typed {typed}. That may be right too.")
        return NoticeView(
            title=_("Is it {likely}?").format(likely=likely),
            text=words.format(typed=number),
            tone=Tone.CAUTION,
            mark=Mark.CAUTION,
            action=_("Yes"),
        )
    return NoticeView(text=_("Letter O is round. Number 0 has a stroke through it."))
