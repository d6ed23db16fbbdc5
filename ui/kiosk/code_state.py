"""What the screen for a validation code shows. Pure, any thread; no widgets."""

from dataclasses import dataclass

from app.words import _, ngettext
from parking.voucher_code import LONGEST_CODE
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.marks import Tone
from ui.widgets.panels import NoticeView
from ui.widgets.shapes import Mark

_FIRST, _LAST = 8, 4
"""Characters of a long code that are shown: who scans wants to see that it came in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeState:
    """The screen for a validation code.

    Attributes:
        shown: The code, shortened when it is long.
        count: How many characters have come in.
    """

    title: str
    sub: str
    shown: str
    count: str
    notice: NoticeView
    confirm: ButtonView


def code_typed(text: str, key: str) -> str:
    """Add a character; behind the longest code nothing is taken any more."""
    return text if len(text) >= LONGEST_CODE else text + key


def code_state(text: str, *, asking: bool = False, problem: str = "") -> CodeState:
    """Show a code as it has come in so far.

    Args:
        text: Letters and digits.
        asking: Central is being asked what it pays.
        problem: Why it pays nothing here, in a sentence.
    """
    label = _("Asking what it pays") if asking else _("Use this code")
    return CodeState(
        title=_("Scan your code"),
        sub=_("Hold it under the scanner, or type it."),
        shown=text if len(text) <= _FIRST + _LAST else f"{text[:_FIRST]}…{text[-_LAST:]}",
        count=ngettext("{n} character", "{n} characters", len(text)).format(n=len(text)),
        notice=_notice(problem),
        confirm=ButtonView(
            label=label,
            icon=Icon.CLOCK if asking else Icon.CHECK,
            role=ButtonRole.MAIN,
            enabled=bool(text) and not asking,
        ),
    )


def _notice(problem: str) -> NoticeView:
    if problem:
        words = _("You pay the full price without it.")
        return NoticeView(title=problem, text=words, tone=Tone.CAUTION, mark=Mark.CAUTION)
    return NoticeView(text=_("A code of a shop or of the city pays a part of your parking."))
