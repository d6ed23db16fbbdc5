"""Write what this terminal holds into one sealed file, for a desk to take in. I/O lane.

Needs no network. Nothing is marked as sent: if this terminal comes back, it sends the same, and
central knows it. Source: docs/decisions/0019.
"""

import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from app.adapters.durable_file import sync_folder
from app.ports import Kept, Secrets
from app.post import Post
from app.usecases.enrol_terminal import DEVICE_KEY
from app.words import _
from parking.audit import head_bytes
from parking.errors import UnavailableError, UserError
from sync.handover import ENDING, HandOverHeader, Item, SealedWriter
from sync.push import Batch
from sync.wire import SCHEMA_LEVEL, PushRequest, pack

Sign = Callable[[bytes], bytes]
"""Ed25519 by the device key, 64 bytes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOverWritten:
    """A hand-over file that is safe in its folder.

    Attributes:
        operations: In the file.
        photos: In the file.
        unreadable_photos: That should be in it and cannot be read on this terminal any more.
    """

    path: Path
    operations: int
    photos: int
    unreadable_photos: int


def write_hand_over(post: Post, sign: Sign, folder: Path) -> HandOverWritten:
    """Write a hand-over file, whole and durable, or nothing.

    Args:
        post: This terminal.
        sign: By the device key.
        folder: On a stick, say.

    Raises:
        UserError: ``hand_over.no_key`` or ``hand_over.empty``.
        UnavailableError: ``hand_over.disk``: the stick is full or cannot be written; no half file
            is left on it.
    """
    city_key = post.store.hand_over_key()
    if city_key is None:
        raise UserError(
            "hand_over.no_key",
            _("This device joined before hand-over files were known."),
            action=_("Connect it to the network, or bring it to city IT."),
        )
    with post.store.kept() as kept:
        if not kept.operations and not kept.photos:
            raise UserError(
                "hand_over.empty", _("Nothing waits on this device: city hall has everything.")
            )
        now_utc = post.clock.now().utc
        temporary = folder / f".{_name(post.terminal.name, now_utc)}.part"
        try:
            with temporary.open("wb") as file:
                counts = _write(file, post, kept, sign=sign, city_key=city_key)
                file.flush()
                os.fsync(file.fileno())
            path = _free_name(folder, _name(post.terminal.name, now_utc))
            temporary.replace(path)
            sync_folder(folder)
        except OSError as error:
            _remove(temporary)
            raise _cannot_write(folder, error) from error
    return HandOverWritten(
        path=path, operations=counts[0], photos=counts[1], unreadable_photos=counts[2]
    )


def device_sign(secrets: Secrets) -> Sign:
    """Return the signature of this device.

    Raises:
        UserError: ``secrets.lost``.
        UnavailableError: ``secrets.unavailable``.
    """
    key = secrets.get(DEVICE_KEY)
    if key is None:
        raise UserError(
            "secrets.lost",
            _("The keys of this device are not in its secret store any more."),
            action=_("Tell IT."),
        )
    return Ed25519PrivateKey.from_private_bytes(key).sign


def _write(
    file: BinaryIO, post: Post, kept: Kept, *, sign: Sign, city_key: bytes
) -> tuple[int, int, int]:
    """Write everything; return how many operations, photos, and photos left out."""
    file_key = X25519PrivateKey.generate()
    header = HandOverHeader(
        terminal_id=post.terminal.terminal_id,
        terminal_name=post.terminal.name,
        epoch=post.terminal.epoch,
        made_utc=post.clock.now().utc,
        sealed_to=city_key,
        file_key=file_key.public_key().public_bytes_raw(),
        operations=kept.operations,
        photos=kept.photos,
    )
    sealed = SealedWriter(file, header, file_key=file_key, sign=sign)
    for batch in kept.batches():
        sealed.add(Item.PUSH, pack(_push(post, batch, sign)))
    photos = unreadable = 0
    for photo in kept.photo_files():
        try:
            content = photo.read()
        except UnavailableError:
            unreadable += 1
            continue
        sealed.add(Item.PHOTO, photo.sha256 + content)
        photos += 1
    sealed.close()
    return kept.operations, photos, unreadable


def _push(post: Post, batch: Batch, sign: Sign) -> PushRequest:
    now = post.clock.now()
    head = head_bytes(
        terminal_id=post.terminal.terminal_id,
        epoch=batch.epoch,
        lane=batch.lane,
        seq=batch.ops[-1].seq,
        link=batch.link,
    )
    return PushRequest(
        terminal_id=post.terminal.terminal_id,
        epoch=batch.epoch,
        lane=batch.lane,
        schema_level=SCHEMA_LEVEL,
        sent_utc=now.utc,
        clock_uncertainty_ms=now.uncertainty_ms,
        head_signature=sign(head),
        ops=list(batch.ops),
    )


def _name(terminal: str, now_utc: datetime) -> str:
    plain = re.sub(r"[^A-Za-z0-9-]", "_", terminal)
    return f"hand-over-{plain}-{now_utc:%Y-%m-%d}"


def _free_name(folder: Path, name: str) -> Path:
    path, number = folder / f"{name}{ENDING}", 1
    while path.exists():
        number += 1
        path = folder / f"{name}-{number}{ENDING}"
    return path


def _remove(file: Path) -> None:
    try:
        file.unlink(missing_ok=True)
    except OSError:
        # A stick that was pulled out has nothing left to remove.
        return


def _cannot_write(folder: Path, error: OSError) -> UnavailableError:
    return UnavailableError(
        "hand_over.disk",
        _(
            "The hand-over file could not be written to {folder}: {why}. Nothing is left there."
        ).format(folder=folder, why=error.strerror or error),
        retry_safe=True,
    )
