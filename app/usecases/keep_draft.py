"""The citation being written, kept here until it is issued or dropped. Store lane."""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from app.ports import Store
from app.usecases.photos import MOST_PHOTOS, TakenPhoto
from parking.markers import Items, Text
from parking.right import PlateText, StateCode
from parking.zone import ZoneId

DRAFT = "citation"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationDraft:
    """What is written so far; fields as in ``Citation``."""

    plate: PlateText
    plate_state: StateCode
    zone_id: ZoneId
    code: Annotated[str, Text(12)] = ""
    place: Annotated[str, Text(120)] = ""
    vehicle_make: Annotated[str, Text(60)] = ""
    vehicle_colour: Annotated[str, Text(30)] = ""
    note_public: Annotated[str, Text(500)] = ""
    photos: Annotated[tuple[TakenPhoto, ...], Items(MOST_PHOTOS)] = ()


def keep_draft(store: Store, draft: CitationDraft) -> None:
    """Keep the draft in the place of the last one."""
    store.keep_draft(DRAFT, msgspec.json.encode(draft))


def kept_draft(store: Store) -> CitationDraft | None:
    """Return the draft of this terminal; None when there is none, or one of an unknown version."""
    data = store.draft(DRAFT)
    try:
        return None if data is None else msgspec.json.decode(data, type=CitationDraft)
    except msgspec.DecodeError:
        return None


def drop_draft(store: Store) -> None:
    """Forget the draft."""
    with store.saving() as work:
        work.drop_draft(DRAFT)
        work.commit()


def sweep_photos(store: Store) -> None:
    """Remove the photos that neither a record nor the draft names. At start-up only.

    A draft of a version that this one cannot read may name any of them: then all stay.
    """
    draft = kept_draft(store)
    if draft is None and store.draft(DRAFT) is not None:
        return
    store.drop_photos(but=[photo.sha256 for photo in draft.photos] if draft else [])
