"""Deciding a hold: the reasons, what each allows, what happens then. Pure, any thread.

Source: RULES.md 13, 15 and 21: only a person releases a hold, with a reason that stays on record.
"""

from dataclasses import dataclass

from app.usecases.held_citations import HeldRow
from app.words import _
from parking.money import usd
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.choosing import Choice
from ui.widgets.fields import FieldView

OTHER = "other"
MOST_WORDS = 200
_DISMISSES = frozenset({"paid_late_feed", "in_grace", "driver_proved_it", OTHER})
_RELEASES = frozenset({"not_this_car", "not_valid_here", OTHER})


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionState:
    """What can be decided now.

    Attributes:
        effect: What happens then, or what is missing.
        field: For the supervisor's own words.
    """

    effect: str
    dismiss: ButtonView
    release: ButtonView
    field: FieldView


def reasons() -> tuple[Choice, ...]:
    """Return the reasons in order: first those that end the citation."""
    return (
        Choice(key="paid_late_feed", words=_("Heard late")),
        Choice(key="in_grace", words=_("In grace")),
        Choice(key="driver_proved_it", words=_("Driver proved it")),
        Choice(key="not_this_car", words=_("Another car")),
        Choice(key="not_valid_here", words=_("Not valid here")),
        Choice(key=OTHER, words=_("Other")),
    )


def decision_state(row: HeldRow | None, reason: str, words: str) -> DecisionState:
    """Return what a reason allows.

    A reason that ends a citation cannot let it stand and the other way round, so that no record
    contradicts itself.

    Args:
        row: The citation on show; None for none.
        reason: Code of the chosen reason; empty for none.
        words: The supervisor's own; needed for ``OTHER``.
    """
    silent = reason == OTHER and not words.strip()
    ready = row is not None and bool(reason) and not silent
    return DecisionState(
        effect=_effect(row, reason, silent=silent),
        dismiss=ButtonView(
            label=_("Dismiss citation"),
            icon=Icon.CHECK,
            key="F9",
            role=ButtonRole.MAIN,
            heavy=True,
            enabled=ready and reason in _DISMISSES,
        ),
        release=ButtonView(
            label=_("Release, it stands"),
            icon=Icon.UNDO,
            key="F7",
            heavy=True,
            enabled=ready and reason in _RELEASES,
        ),
        field=FieldView(
            label=_("In your words, needed") if reason == OTHER else _("In your words"),
            most=MOST_WORDS,
        ),
    )


def decided_words(row: HeldRow, *, release: bool) -> str:
    """Say what was decided."""
    number = row.held.citation.number
    if release:
        return _("{number} stands again. The days to pay go on.").format(number=number)
    return _("{number} is dismissed. The driver pays nothing.").format(number=number)


def _effect(row: HeldRow | None, reason: str, *, silent: bool) -> str:
    if row is None:
        return ""
    if not reason:
        return _("Choose why. Until you decide it stays held and costs the driver nothing more.")
    if silent:
        return _("Say in your words why. They stay with the decision.")
    if reason == OTHER:
        return _("Dismiss: the driver pays nothing. Release: {money} is due again.").format(
            money=usd(_due_cents(row))
        )
    return _released(row) if reason in _RELEASES else _dismissed(row)


def _dismissed(row: HeldRow) -> str:
    if row.state.paid_cents:
        return _("{money} must be paid back. The record stays, with your name.").format(
            money=usd(row.state.paid_cents)
        )
    return _("The driver pays nothing. The record stays, with your name.")


def _released(row: HeldRow) -> str:
    if not _due_cents(row):
        return _("The citation stands. It is paid already.")
    return _("The citation stands: {money} is due again, the days to pay go on.").format(
        money=usd(_due_cents(row))
    )


def _due_cents(row: HeldRow) -> int:
    return max(row.held.citation.fine_cents - row.state.paid_cents, 0)
