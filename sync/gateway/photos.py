"""Photos of other terminals for a desk; nothing is written to a disk. Any worker thread."""

import hashlib

from parking.errors import UnavailableError
from sync.failures import not_central
from sync.gateway.exchange import Ask, Exchange
from sync.wire import MOST_PHOTO_BYTES, MOST_THUMBNAIL_BYTES

_JPEG = "image/jpeg"
_WHOLE_DEADLINE_S = 20.0
"""24 MiB pass at 10 Mbit/s, the least of an office."""


def fetch_photo(exchange: Exchange, sha256: bytes, *, thumbnail: bool) -> bytes:
    """Return the bytes of a photo, of which the hash was checked, or those of its thumbnail.

    Args:
        exchange: The connections to central.
        sha256: The photo's name, 32 bytes.
        thumbnail: Fetch the small picture, which no hash vouches for.

    Raises:
        UserError: ``photo.unknown``: central has not got it yet; ``photo.desk``: not for us.
        UnavailableError: ``photo.damaged``, or see ``sync.failures``.
    """
    path = f"/sync/v1/photos/{sha256.hex()}"
    told = exchange.ask(
        Ask(
            method="GET",
            path=f"{path}/thumbnail" if thumbnail else path,
            headers={"Accept": _JPEG},
            deadline_s=None if thumbnail else _WHOLE_DEADLINE_S,
            most_bytes=MOST_THUMBNAIL_BYTES if thumbnail else MOST_PHOTO_BYTES,
        )
    )
    if not told.headers.get("content-type", "").startswith(_JPEG):
        raise not_central()
    if not thumbnail and hashlib.sha256(told.body).digest() != sha256:
        raise UnavailableError(
            "photo.damaged",
            "The photo came from city hall with another hash. Do not use it.",
            retry_safe=True,
        )
    return told.body
