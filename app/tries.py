"""Counts wrong tries of a secret so that neither a kill nor an old file gives one more.

The count lies in the records file and in the secret store, and the higher one holds. Store lane.
Source: DESIGN.md 6, docs/decisions/0007.
"""

from dataclasses import dataclass

from app.pin import MOST_TRIES
from app.ports import Secrets, Store
from parking.errors import BugError


@dataclass(frozen=True, slots=True)
class Tries:
    """The count of one secret.

    Attributes:
        store: Holds one copy.
        secrets: Holds the other.
        name: Of the count, in both.
    """

    store: Store
    secrets: Secrets
    name: str

    def used(self) -> int:
        """Return how many wrong tries in a row there were."""
        return max(
            int(self.store.setting(self.name) or b"0"), int(self.secrets.get(self.name) or b"0")
        )

    def count(self) -> int | None:
        """Count one more before it is judged, durable on return; None when no try is left."""
        tries = self.used() + 1
        if tries > MOST_TRIES:
            return None
        self.keep(tries)
        return tries

    def keep(self, tries: int) -> None:
        """Write the count to both places.

        Raises:
            BugError: It is not 0..10.
        """
        if not 0 <= tries <= MOST_TRIES:
            raise BugError(f"{tries} is no count of tries")
        data = str(tries).encode()
        self.secrets.put(self.name, data)
        self.store.keep_setting(self.name, data)
