"""Citations that were found by number or plate. Pure, any thread."""

from collections.abc import Sequence

from app.city import DEFAULT_TIME_ZONE
from app.usecases.shift_citations import CitationRow
from app.words import _
from parking.citation import Citation, Display
from parking.clockface import day_date, hh_mm, local_day
from parking.edit import CitationNote, PlateCorrection
from parking.money import usd
from ui.correct.state import car_words
from ui.note.state import brief
from ui.widgets.facts import LongFactsView
from ui.widgets.table import ColumnAlign, ColumnView, RowView, TableView, TextCell

_ROW_PX = 48


def found_table(rows: Sequence[CitationRow], chosen: CitationRow | None) -> TableView:
    """Return the list, newest first."""
    return TableView(
        columns=(
            ColumnView(title=_("Citation"), share=0, strong=True),
            ColumnView(title=_("Plate"), share=0),
            ColumnView(title=_("Seen")),
            ColumnView(title=_("State"), share=0),
            ColumnView(title=_("Amount"), share=0, align=ColumnAlign.RIGHT),
        ),
        rows=tuple(_row(row) for row in rows),
        chosen="" if chosen is None else str(chosen.citation.citation_id),
        row_px=_ROW_PX,
    )


def found_facts(
    row: CitationRow, correction: PlateCorrection | None, note: CitationNote | None
) -> LongFactsView:
    """Return what is known of one citation, with what people say about it."""
    citation = row.citation
    right = (
        _("not corrected")
        if correction is None
        else car_words(correction.plate, correction.plate_state)
    )
    return LongFactsView(
        facts=(
            (_("Issued for"), citation.violation_code),
            (_("Amount"), usd(citation.fine_cents)),
            (_("Seen"), seen_words(citation)),
            (_("Zone"), citation.zone_id),
            (_("State"), state_words(row)),
            (_("Right plate"), right),
            (_("Note"), brief(note) or _("nothing noted")),
        ),
        name_px=112,
    )


def seen_words(citation: Citation) -> str:
    """Write when the car was seen: ``14:32 Mon, Mar 1``."""
    day = local_day(citation.observed_utc, DEFAULT_TIME_ZONE)
    return f"{hh_mm(citation.observed_utc, DEFAULT_TIME_ZONE)} {day_date(day)}"


def state_words(row: CitationRow) -> str:
    """Return the one word for how a citation stands."""
    return {
        Display.WARNING: _("warning"),
        Display.VOIDED: _("voided"),
        Display.DISMISSED: _("dismissed"),
        Display.PAID: _("paid"),
        Display.HELD: _("held"),
        Display.APPEALED: _("appealed"),
        Display.OVERDUE: _("overdue"),
        Display.PART_PAID: _("part paid"),
        Display.SERVED: _("served"),
        Display.ISSUED: _("issued"),
    }[row.state.display]


def _row(row: CitationRow) -> RowView:
    citation = row.citation
    return RowView(
        key=str(citation.citation_id),
        cells=(
            TextCell(text=citation.number),
            TextCell(text=car_words(citation.plate, citation.plate_state)),
            TextCell(text=seen_words(citation)),
            TextCell(text=state_words(row)),
            TextCell(text=usd(citation.fine_cents)),
        ),
    )
