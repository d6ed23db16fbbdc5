"""What the screen that sends a receipt shows. Pure, any thread; no widgets."""

from dataclasses import dataclass

from app.words import _
from parking.errors import UserError
from parking.notification import LONGEST_ADDRESS, Channel, read_address
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.kiosk_pay import TileChoiceView
from ui.widgets.marks import Tone
from ui.widgets.panels import NoticeView
from ui.widgets.shapes import Mark

ROWS = {
    Channel.EMAIL: ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm", "@.-_+"),
    Channel.SMS: ("12345", "67890", "+"),
}
"""The keys that an address of a channel can have; an e-mail address is read in any case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SendState:
    """The screen that sends a receipt.

    Attributes:
        shown: The address as far as it is typed.
        ways: The channels that there are, the chosen one marked; none when there is one.
        confirm: The main button, off until the address can be one.
    """

    title: str
    sub: str
    shown: str
    ways: tuple[tuple[Channel, TileChoiceView], ...]
    notice: NoticeView
    confirm: ButtonView


def address_typed(text: str, key: str) -> str:
    """Add a key; behind the longest address nothing is taken any more."""
    return text if len(text) >= LONGEST_ADDRESS else text + key


def send_state(
    text: str,
    channel: Channel,
    *,
    channels: tuple[Channel, ...],
    asking: bool = False,
    problem: str = "",
) -> SendState:
    """Show an address as typed so far.

    Args:
        text: As typed.
        channel: By which way.
        channels: All that there are.
        asking: Central is being asked.
        problem: Why it is not sent, in a sentence.
    """
    names = {Channel.EMAIL: _("By e-mail"), Channel.SMS: _("By text message")}
    by_mail = channel is Channel.EMAIL
    kept = _("The address is used for this receipt only.")
    notice = NoticeView(text=kept)
    if problem:
        notice = NoticeView(text=problem, tone=Tone.CAUTION, mark=Mark.CAUTION)
    ways = tuple(
        (each, TileChoiceView(words=names[each], chosen=each is channel)) for each in channels
    )
    return SendState(
        title=_("Type your e-mail address") if by_mail else _("Type your phone number"),
        sub=_("Like name@example.com") if by_mail else _("Like 203 555 0142"),
        shown=text or "…",
        ways=ways if len(ways) > 1 else (),
        notice=notice,
        confirm=ButtonView(
            label=_("Sending") if asking else _("Send the receipt"),
            icon=Icon.CLOCK if asking else Icon.SEND,
            role=ButtonRole.MAIN,
            heavy=True,
            enabled=not asking and _can_be(channel, text),
        ),
    )


def _can_be(channel: Channel, text: str) -> bool:
    try:
        read_address(channel, text)
    except UserError:
        return False
    return True
