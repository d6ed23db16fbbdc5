"""What is shown after a citation was saved. Pure, no Qt."""

from dataclasses import dataclass

from app.ports import PrintOutcome
from app.usecases.shift_citations import CitationRow
from app.words import _
from parking.citation import Display, EventKind
from parking.clockface import hh_mm_ss
from parking.edit import PLATE_DISPUTED, CitationNote, PlateCorrection
from parking.money import usd
from ui.correct.state import corrected_words
from ui.note.state import brief
from ui.officer.spoken import plate_view
from ui.widgets.plate import PlateView
from ui.widgets.rows import FactsView
from ui.widgets.shapes import Mark

_SENDING = {
    "to_send": "Saved on this laptop, waits for the network",
    "sent": "Received at central",
    "refused": "Central refused it; a supervisor looks at it. It is kept here",
}
_DISPLAYS = {
    Display.HELD: "held: a payment covers it",
    Display.VOIDED: "voided",
    Display.DISMISSED: "dismissed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedState:
    """The page of one saved citation."""

    title: str
    line: str
    mark: Mark
    plate: PlateView
    facts: FactsView
    may_void: bool


def issued_state(
    row: CitationRow,
    *,
    printed: PrintOutcome | None,
    trouble: str,
    time_zone: str,
    correction: PlateCorrection | None = None,
    note: CitationNote | None = None,
) -> IssuedState:
    """Return what to show.

    Args:
        row: The citation with its folded state.
        printed: What the printer did in this visit, None while it has not answered.
        trouble: Why it could not be printed, empty when it could.
        time_zone: Of the citation's zone.
        correction: Which plate people say the car really had; None while nobody said another.
        note: What is noted about it; None while nothing is.
    """
    citation = row.citation
    saved = _("Warning saved") if citation.is_warning else _("Citation saved")
    return IssuedState(
        title=f"{saved} · {citation.number}",
        line=_(_SENDING.get(row.sending, _SENDING["sent"])),
        mark=Mark.CAUTION if trouble or row.sending == "refused" else Mark.OK,
        plate=plate_view(citation.plate, citation.plate_state),
        facts=FactsView(
            facts=(
                (_("Amount"), usd(citation.fine_cents)),
                (_("Observed"), hh_mm_ss(citation.observed_utc, time_zone)),
                (_("Photos"), str(len(citation.photo_hashes))),
                (_("Paper"), _paper(row, printed, trouble)),
                (_("State"), _state(row)),
                *_corrected(correction),
                *_noted(note),
            ),
            name_use="officer.second",
            value_use="officer.reason",
            name_px=240,
            row_px=52,
        ),
        may_void=row.state.display not in _DISPLAYS and not _void_asked(row),
    )


def _corrected(correction: PlateCorrection | None) -> tuple[tuple[str, str], ...]:
    return () if correction is None else ((_("Right plate"), corrected_words(correction)),)


def _noted(note: CitationNote | None) -> tuple[tuple[str, str], ...]:
    words = brief(note)
    return ((_("Note"), words),) if words else ()


def _void_asked(row: CitationRow) -> bool:
    return any(event.kind is EventKind.VOID_REQUESTED for event in row.events)


def _state(row: CitationRow) -> str:
    if row.state.hold_reason == PLATE_DISPUTED:
        return _("held: its plate is disputed")
    if row.state.display in _DISPLAYS:
        return _(_DISPLAYS[row.state.display])
    return _("issued, a supervisor was asked to void it") if _void_asked(row) else _("issued")


def _paper(row: CitationRow, printed: PrintOutcome | None, trouble: str) -> str:
    if trouble:
        return trouble
    if printed is PrintOutcome.TO_FILE:
        return _("no printer: kept as a file to print later")
    if printed is PrintOutcome.PRINTED or row.state.printed:
        return _("printed")
    return _("printing")
