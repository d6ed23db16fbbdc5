"""Edits: what a person changes in a record that may change, and what happens when two disagree.

An edit is a fact. Central merges it per field (``sync.merge``) and never loses a value: what did
not win is a side of a conflict, with who, when and on which data. A supervisor's choice is a fact
too. Pure data, any thread. Source: SYNC.md 5 (entity classes), DESIGN.md 4.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.markers import Items, Span, Text
from parking.right import PlateText, StateCode


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field of an edit, both values as the JSON text that would travel in the record.

    Fields that are one fact (``Record.groups``) are named together, the unchanged ones too.

    Attributes:
        base: What the editor saw; ``null`` when the record did not exist.
        value: What it is to be.
    """

    field: Annotated[str, Text(40, 1)]
    base: Annotated[str, Text(16_000, 1)]
    value: Annotated[str, Text(16_000, 1)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """What a person changed in one record, made on any terminal, with or without network.

    Attributes:
        record: Name of the record, as in ``sync.records``.
        record_key: Its key as text.
        base_revision: Of the row the editor saw; 0 when there was none.
        changes: Only the fields that were changed.
        data_as_of_utc: How fresh the editor's data was; None when never synced.
        reason: What the change rests on, in the editor's words or a short phrase of the screen.
        hlc: Hybrid logical clock of the terminal: a tie-break, never an order.
    """

    edit_id: UUID
    record: Annotated[str, Text(40, 1)]
    record_key: Annotated[str, Text(80, 1)]
    base_revision: Annotated[int, Span(0, 2**62)]
    changes: Annotated[tuple[FieldChange, ...], Items(40, 1)]
    officer_id: UUID
    terminal_id: UUID
    made_utc: datetime
    clock_uncertainty_ms: Annotated[int, Span(0, 600_000)]
    data_as_of_utc: datetime | None = None
    reason: Annotated[str, Text(200)] = ""
    hlc: Annotated[int, Span(0, 2**62)]


STARTED_WITH = UUID(int=0)
"""Stands in a choice for the value that the record started with."""


PLATE_DISPUTED = "plate_conflict"
"""``reason_code`` of a hold while people disagree about a citation's plate. Its ``right_id`` is the
hold's own, so that the release by the choice ends this hold and no other."""


class ConflictState(StrEnum):
    """How a conflict stands."""

    OPEN = "open"
    """A person must choose."""
    DECIDED = "decided"
    """A supervisor chose."""
    LOGGED = "logged"
    """The field's rule decided by itself; the loser is kept here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictSide:
    """One value of a conflict: who set it, when, where, on which data.

    Attributes:
        edit_id: The edit, or the earlier choice, that brought it; None for the value the record
            started with.
        content: JSON text of an object, field to value, of the conflict's fields.
        received_utc: When it reached central.
        kept: Whether the record carries it now.
    """

    edit_id: UUID | None
    content: Annotated[str, Text(20_000, 2)]
    officer_id: UUID | None
    terminal_id: UUID | None
    made_utc: datetime | None
    clock_uncertainty_ms: Annotated[int, Span(0, 600_000)] = 0
    received_utc: datetime | None
    data_as_of_utc: datetime | None = None
    reason: Annotated[str, Text(200)] = ""
    kept: bool

    @property
    def side_id(self) -> UUID:
        """Return what a choice calls this side."""
        return self.edit_id or STARTED_WITH


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Edits of the same fields that did not know of each other.

    Attributes:
        fields: One merge group: they win or lose together.
        base: JSON text of an object, field to value, that the edits started from.
        rule: The rule that chose what stands meanwhile (``sync.records.Rule``).
        sides: Every value, in the order they reached central.
        choice_id: The supervisor's choice, once decided.
    """

    conflict_id: UUID
    record: Annotated[str, Text(40, 1)]
    record_key: Annotated[str, Text(80, 1)]
    fields: Annotated[tuple[str, ...], Items(8, 1)]
    base: Annotated[str, Text(20_000, 2)]
    rule: Annotated[str, Text(20, 1)]
    sides: Annotated[tuple[ConflictSide, ...], Items(50, 2)]
    state: ConflictState
    found_utc: datetime
    decided_utc: datetime | None = None
    choice_id: UUID | None = None
    revision: Annotated[int, Span(0, 2**62)] = 0


class ChoiceReason(StrEnum):
    """Why a supervisor chose a value."""

    PHOTO_SHOWS_IT = "photo_shows_it"
    TYPING_ERROR = "typing_error"
    DRIVER_PROVED_IT = "driver_proved_it"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictChoice:
    """A supervisor's choice between the sides of a conflict.

    Attributes:
        side: Place of the chosen value in the conflict's ``sides``, from 0.
        content: The chosen side's ``content``: what was seen is what is kept, whatever came since.
        seen: The sides that were on the screen (``side_id``): the choice settles these and no
            others; a value that comes later opens the conflict again.
        base_revision: Of the record's row that the supervisor saw; 0 when there was none.
        note: Needed with ``OTHER``.
    """

    choice_id: UUID
    conflict_id: UUID
    side: Annotated[int, Span(0, 49)]
    content: Annotated[str, Text(20_000, 2)]
    seen: Annotated[tuple[UUID, ...], Items(50, 1)]
    base_revision: Annotated[int, Span(0, 2**62)] = 0
    reason: ChoiceReason
    note: Annotated[str, Text(500)] = ""
    officer_id: UUID
    terminal_id: UUID
    decided_utc: datetime
    clock_uncertainty_ms: Annotated[int, Span(0, 600_000)]


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationNote:
    """What officers and reviewers note about a citation, for the city's eyes only.

    Attributes:
        note: Free words.
        tags: Short words to find it by, e.g. ``repeat`` or ``camera``.
    """

    citation_id: UUID
    note: Annotated[str, Text(2000)] = ""
    tags: Annotated[tuple[str, ...], Items(20)] = ()
    revision: Annotated[int, Span(0, 2**62)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateCorrection:
    """Which plate people say a citation's car really had; the citation itself never changes."""

    citation_id: UUID
    plate: PlateText
    plate_state: StateCode
    revision: Annotated[int, Span(0, 2**62)] = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ShiftHeader:
    """What is written about a shift besides its facts.

    Attributes:
        vehicle: Number of the city's car, empty on foot.
        odometer_miles: Highest reading so far.
        forms_spoiled: Hand-written citation forms that were spoiled.
        remark: Free words for the supervisor.
    """

    shift_id: UUID
    vehicle: Annotated[str, Text(20)] = ""
    odometer_miles: Annotated[int, Span(0, 2_000_000)] = 0
    forms_spoiled: Annotated[int, Span(0, 1000)] = 0
    remark: Annotated[str, Text(2000)] = ""
    revision: Annotated[int, Span(0, 2**62)] = 0
