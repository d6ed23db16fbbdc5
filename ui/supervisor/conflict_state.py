"""One conflict on the desk: its values side by side, who, where and when. Pure, any thread."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.city import DEFAULT_TIME_ZONE
from app.usecases.conflict_rows import ConflictRow, SideRow
from app.words import _, ngettext
from parking.clockface import day_date, hh_mm_ss, local_day
from parking.edit import ChoiceReason
from parking.money import usd
from parking.plate import plate_key, spaced
from ui.state_names import state_name
from ui.supervisor.difference import Piece, pieces, spelled
from ui.supervisor.held_state import waited
from ui.supervisor.record_words import field_name, place_of, role_of, subject, value_words
from ui.theme.icons import Icon
from ui.top_bar_state import doubt
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.choosing import Choice
from ui.widgets.fields import FieldView
from ui.widgets.marks import PillView, Tone
from ui.widgets.panels import NoticeView
from ui.widgets.plate import PlateView
from ui.widgets.shapes import Mark

MOST_NOTE = 500
_AT_ONCE_S = 60
_SHORT = 24
PLATE_FIELDS = ("plate", "plate_state")


@dataclass(frozen=True, slots=True, kw_only=True)
class LineView:
    """One field of a value: its name, and its words cut where the other values differ."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SideView:
    """One value.

    Attributes:
        letter: ``A``, ``B`` ... in the order in which they reached central.
        plate: Painted when the value is a plate with its state; else ``lines`` tell it.
        spelled: The letters of the plate that differ, in words.
        facts: Who, where, when and on what, as (name, value); empty rows keep both sides level.
    """

    letter: str
    title: str
    pill: PillView
    plate: PlateView | None
    spelled: str
    lines: tuple[LineView, ...]
    facts: tuple[tuple[str, str], ...]
    button: ButtonView
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictView:
    """The page of one conflict.

    Attributes:
        banner: Its action shows the next values, when there are more than two.
        sides: The two values on show, at the left and at the right.
        effect: What happens when it is decided, or what is missing.
    """

    title: str
    scope: str
    banner: NoticeView
    sides: tuple[SideView, SideView]
    effect: str
    note: FieldView
    keep: ButtonView


@dataclass(frozen=True, slots=True, kw_only=True)
class Choosing:
    """What the supervisor has chosen so far.

    Attributes:
        side: Place of the chosen value, None for none yet.
        first: Place of the value at the left.
        note: In the supervisor's words; needed with ``OTHER``.
    """

    side: int | None = None
    first: int = 0
    reason: ChoiceReason | None = None
    note: str = ""


def reasons() -> tuple[Choice, ...]:
    """Return the reasons in the order of their keys, 1 to 4."""
    words = {
        ChoiceReason.PHOTO_SHOWS_IT: _("Photo shows it"),
        ChoiceReason.TYPING_ERROR: _("Typing error"),
        ChoiceReason.DRIVER_PROVED_IT: _("Driver proved it"),
        ChoiceReason.OTHER: _("Other"),
    }
    return tuple(Choice(key=reason, words=words[reason]) for reason in ChoiceReason)


def ready(choosing: Choosing) -> bool:
    """Tell whether enough was chosen to decide."""
    silent = choosing.reason is ChoiceReason.OTHER and not choosing.note.strip()
    return choosing.side is not None and choosing.reason is not None and not silent


def conflict_view(
    row: ConflictRow, at: int, count: int, choosing: Choosing, now_utc: datetime
) -> ConflictView:
    """Return the page of a conflict.

    Args:
        row: The conflict.
        at: Its place in the queue, from 0.
        count: How many wait.
        choosing: What is chosen so far.
        now_utc: For how long it waits.
    """
    waits = waited((now_utc - row.conflict.found_utc).total_seconds())
    first = min(choosing.first, len(row.sides) - 2)
    left, right = (_side(row, place, choosing) for place in (first, first + 1))
    return ConflictView(
        title=_("Conflict {number} of {count}").format(number=at + 1, count=count),
        scope=_scope(row, waits),
        banner=NoticeView(
            title=_banner_title(row),
            text=_banner_text(row, first),
            tone=Tone.CAUTION,
            mark=Mark.CAUTION,
            action=_more(row, first),
        ),
        sides=(left, right),
        effect=_effect(row, choosing),
        note=FieldView(
            label=_("In your words, needed")
            if choosing.reason is ChoiceReason.OTHER
            else _("In your words"),
            most=MOST_NOTE,
        ),
        keep=_keep(row, choosing),
    )


def next_first(row: ConflictRow, first: int) -> int:
    """Return the place of the value at the left after the next values were asked for."""
    last = len(row.sides) - 2
    return 0 if first >= last else min(first + 2, last)


def in_sight(row: ConflictRow, side: int, first: int) -> int:
    """Return the place of the value at the left, so that a value is on show."""
    if side < first:
        return side
    return min(max(first, side - 1), len(row.sides) - 2)


def short_words(row: ConflictRow, side: SideRow) -> str:
    """Return a value as it stands on a button: the plate, few words, or its letter."""
    if is_plate(row):
        plate = _plate_words(side.values)
        numbers = {plate_key(str(other.values.get("plate", ""))) for other in row.sides}
        state = str(side.values.get("plate_state", ""))
        return plate if len(numbers) == len(row.sides) else f"{plate} {state}".strip()
    words = [value_words(field, side.values.get(field)) for field in row.conflict.fields]
    if len(words) == 1 and 0 < len(words[0]) <= _SHORT and "\n" not in words[0]:
        return words[0]
    return _("value {letter}").format(letter=letter_of(row.sides.index(side)))


def is_plate(row: ConflictRow) -> bool:
    """Tell whether the values are plates, which are painted as such."""
    return row.conflict.fields == PLATE_FIELDS


def letter_of(place: int) -> str:
    """Return the letter of a value: A to Z, then AA."""
    high, low = divmod(place, 26)
    return (chr(64 + high) if high else "") + chr(65 + low)


# --- the values -----------------------------------------------------------------------------


def _side(row: ConflictRow, place: int, choosing: Choosing) -> SideView:
    side = row.sides[place]
    others = [other.values for other in row.sides if other is not side]
    chosen = choosing.side == place
    plate = is_plate(row)
    return SideView(
        letter=letter_of(place),
        title=_("Value {letter}").format(letter=letter_of(place)),
        pill=PillView(text=_("Chosen"), mark=Mark.OK, tone=Tone.OK)
        if chosen
        else PillView(text=_("Not chosen"), mark=Mark.OFF),
        plate=_plate(side.values) if plate else None,
        spelled=spelled(_plate_words(side.values), [_plate_words(one) for one in others])
        if plate
        else "",
        lines=() if plate else tuple(_lines(row, side.values, others)),
        facts=tuple(_facts(row, side)),
        button=ButtonView(
            label=_("{value} is right").format(value=_capital(short_words(row, side))),
            key=letter_of(place),
            role=ButtonRole.CHOSEN if chosen else ButtonRole.PLAIN,
        ),
        chosen=chosen,
    )


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plate_words(values: Mapping[str, object]) -> str:
    plate, state = str(values.get("plate", "")), str(values.get("plate_state", ""))
    return spaced(plate_key(plate), state) or plate


def _plate(values: Mapping[str, object]) -> PlateView:
    return PlateView(
        number=_plate_words(values) or _("no plate"),
        state=state_name(str(values.get("plate_state", ""))),
    )


def _lines(
    row: ConflictRow, values: Mapping[str, object], others: Sequence[Mapping[str, object]]
) -> list[LineView]:
    lines = []
    for field in row.conflict.fields:
        words = value_words(field, values.get(field))
        cut = pieces(words, [value_words(field, other.get(field)) for other in others])
        empty = (Piece(_("empty"), differs=True),)
        lines.append(LineView(name=field_name(field), pieces=cut if words else empty))
    return lines


def _facts(row: ConflictRow, side: SideRow) -> list[tuple[str, str]]:
    zone = DEFAULT_TIME_ZONE if row.zone is None else row.zone.time_zone
    of, made = side.side, side.side.made_utc
    if of.edit_id is None or made is None:
        return [
            (_("Entered by"), _("already in the record")),
            (_("When"), _("before these changes")),
            *(("", "") for _row in range(4)),
        ]
    day = local_day(row.conflict.found_utc, zone)
    when = f"{_time(made, day, zone)} {doubt(of.clock_uncertainty_ms)}"
    return [
        (_("Entered by"), _who(side)),
        (_("Where"), place_of(side.terminal)),
        (_("When"), when),
        (_("Reached central"), _reached(of.received_utc, made, day, zone)),
        (_("Saw data from"), _saw(of.data_as_of_utc, made)),
        (_("Based on"), of.reason or _("no reason given")),
    ]


def _who(side: SideRow) -> str:
    if side.officer is None:
        return _("somebody not known here")
    return _("{name}, {role}").format(
        name=side.officer.display_name, role=role_of(side.officer.role)
    )


def _time(utc: datetime, day: object, zone: str) -> str:
    """Write a time, with its day when it was another than that of the conflict."""
    local = local_day(utc, zone)
    return hh_mm_ss(utc, zone) if local == day else f"{day_date(local)} {hh_mm_ss(utc, zone)}"


def _reached(received: datetime | None, made: datetime, day: object, zone: str) -> str:
    if received is None:
        return _("not known")
    late_s = (received - made).total_seconds()
    at = _time(received, day, zone)
    if late_s < _AT_ONCE_S:
        return _("{time} (at once)").format(time=at)
    return _("{time} ({wait} later)").format(time=at, wait=waited(late_s))


def _saw(data_as_of: datetime | None, made: datetime) -> str:
    if data_as_of is None:
        return _("never refreshed")
    age_s = (made - data_as_of).total_seconds()
    if age_s < 1:
        return _("that moment")
    if age_s < _AT_ONCE_S:
        return _("{count} s before").format(count=int(age_s))
    return _("{time} before").format(time=waited(age_s))


# --- around them ----------------------------------------------------------------------------


def _scope(row: ConflictRow, waits: str) -> str:
    words = _("{subject} · waiting {time}").format(subject=subject(row.conflict), time=waits)
    return words + _(" · held, no late fee while it waits") if row.held else words


def _banner_title(row: ConflictRow) -> str:
    count = len(row.sides)
    numbers = {2: _("two"), 3: _("three"), 4: _("four"), 5: _("five")}
    many = numbers.get(count, str(count))
    if is_plate(row):
        return _("One citation, {count} plates").format(count=many)
    return _("One record, {count} values").format(count=many)


def _banner_text(row: ConflictRow, first: int) -> str:
    parts = []
    if row.citation is not None:
        parts.append(_("Citation {number}").format(number=row.citation.number))
        parts.append(usd(row.citation.fine_cents))
    elif row.conflict.record == "zone" and row.zone is not None:
        parts.append(f"{row.zone.zone_id} {row.zone.name}")
    if len(row.conflict.fields) > 1:
        names = _(" and ").join(field_name(field).lower() for field in row.conflict.fields)
        parts.append(_("{names} are one fact: kept or dropped together").format(names=names))
    else:
        parts.append(_("entered by people who did not see each other's change"))
    parts.append(_in_use(row) if len(row.sides) == 2 else _shown_words(row, first))
    words = " · ".join(parts)
    return words[:1].upper() + words[1:]


def _in_use(row: ConflictRow) -> str:
    kept = [place for place, side in enumerate(row.sides) if side.side.kept]
    if not kept:
        return _("neither is in use yet")
    return _("{letter} is in use until you decide").format(letter=letter_of(kept[0]))


def _shown_words(row: ConflictRow, first: int) -> str:
    return _("{one} and {two} of {count} are shown").format(
        one=letter_of(first), two=letter_of(first + 1), count=len(row.sides)
    )


def _more(row: ConflictRow, first: int) -> str:
    if len(row.sides) == 2:
        return ""
    after = next_first(row, first)
    return _("Show {one} and {two}").format(one=letter_of(after), two=letter_of(after + 1))


def _effect(row: ConflictRow, choosing: Choosing) -> str:
    if choosing.side is None:
        return _("Choose the right value first. Until then nothing changes.")
    value = _capital(short_words(row, row.sides[choosing.side]))
    if choosing.reason is None:
        return _("{value} is chosen. Now choose why.").format(value=value)
    if not ready(choosing):
        return _("Say in your words why. They stay with the choice.")
    if row.citation is not None and is_plate(row):
        words = _(
            "Citation {number} keeps plate {value} on every terminal. Driver and amount do not "
            "change. It cannot be undone; a later change is a new entry."
        )
        return words.format(number=row.citation.number, value=value)
    words = _(
        "{value} is kept on every terminal. It cannot be undone; a later change is a new entry."
    )
    return words.format(value=value)


def _keep(row: ConflictRow, choosing: Choosing) -> ButtonView:
    if choosing.side is None:
        label = _("Keep and close")
    else:
        value = short_words(row, row.sides[choosing.side])
        label = _("Keep {value} and close").format(value=value)
    return ButtonView(
        label=label,
        icon=Icon.CHECK,
        key="F9",
        role=ButtonRole.MAIN,
        heavy=True,
        enabled=ready(choosing),
    )


def kept_words(row: ConflictRow, place: int) -> str:
    """Say what was decided."""
    value = _capital(short_words(row, row.sides[place]))
    lost = len(row.sides) - 1
    return ngettext(
        "{value} is kept. The other value stays in the conflict log.",
        "{value} is kept. The other {count} values stay in the conflict log.",
        lost,
    ).format(value=value, count=lost)
