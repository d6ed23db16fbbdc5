"""Photos as evidence: hashed at capture, durable before anything names them. Store lane."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from app.post import Post
from app.thumbnail import thumbnail_of
from app.words import _
from parking.errors import BugError, UserError

MOST_BYTES = 25_165_824
MOST_PHOTOS = 12
VIEWS = ("car", "close")
_JPEG_START, _JPEG_END = b"\xff\xd8\xff", b"\xff\xd9"


@dataclass(frozen=True, slots=True, kw_only=True)
class TakenPhoto:
    """A photo that is safe on this terminal.

    Attributes:
        sha256: Of the plain JPEG bytes.
        view: ``car`` or ``close``.
    """

    sha256: bytes
    byte_length: int
    taken_utc: datetime
    view: str


def take_photo(post: Post, jpeg: bytes, *, view: str) -> TakenPhoto:
    """Hash a photo and keep it encrypted, with a thumbnail that will be sent before it.

    Raises:
        UserError: ``photo.not_an_image``, ``photo.too_large``.
        UnavailableError: It could not be written; nothing was kept.
    """
    if view not in VIEWS:
        raise BugError(f"{view} is no view of a photo")
    taken_utc = post.clock.now().utc
    if len(jpeg) > MOST_BYTES:
        raise UserError("photo.too_large", _("A photo has at most 24 MB."))
    if not jpeg.startswith(_JPEG_START) or _JPEG_END not in jpeg[-64:]:
        raise UserError(
            "photo.not_an_image",
            _("This is no whole JPEG photo."),
            action=_("Take the photo again."),
        )
    digest = sha256(jpeg).digest()
    if post.store.save_photo(jpeg, thumbnail=thumbnail_of(jpeg)) != digest:
        raise BugError("the store named a photo by another hash")
    return TakenPhoto(sha256=digest, byte_length=len(jpeg), taken_utc=taken_utc, view=view)
