"""What the screens that find a receipt show. Pure, any thread; no widgets.

Only the code opens a receipt: a plate alone tells nobody where a car stood.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from app.words import _
from parking.receipt import Line, LineKind
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.marks import Tone
from ui.widgets.panels import LineView, NoticeView
from ui.widgets.shapes import Mark

_LENGTH = 6
"""Letters and digits behind the ``P``, as ``parking.notification.read_receipt_code`` reads them."""
_USES = {
    LineKind.TITLE: "kiosk.heading",
    LineKind.NUMBER: "kiosk.heading",
    LineKind.PLATE: "kiosk.heading",
    LineKind.AMOUNT: "kiosk.panel",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptCodeState:
    """The screen for a receipt's code.

    Attributes:
        shown: The code as it is printed, as far as it is typed.
        confirm: The main button, off until the code is whole.
    """

    title: str
    sub: str
    shown: str
    notice: NoticeView
    confirm: ButtonView


def receipt_code_typed(text: str, key: str) -> str:
    """Add a key; behind a whole code nothing is taken any more.

    A driver may type the ``P`` that every code begins with, or not.
    """
    most = _LENGTH + 1 if text.startswith("P") else _LENGTH
    return text if len(text) >= most else text + key


def receipt_code_state(text: str, *, asking: bool = False, problem: str = "") -> ReceiptCodeState:
    """Show a code as typed so far.

    Args:
        text: Letters and digits.
        asking: Central is looking for it.
        problem: Why nothing was found, in a sentence.
    """
    letters = text.removeprefix("P") if len(text) > _LENGTH else text
    notice = NoticeView(text=_("The code stands on your receipt and in the message you got."))
    if problem:
        notice = NoticeView(text=problem, tone=Tone.CAUTION, mark=Mark.CAUTION)
    return ReceiptCodeState(
        title=_("Type your receipt code"),
        sub=_("It begins with P. Without the code nobody can see a receipt."),
        shown=f"P-{letters[:4]}-{letters[4:]}" if len(letters) > 4 else f"P-{letters}",
        notice=notice,
        confirm=ButtonView(
            label=_("Looking for your receipt") if asking else _("Show my receipt"),
            icon=Icon.CLOCK if asking else Icon.SEARCH,
            role=ButtonRole.MAIN,
            enabled=len(letters) == _LENGTH and not asking,
        ),
    )


def receipt_words(lines: Sequence[Line]) -> tuple[LineView, ...]:
    """Return what a receipt says on the screen; its small print stands on paper alone."""
    return tuple(
        LineView(
            text=f"{line.text}: {line.value}" if line.value else line.text,
            use=_USES.get(line.kind, "kiosk.body"),
        )
        for line in lines
        if line.kind is not LineKind.SMALL
    )
