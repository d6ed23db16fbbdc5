"""Which citations still wait for photos, and copies of photo files on another disk.

Evidence is complete when every hash in the sealed citation has its file here.
"""

import os
import shutil
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection

from central.database import Database
from central.photos.files import PhotoFiles
from central.uploads import sync_folder
from parking.clock import Clock
from parking.errors import UserError

_MISSING = """
select citation_id, array_agg(sha256 order by place) from citation_photos_missing
where citation_id = any (%(ids)s::uuid[]) group by citation_id
"""
_WAITING = """
select m.citation_id from citation_photos_missing m join violations v using (citation_id)
where v.issued_utc < %(before)s group by m.citation_id, v.issued_utc
order by v.issued_utc limit %(most)s
"""
_TO_COPY = """
select f.sha256 from photo_files f left join photo_copies c using (sha256)
where c.sha256 is null and f.sha256 > %(after)s order by f.sha256 limit 50
"""
_COPIED = """
insert into photo_copies (sha256, copied_utc)
select *, %(now)s from unnest(%(hashes)s::bytea[]) on conflict do nothing
"""


def missing_photos(connection: Connection, citations: Sequence[UUID]) -> dict[UUID, list[bytes]]:
    """Return the hashes that citations name and whose photos are not here.

    Returns:
        By citation, in the order of the citation; one whose evidence is complete is not in it.
    """
    found = connection.exec_driver_sql(_MISSING, {"ids": [str(each) for each in citations]})
    return {citation_id: [bytes(each) for each in hashes] for citation_id, hashes in found}


def waiting_for_photos(connection: Connection, *, before: datetime, most: int) -> list[UUID]:
    """Return citations issued before an instant whose evidence is not complete, oldest first."""
    found = connection.exec_driver_sql(_WAITING, {"before": before, "most": most})
    return list(found.scalars())


def copy_photos(database: Database, clock: Clock, files: PhotoFiles, target: Path) -> int:
    """Copy every photo not copied yet, with its thumbnail, and note it; return how many.

    A photo counts as copied once the copy and its folder are on the other disk. Repeating goes on
    where the last run stopped.

    Raises:
        UserError: ``photo.copies`` when the folder cannot be written or a photo cannot be read.
    """
    copied, after = 0, b""
    while True:
        with database.reading() as connection:
            found = connection.exec_driver_sql(_TO_COPY, {"after": after}).scalars()
            hashes = [bytes(each) for each in found]
        if not hashes:
            return copied
        after = hashes[-1]
        here = [each for each in hashes if files.whole_bytes(each)]
        try:
            _copy(files, PhotoFiles(target), here)
        except OSError as error:
            raise UserError(
                "photo.copies",
                f"Photos could not be copied to {target}: {error.strerror or error}.",
                action="Make room or attach the disk, then run this again.",
            ) from error
        with database.unit_of_work("photo-copies") as connection:
            now_utc = clock.now().utc
            connection.exec_driver_sql(_COPIED, {"now": now_utc, "hashes": here})
        copied += len(here)


def _copy(files: PhotoFiles, copies: PhotoFiles, hashes: Sequence[bytes]) -> None:
    folders = set()
    for sha256 in hashes:
        _copy_file(files.path(sha256), copies.path(sha256))
        if files.thumbnail_path(sha256).exists():
            _copy_file(files.thumbnail_path(sha256), copies.thumbnail_path(sha256))
        folders.add(copies.path(sha256).parent)
    for folder in folders:
        sync_folder(folder)
        sync_folder(folder.parent)


def _copy_file(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    fresh = target.with_suffix(".fresh")
    with source.open("rb") as read, fresh.open("wb") as write:
        shutil.copyfileobj(read, write)
        write.flush()
        os.fsync(write.fileno())
    fresh.replace(target)
