"""Photos of other terminals for a desk; nothing is written to a disk. Any worker thread."""

import hashlib
from uuid import UUID

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
    if thumbnail:
        return _small(exchange, f"{path}/thumbnail")
    body = _fetch(exchange, path, deadline_s=_WHOLE_DEADLINE_S, most_bytes=MOST_PHOTO_BYTES)
    if hashlib.sha256(body).digest() != sha256:
        raise UnavailableError(
            "photo.damaged",
            "The photo came from city hall with another hash. Do not use it.",
            retry_safe=True,
        )
    return body


def fetch_bill_photo(exchange: Exchange, bill_id: UUID) -> bytes:
    """Return the small picture of what a bill of this terminal is about, which no hash vouches for.

    Raises:
        UserError: ``bill.unknown``: not shown here, or no longer; ``photo.unknown``: central has
            no picture of it yet.
        UnavailableError: See ``sync.failures``.
    """
    return _small(exchange, f"/v1/bills/{bill_id}/photo")


def _small(exchange: Exchange, path: str) -> bytes:
    return _fetch(exchange, path, deadline_s=None, most_bytes=MOST_THUMBNAIL_BYTES)


def _fetch(exchange: Exchange, path: str, *, deadline_s: float | None, most_bytes: int) -> bytes:
    told = exchange.ask(
        Ask(
            method="GET",
            path=path,
            headers={"Accept": _JPEG},
            deadline_s=deadline_s,
            most_bytes=most_bytes,
        )
    )
    if not told.headers.get("content-type", "").startswith(_JPEG):
        raise not_central()
    return told.body
