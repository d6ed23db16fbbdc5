"""What must hold of a terminal's store after any fault: nothing promised is lost or doubled."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from local_db.opening import EncryptedFile
from local_db.photos import PhotoFolder
from local_db.store import LocalStore
from local_db.tables import AUDIT_LINK, FACT_TABLES, SendState
from parking.audit import GENESIS, next_link
from parking.errors import ParkingError
from sync.records import BY_NAME
from tests.fakes.clock import StillClock
from tests.fakes.terminal import KEY, enrolment, lease, plate_check, save

Fact = tuple[str, bytes]
"""Name and key of a fact."""

# Text, built once: SQLAlchemy would build each statement anew for every store that is opened.
_FACTS = " union all ".join(
    f"select '{name}', {BY_NAME[name].key} from {name}" for name in FACT_TABLES
)
_QUEUE = "select name, record_id, payload, state from outbox"
_LOG = "select name, payload_sha256 from audit_link"
_CHAIN_KEY = [column.name for column in AUDIT_LINK.primary_key if column.name != "seq"]
_LINKS = (
    f"select {', '.join(_CHAIN_KEY)}, seq, a.name, a.link, o.payload from audit_link a "
    f"left join outbox o using ({', '.join(_CHAIN_KEY)}, seq) "
    f"order by {', '.join(_CHAIN_KEY)}, seq"
)


@dataclass(slots=True)
class Promises:
    """What was told so far.

    Attributes:
        saved: Hash of each fact that was said to be stored.
        received: Facts that central has; the outbox may have forgotten them.
        photos: Photos that were said to be stored and must still be here.
        numbers: Citation numbers on paper.
        failures: What the person was told did not work: key and sentence.
        faults: What no person should ever see.
        phase: What is going on.
    """

    saved: dict[Fact, bytes] = field(default_factory=dict)
    received: set[Fact] = field(default_factory=set)
    photos: set[bytes] = field(default_factory=set)
    numbers: set[str] = field(default_factory=set)
    failures: list[tuple[str, str]] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    phase: str = ""

    def hear(self, line: str) -> None:
        """Take one line of ``tests.faults.work``."""
        word, _, rest = line.partition(" ")
        _HEARD[word](self, rest)

    def _saved(self, rest: str) -> None:
        name, key, digest = rest.split(" ")
        self.saved[name, bytes.fromhex(key)] = bytes.fromhex(digest)

    def _received(self, rest: str) -> None:
        name, key = rest.split(" ")
        self.received.add((name, bytes.fromhex(key)))

    def _photo(self, rest: str) -> None:
        self.photos.add(bytes.fromhex(rest))

    def _letting(self, rest: str) -> None:
        self.photos.discard(bytes.fromhex(rest))

    def _number(self, rest: str) -> None:
        if rest in self.numbers:
            self.faults.append(f"number {rest} is given twice")
        self.numbers.add(rest)

    def _failed(self, rest: str) -> None:
        key, _, sentence = rest.partition(" ")
        self.failures.append((key, sentence))

    def _fault(self, rest: str) -> None:
        self.faults.append(rest)

    def _phase(self, rest: str) -> None:
        self.phase = rest


_HEARD: dict[str, Callable[[Promises, str], None]] = {
    "saved": Promises._saved,
    "received": Promises._received,
    "photo": Promises._photo,
    "letting": Promises._letting,
    "number": Promises._number,
    "failed": Promises._failed,
    "fault": Promises._fault,
    "phase": Promises._phase,
}


def heard(lines: Iterable[str]) -> Promises:
    """Return what some lines promise."""
    promises = Promises()
    for line in lines:
        promises.hear(line)
    return promises


def _nothing(_: LocalStore) -> str:
    return ""


def wrong_after(
    folder: Path, promises: Promises, then: Callable[[LocalStore], str] = _nothing
) -> str:
    """Open what a fault left as the program does; return what is wrong, or an empty text.

    Args:
        folder: Of the store.
        promises: What was told before the fault.
        then: Looks further at the open store when all is well.
    """
    try:
        store = _opened(folder, promises)
    except ParkingError as error:
        return f"does not open: {error!r}"
    try:
        return (
            wrong_in_store(store, promises)
            or _wrong_with_the_next_save(store, promises)
            or then(store)
        )
    except ParkingError as error:
        return f"does not work: {error!r}"
    finally:
        store.close()


def wrong_in_store(store: LocalStore, promises: Promises) -> str:
    """Return the first thing that is wrong in the open store, photos included; nothing is saved."""
    return wrong_in(store._records, promises) or _wrong_photos(store.photo, promises)


def unnamed_photos(store: LocalStore, promises: Promises) -> set[bytes]:
    """Return the promised photos that no record names: they may be dropped."""
    with store._records.reading() as connection:
        return promises.photos - set(
            connection.exec_driver_sql("select sha256 from photo").scalars()
        )


def wrong_in_records(folder: Path, promises: Promises) -> str:
    """Do the same with ``records`` and the photos alone, five times as fast; nothing is saved."""
    try:
        records = EncryptedFile(folder / "records.db", KEY, cache_kib=1024)
    except ParkingError as error:
        return f"does not open: {error!r}"
    try:
        return wrong_in(records, promises) or _wrong_photos(
            lambda digest: _photo(records, PhotoFolder(folder / "photos"), digest), promises
        )
    except ParkingError as error:
        return f"does not work: {error!r}"
    finally:
        records.close()


def _photo(records: EncryptedFile, photos: PhotoFolder, digest: bytes) -> bytes:
    with records.reading() as connection:
        found = connection.exec_driver_sql(
            "select key, byte_length from photo_file where sha256 = ?", (digest,)
        ).one()
    return b"".join(photos.read(digest, found.key, byte_length=found.byte_length))


def _opened(folder: Path, promises: Promises) -> LocalStore:
    """Open as the program does at its start: where nothing was promised yet, join again."""
    clock = StillClock()
    if promises.saved or promises.photos:
        return LocalStore.open(folder, KEY, clock)
    store = LocalStore.create(folder, KEY, clock)
    if store.identity() is None:
        store.keep_identity(enrolment())
    store.keep_lease(lease(1, 1000, lease_id=UUID(int=1)))
    return store


def local_facts(store: LocalStore) -> set[Fact]:
    """Return name and key of each fact that was made here."""
    with store._records.reading() as connection:
        return {(row[0], row[1]) for row in connection.exec_driver_sql(_FACTS)}


def wrong_in(records: EncryptedFile, promises: Promises) -> str:
    """Return the first thing that is wrong in the open records, or an empty text."""
    with records.reading() as connection:
        # Every page is read through the log and its authentication; what lies in the file below
        # the log may be half written and is none of anybody's business.
        found = connection.exec_driver_sql("PRAGMA integrity_check").scalars().all()
        if found != ["ok"]:
            return f"integrity_check: {found[:3]}"
        facts = {(row[0], row[1]) for row in connection.exec_driver_sql(_FACTS)}
        rows = connection.exec_driver_sql(_QUEUE).all()
        links = connection.exec_driver_sql(_LOG).all()
        chains = _chains(connection)
    lost = set(promises.saved) - facts
    if lost:
        return f"saved and lost: {sorted(lost)[:3]}"
    queued = {(row.name, row.record_id): row.payload for row in rows}
    return (
        _wrong_in_the_queue(rows, queued, promises)
        or _wrong_in_the_log(links, facts, promises)
        or _wrong_in_chains(chains)
    )


def _wrong_in_the_queue(rows: Any, queued: dict[Fact, bytes], promises: Promises) -> str:
    if len(queued) != len(rows):
        return "an operation is queued twice"
    waiting = {(row.name, row.record_id) for row in rows if row.state == SendState.TO_SEND}
    stuck = set(promises.saved) - promises.received - waiting
    if stuck:
        return f"saved, not at central, not waiting: {sorted(stuck)[:3]}"
    for fact, digest in promises.saved.items():
        if fact in queued and sha256(queued[fact]).digest() != digest:
            return f"queued with other bytes: {fact}"
    return ""


def _wrong_in_the_log(links: Any, facts: set[Fact], promises: Promises) -> str:
    logged = [(row.name, row.payload_sha256) for row in links]
    if len(logged) != len(facts):
        return f"{len(facts)} facts but {len(logged)} links of the audit chain"
    unlogged = {(fact[0], digest) for fact, digest in promises.saved.items()} - set(logged)
    return f"saved without a link of the audit chain: {sorted(unlogged)[:3]}" if unlogged else ""


def _chains(connection: Any) -> list[list[Any]]:
    """Return the links of each chain in order, with the payload where it is still queued."""
    chains: dict[tuple[Any, ...], list[Any]] = {}
    for row in connection.exec_driver_sql(_LINKS):
        chains.setdefault(tuple(row)[: len(_CHAIN_KEY)], []).append(row)
    return list(chains.values())


def _wrong_in_chains(chains: list[list[Any]]) -> str:
    for chain in chains:
        link = GENESIS
        for place, row in enumerate(chain, start=1):
            if row.seq != place:
                return f"the audit chain has {row.seq} where {place} should be"
            if row.payload is not None:
                made = next_link(link, seq=row.seq, name=row.name, payload=row.payload)
                if made != row.link:
                    return f"link {row.seq} of the audit chain does not fit"
            link = row.link
    return ""


def _wrong_photos(photo: Callable[[bytes], bytes], promises: Promises) -> str:
    for digest in promises.photos:
        if sha256(photo(digest)).digest() != digest:
            return f"photo {digest.hex()} has other bytes"
    return ""


def _wrong_with_the_next_save(store: LocalStore, promises: Promises) -> str:
    """Show that work goes on: one more fact, one more number."""
    before = store.to_send().count
    save(store, plate_check())
    if store.to_send().count != before + 1:
        return "a save after the fault does not wait for central"
    with store.saving() as work:
        number = work.next_number()
        work.commit()
    return f"number {number} is given twice" if number in promises.numbers else ""
