"""What the pages of a plate correction ask of the terminal."""

from typing import Protocol
from uuid import UUID

from app.lanes import Task
from app.ports import Shown
from parking.edit import PlateCorrection


class CorrectsPlates(Protocol):
    """Proposals of other plates (``app.acts.edits.EditActs``)."""

    def correction(self, citation_id: UUID) -> Task[Shown[PlateCorrection]]:
        """Return the plate that people say a citation's car really had."""
        ...

    def correct_plate(
        self, seen: Shown[PlateCorrection], plate: str, plate_state: str, reason: str
    ) -> Task[Shown[PlateCorrection]]:
        """Propose another plate; durable on return."""
        ...
