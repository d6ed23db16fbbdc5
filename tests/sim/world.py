"""One simulated city: terminals with the real sync engine, a network, central, one virtual time.

Single-threaded and without any source of chance of its own: the same plan gives the same trace.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from random import Random
from typing import Any
from uuid import UUID

from parking.clock import Reading
from parking.errors import UnavailableError
from parking.terminal import Terminal, TerminalKind
from sync.beside import afterwards
from sync.engine import SyncEngine
from sync.records import encode
from tests.fakes.beside import at_once
from tests.sim import facts
from tests.sim.central import Central, Open
from tests.sim.clocks import DeviceClock, TrueTime
from tests.sim.desk_work import make_choice, make_edit
from tests.sim.disk import Crash, Disk, MemoryDisk
from tests.sim.keys import sign
from tests.sim.network import Arrival, Fault, Link, late
from tests.sim.steps import SAVES, Kind, Plan, Step
from tests.sim.watch import Watch

_MOST_DEVICES = 6


class Device:
    """One machine: a disk, a clock, a link, and the engine while the power is on.

    Attributes:
        terminal: Who it says it is; a clone says the same.
        busy: Its sync thread is in a round.
        last_hlc: Number of its last edit.
    """

    def __init__(
        self, world: "World", terminal: Terminal, disk: Disk, clock: DeviceClock, name: str
    ) -> None:
        self.terminal = terminal
        self.disk = disk
        self.clock = clock
        self.name = name
        self.busy = False
        self.last_hlc = 0
        self.link = Link(world, self)
        self._world = world
        self.start()

    def start(self) -> None:
        """Switch on; only what the disk kept is there."""
        self.engine = self._world.engine_class(
            self.disk.outbox,
            self.link,
            self.clock,
            terminal_id=self.terminal.terminal_id,
            sign=partial(sign, self.terminal.terminal_id),
            # Both ends of what a second thread may do, in one order of steps each.
            beside=at_once if self._world.plan.seed % 2 else afterwards,
        )

    def crash(self) -> None:
        """Lose power and start again."""
        self.disk.crash()
        self.start()


MakeDisk = Callable[[Terminal, DeviceClock], Disk]


def memory_disk(terminal: Terminal, clock: DeviceClock) -> Disk:
    """Return an empty disk in memory."""
    return MemoryDisk(terminal, lambda: clock.now().utc)


@dataclass
class World:
    """Everything of one history.

    Attributes:
        in_flight: Messages that arrive later, or never.
        counts: Steps and accidents that really happened.
    """

    plan: Plan
    make_disk: MakeDisk = memory_disk
    engine_class: type[SyncEngine] = SyncEngine
    time: TrueTime = field(default_factory=TrueTime)
    in_flight: list[Arrival[object]] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._hash = sha256()
        self.central = Central(self.time, page_rows=self.plan.page_rows)
        self.watch = Watch(self)
        self.devices: list[Device] = []
        self._desk: list[Open] = []
        self._rights: list[UUID] = []
        self._inside: dict[str, dict[int, list[Step]]] = {}
        for terminal in facts.terminals(self.plan.terminals, Random(self.plan.seed)):
            self.central.terminals[terminal.terminal_id] = terminal
            clock = DeviceClock(self.time)
            disk = self.make_disk(terminal, clock)
            self.devices.append(Device(self, terminal, disk, clock, terminal.name))

    # --- trace ------------------------------------------------------------------------------------

    def trace(self, *words: object) -> None:
        """Add to the trace that two runs of one plan must share."""
        self._hash.update(repr(words).encode())

    @property
    def trace_hash(self) -> str:
        return self._hash.hexdigest()

    # --- steps ------------------------------------------------------------------------------------

    def run(self, step: Step) -> None:
        """Let one step happen."""
        self.time.pass_by(1)
        self.trace("step", str(step))
        self.counts[step.kind] += 1
        _DO[step.kind](self, step)

    def run_inside(self, device: Device, exchange: int) -> None:
        """Let the steps happen that fall into an exchange of a device's round."""
        for step in self._inside.get(device.name, {}).pop(exchange, ()):
            self.run(step)

    def device(self, step: Step) -> Device:
        return self.devices[step.who % len(self.devices)]

    def save(self, step: Step) -> None:
        """Let a person save something; remember what was promised once the save returned."""
        device = self.device(step)
        draw = Random(step.seed)
        person = facts.Person(device.terminal, device.clock.now(), draw)
        photos = facts.photos_of(draw) if step.kind is Kind.CITE else []
        make = partial(self._facts_of, step.kind, person, device, photos)
        # The accidents of a round that this save falls into stay those of the round.
        if not device.busy:
            device.disk.accident.arm(crash_at=step.crash_at, full_at=step.full_at)
        try:
            saved = device.disk.save(make, photos)
        except Crash:
            self.counts["power lost while saving"] += 1
            if device.busy:
                raise
            device.crash()
        except UnavailableError:
            self.counts["disk full while saving"] += 1
        else:
            self.watch.promised(device, saved)
        finally:
            if not device.busy:
                device.disk.accident.arm()

    def _facts_of(
        self,
        kind: Kind,
        person: facts.Person,
        device: Device,
        photos: Sequence[bytes],
        number: Callable[[], str],
    ) -> Sequence[Any]:
        if kind in _SIMPLE:
            return [_SIMPLE[kind](person)]
        if kind is Kind.EDIT and device.terminal.kind is not TerminalKind.KIOSK:
            return [make_edit(person, device)]
        if kind is Kind.CHOOSE:
            return make_choice(person, device)
        if kind is Kind.OUTAGE or device.terminal.kind is TerminalKind.KIOSK:
            return [facts.outage(person)]
        known = sorted(key for name, key in device.disk.rows() if name == "citation")
        if kind is Kind.EVENT and known:
            return [facts.street_event(person, UUID(person.draw.choice(known)))]
        return facts.citation_save(person, number, photos)

    def round(self, step: Step) -> None:
        """Let a device run one round of its engine."""
        device = self.device(step)
        if device.busy:
            return
        device.busy = True
        device.link.begin_round(dict(step.faults))
        device.disk.accident.arm(crash_at=step.crash_at, full_at=step.full_at)
        caught_up = False
        inside = self._inside[device.name] = {}
        for at, other in step.inside:
            inside.setdefault(at, []).append(other)
        try:
            report = device.engine.run_once()
            caught_up = report.error is None and not report.remaining
            self.trace("report", report.pushed, report.rows, report.photos, str(report.error))
        except Crash:
            self.counts["power lost in a round"] += 1
            device.crash()
        except UnavailableError as error:
            self.trace("disk", error.key)
        finally:
            device.busy = False
            device.disk.accident.arm()
            device.link.begin_round({})
            self._inside.pop(device.name)
        self.watch.after_round(device, caught_up=caught_up)

    def crash(self, step: Step) -> None:
        device = self.device(step)
        if not device.busy:
            device.crash()

    def lose_reference(self, step: Step) -> None:
        device = self.device(step)
        if not device.busy:
            device.disk.lose_reference()
            device.start()
            self.watch.reference_lost(device)

    def jump(self, step: Step) -> None:
        self.device(step).clock.ahead += timedelta(days=365 * step.amount)

    def pass_time(self, step: Step) -> None:
        self.time.pass_by(step.amount)

    def clone(self, step: Step) -> None:
        device = self.device(step)
        if device.busy or len(self.devices) >= _MOST_DEVICES:
            return
        # The copy's clock is the copied one: disks read the clock they were made with.
        name = f"{device.name}-clone-{len(self.devices)}"
        twin = Device(self, device.terminal, device.disk.clone(), device.clock, name)
        device.start()
        twin.last_hlc = device.last_hlc
        self.devices.append(twin)
        self.watch.cloned(device, twin)

    # --- central ----------------------------------------------------------------------------------

    def desk_begin(self, step: Step) -> None:
        """City hall sells and changes rights in a transaction that stays open."""
        draw = Random(step.seed)
        opened = self.central.begin()
        now = Reading(self.time.utc, 0)
        try:
            for _ in range(step.amount):
                if self._rights and draw.random() < 0.4:
                    changed = draw.choice(self._rights)
                else:
                    changed = UUID(int=draw.getrandbits(128))
                    self._rights.append(changed)
                self._write_right(opened, changed, draw, now)
        except UnavailableError:
            return
        self._desk.append(opened)

    def _write_right(self, opened: Open, right_id: UUID, draw: Random, now: Reading) -> None:
        place = "parking_session", str(right_id)
        self.central.lock(opened, place)
        revision = (opened.work.get("revisions", place) or 0) + 1
        opened.work.set("revisions", place, revision)
        row = facts.right(right_id, draw, now, revision=revision)
        self.central.put(opened, *place, encode(row))

    def desk_end(self, step: Step) -> None:
        if self._desk:
            opened = self._desk.pop(step.who % len(self._desk))
            if step.amount == 1:
                self.central.abort(opened)
            else:
                self.central.commit(opened)

    def deliver(self, step: Step) -> None:
        if self.in_flight:
            late(self.in_flight.pop(step.who % len(self.in_flight)))

    def other_zones(self, step: Step) -> None:
        draw = Random(step.seed)
        zones = draw.sample(facts.ZONES, k=draw.randrange(len(facts.ZONES) + 1))
        self.central.assign(self.device(step).terminal.terminal_id, tuple(sorted(zones)))

    def archive(self, _step: Step) -> None:
        self.central.archive()

    def restart(self, _step: Step) -> None:
        self.central.restart()

    def restore(self, step: Step) -> None:
        lost = self.central.restore(step.amount)
        self.counts["transactions lost by restores"] += lost
        self.watch.restored()

    def settle(self) -> None:
        """Let every message arrive and every transaction of city hall end."""
        while self.in_flight:
            late(self.in_flight.pop())
        for opened in self._desk:
            self.central.commit(opened)
        self._desk.clear()

    def close(self) -> None:
        """Close the disks."""
        for device in self.devices:
            device.disk.close()

    def faults(self) -> Counter[str]:
        """Return how often each kind of fault was met."""
        met: Counter[str] = Counter()
        for device in self.devices:
            met.update({str(fault): count for fault, count in device.link.met.items()})
        return met


_SIMPLE: dict[Kind, Callable[[facts.Person], Any]] = {
    Kind.POISON: facts.refused_event,
    Kind.SHIFT: facts.shift_event,
}
_DO: dict[Kind, Callable[[World, Step], None]] = {
    **dict.fromkeys(SAVES, World.save),
    Kind.ROUND: World.round,
    Kind.CRASH: World.crash,
    Kind.LOSE_REFERENCE: World.lose_reference,
    Kind.JUMP: World.jump,
    Kind.PASS: World.pass_time,
    Kind.CLONE: World.clone,
    Kind.DESK_BEGIN: World.desk_begin,
    Kind.DESK_END: World.desk_end,
    Kind.DELIVER: World.deliver,
    Kind.ZONES: World.other_zones,
    Kind.ARCHIVE: World.archive,
    Kind.RESTART: World.restart,
    Kind.RESTORE: World.restore,
}

__all__ = ["Device", "Fault", "World", "memory_disk"]
