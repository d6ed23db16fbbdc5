"""The checker: what must hold in every history. Shares no code with the engine or the stores.

Numbers in names are those of the invariants in docs/decisions/0022-simulator.md.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from msgspec import json

from parking.edit import Edit
from parking.photo import Photo
from sync.merge.fields import rule_of
from sync.records import BY_CLASS, BY_NAME, RecordKind, Rule, encode, key_of
from sync.wire import PushRequest
from tests.sim.disk import Place
from tests.sim.overwritten import overwritten

if TYPE_CHECKING:
    from tests.sim.world import Device, World


class BrokenError(BaseException):
    """An invariant does not hold; nothing of the product may catch it."""


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact of a save that returned."""

    place: Place
    payload: bytes
    lane: int


@dataclass(frozen=True, slots=True)
class Saved:
    """One save that returned: from then on it may not be lost.

    Attributes:
        photos: SHA-256 of the photos its facts name.
    """

    number: int
    terminal_id: UUID
    device: str
    facts: tuple[Fact, ...]
    photos: tuple[bytes, ...]


class Watch:
    """Remembers what was promised, and checks it.

    Attributes:
        saves: Every save that returned.
        checked: How often each invariant was checked.
    """

    def __init__(self, world: "World") -> None:
        self.saves: list[Saved] = []
        self.checked: Counter[str] = Counter()
        self._world = world
        self._save_of: dict[bytes, Saved] = {}
        self._cut: set[tuple[int, int]] = set()
        self._pushed: dict[str, Collection[tuple[int, int, int]]] = {}
        self._seen: dict[str, tuple[str, dict[Place, bytes]]] = {}
        self._cloned: set[UUID] = set()
        self._written: dict[tuple[str, Place], tuple[bytes | None, Edit]] = {}

    # --- what happens -----------------------------------------------------------------------------

    def promised(self, device: "Device", facts: Sequence[Any]) -> None:
        """A save returned."""
        saved = Saved(
            number=len(self.saves),
            terminal_id=device.terminal.terminal_id,
            device=device.name,
            facts=tuple(_fact(fact) for fact in facts),
            photos=tuple(fact.sha256 for fact in facts if isinstance(fact, Photo)),
        )
        self.saves.append(saved)
        for edit in (fact for fact in facts if isinstance(fact, Edit)):
            place = edit.record, edit.record_key
            self._written[device.name, place] = device.disk.rows().get(place), edit
        self._save_of.update(dict.fromkeys((fact.payload for fact in saved.facts), saved))

    def pushed(self, device: "Device", request: PushRequest) -> None:
        """A push leaves a terminal: saves are whole in it, in order, of the lowest lane first."""
        self.checked["I6 one save, one push"] += 1
        sent = [bytes(op.data) for op in request.ops]
        last = self._save_of.get(sent[-1])
        kept = device.disk.kept()
        if last is not None:
            mine = [fact.payload for fact in last.facts if fact.lane == request.lane]
            rest = mine[mine.index(sent[-1]) + 1 :]
            if any(row[1] in rest and row[2] == "to_send" for row in kept.values()):
                self._cut.add((last.number, request.lane))
                if set(sent) - set(mine):
                    raise BrokenError(f"I6: a save is cut by a push of {len(sent)} operations")
        # The answers to the push before this one are perhaps not stored yet.
        before = self._pushed.get(device.name, ())
        self._pushed[device.name] = {(request.epoch, request.lane, op.seq) for op in request.ops}
        waiting = {key[1] for key, row in kept.items() if row[2] == "to_send" and key not in before}
        waiting -= device.link.failed_lanes
        if waiting and request.lane > min(waiting):
            raise BrokenError(f"I8: lane {request.lane} is sent while lane {min(waiting)} waits")

    def after_round(self, device: "Device", *, caught_up: bool) -> None:
        """A round ended, well or not; ``caught_up`` when it read the feed to its end."""
        self.nothing_is_lost()
        self._sees_more(device, caught_up=caught_up)
        self._sees_whole_saves(device)
        self._reads_own_writes(device)

    def reference_lost(self, device: "Device") -> None:
        self._seen.pop(device.name, None)

    def cloned(self, device: "Device", twin: "Device") -> None:
        self._cloned.add(device.terminal.terminal_id)
        if device.name in self._seen:
            self._seen[twin.name] = self._seen[device.name]

    def restored(self) -> None:
        self.nothing_is_lost()

    # --- at any time ------------------------------------------------------------------------------

    def nothing_is_lost(self) -> None:
        """I1: what a save promised is at central, parked, or in an outbox; so are its photos."""
        self.checked["I1 no loss"] += 1
        central = self._world.central.tables
        rows = central.table("rows")
        elsewhere = {payload for _name, payload, _code in central.table("parked").values()}
        pictures = self._world.central.pictures()
        for device in self._world.devices:
            elsewhere.update(row[1] for row in device.disk.kept().values())
            pictures |= device.disk.pictures()
        for saved in self.saves:
            for fact in saved.facts:
                if fact.payload not in elsewhere and rows.get(fact.place) != fact.payload:
                    raise BrokenError(f"I1: lost {fact.place[0]} of {saved.device}")
            if not pictures.issuperset(saved.photos):
                raise BrokenError(f"I1: lost a photo of {saved.device}")

    def _nothing_half_saved(self, device: "Device") -> None:
        """I6: what a terminal shows as its own was saved whole, so that it reaches central."""
        self.checked["I6 whole local saves"] += 1
        strays = device.disk.own() - self._places(device.terminal.terminal_id)
        if strays:
            raise BrokenError(f"I6: {device.name} shows a {min(strays)[0]} of half a save")

    def _places(self, terminal_id: UUID) -> set[Place]:
        """Return where the facts are whose saves returned on a terminal or its copies."""
        return {
            fact.place
            for saved in self.saves
            if saved.terminal_id == terminal_id
            for fact in saved.facts
        }

    def _sees_more(self, device: "Device", *, caught_up: bool) -> None:
        """I6: within one life of central, what was seen stays and never gets older."""
        self.checked["I6 monotonic reads"] += 1
        life, rows = device.disk.outbox.feed_position().feed_epoch, device.disk.rows()
        scoped = device.terminal.terminal_id in self._world.central.scoped
        before_life, before = self._seen.get(device.name, ("", {}))
        if life == before_life:
            for place, payload in before.items():
                now = rows.get(place)
                if now is None and scoped and BY_NAME[place[0]].scope:
                    continue
                if now != payload and (now is None or _revision(now) < _revision(payload)):
                    raise BrokenError(f"I6: {device.name} unsees {place[0]}")
        # Until the feed of a new life was read to its end, rows of the old one are still there, and
        # of those that operations name some stay even longer.
        if caught_up or life == before_life:
            here, stored = self._world.central.told(), self._world.central.tables.table("rows")
            # A row that central counts lower than the terminal does is still the old life's.
            self._seen[device.name] = (
                life,
                {
                    at: row
                    for at, row in rows.items()
                    if at in here and _revision(row) <= _revision(stored[at])
                },
            )

    def _reads_own_writes(self, device: "Device") -> None:
        """I6: while central's row is the one an edit was made on, the edit is shown on top."""
        self.checked["I6 read your writes"] += 1
        if device.terminal.terminal_id in self._cloned:
            # Of two histories one is refused, and what is refused is not shown.
            return
        rows = device.disk.rows()
        for (name, place), (row, edit) in self._written.items():
            if name == device.name and rows.get(place) == row:
                shown = json.decode(json.encode(device.disk.shown(place)[0])) or {}
                for change in edit.changes:
                    # Until a restored feed has come, a counter may show an own difference twice.
                    rule = rule_of(BY_NAME[place[0]], (change.field,))
                    if rule is Rule.COUNTER and self._world.central.lives > 1:
                        continue
                    if shown.get(change.field) != json.decode(change.value):
                        raise BrokenError(f"I6: {name} does not show its own {place[0]}")

    def _sees_whole_saves(self, device: "Device") -> None:
        """I6: of a save that went in one push, a terminal sees all or nothing."""
        central = self._world.central
        if device.terminal.terminal_id in central.scoped or central.lives > 1:
            # Of one save, some facts are of a zone and some are not; and rows that a restored
            # central lost stay while operations name them.
            return
        self.checked["I6 whole saves"] += 1
        rows = device.disk.rows()
        at_central = central.tables.table("rows")
        for saved in self.saves:
            for lane in {fact.lane for fact in saved.facts}:
                if (saved.number, lane) in self._cut:
                    continue
                seen = {
                    fact.place in rows
                    for fact in saved.facts
                    if fact.lane == lane and fact.place in at_central
                    if device.terminal.kind in BY_NAME[fact.place[0]].readers
                }
                if len(seen) > 1:
                    raise BrokenError(f"I6: {device.name} sees half a save of {saved.device}")

    # --- at rest ----------------------------------------------------------------------------------

    def at_rest(self) -> None:
        """Everything that must hold when all messages arrived and nothing waits."""
        self.nothing_is_lost()
        for check in (
            self._all_arrived,
            self._once,
            self._same_rows,
            self._numbers,
            self._forks,
            self._parked,
            self._overwritten,
            self._forgotten,
        ):
            self.checked[(check.__doc__ or "").partition(":")[0]] += 1
            check()

    def _all_arrived(self) -> None:
        """I13 refilled: whatever happened to central, in the end it has every save and photo."""
        central = self._world.central.tables
        rows, pictures = central.table("rows"), self._world.central.pictures()
        parked = {(name, payload) for name, payload, _code in central.table("parked").values()}
        for saved in self.saves:
            for fact in saved.facts:
                if rows.get(fact.place) != fact.payload:
                    if (fact.place[0], fact.payload) not in parked:
                        raise BrokenError(f"I13: {fact.place[0]} of {saved.device} never arrived")
                elif fact.place[0] == "photo" and _picture(fact.payload) not in pictures:
                    raise BrokenError(f"I13: a photo of {saved.device} never arrived")

    def _once(self) -> None:
        """I2 exactly once: one effect per fact, and the sums of money agree."""
        effects = Counter(self._world.central.tables.table("effects").values())
        twice = [place for place, count in effects.items() if count > 1]
        if twice:
            raise BrokenError(f"I2: {twice[0][0]} took effect {effects[twice[0]]} times")
        rows = self._world.central.tables.table("rows")
        promised = {fact.place: fact for saved in self.saves for fact in saved.facts}
        stored = sum(_cents(place[0], rows[place]) for place in effects)
        owed = sum(
            _cents(place[0], fact.payload) for place, fact in promised.items() if place in rows
        )
        if stored != owed:
            raise BrokenError(f"I2: the ledger has {stored} cents, people saved {owed}")

    def _same_rows(self) -> None:
        """I3 no row skipped, I4 all agree, I9 scope: each has central's rows of its scope."""
        for device in self._world.devices:
            wanted = self._world.central.projection(device.terminal.terminal_id)
            in_use = _named_in(device)
            # What a refused operation names stays, for whoever mends it.
            found = {
                place: data
                for place, data in device.disk.rows().items()
                if place in wanted or place[1] not in in_use
            }
            if found != wanted:
                raise BrokenError(f"I3: {device.name} {_difference(found, wanted)}")

    def _numbers(self) -> None:
        """I7 numbers: no two citations of a terminal share one, unless its disk was cloned."""
        rows = self._world.central.tables.table("rows")
        numbers = Counter(
            json.decode(data)["number"]
            for (name, _key), data in rows.items()
            if name == "citation" and UUID(json.decode(data)["terminal_id"]) not in self._cloned
        )
        if numbers and max(numbers.values()) > 1:
            raise BrokenError("I7: two citations share a number")

    def _forks(self) -> None:
        """I14 clones: told to a person whenever two histories met, and only then."""
        parked = self._world.central.tables.table("parked")
        forks = {key[0] for key, row in parked.items() if row[2] == "fork"}
        if not forks <= self._cloned:
            raise BrokenError("I14: a terminal that was never cloned is called a fork")
        if forks and "fork" not in self._world.central.alarms:
            raise BrokenError("I14: a clone was found and nobody was told")

    def _parked(self) -> None:
        """I7 parked: what central refused is shown on the terminal that made it, and only that."""
        table = self._world.central.tables.table("parked")
        refused = {payload for _name, payload, _code in table.values()}
        for device in self._world.devices:
            self._nothing_half_saved(device)
            for name, payload, state in device.disk.kept().values():
                if (state == "refused") != (payload in refused):
                    raise BrokenError(f"I7: {device.name} shows a {name} as {state}")

    def _overwritten(self) -> None:
        """I5 no silent overwrite: every value that lost is where a person can find it."""
        for sentence in overwritten(self._world.central.tables.table("rows")):
            raise BrokenError(f"I5: {sentence}")

    def _forgotten(self) -> None:
        """I15 bounded: an outbox keeps nothing that central has and its backups hold."""
        for device in self._world.devices:
            for (epoch, lane, seq), (name, _payload, state) in device.disk.kept().items():
                if state == "sent" and seq <= device.link.durable.get((epoch, lane), 0):
                    raise BrokenError(f"I15: {device.name} keeps a {name} that is backed up")


def _fact(fact: Any) -> Fact:
    record = BY_CLASS[type(fact)]
    return Fact((record.name, str(key_of(fact))), encode(fact), int(record.lane))


def _named_in(device: "Device") -> frozenset[str]:
    """Return the identifiers that a terminal's refused operations name."""
    kept = device.disk.kept().values()
    words = (json.decode(payload).values() for _name, payload, state in kept if state != "sent")
    return frozenset(word for each in words for word in each if isinstance(word, str))


def _picture(payload: bytes) -> bytes:
    return json.decode(payload, type=Photo).sha256


def _revision(payload: bytes) -> int:
    return int(json.decode(payload).get("revision", 0))


def _cents(name: str, payload: bytes) -> int:
    value = json.decode(payload)
    if BY_NAME[name].kind is not RecordKind.FACT:
        return 0
    return int(value.get("fine_cents", 0)) + int(value.get("amount_cents", 0))


def _difference(found: dict[Place, bytes], wanted: dict[Place, bytes]) -> str:
    def sentences() -> Iterator[str]:
        for place in sorted(wanted.keys() - found.keys()):
            yield f"never saw {place[0]}"
        for place in sorted(found.keys() - wanted.keys()):
            yield f"still has {place[0]}"
        for place in sorted(found.keys() & wanted.keys()):
            if found[place] != wanted[place]:
                yield f"has an old {place[0]}"

    return next(sentences())
