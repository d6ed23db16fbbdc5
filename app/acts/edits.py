"""What people write into records that may change. Made once per terminal; methods from any thread.

A screen asks for a record, keeps the ``Shown`` it got, and hands it back with the new values. Each
``write`` answers the record as it is shown from now on.
"""

from uuid import UUID

from app.lanes import Task, reading, saving
from app.on_duty import OnDuty
from app.ports import Shown
from app.post import Post
from app.usecases.correct_plate import correct_plate, plate_correction
from app.usecases.edit_shift_header import edit_shift_header, shift_header
from app.usecases.edit_zone import edit_zone, shown_zone
from app.usecases.note_citation import Noted, citation_note, note_citation
from parking.edit import CitationNote, PlateCorrection, ShiftHeader
from parking.zone import Zone


class EditActs:
    """The use cases of editing, bound to this terminal; officers' laptops and the desk."""

    def __init__(self, post: Post, on_duty: OnDuty) -> None:
        self._post = post
        self._on_duty = on_duty

    def note(self, citation_id: UUID) -> Task[Noted]:
        """Return note and tags of a citation, and who wrote last."""
        return reading("note", lambda: citation_note(self._post, citation_id))

    def write_note(
        self, seen: Shown[CitationNote], note: str, tags: tuple[str, ...]
    ) -> Task[Noted]:
        """Save note and tags; see ``note_citation`` for the errors."""
        return saving(
            "write_note",
            lambda: note_citation(
                self._post, self._on_duty.need(), seen=seen, note=note, tags=tags
            ),
        )

    def correction(self, citation_id: UUID) -> Task[Shown[PlateCorrection]]:
        """Return the plate that people say a citation's car really had."""
        return reading("correction", lambda: plate_correction(self._post, citation_id))

    def correct_plate(
        self, seen: Shown[PlateCorrection], plate: str, plate_state: str, reason: str
    ) -> Task[Shown[PlateCorrection]]:
        """Propose another plate; see ``usecases.correct_plate`` for the errors."""
        return saving(
            "correct_plate",
            lambda: correct_plate(
                self._post,
                self._on_duty.need(),
                seen=seen,
                plate=plate,
                plate_state=plate_state,
                reason=reason,
            ),
        )

    def shift_header(self, shift_id: UUID) -> Task[Shown[ShiftHeader]]:
        """Return what is written about a shift."""
        return reading("shift_header", lambda: shift_header(self._post, shift_id))

    def write_shift_header(
        self, seen: Shown[ShiftHeader], wanted: ShiftHeader
    ) -> Task[Shown[ShiftHeader]]:
        """Save the header; see ``edit_shift_header`` for the errors."""
        return saving(
            "write_shift_header",
            lambda: edit_shift_header(self._post, self._on_duty.need(), seen=seen, wanted=wanted),
        )

    def zone(self, zone_id: str) -> Task[Shown[Zone]]:
        """Return a zone with this desk's own edits on top."""
        return reading("zone", lambda: shown_zone(self._post, zone_id))

    def edit_zone(self, seen: Shown[Zone], wanted: Zone, reason: str) -> Task[Shown[Zone]]:
        """Change a zone; see ``usecases.edit_zone`` for the errors."""
        return saving(
            "edit_zone",
            lambda: edit_zone(
                self._post, self._on_duty.need(), seen=seen, wanted=wanted, reason=reason
            ),
        )
