"""What both pages of a note show and say. Pure, any thread."""

from dataclasses import dataclass

from app.usecases.note_citation import Noted, checked_tags
from app.words import _
from parking.clockface import day_date, hh_mm, local_day
from parking.edit import CitationNote
from ui.widgets.choosing import ChipsView, Choice

OFFERED = ("repeat", "camera", "sign hidden", "meter broken", "safety")
"""Tags that are offered before anybody wrote one; a tag is kept as it is written."""
_BRIEF = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What stands on the page now.

    Attributes:
        offered: Every tag that has a chip, in order.
        tags: Those that are on.
    """

    note: str = ""
    tags: tuple[str, ...] = ()
    offered: tuple[str, ...] = OFFERED

    @property
    def kept(self) -> tuple[str, frozenset[str]]:
        """What would be saved, to tell whether something was changed."""
        return self.note.strip(), frozenset(self.tags)


def written(value: CitationNote | None) -> Written:
    """Return the page of a note that is kept."""
    if value is None:
        return Written()
    others = tuple(tag for tag in value.tags if tag not in OFFERED)
    return Written(note=value.note, tags=value.tags, offered=(*OFFERED, *others))


def with_tag(page: Written, raw: str) -> Written:
    """Return the page with one more tag on.

    Raises:
        UserError: ``tags.long``, ``tags.many``.
    """
    tags = checked_tags((*page.tags, raw))
    new = tuple(tag for tag in tags if tag not in page.offered)
    return Written(note=page.note, tags=tags, offered=(*page.offered, *new))


def chips(page: Written) -> ChipsView:
    """Return a chip for every tag that is offered or on."""
    made = tuple(Choice(key=tag, words=tag) for tag in page.offered)
    return ChipsView(chips=made, chosen=tuple(tag for tag in page.offered if tag in page.tags))


def who_words(noted: Noted, time_zone: str) -> str:
    """Say who wrote last, when, and whether city hall has it."""
    if noted.shown.value is None:
        return _("Nothing is noted yet. Only the city reads this; it is never printed.")
    if noted.shown.waiting:
        sent = _("saved here, city hall gets it with the next exchange")
    else:
        sent = _("city hall has it")
    if noted.by is None or noted.at_utc is None:
        return _("Written at another terminal · {sent}").format(sent=sent)
    at = f"{hh_mm(noted.at_utc, time_zone)} {day_date(local_day(noted.at_utc, time_zone))}"
    words = _("Last change: {name}, {time} · {sent}")
    return words.format(name=noted.by.display_name, time=at, sent=sent)


def brief(value: CitationNote | None) -> str:
    """Return tags and note in one short line; empty when nothing is noted."""
    if value is None:
        return ""
    parts = (", ".join(value.tags), " ".join(value.note.split()))
    words = " · ".join(part for part in parts if part)
    return words if len(words) <= _BRIEF else words[: _BRIEF - 1].rstrip() + "…"


def saved_words() -> str:
    """Say that the note is saved and where it is."""
    return _("Note saved here. City hall gets it with the next exchange.")


def changed_meanwhile_words() -> str:
    """Say that somebody else wrote while this page was open."""
    return _(
        "Somebody else has changed this note. Save yours all the same: both are kept, and a "
        "supervisor chooses."
    )
