"""Photos as a supervisor sees them: from this terminal, else from city hall. I/O lane.

A small picture comes first and shows the car; only whole bytes can have the hash that the citation
was sealed with. Nothing is written to the disk.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from app.ports import Central
from app.post import Post
from parking.errors import UnavailableError, UserError
from parking.photo import Photo

MOST_PHOTOS = 2
"""Photos of one citation that a desk fetches: what fits beside the values."""
_UNREACHABLE = "network."
"""How keys of errors begin when nobody answered who is city hall."""


class EvidenceKind(StrEnum):
    """What is known of a photo's bytes."""

    WHOLE = "whole"
    """They have the hash that the citation was sealed with."""
    DAMAGED = "damaged"
    """They have another one."""
    SMALL = "small"
    """Only its small picture is here; no hash vouches for that."""
    COMING = "coming"
    """City hall has not got it yet."""
    AWAY = "away"
    """City hall cannot be reached."""
    NOT_GIVEN = "not_given"
    """City hall answered and did not give it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A photo as a supervisor gets it.

    Attributes:
        plain: Its bytes or those of its small picture; None when neither is to be had.
    """

    photo: Photo
    kind: EvidenceKind
    plain: bytes | None = None


def evidence(post: Post, central: Central, photos: Iterable[Photo]) -> tuple[Evidence, ...]:
    """Return photos kept on this terminal whole, the others by their small pictures.

    City hall is not asked again after it could not be reached for one of them.
    """
    found: list[Evidence] = []
    for photo in photos:
        here = _here(post, photo)
        if here is None and any(one.kind is EvidenceKind.AWAY for one in found):
            here = Evidence(photo=photo, kind=EvidenceKind.AWAY)
        found.append(here or _small(central, photo))
    return tuple(found)


def whole_evidence(central: Central, found: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return the same photos, whole and checked where city hall has and gives the bytes by now.

    What is settled is not asked for again; what was there before is kept.
    """
    return tuple(one if settled(one) else _whole(central, one) for one in found)


def settled(one: Evidence) -> bool:
    """Tell whether the bytes were judged, so that nothing more can come."""
    return one.kind in {EvidenceKind.WHOLE, EvidenceKind.DAMAGED}


def _here(post: Post, photo: Photo) -> Evidence | None:
    try:
        plain = post.store.photo(photo.sha256)
    except UnavailableError:
        return None
    matches = sha256(plain).digest() == photo.sha256
    kind = EvidenceKind.WHOLE if matches else EvidenceKind.DAMAGED
    return Evidence(photo=photo, kind=kind, plain=plain)


def _small(central: Central, photo: Photo) -> Evidence:
    try:
        plain = central.photo(photo.sha256, thumbnail=True)
    except UserError as error:
        coming = error.key == "photo.unknown"
        kind = EvidenceKind.COMING if coming else EvidenceKind.NOT_GIVEN
        return Evidence(photo=photo, kind=kind)
    except UnavailableError as error:
        away = error.key.startswith(_UNREACHABLE)
        kind = EvidenceKind.AWAY if away else EvidenceKind.NOT_GIVEN
        return Evidence(photo=photo, kind=kind)
    return Evidence(photo=photo, kind=EvidenceKind.SMALL, plain=plain)


def _whole(central: Central, one: Evidence) -> Evidence:
    try:
        plain = central.photo(one.photo.sha256, thumbnail=False)
    except (UserError, UnavailableError) as error:
        if error.key == "photo.damaged":
            return Evidence(photo=one.photo, kind=EvidenceKind.DAMAGED)
        return one if one.kind is EvidenceKind.SMALL else _small(central, one.photo)
    return Evidence(photo=one.photo, kind=EvidenceKind.WHOLE, plain=plain)
