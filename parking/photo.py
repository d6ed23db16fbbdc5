"""Photos as evidence: named by the hash of their plain bytes, bound to a citation."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from parking.markers import Octets, Span, Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Photo:
    """One photo of a citation; its bytes travel apart, under the same hash.

    Attributes:
        sha256: Of the plain JPEG bytes, taken at capture.
        byte_length: Of the plain bytes, at most 24 MiB.
        view: ``car`` or ``close``.
    """

    photo_id: UUID
    citation_id: UUID
    sha256: Annotated[bytes, Octets(32, 32)]
    byte_length: Annotated[int, Span(1, 25_165_824)]
    taken_utc: datetime
    view: Annotated[str, Text(12)] = "car"
