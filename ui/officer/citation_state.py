"""What the citation form shows. Pure, no Qt."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from app.usecases.check_plate import CheckResult
from app.usecases.keep_draft import CitationDraft
from app.usecases.photos import TakenPhoto
from app.words import _
from parking.check import Answer
from parking.clockface import hh_mm, hh_mm_ss, zone_abbreviation
from parking.money import usd
from parking.violation import ViolationCode
from ui.officer.check_state import check_state
from ui.officer.spoken import answer_line, answer_word
from ui.top_bar_state import doubt
from ui.widgets.choosing import ChipsView, Choice, SelectView
from ui.widgets.marks import PillView, Tone
from ui.widgets.rows import FactsView
from ui.widgets.shapes import Mark

NOTES: tuple[tuple[str, str], ...] = (
    ("driver_absent", "Driver not present"),
    ("sign_visible", "Sign visible"),
    ("spoke", "Spoke with driver"),
)
_BETWEEN = ". "
MAKES = ("Toyota", "Honda", "Ford", "Chevrolet", "Nissan", "Jeep", "Subaru", "BMW", "Tesla")
COLOURS = ("Black", "White", "Gray", "Silver", "Blue", "Red", "Green", "Brown", "Yellow")


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What the officer has entered so far.

    Attributes:
        code: The chosen violation code, None before the codes are known.
        notes: Keys of ``NOTES`` that are on.
        written: The officer's own words.
        warning: A warning instead of a citation.
    """

    result: CheckResult
    code: ViolationCode | None
    place: str
    make: str = ""
    colour: str = ""
    notes: tuple[str, ...] = ("driver_absent",)
    written: str = ""
    photos: tuple[TakenPhoto, ...] = ()
    warning: bool = False


MOST_PHOTOS = 3
"""More do not stand on the page; ``app`` allows more."""


def form_for(result: CheckResult, *, before: Form | None, warning: bool) -> Form:
    """Return the form for a result: what was written for the same car goes on.

    Args:
        result: The check that the citation rests on.
        before: The form that stood here.
        warning: A warning instead of a citation.
    """
    form = Form(result=result, code=None, place=result.zone.name)
    if before is not None and car_of(before.result) == car_of(result):
        form = replace(before, result=result, place=result.zone.name)
    return replace(form, warning=warning)


def form_from(draft: CitationDraft, result: CheckResult, *, warning: bool) -> Form:
    """Return the form that a kept draft came from; its code follows when the codes are read."""
    notes, written = notes_of(draft.note_public)
    return replace(
        form_for(result, before=None, warning=warning),
        make=draft.vehicle_make,
        colour=draft.vehicle_colour,
        notes=notes,
        written=written,
        photos=draft.photos,
    )


def car_of(result: CheckResult) -> tuple[str, str]:
    """Return what makes it the same car: plate and state."""
    return result.check.plate, result.check.plate_state


def chosen_code(
    codes: Sequence[ViolationCode], form: Form, *, drafted: str
) -> ViolationCode | None:
    """Return the code chosen before, else the one of the draft, else the usual one."""
    wanted = form.code.code if form.code is not None else drafted
    found = next((code for code in codes if code.code == wanted), None)
    return found or next((code for code in codes if not code.is_safety), None)


def draft_of(form: Form) -> CitationDraft:
    """Return what is kept and issued."""
    check = form.result.check
    return CitationDraft(
        plate=check.plate,
        plate_state=check.plate_state,
        zone_id=check.zone_id,
        code=form.code.code if form.code is not None else "",
        place=form.place,
        vehicle_make=form.make,
        vehicle_colour=form.colour,
        note_public=note_text(form),
        photos=form.photos,
    )


def note_text(form: Form) -> str:
    """Return the public note: the chips in their order, then the officer's words."""
    chips = [_(words) for key, words in NOTES if key in form.notes]
    return _BETWEEN.join([*chips, form.written.strip()] if form.written.strip() else chips)


def notes_of(text: str) -> tuple[tuple[str, ...], str]:
    """Return the chips and the officer's words that make a public note."""
    chosen, left = [], text
    for key, words in NOTES:
        if left == _(words) or left.startswith(_(words) + _BETWEEN):
            chosen.append(key)
            left = left.removeprefix(_(words)).removeprefix(_BETWEEN)
    return tuple(chosen), left


def head_words(form: Form, *, numbers_left: int) -> tuple[str, str]:
    """Return title and line of the head."""
    title = _("Warning") if form.warning else _("Citation")
    return (
        _("{kind} for this car").format(kind=title),
        _("Draft, kept on this laptop · {count} numbers left").format(count=numbers_left),
    )


def state_pill(form: Form) -> PillView:
    """Return the answer it rests on."""
    decision = form.result.decision
    words = answer_line(decision, form.result.zone).split(" · ", maxsplit=1)[0]
    text = _("{answer}, {line}").format(
        answer=answer_word(decision.answer).capitalize(), line=words
    )
    if decision.answer is Answer.NOT_PAID:
        text = answer_word(decision.answer).capitalize()
    bad = decision.answer in {Answer.EXPIRED, Answer.NOT_PAID}
    return PillView(
        text=text, mark=Mark.BAD if bad else Mark.CAUTION, tone=Tone.BAD if bad else Tone.CAUTION
    )


def code_view(form: Form, codes: Sequence[ViolationCode]) -> SelectView:
    """Return the field of the violation code."""
    code = form.code
    choices = tuple(Choice(key=one.code, words=f"{one.code}  {one.title}") for one in codes)
    if code is None:
        return SelectView(label=_("Code"), value=_("Choose the violation"), choices=choices)
    return SelectView(
        label=_("Code {code} · class {fine_class}").format(
            code=code.code, fine_class=code.fine_class
        ),
        value=code.title,
        detail=_("No fine: this is a warning") if form.warning else code.ordinance,
        mark=Mark.CAUTION if form.warning else Mark.BAD,
        amount="" if form.warning else usd(code.fine_cents),
        choices=choices,
        key=code.code,
    )


def observed_view(form: Form) -> SelectView:
    """Return when it was seen, and how sure the clock is."""
    check, zone = form.result.check, form.result.zone
    return SelectView(
        label=_("Observed"),
        value=hh_mm_ss(check.observed_utc, zone.time_zone),
        detail=_("clock {doubt} · {zone}").format(
            doubt=doubt(check.clock_uncertainty_ms),
            zone=zone_abbreviation(check.observed_utc, zone.time_zone),
        ),
    )


def place_view(form: Form) -> SelectView:
    """Return where."""
    zone = form.result.zone
    return SelectView(
        label=_("Place"),
        value=form.place,
        detail=_("zone {zone}").format(zone=zone.zone_id),
    )


def pick_view(label: str, value: str, options: Sequence[str]) -> SelectView:
    """Return a field with a list of usual values."""
    return SelectView(
        label=label,
        value=value or _("Not set"),
        detail=_("set by officer") if value else _("press to choose"),
        choices=tuple(Choice(key=one, words=one) for one in options),
        key=value,
    )


def chips_view(form: Form) -> ChipsView:
    """Return the note chips."""
    return ChipsView(
        chips=tuple(Choice(key=key, words=_(words)) for key, words in NOTES), chosen=form.notes
    )


def photos_pill(form: Form) -> PillView:
    """Return how many photos are there of those needed."""
    needed = 0 if form.warning or form.code is None else form.code.photos_needed
    have = len(form.photos)
    if not needed:
        return PillView(text=_("not needed"), mark=Mark.INFO, tone=Tone.INFO)
    words = _("{have} of {needed} needed").format(have=have, needed=needed)
    enough = have >= needed
    return PillView(
        text=words,
        mark=Mark.OK if enough else Mark.CAUTION,
        tone=Tone.OK if enough else Tone.CAUTION,
    )


def proof_view(form: Form) -> FactsView:
    """Return the ages of the sources of the check it rests on."""
    ages = check_state(form.result).ages
    return FactsView(
        facts=tuple((one.name, _("{age} old").format(age=one.age)) for one in ages.ages)
    )


def checked_words(form: Form) -> tuple[str, str]:
    """Return when the car was last looked at, and what will be sealed."""
    check, zone = form.result.check, form.result.zone
    return (
        _("Checked {time}").format(time=hh_mm(check.observed_utc, zone.time_zone)),
        _("Checked once more when you issue; that look is sealed in."),
    )


def issue_label(form: Form) -> str:
    """Return the words of the heavy button."""
    if form.warning:
        return _("Give the warning and print")
    amount = usd(form.code.fine_cents) if form.code is not None else ""
    return _("Issue and print · {amount}").format(amount=amount)


def may_take_photo(form: Form) -> bool:
    """Tell whether there is room for one more photo."""
    return len(form.photos) < MOST_PHOTOS


def may_issue(form: Form) -> bool:
    """Tell whether everything that is needed is there."""
    if form.code is None:
        return False
    return form.warning or len(form.photos) >= form.code.photos_needed
