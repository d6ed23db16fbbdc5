"""One local save: facts with their outbox entries and audit links, in one transaction.

Store lane. Must not import anything above ``sync``.
"""

from collections.abc import Callable, Collection
from datetime import datetime
from functools import cache
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, exists, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from local_db.rows import mapping_of, micros, stored
from local_db.tables import (
    AUDIT_LINK,
    DRAFT,
    FACT_TABLES,
    NUMBER_LEASE,
    OUTBOX,
    PHOTO_FILE,
    SETTING,
    USED_NUMBER,
    SendState,
)
from parking.audit import GENESIS, next_link
from parking.clock import Clock
from parking.errors import BugError, UserError
from parking.numbers import NumberLease, citation_number
from parking.photo import Photo
from parking.terminal import Terminal
from sync.hlc import next_hlc
from sync.records import BY_CLASS, Lane, Record, RecordKind, check, encode, key_of

HLC = "hlc"
"""Setting with the last hybrid logical time of this terminal."""
# Statements are built once: building them takes longer than running them.
_insertion = cache(insert)
_CHAIN_END = (
    select(AUDIT_LINK.c.seq, AUDIT_LINK.c.link)
    .where(AUDIT_LINK.c.epoch == bindparam("of_epoch"), AUDIT_LINK.c.lane == bindparam("of_lane"))
    .order_by(AUDIT_LINK.c.seq.desc())
    .limit(1)
)


class LocalWork:
    """One open transaction; satisfies ``app.ports.Work``. Made by ``LocalStore.saving``."""

    def __init__(
        self,
        connection: Connection,
        clock: Clock,
        *,
        terminal: Terminal | None,
        committed: Callable[[], None],
    ) -> None:
        """Begin with nothing.

        Args:
            connection: In a write transaction.
            clock: Dates the entries.
            terminal: Who this device is; None before enrolment, when nothing can be added.
            committed: Called once after COMMIT returned.
        """
        self._connection = connection
        self._clock = clock
        self._terminal = terminal
        self._committed = committed
        self._open = True
        self._last: dict[Lane, tuple[int, bytes]] = {}
        self._first: dict[Lane, int] = {}

    def add(self, record: Any) -> None:
        """Insert a fact made here; it will reach central by itself.

        Raises:
            UserError: ``record.field``, naming the field and what is allowed.
            BugError: No fact, saved already, or a photo whose file is not on the disk.
        """
        declared = BY_CLASS[type(record)]
        if declared.kind is not RecordKind.FACT:
            raise BugError(f"{declared.name} is made at central only")
        check(record)
        if isinstance(record, Photo):
            self._check_photo_file(record)
        mapping = mapping_of(declared.of)
        self._insert(
            FACT_TABLES[declared.name],
            **dict(zip(mapping.columns, mapping.row(record), strict=True)),
        )
        self._append(declared, stored(key_of(record)), encode(record))

    def next_number(self) -> str:
        """Take the next citation number of the leases, oldest lease first.

        A number given back by a rollback was never on paper, and is the next one again; a
        committed one is never given twice.

        Raises:
            UserError: ``numbers.none_left``.
        """
        lease = NUMBER_LEASE.c
        found = self._execute(
            select(lease.lease_id, lease.series, lease.next_serial)
            .where(lease.next_serial <= lease.last_serial)
            .order_by(lease.kept_utc, lease.first_serial)
            .limit(1)
        ).first()
        if found is None:
            raise UserError(
                "numbers.none_left",
                "No citation numbers are left on this terminal.",
                action="Connect to the network once; new numbers come by themselves.",
            )
        lease_id, series, serial = found
        self._execute(
            NUMBER_LEASE.update().where(lease.lease_id == lease_id).values(next_serial=serial + 1)
        )
        self._insert(
            USED_NUMBER, series=series, serial=serial, lease_id=lease_id, used_utc=self._now()
        )
        return citation_number(series, serial)

    def next_hlc(self, heard_utc: datetime | None) -> int:
        """Take the next hybrid logical time; it never goes back, whatever the clock does."""
        known = select(SETTING.c.value).where(SETTING.c.name == HLC)
        last = int.from_bytes(self._execute(known).scalar() or b"", "big")
        taken = next_hlc(last, now_utc=self._clock.now().utc, heard_utc=heard_utc)
        self.keep_setting(HLC, taken.to_bytes(8, "big"))
        return taken

    def keep_lease(self, lease: NumberLease) -> None:
        """Store a lease of numbers; the same lease again changes nothing.

        Raises:
            BugError: It overlaps a lease kept earlier.
        """
        known = NUMBER_LEASE.c
        overlapping = self._execute(
            select(known.lease_id).where(
                known.series == lease.series,
                known.first_serial <= lease.last_serial,
                known.last_serial >= lease.first_serial,
            )
        ).scalars()
        others = set(overlapping)
        if others == {lease.lease_id.bytes}:
            return
        if others:
            raise BugError(f"lease {lease.lease_id} overlaps a lease kept earlier")
        self._insert(
            NUMBER_LEASE,
            lease_id=lease.lease_id.bytes,
            terminal_id=lease.terminal_id.bytes,
            series=lease.series,
            first_serial=lease.first_serial,
            last_serial=lease.last_serial,
            signature=lease.signature,
            next_serial=lease.first_serial,
            kept_utc=self._now(),
        )

    def keep_draft(self, name: str, data: bytes) -> None:
        """Store or replace a draft; it never leaves this terminal."""
        self._replace(DRAFT, "name", name=name, body=data, saved_utc=self._now())

    def drop_draft(self, name: str) -> None:
        """Forget a draft."""
        self._execute(delete(DRAFT).where(DRAFT.c.name == name))

    def keep_setting(self, name: str, data: bytes | None) -> None:
        """Store, replace or remove (None) a local-only setting."""
        if data is None:
            self._execute(delete(SETTING).where(SETTING.c.name == name))
        else:
            self._replace(SETTING, "name", name=name, value=data)

    def keep_photo_file(
        self,
        digest: bytes,
        *,
        key: bytes,
        byte_length: int,
        thumb_key: bytes | None = None,
        thumb_bytes: int = 0,
    ) -> None:
        """Name a photo file that is already on the disk, and its thumbnail where it has one."""
        self._insert(
            PHOTO_FILE,
            sha256=digest,
            key=key,
            byte_length=byte_length,
            kept_utc=self._now(),
            state=SendState.TO_SEND,
            thumb_key=thumb_key,
            thumb_bytes=thumb_bytes,
            thumb_state=SendState.TO_SEND if thumb_bytes else "",
        )

    def drop_photo_files(self, *, but: Collection[bytes]) -> None:
        """Forget the names and keys of photo files; without its key a file is noise.

        Args:
            but: Hashes of those that stay, as do all that a photo record names.
        """
        records = FACT_TABLES["photo"].c
        file = PHOTO_FILE.c
        named = exists(select(records.photo_id).where(records.sha256 == file.sha256))
        self._execute(delete(PHOTO_FILE).where(~named, file.sha256.not_in(but)))

    def commit(self) -> None:
        """Make it durable; when this returns, a power cut changes nothing.

        Raises:
            UnavailableError: The disk is full or fails; nothing was saved.
            BugError: Committed already.
        """
        self._check_open()
        self._open = False
        self._connection.commit()
        self._committed()

    def _append(self, declared: Record[Any], record_id: bytes, payload: bytes) -> None:
        if self._terminal is None:
            raise BugError("a fact was saved before this device is enrolled")
        epoch, lane, name = self._terminal.epoch, declared.lane, declared.name
        previous_seq, previous = self._last.get(lane) or self._chain_end(epoch, lane)
        seq = previous_seq + 1
        link = next_link(previous, seq=seq, name=name, payload=payload)
        self._insert(
            OUTBOX,
            epoch=epoch,
            lane=lane,
            seq=seq,
            tx=self._first.setdefault(lane, seq),
            name=name,
            record_id=record_id,
            payload=payload,
            made_utc=self._now(),
            state=SendState.TO_SEND,
        )
        self._insert(
            AUDIT_LINK,
            epoch=epoch,
            lane=lane,
            seq=seq,
            name=name,
            payload_sha256=sha256(payload).digest(),
            link=link,
        )
        self._last[lane] = seq, link

    def _chain_end(self, epoch: int, lane: Lane) -> tuple[int, bytes]:
        found = self._execute(_CHAIN_END, {"of_epoch": epoch, "of_lane": lane}).first()
        return (0, GENESIS) if found is None else (found.seq, found.link)

    def _check_photo_file(self, photo: Photo) -> None:
        found = self._execute(
            select(PHOTO_FILE.c.sha256).where(PHOTO_FILE.c.sha256 == photo.sha256)
        ).first()
        if found is None:
            raise BugError("a photo was saved before its file is on the disk")

    def _insert(self, table: Table, **values: object) -> None:
        self._execute(_insertion(table), values)

    def _replace(self, table: Table, key: str, **values: object) -> None:
        statement = upsert(table).values(values)
        self._execute(statement.on_conflict_do_update(index_elements=[table.c[key]], set_=values))

    def _execute(self, statement: Any, parameters: dict[str, Any] | None = None) -> Any:
        self._check_open()
        return self._connection.execute(statement, parameters)

    def _check_open(self) -> None:
        if not self._open:
            raise BugError("this save was committed already")

    def _now(self) -> int:
        return micros(self._clock.now().utc)
