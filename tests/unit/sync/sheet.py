"""A record with a field for every rule, and a small world of terminals that edit it.

The world knows what truly knew of what, which the merge has to find out by values and revisions.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Annotated, Any
from uuid import UUID

from parking.edit import ChoiceReason, ConflictChoice, Edit, FieldChange
from parking.markers import Items, Span, Text
from parking.terminal import TerminalKind
from sync.hlc import at
from sync.merge import (
    Divergence,
    Merged,
    Version,
    blank,
    changes_between,
    choice_version,
    edit_version,
    fold,
    made_of,
)
from sync.records import Record, RecordKind, Rule

KEY = UUID(int=0x5EE7)
_NUMBERS = count(1 << 32)
NOON = datetime(2027, 3, 1, 17, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """Something that is edited."""

    sheet_id: UUID
    plate: Annotated[str, Text(12)] = ""
    state: Annotated[str, Text(2)] = ""
    remark: Annotated[str, Text(200)] = ""
    motto: Annotated[str, Text(200)] = ""
    car: Annotated[str, Text(20)] = ""
    odometer: Annotated[int, Span(0, 10_000)] = 0
    spoiled: Annotated[int, Span(0, 100)] = 0
    tags: Annotated[tuple[str, ...], Items(6)] = ()
    revision: Annotated[int, Span(0, 2**62)] = 0


SHEET: Record[Sheet] = Record(
    of=Sheet,
    name="sheet",
    kind=RecordKind.MUTABLE,
    key="sheet_id",
    readers=frozenset(TerminalKind),
    editors=frozenset(TerminalKind),
    rules={
        "motto": Rule.SERVER_WINS,
        "car": Rule.LATEST,
        "odometer": Rule.LARGEST,
        "spoiled": Rule.COUNTER,
        "tags": Rule.UNION,
    },
    groups=(("plate", "state"),),
)
CITY_SHEET: Record[Sheet] = replace(SHEET, kind=RecordKind.REFERENCE)
BLANK = Sheet(sheet_id=KEY)


def versions_of(facts: Iterable[Any]) -> list[Version]:
    """Return edits and choices as the fold takes them."""
    return [
        edit_version(SHEET, fact) if isinstance(fact, Edit) else choice_version(SHEET, fact)
        for fact in facts
    ]


def folded(facts: Iterable[Any], record: Record[Sheet] = SHEET) -> Merged:
    """Return the fold of edits and choices on a blank sheet."""
    return fold(record, blank(record), versions_of(facts))


def value_of(merged: Merged) -> Sheet:
    """Return the sheet that a fold made."""
    made = made_of(SHEET, str(KEY), merged.values)
    assert made is not None
    return made


def edit(
    before: Sheet | None,
    terminal: int,
    *,
    number: int = 0,
    hlc: int = 0,
    base_revision: int | None = None,
    **changed: Any,
) -> Edit:
    """Return an edit that a terminal made of what it saw."""
    seen = before or BLANK
    return Edit(
        edit_id=UUID(int=number or next(_NUMBERS)),
        record="sheet",
        record_key=str(KEY),
        base_revision=seen.revision if base_revision is None else base_revision,
        changes=changes_between(SHEET, before, replace(seen, **changed)),
        officer_id=UUID(int=terminal),
        terminal_id=UUID(int=terminal),
        made_utc=NOON,
        clock_uncertainty_ms=20,
        hlc=hlc or at(NOON),
    )


def choice(
    divergence: Divergence, side: int, *, number: int, minute: int = 0, base_revision: int = 0
) -> ConflictChoice:
    """Return a supervisor's choice of one side of all that diverged."""
    names = zip(divergence.fields, divergence.sides[side].value, strict=True)
    inside = ",".join(f'"{name}":{text}' for name, text in names)
    return ConflictChoice(
        choice_id=UUID(int=number),
        conflict_id=UUID(int=1),
        side=side,
        content="{" + inside + "}",
        seen=tuple(each.version_id for each in divergence.sides),
        base_revision=base_revision,
        reason=ChoiceReason.TYPING_ERROR,
        officer_id=UUID(int=99),
        terminal_id=UUID(int=99),
        decided_utc=NOON.replace(minute=minute),
        clock_uncertainty_ms=20,
    )


@dataclass
class Laptop:
    """A terminal of the world: what it shows, and what it truly knows.

    Attributes:
        behind_ms: How wrong its clock is.
    """

    number: int
    behind_ms: int = 0
    shown: Sheet | None = None
    row: Sheet | None = None
    knows: frozenset[UUID] = frozenset()
    waiting: list[Edit] = field(default_factory=list)
    last_hlc: int = 0


class World:
    """Laptops that edit one sheet, some of them for long without network."""

    def __init__(self, clocks_ms: Sequence[int]) -> None:
        self.laptops = [Laptop(n + 1, behind_ms=ms) for n, ms in enumerate(clocks_ms)]
        self.facts: list[Edit] = []
        self.all: list[Edit] = []
        self.knew: dict[UUID, frozenset[UUID]] = {}
        self.revision = 0
        self._row: Sheet | None = None
        self._ticks = 0

    def edit(self, at_laptop: int, **changed: Any) -> Edit | None:
        """Let somebody change what a laptop shows; None when that changes nothing."""
        laptop = self.laptops[at_laptop]
        self._ticks += 1
        now = (int(NOON.timestamp() * 1000) + laptop.behind_ms + self._ticks) << 16
        laptop.last_hlc = max(laptop.last_hlc + 1, now)
        made = (
            edit(
                laptop.shown,
                laptop.number,
                number=self._ticks << 8 | laptop.number,
                hlc=laptop.last_hlc,
                base_revision=0 if laptop.row is None else laptop.row.revision,
                **changed,
            )
            if changes_between(SHEET, laptop.shown, replace(laptop.shown or BLANK, **changed))
            else None
        )
        if made is not None:
            laptop.shown = replace(laptop.shown or BLANK, **changed)
            laptop.waiting.append(made)
            self.all.append(made)
            self.knew[made.edit_id] = laptop.knows
            laptop.knows |= {made.edit_id}
        return made

    def sync(self, at_laptop: int) -> None:
        """Let a laptop push what it has and pull what central made of it."""
        laptop = self.laptops[at_laptop]
        self.facts += laptop.waiting
        laptop.waiting = []
        merged = value_of(folded(self.facts))
        if self.facts and (self._row is None or replace(self._row, revision=0) != merged):
            self.revision += 1
            self._row = replace(merged, revision=self.revision)
        laptop.row = laptop.shown = self._row
        laptop.knows |= {fact.edit_id for fact in self.facts}

    def concurrent(self, one: Edit, other: Edit) -> bool:
        """Tell whether two edits truly did not know of each other."""
        return (
            one.edit_id not in self.knew[other.edit_id]
            and other.edit_id not in self.knew[one.edit_id]
        )


def named(edit_: Edit, name: str) -> FieldChange | None:
    """Return what an edit says of a field."""
    return next((each for each in edit_.changes if each.field == name), None)
