"""What the ready screen shows: candidates, last checks, counts. Pure, no Qt."""

from collections.abc import Sequence

from app.ports import PlateRead, ShiftCounts
from app.usecases.keep_draft import CitationDraft
from app.words import _, ngettext
from parking.check import Answer, PlateCheck
from parking.clockface import hh_mm
from parking.plate import OTHER_STATE, US_STATES, form_hint, is_standard_form, plate_key
from ui.officer.spoken import ANSWER_MARKS, plate_view, short_word
from ui.state_names import state_name
from ui.widgets.choosing import Choice, SelectView
from ui.widgets.marks import Tone
from ui.widgets.panels import NoticeView
from ui.widgets.rows import CandidateView, CheckRowView, CountsView
from ui.widgets.shapes import Mark

MOST_CANDIDATES = 3
MOST_TYPED = 60
"""Characters a plate field takes; what is too long for a plate is refused in words."""
_STATES = tuple(
    Choice(key=code, words=f"{code}  {state_name(code)}") for code in (*US_STATES, OTHER_STATE)
)
_DETAILS = {
    Answer.PAID: "covered when checked",
    Answer.PERMIT: "covered when checked",
    Answer.FREE: "free hours",
    Answer.GRACE: "within grace when checked",
    Answer.EXPIRED: "no right when checked",
    Answer.NOT_PAID: "no right when checked",
    Answer.CANNOT_KNOW: "data was too old",
    Answer.HOTLIST: "dispatch was shown",
}


def state_select(state: str) -> SelectView:
    """Return the field that stands before a plate field, with a state chosen."""
    return SelectView(
        label=_("State"), value=state, choices=_STATES, key=state, value_use="officer.entry"
    )


def candidate_views(
    reads: Sequence[PlateRead], state: str, *, chosen: int
) -> tuple[CandidateView, ...]:
    """Return the tiles of the best reads; ``chosen`` is what Enter takes."""
    return tuple(
        CandidateView(
            plate=plate_view(plate_key(read.text), state),
            score=f"{round(read.score * 100)}%",
            detail=_why(plate_key(read.text), state, read.note),
            key=str(at + 1),
            chosen=at == chosen,
        )
        for at, read in enumerate(reads[:MOST_CANDIDATES])
    )


def _why(key: str, state: str, note: str) -> str:
    standard = is_standard_form(key, state)
    if standard:
        return _("fits {state}").format(state=state_name(state))
    hint = form_hint(key, state)
    if hint:
        return _("rare: compare {hint}").format(hint=hint)
    if standard is False:
        return _("may be a vanity plate")
    return note or _("compare with the car")


def last_check_views(checks: Sequence[PlateCheck], time_zone: str) -> tuple[CheckRowView, ...]:
    """Return the rows of the last checks, newest first."""
    return tuple(
        CheckRowView(
            plate=plate_view(check.plate, check.plate_state),
            mark=ANSWER_MARKS[check.answer],
            word=short_word(check.answer),
            detail=_(_DETAILS[check.answer]),
            time=hh_mm(check.observed_utc, time_zone),
            last=at == len(checks) - 1,
        )
        for at, check in enumerate(checks)
    )


def offer_view(draft: CitationDraft) -> NoticeView:
    """Return the offer to go on with a citation that was left half written."""
    count = len(draft.photos)
    return NoticeView(
        title=_("A citation for {plate} is half written").format(
            plate=plate_view(draft.plate, draft.plate_state).number
        ),
        text=ngettext(
            "{count} photo is kept. Go on checks the car again; Esc drops it.",
            "{count} photos are kept. Go on checks the car again; Esc drops it.",
            count,
        ).format(count=count),
        tone=Tone.CAUTION,
        mark=Mark.CAUTION,
        action=_("Go on"),
        key="F11",
    )


def counts_view(counts: ShiftCounts) -> CountsView:
    """Return the figures of the shift."""
    return CountsView(
        counts=(
            (str(counts.checks), ngettext("check", "checks", counts.checks)),
            (str(counts.issued), ngettext("citation", "citations", counts.issued)),
            (str(counts.warnings), ngettext("warning", "warnings", counts.warnings)),
            (str(counts.voided), ngettext("void", "voids", counts.voided)),
        )
    )
