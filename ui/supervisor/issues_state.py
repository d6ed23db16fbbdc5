"""Sync issues: what central refused of any terminal. Pure, any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from app.city import DEFAULT_TIME_ZONE
from app.usecases.sync_issues import MOST_REASON, IssueRow, needs_second
from app.words import _
from parking.clockface import day_date, hh_mm, local_day
from ui.supervisor.held_state import waited
from ui.supervisor.record_words import place_of
from ui.sync.parked_words import name_words
from ui.theme.icons import Icon
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.facts import LongFactsView
from ui.widgets.fields import FieldView
from ui.widgets.table import ColumnAlign, ColumnView, RowView, TableView, TextCell

_ROW_PX = 56
_MOST_WHY = 64


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What the supervisor has entered."""

    reason: str = ""
    badge: str = ""
    pin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuesView:
    """The page.

    Attributes:
        scope: One line under the title.
        heading: What the chosen one was.
        facts: Of the chosen one.
        second: Whether a second supervisor must agree.
        effect: What happens, or what is missing.
    """

    scope: str
    table: TableView
    heading: str
    facts: LongFactsView
    second: bool
    effect: str
    reason: FieldView
    close: ButtonView


def issues_view(
    rows: Sequence[IssueRow], chosen: IssueRow | None, closing: Closing, now_utc: datetime
) -> IssuesView:
    """Return the page.

    Args:
        rows: Oldest first.
        chosen: The one on show; None for none.
        closing: What was entered so far.
        now_utc: For how long they wait.
    """
    money = chosen is not None and needs_second(chosen.parked)
    missing = _missing(closing, money=money)
    return IssuesView(
        scope=_("Each one is kept at city hall and on its terminal until you close it")
        if rows
        else _("Nothing waits for you here"),
        table=TableView(
            columns=(
                ColumnView(title=_("What"), share=2, strong=True),
                ColumnView(title=_("From"), share=1),
                ColumnView(title=_("Why city hall refused it"), share=3),
                ColumnView(title=_("Waiting"), share=0, align=ColumnAlign.RIGHT),
            ),
            rows=tuple(_row(row, now_utc) for row in rows),
            chosen="" if chosen is None else str(chosen.parked.parked_operation_id),
            row_px=_ROW_PX,
        ),
        heading="" if chosen is None else name_words(chosen.parked.name),
        facts=LongFactsView(facts=() if chosen is None else _facts(chosen)),
        second=money,
        effect=missing or _effect(money=money),
        reason=FieldView(label=_("Why can it be closed? (needed)"), most=MOST_REASON),
        close=ButtonView(
            label=_("Close it"),
            icon=Icon.CHECK,
            key="F9",
            role=ButtonRole.MAIN,
            heavy=True,
            enabled=chosen is not None and not missing,
        ),
    )


def closed_words(row: IssueRow) -> str:
    """Say what was done."""
    return _("{what} from {place} is closed. It stays on record with your reason.").format(
        what=name_words(row.parked.name), place=place_of(row.terminal)
    )


def _missing(closing: Closing, *, money: bool) -> str:
    if not closing.reason.strip():
        return _("Say first why: it was entered again, or nobody needs it.")
    if money and not (closing.badge.strip() and closing.pin):
        return _("Money depends on it: a second supervisor enters badge and PIN here.")
    return ""


def _effect(*, money: bool) -> str:
    if money:
        return _("Both names and the reason stay on record. It cannot be undone.")
    return _("Your name and the reason stay on record. It cannot be undone.")


def _row(row: IssueRow, now_utc: datetime) -> RowView:
    parked = row.parked
    return RowView(
        key=str(parked.parked_operation_id),
        cells=(
            TextCell(text=name_words(parked.name)),
            TextCell(text=place_of(row.terminal)),
            TextCell(text=_short(parked.text or parked.code)),
            TextCell(text=waited((now_utc - parked.parked_utc).total_seconds())),
        ),
    )


def _short(why: str) -> str:
    """Return a reason that has room in a row; a longer one stands whole beside the list."""
    return why if len(why) <= _MOST_WHY else _("a longer reason, see at the right")


def _facts(row: IssueRow) -> tuple[tuple[str, str], ...]:
    parked = row.parked
    day = day_date(local_day(parked.parked_utc, DEFAULT_TIME_ZONE))
    return (
        (_("From"), place_of(row.terminal)),
        (_("Why"), parked.text or parked.code),
        (_("Refused"), f"{day} {hh_mm(parked.parked_utc, DEFAULT_TIME_ZONE)}"),
        (_("Number"), f"{parked.epoch}.{parked.lane}.{parked.op_seq} · {parked.code}"),
    )
