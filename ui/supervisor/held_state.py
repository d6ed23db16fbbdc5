"""The queue of held citations: most money at risk first. Pure, any thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.usecases.held_citations import HeldRow
from app.words import _
from parking.coverage import Cover
from parking.money import usd
from parking.plate import plate_key, spaced
from parking.right import Permit, Right, RightSource
from ui.state_names import state_name
from ui.widgets.desk import NumberView
from ui.widgets.marks import PillView, Tone
from ui.widgets.plate import PlateView
from ui.widgets.shapes import Mark
from ui.widgets.table import (
    ColumnAlign,
    ColumnView,
    PillCell,
    PlateCell,
    RowView,
    TableView,
    TextCell,
)

_ROW_PX = 56
_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldState:
    """The queue.

    Attributes:
        numbers: Object name and view of each card, from the left.
    """

    numbers: tuple[tuple[str, NumberView], ...]
    table: TableView


def in_order(rows: Sequence[HeldRow]) -> tuple[HeldRow, ...]:
    """Return the queue: most money at risk first, then those that wait longest."""
    return tuple(
        sorted(
            rows,
            key=lambda row: (
                -row.held.citation.fine_cents,
                row.held.held_event.at_utc,
                row.held.citation.number,
            ),
        )
    )


def held_state(rows: Sequence[HeldRow], chosen: UUID | None, now_utc: datetime) -> HeldState:
    """Return the page of a queue.

    Args:
        rows: In order.
        chosen: The citation whose story is shown; None for none.
        now_utc: For how long they wait.
    """
    return HeldState(
        numbers=_numbers(rows, now_utc),
        table=TableView(
            columns=(
                ColumnView(title=_("At risk"), share=0, align=ColumnAlign.RIGHT, strong=True),
                ColumnView(title=_("Citation"), share=0, strong=True),
                ColumnView(title=_("Plate"), share=0),
                ColumnView(title=_("What arrived")),
                ColumnView(title=_("Cover"), share=0),
                ColumnView(title=_("Waiting"), share=0, align=ColumnAlign.RIGHT),
            ),
            rows=tuple(_row(row, now_utc) for row in rows),
            chosen="" if chosen is None else str(chosen),
            row_px=_ROW_PX,
        ),
    )


def plate_view(row: HeldRow) -> PlateView:
    """Return the plate of a citation as it stands on the car."""
    citation = row.held.citation
    number = spaced(plate_key(citation.plate), citation.plate_state) or citation.plate
    return PlateView(number=number, state=state_name(citation.plate_state))


def waited(seconds: float) -> str:
    """Write how long something waits: ``< 1 min``, ``41 min``, ``2 h 10``, ``3 days``."""
    whole = max(0, int(seconds))
    if whole < _MINUTE:
        return _("< 1 min")
    if whole < _HOUR:
        return _("{count} min").format(count=whole // _MINUTE)
    if whole < 2 * _DAY:
        hours, rest = divmod(whole, _HOUR)
        return _("{hours} h {minutes}").format(hours=hours, minutes=f"{rest // _MINUTE:02}")
    return _("{count} days").format(count=whole // _DAY)


def arrived(right: Right | None) -> str:
    """Say in a few words what proved the citation wrong."""
    if right is None:
        return _("Held by hand")
    if isinstance(right, Permit):
        return _("Permit")
    if right.source is RightSource.PAY_STATION:
        return _("Pay station {name}").format(name=right.source_ref).strip()
    if right.source is RightSource.APP:
        return _("App payment")
    return _("Payment by hand")


def _numbers(rows: Sequence[HeldRow], now_utc: datetime) -> tuple[tuple[str, NumberView], ...]:
    some = bool(rows)
    oldest = min((row.held.held_event.at_utc for row in rows), default=now_utc)
    exact = sum(row.state.hold_reason == Cover.EXACT for row in rows)
    waits = _("oldest waits {time}").format(time=waited((now_utc - oldest).total_seconds()))
    return (
        (
            "queue_number",
            NumberView(
                number=str(len(rows)),
                label=_("Held citations"),
                detail=waits if some else _("nothing waits"),
                mark=Mark.CAUTION if some else Mark.OK,
            ),
        ),
        (
            "risk_number",
            NumberView(
                number=usd(sum(row.held.citation.fine_cents for row in rows)),
                label=_("At risk for drivers"),
                detail=_("if we did nothing"),
            ),
        ),
        (
            "exact_number",
            NumberView(
                number=str(exact),
                label=_("Covered to the minute"),
                detail=_("{count} need a closer look").format(count=len(rows) - exact),
                mark=Mark.UNKNOWN if exact < len(rows) else Mark.OK if some else None,
            ),
        ),
    )


def _row(row: HeldRow, now_utc: datetime) -> RowView:
    citation = row.held.citation
    return RowView(
        key=str(citation.citation_id),
        cells=(
            TextCell(text=usd(citation.fine_cents)),
            TextCell(text=citation.number),
            PlateCell(plate=plate_view(row)),
            TextCell(text=arrived(row.held.right)),
            PillCell(pill=_cover_pill(row)),
            TextCell(text=waited((now_utc - row.held.held_event.at_utc).total_seconds())),
        ),
    )


def _cover_pill(row: HeldRow) -> PillView:
    match row.state.hold_reason:
        case Cover.EXACT:
            return PillView(text=_("Exact"), mark=Mark.OK, tone=Tone.OK)
        case Cover.EXIT_GRACE:
            return PillView(text=_("Just ended"), mark=Mark.UNKNOWN, dashed=True)
        case Cover.ENTRY_GRACE:
            return PillView(text=_("Just began"), mark=Mark.UNKNOWN, dashed=True)
        case Cover.COULD_NOT_PAY:
            return PillView(text=_("Could not pay"), mark=Mark.CAUTION, dashed=True)
        case _unknown:
            return PillView(text=_("By hand"), mark=Mark.INFO, tone=Tone.INFO)
