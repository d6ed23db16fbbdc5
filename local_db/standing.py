"""What the city said about this device, kept in ``records``; it is ``sync.standing.StandingStore``.

Sync thread; ``hand_over_key`` any worker thread.
"""

from collections.abc import Callable, Iterable
from uuid import UUID

import msgspec
from sqlalchemy import Connection, delete, exists, select
from sqlalchemy.dialects.sqlite import insert

from local_db.feed import Feed
from local_db.opening import EncryptedFile
from local_db.tables import FEED_TABLES, NUMBER_LEASE, OUTBOX, SETTING, SendState
from local_db.turns import Turns
from parking.numbers import NumberLease
from parking.officer import OfficerKey
from sync.vouching import ComeBack, LaneDurable, Standing, check_standing
from sync.wire import EnrolAnswer

_STANDING, _GIVEN_TO = "standing", "given_back_to"
_MOST_LEASES = 10_000


class _Keys(msgspec.Struct):
    officer_keys: list[OfficerKey]


class LocalStanding:
    """What central said about this device."""

    def __init__(
        self,
        records: EncryptedFile,
        reference: EncryptedFile,
        feed: Feed,
        turns: Turns,
        identity: Callable[[], EnrolAnswer | None],
    ) -> None:
        """Work on the open files of a store."""
        self._records = records
        self._feed = feed
        self._turns = turns
        self._reference = reference
        self._identity = identity
        self._vouched: frozenset[bytes] | None = None

    def keeps_answered(self) -> bool:
        """Tell whether operations are kept that central took."""
        answered = select(exists().where(OUTBOX.c.state == SendState.SENT))
        with self._records.reading() as connection:
            return bool(connection.execute(answered).scalar_one())

    def is_dated(self) -> bool:
        """Tell whether an officer was activated here whom the certificate does not name."""
        identity = self._identity()
        if identity is None:
            return False
        keys, own = FEED_TABLES["officer_key"].c, identity.terminal.terminal_id.bytes
        with self._reference.reading() as connection:
            here = connection.execute(
                select(keys.officer_key_id).where(keys.terminal_id == own)
            ).scalars()
            return not {bytes(key) for key in here} <= self._vouched_keys()

    def keep(self, standing: Standing) -> None:
        """Check and keep what central said; forget what its backups hold.

        Raises:
            UserError: ``certificate.signature``; nothing was kept.
            UnavailableError: The disk is full or fails.
        """
        identity = self._identity()
        if identity is None:
            return
        check_standing(identity.city_root_key, standing)
        with self._turns.background(), self._records.writing() as connection:
            _forget(connection, standing.durable)
            _keep(connection, _STANDING, msgspec.json.encode(standing))
            connection.commit()
        self._vouched = None

    def to_give_back(self, *, unknown: bool) -> ComeBack | None:
        """Return what central may have lost; None when there is no reason, or nothing to give.

        Args:
            unknown: Central does not know this device. Otherwise a life of its database that was
                given nothing yet is the reason.
        """
        standing = self._kept()
        if standing is None:
            return None
        with self._records.reading() as connection:
            if not unknown and _setting(connection, _GIVEN_TO) == self._feed_epoch():
                return None
            rows = connection.execute(
                select(NUMBER_LEASE).order_by(NUMBER_LEASE.c.kept_utc.desc()).limit(_MOST_LEASES)
            ).all()
        leases = [
            NumberLease(
                lease_id=UUID(bytes=row.lease_id),
                terminal_id=UUID(bytes=row.terminal_id),
                series=row.series,
                first_serial=row.first_serial,
                last_serial=row.last_serial,
                signature=row.signature,
            )
            for row in rows
        ]
        return ComeBack(certificate=standing.certificate, leases=leases)

    def gave_back(self) -> None:
        """Note that central, in its present life, was given everything."""
        with self._turns.background(), self._records.writing() as connection:
            _keep(connection, _GIVEN_TO, self._feed_epoch())
            connection.commit()

    def hand_over_key(self) -> bytes | None:
        """Return the newest key for hand-over files; None when the city never gave one."""
        standing, identity = self._kept(), self._identity()
        if standing is not None:
            return standing.hand_over_key
        return None if identity is None else identity.hand_over_key

    def _kept(self) -> Standing | None:
        with self._records.reading() as connection:
            kept = _setting(connection, _STANDING)
        return None if kept is None else msgspec.json.decode(kept, type=Standing)

    def _vouched_keys(self) -> frozenset[bytes]:
        if self._vouched is None:
            standing = self._kept()
            said = b'{"officer_keys":[]}' if standing is None else standing.certificate.said
            keys = msgspec.json.decode(said, type=_Keys).officer_keys
            self._vouched = frozenset(key.officer_key_id.bytes for key in keys)
        return self._vouched

    def _feed_epoch(self) -> bytes:
        return self._feed.position().feed_epoch.encode()


def _forget(connection: Connection, durable: Iterable[LaneDurable]) -> None:
    box = OUTBOX.c
    for one in durable:
        connection.execute(
            delete(OUTBOX).where(
                box.epoch == one.epoch,
                box.lane == one.lane,
                box.seq <= one.through,
                box.state == SendState.SENT,
            )
        )


def _setting(connection: Connection, name: str) -> bytes | None:
    found = connection.execute(select(SETTING.c.value).where(SETTING.c.name == name)).scalar()
    return None if found is None else bytes(found)


def _keep(connection: Connection, name: str, value: bytes) -> None:
    row = {"name": name, "value": value}
    connection.execute(
        insert(SETTING).values(row).on_conflict_do_update(index_elements=[SETTING.c.name], set_=row)
    )
