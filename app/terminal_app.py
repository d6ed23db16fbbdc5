"""An opened terminal: its use cases by who uses them, its news, its end. Any thread.

Made by ``app.bootstrap`` from real parts and by ``tests.fakes.terminal`` from others.
"""

import logging
import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from app.acts.desk import DeskActs
from app.acts.edits import EditActs
from app.acts.issues import IssueActs
from app.acts.kiosk import KioskActs
from app.acts.money import MoneyActs
from app.acts.officer import OfficerActs, StreetTools
from app.acts.people import PeopleActs
from app.acts.service import ServiceActs
from app.acts.sync import SyncActs
from app.lanes import Failed, Lane, Lanes, Outcome, Task
from app.last_exchange import LastExchange
from app.officer_key import PinCost
from app.on_duty import OnDuty
from app.ports import (
    Central,
    NetState,
    Printer,
    Reader,
    Secrets,
    Store,
    SyncNews,
    TerminalNews,
)
from app.post import Duty, Post
from app.station_watch import StationWatch
from app.usecases.lease_numbers import LOW_WATER, lease_numbers
from parking.clock import Clock
from parking.terminal import Terminal, TerminalKind

_LOG = logging.getLogger("parking.terminal")
_LEASE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """The ports of an opened terminal.

    Attributes:
        terminal: Who central says this device is.
        pin_cost: What one PIN try costs; None tunes it on this device.
        reports: Folder where reports are kept as files; made at the first one.
        photos: Folder of photos that stands in for the camera; None for the camera.
    """

    terminal: Terminal
    store: Store
    central: Central
    secrets: Secrets
    clock: Clock
    printer: Printer
    reader: Reader
    reports: Path
    pin_cost: PinCost | None = None
    photos: Path | None = None


class TerminalApp:
    """What a terminal can do, bound to its equipment.

    Attributes:
        people: Sign-in.
        officer: Checks and citations.
        kiosk: Selling time.
        desk: Reports and decisions.
        sync: How it stands with central.
        issues: What central refused of any terminal.
        money: Card payments, and money given back.
        edits: Notes, plate corrections, shift headers, zones.
        service: What service can do at a pay station.
        watch: Notes when a pay station cannot sell; None where there is no zone to sell in.
        closing: Callbacks for ``close``, last in first out.
    """

    def __init__(self, lanes: Lanes, equipment: Equipment) -> None:
        self._lanes = lanes
        self._equipment = equipment
        self._on_duty = OnDuty()
        self._listeners: list[Callable[[TerminalNews], None]] = []
        self._last_news: TerminalNews | None = None
        self._leasing = threading.Lock()
        self.closing = ExitStack()
        post = Post(store=equipment.store, clock=equipment.clock, terminal=equipment.terminal)
        self._post = post
        self.people = PeopleActs(
            post,
            equipment.secrets,
            lanes.on_store,
            central=equipment.central,
            on_duty=self._on_duty,
            cost=equipment.pin_cost,
        )
        tools = StreetTools(
            printer=equipment.printer, reader=equipment.reader, numbers_wanted=self.want_numbers
        )
        self.watch = (
            StationWatch(post, lanes, equipment.printer) if equipment.terminal.zone_id else None
        )
        self.officer = OfficerActs(post, self._on_duty, lanes.on_store, tools=tools)
        self.kiosk = KioskActs(
            post,
            equipment.central,
            lanes.on_store,
            printer=equipment.printer,
            secrets=equipment.secrets,
            heard=None if self.watch is None else self.watch.heard_payment,
        )
        self.desk = DeskActs(post, self._on_duty, equipment.central)
        self.service = ServiceActs(
            post, equipment.secrets, lanes.on_store, printer=equipment.printer
        )
        self._exchanges = LastExchange()
        self.sync = SyncActs(post, self._exchanges)
        self.issues = IssueActs(post, self._on_duty, equipment.secrets, lanes.on_store)
        self.money = MoneyActs(post, self._on_duty)
        self.edits = EditActs(post, self._on_duty)

    @property
    def kind(self) -> TerminalKind:
        """What this terminal is used for."""
        return self._post.terminal.kind

    @property
    def identity(self) -> Terminal:
        """Who central says this device is."""
        return self._post.terminal

    @property
    def clock(self) -> Clock:
        """The clock of this terminal."""
        return self._post.clock

    @property
    def photos(self) -> Path | None:
        """Folder of photos that stands in for the camera; None for the camera."""
        return self._equipment.photos

    @property
    def reports(self) -> Path:
        """Folder where reports are kept as files; made at the first one."""
        return self._equipment.reports

    @property
    def duty(self) -> Duty | None:
        """Who works here now; None when nobody signed in."""
        return self._on_duty.duty

    def on_news(self, listener: Callable[[TerminalNews], None]) -> None:
        """Call ``listener`` after each exchange with central, on the sync thread.

        The last news, if there was any, is told at once on the calling thread.
        """
        self._listeners.append(listener)
        if self._last_news is not None:
            listener(self._last_news)

    def hear(self, news: SyncNews) -> None:
        """Take news of the sync loop and tell the screens. Sync thread."""
        store = self._post.store
        left = store.numbers_left() if self.kind is TerminalKind.OFFICER else 0
        self._exchanges.heard(news, self._post.clock.now().utc)
        told = TerminalNews(sync=news, sources_as_of=store.sources_as_of(), numbers_left=left)
        self._last_news = told
        for listener in self._listeners:
            listener(told)
        if self.kind is TerminalKind.OFFICER and news.net is NetState.ONLINE and left < LOW_WATER:
            self.want_numbers()
        if self.watch is not None:
            self.watch.heard_net(news.net)

    def want_numbers(self) -> None:
        """Lease citation numbers when they run low; one request at a time. Any thread."""
        if not self._leasing.acquire(blocking=False):
            return
        task = Task(
            name="lease_numbers",
            lane=Lane.IO,
            deadline_s=_LEASE_S,
            work=lambda _ticket: lease_numbers(
                self._post, self._equipment.central, self._lanes.on_store
            ),
        )
        self._lanes.start(task, self._on_leased)

    def _on_leased(self, outcome: Outcome[int]) -> None:
        self._leasing.release()
        if isinstance(outcome, Failed):
            _LOG.info("task=lease_numbers outcome=later reason=%r", type(outcome.error).__name__)

    def close(self) -> None:
        """Stop what runs and close the files, in the order of their making backwards."""
        self._on_duty.end()
        self.closing.close()
