"""Giving money back: what is entered, what it does, who may press what. Pure, any thread.

The limit above which two people are needed, and what became of a refund, are central's: this page
says what is asked for, and what central said.
"""

import re
from dataclasses import dataclass, replace
from uuid import UUID

from app.usecases.payments import PaymentRow, RefundRow
from app.usecases.refund import MOST_WORDS, OTHER
from app.words import _
from parking.money import usd
from parking.payment import PaymentPurpose
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.choosing import Choice
from ui.widgets.fields import FieldView

ENDS, STAYS = "ends", "stays"
OVERLAP = "overlap"
_AMOUNT = re.compile(r"\$?([0-9]{1,5})(?:\.([0-9]{2}))?")
MOST_AMOUNT = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the supervisor has entered.

    Attributes:
        amount: As typed.
        reason: Code of the chosen reason; empty for none.
        ends: ``ENDS`` or ``STAYS``.
    """

    amount: str = ""
    reason: str = ""
    words: str = ""
    ends: str = ENDS


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundState:
    """What can be done now.

    Attributes:
        waits: The request that waits for the person signed in; None when none does.
        cents: What would go back; 0 while it cannot.
        entry: Whether amount and reason can be entered.
        ending: Whether it must be said what becomes of the parking.
        effect: What happens then, or what is missing.
        give: Asks for a refund, or confirms one.
        refuse: Refuses one; None while none waits for this person.
    """

    waits: RefundRow | None
    cents: int
    entry: bool
    ending: bool
    effect: str
    amount: FieldView
    words: FieldView
    give: ButtonView
    refuse: ButtonView | None = None


def reasons() -> tuple[Choice, ...]:
    """Return the reasons, the plain ones first."""
    return tuple(Choice(key=key, words=reason_words(key)) for key in _reasons())


def reason_words(code: str) -> str:
    """Return a reason in words; a code of a newer version as it is."""
    return _reasons().get(code, code)


def _reasons() -> dict[str, str]:
    return {
        OVERLAP: _("Paid twice for the time"),
        "pay_station_fault": _("Pay station fault"),
        "dismissed": _("Ticket dismissed"),
        "goodwill": _("Goodwill"),
        "double": _("Charged twice"),
        OTHER: _("Other"),
    }


def endings() -> tuple[Choice, ...]:
    """Return what may become of the parking."""
    return (
        Choice(key=ENDS, words=_("The parking ends")),
        Choice(key=STAYS, words=_("The parking stays")),
    )


def first_wish(row: PaymentRow | None) -> Wish:
    """Return what stands there at first: all that is left, or what was paid twice."""
    if row is None or not row.left_cents:
        return Wish()
    due = min(row.summary.due_back_cents, row.left_cents)
    if due:
        return Wish(amount=plain(due), reason=OVERLAP, ends=STAYS)
    return Wish(amount=plain(row.left_cents))


def plain(cents: int) -> str:
    """Write an amount as it is typed: ``2.50``."""
    return f"{cents // 100}.{cents % 100:02d}"


def cents_of(text: str) -> int | None:
    """Read an amount such as ``2``, ``2.50`` or ``$2.50``; None when it is none."""
    found = _AMOUNT.fullmatch(text.strip())
    return None if found is None else int(found[1]) * 100 + int(found[2] or 0)


def refund_state(row: PaymentRow | None, wish: Wish, person: UUID | None) -> RefundState:
    """Return what can be done with a payment.

    Args:
        row: The payment on show; None for none.
        wish: What was entered.
        person: Who is signed in.
    """
    state = RefundState(
        waits=None,
        cents=0,
        entry=False,
        ending=False,
        effect="",
        amount=FieldView(label=_("Amount in dollars"), most=MOST_AMOUNT),
        words=FieldView(label=_("In your words"), most=MOST_WORDS),
        give=ButtonView(
            label=_("Give money back"),
            icon=Icon.UNDO,
            key="F9",
            role=ButtonRole.MAIN,
            heavy=True,
            enabled=False,
        ),
    )
    if row is None:
        return state
    if row.waiting is not None:
        return _waiting(state, row, row.waiting, person)
    if not row.left_cents:
        return replace(state, effect=_nothing_left(row))
    return _asking(state, row, wish)


def _waiting(
    state: RefundState, row: PaymentRow, waits: RefundRow, person: UUID | None
) -> RefundState:
    request = waits.asked.request
    money = usd(request.amount_cents)
    if request.officer_id == person:
        words = _("{money} waits for another supervisor. Who asked for it cannot confirm it.")
        return replace(state, effect=words.format(money=money))
    asker = waits.asker.display_name if waits.asker else _("somebody else")
    lines = [
        _("Waits for you: {name} asks for {money}, {reason}.").format(
            name=asker, money=money, reason=reason_words(request.reason_code)
        ),
        *([f"\N{LEFT DOUBLE QUOTATION MARK}{request.text}\N{RIGHT DOUBLE QUOTATION MARK}"]
          if request.text else []),
        _("If you confirm:"),
        _outcome(row, request.amount_cents, ends=request.ends_right),
    ]  # fmt: skip
    return replace(
        state,
        waits=waits,
        cents=request.amount_cents,
        effect=" ".join(lines),
        give=replace(state.give, label=_("Confirm"), icon=Icon.CHECK, enabled=True),
        refuse=ButtonView(label=_("Refuse"), icon=Icon.CROSS, key="F7", heavy=True),
    )


def _asking(state: RefundState, row: PaymentRow, wish: Wish) -> RefundState:
    cents = cents_of(wish.amount)
    silent = wish.reason == OTHER and not wish.words.strip()
    problem = ""
    if cents is None:
        problem = _("Write it like 2.50")
    elif not 1 <= cents <= row.left_cents:
        problem = _("At most {money} is left").format(money=usd(row.left_cents))
    ready = not problem and bool(wish.reason) and not silent
    effect = _("Choose why the money goes back.")
    if problem:
        effect = _("Up to {money} can go back.").format(money=usd(row.left_cents))
    elif silent:
        effect = _("Say in your words why. They stay with the refund.")
    elif ready:
        effect = _outcome(row, cents or 0, ends=wish.ends == ENDS)
    label = _("In your words, needed") if wish.reason == OTHER else _("In your words")
    return replace(
        state,
        cents=cents if ready and cents else 0,
        entry=True,
        ending=row.summary.purpose is PaymentPurpose.PARKING and not _over(row),
        effect=effect,
        amount=replace(state.amount, problem=problem),
        words=replace(state.words, label=label),
        give=replace(state.give, enabled=ready),
    )


def _outcome(row: PaymentRow, cents: int, *, ends: bool) -> str:
    back = _("{money} goes back to {card}.").format(
        money=usd(cents), card=row.summary.card or _("the card")
    )
    return " ".join((back, _becomes(row, ends=ends), _("It cannot be undone.")))


def _becomes(row: PaymentRow, *, ends: bool) -> str:
    if row.summary.purpose is PaymentPurpose.CITATION:
        return _("The ticket is told of it.")
    if _over(row):
        return _("The parking has been ended before.")
    return _("The parking ends now.") if ends else _("The parking stays as it was bought.")


def _over(row: PaymentRow) -> bool:
    return row.right is not None and row.right.revoked_utc is not None


def _nothing_left(row: PaymentRow) -> str:
    if row.summary.captured_cents <= 0:
        return _("The card paid nothing, so nothing can go back.")
    return _("All of it was given back, or is on its way.")
