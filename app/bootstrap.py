"""The one place that wires a terminal from real parts. Any worker thread, never the GUI's.

``build`` gives a ``TerminalApp`` when this device has joined the city, else a ``FreshTerminal``
that can join. Everything here runs without Qt.
"""

import os
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.adapters.clock_anchor import AnchorFile
from app.adapters.control_socket import ControlDoor
from app.adapters.durable_file import replace_durably
from app.adapters.escpos_printer import ticket_printer
from app.adapters.keyring_secrets import KeyringSecrets
from app.adapters.linux.credential_secrets import CredentialSecrets
from app.adapters.process_lock import ProcessLock
from app.adapters.scan_reader import ScanReader
from app.adapters.system_clock import SystemClock
from app.guard import guarded
from app.lanes import Lane, Lanes, Task, Ticket
from app.ports import Paper, Secrets, SyncListener, SyncNews
from app.profile import SecretsKind, TerminalProfile
from app.terminal_app import Equipment, TerminalApp
from app.usecases.enrol_terminal import DATABASE_KEY, DEVICE_KEY, enrol_terminal
from app.usecases.keep_draft import sweep_photos
from app.words import _
from local_db.store import LocalStore
from parking.clock import Clock
from parking.errors import BugError, ParkingError, UserError
from parking.terminal import Terminal
from sync.beside import on_a_thread
from sync.engine import SyncEngine
from sync.gateway import Device, HTTPGateway
from sync.loop import SyncLoop
from sync.standing import StandingLeg
from sync.starting import Starting
from sync.wire import SCHEMA_LEVEL

_ENROL_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """What is there before anything is opened."""

    profile: TerminalProfile
    lanes: Lanes
    secrets: Secrets
    paper: Paper | None
    closing: ExitStack


class FreshTerminal:
    """A device that has not joined the city yet. Made by ``build``."""

    def __init__(self, start: _Start) -> None:
        self._start = start

    def enrol(self, code: str) -> Task[TerminalApp]:
        """Join with a one-time code; the value is the opened terminal. See ``enrol_terminal``."""

        def work(_ticket: Ticket) -> TerminalApp:
            clock = _clock(self._start.profile)
            store = self._joined_store(code, clock)
            self._start.closing.callback(store.close)
            return _opened(self._start, store, clock)

        return Task(name="enrol", lane=Lane.IO, deadline_s=_ENROL_S, work=work)

    def close(self) -> None:
        """Let go of the data folder."""
        self._start.closing.close()

    def _joined_store(self, code: str, clock: SystemClock) -> LocalStore:
        """Join and return the open store; closed again when joining did not work."""
        profile, made = self._start.profile, ExitStack()

        def make_store(key: str) -> LocalStore:
            store = LocalStore.create(profile.store_folder, key, clock)
            made.callback(store.close)
            return store

        with made, closing(HTTPGateway(profile.central_url, clock.raw)) as gateway:
            store = enrol_terminal(
                self._start.secrets,
                code=code,
                kind=profile.kind,
                ask=gateway.enrol,
                make_store=make_store,
                schema_level=SCHEMA_LEVEL,
            )
            made.pop_all()
        return store


def build(
    profile: TerminalProfile, lanes: Lanes, *, paper: Paper | None = None
) -> TerminalApp | FreshTerminal:
    """Open what this device is.

    Args:
        profile: What it was started with.
        lanes: Its worker threads, stopped by the caller after ``close``.
        paper: Draws tickets as PDF where no printer is attached; needs Qt, so ``ui`` hands it in.

    Raises:
        UserError: ``terminal.running``, ``database.*``, ``terminal.kind``, ``secrets.lost``.
        UnavailableError: ``secrets.unavailable``, ``terminal.folder``, ``database.*``.
    """
    to_close = ExitStack()
    try:
        to_close.callback(ProcessLock(profile.data).release)
        start = _Start(
            profile=profile,
            lanes=lanes,
            secrets=secrets_of(profile),
            paper=paper,
            closing=to_close,
        )
        return _built(start)
    except ParkingError:
        to_close.close()
        raise


@contextmanager
def opened_records(profile: TerminalProfile) -> Iterator[tuple[LocalStore, Clock, Terminal]]:
    """Open what a joined terminal has saved, to be looked at: no screens, no network.

    Raises:
        UserError: ``terminal.running``, ``terminal.not_joined``, ``database.*``, ``secrets.lost``.
        UnavailableError: ``secrets.unavailable``, ``terminal.folder``, ``database.*``.
    """
    if not LocalStore.exists(profile.store_folder):
        raise not_joined()
    with ExitStack() as to_close:
        to_close.callback(ProcessLock(profile.data).release)
        clock, key = _clock(profile), _key(secrets_of(profile), DATABASE_KEY).hex()
        store = LocalStore.open(profile.store_folder, key, clock)
        to_close.callback(store.close)
        identity = store.identity()
        if identity is None:
            raise not_joined()
        yield store, clock, identity.terminal


def not_joined() -> UserError:
    """Return the error of a data folder without an enrolled terminal."""
    return UserError(
        "terminal.not_joined",
        _("No terminal has joined the city with this data folder."),
        action=_("Look at --data, or enrol the terminal first."),
    )


def _built(start: _Start) -> TerminalApp | FreshTerminal:
    folder = start.profile.store_folder
    if not LocalStore.exists(folder):
        return FreshTerminal(start)
    clock = _clock(start.profile)
    store = LocalStore.open(folder, _key(start.secrets, DATABASE_KEY).hex(), clock)
    if store.identity() is None:
        store.close()
        return FreshTerminal(start)
    start.closing.callback(store.close)
    return _opened(start, store, clock)


def _opened(start: _Start, store: LocalStore, clock: SystemClock) -> TerminalApp:
    """Put the use cases and the sync loop onto an open store that knows who it is."""
    profile = start.profile
    terminal = _identity(store, profile)
    sweep_photos(store)
    sign = Ed25519PrivateKey.from_private_bytes(_key(start.secrets, DEVICE_KEY)).sign
    device = Device(terminal_id=terminal.terminal_id, sign=sign)
    gateway = start.closing.enter_context(
        closing(HTTPGateway(profile.central_url, clock.raw, device=device))
    )
    reader = start.closing.enter_context(closing(ScanReader()))
    opened = TerminalApp(
        start.lanes,
        Equipment(
            terminal=terminal,
            store=guarded(store, profile.guard),
            central=guarded(gateway, profile.guard),
            secrets=start.secrets,
            clock=clock,
            printer=ticket_printer(
                profile.printer, folder=profile.data / "printed", paper=start.paper
            ),
            reader=reader,
            reports=profile.data / "reports",
            pin_cost=profile.pin_cost,
            photos=profile.photos,
        ),
    )
    engine = SyncEngine(
        store.outbox,
        gateway,
        clock,
        terminal_id=terminal.terminal_id,
        sign=sign,
        photo_bytes_per_s=profile.photo_bytes_per_s,
        starting=Starting(store.starting, gateway.starting),
        beside=on_a_thread,
        standing=StandingLeg(store.standing, gateway),
    )
    loop = SyncLoop(engine, _listener(opened, clock))
    store.on_saved(loop.wake)
    loop.start()
    start.closing.callback(loop.stop)
    opened.sync.run_by(lambda timeout_s: loop.run_now(timeout_s=timeout_s))
    start.closing.callback(ControlDoor(profile.data, opened.sync.answer).close)
    opened.closing = start.closing
    return opened


def _clock(profile: TerminalProfile) -> SystemClock:
    return SystemClock(AnchorFile(profile.data / "clock.json"))


def _listener(opened: TerminalApp, clock: SystemClock) -> SyncListener:
    def told(news: SyncNews) -> None:
        if news.clock_measured_utc is not None:
            clock.learn(
                offset_ms=news.clock_offset_ms,
                uncertainty_ms=news.clock_uncertainty_ms,
                measured_utc=news.clock_measured_utc,
            )
        clock.keep()
        opened.hear(news)

    return told


def _identity(store: LocalStore, profile: TerminalProfile) -> Terminal:
    answer = store.identity()
    if answer is None:
        raise BugError("a terminal was opened before it joined")
    if answer.terminal.kind is not profile.kind:
        raise UserError(
            "terminal.kind",
            _("This device joined as {theirs}, it cannot be started as {ours}.").format(
                theirs=answer.terminal.kind, ours=profile.kind
            ),
            action=_("Start it with --kind {theirs}.").format(theirs=answer.terminal.kind),
        )
    return answer.terminal


def secrets_of(profile: TerminalProfile) -> Secrets:
    """Return where the keys of a device lie."""
    if profile.secrets is SecretsKind.KEYRING:
        return KeyringSecrets(f"Stamford Parking {_installation(profile.data)}")
    given = os.environ.get("CREDENTIALS_DIRECTORY")
    return CredentialSecrets(
        profile.data / "secrets.sealed", credentials=Path(given) if given else None
    )


def _installation(data: Path) -> str:
    """Return the name of this installation among others of the same person, made once."""
    file = data / "installation"
    if not file.exists():
        replace_durably(file, uuid4().hex.encode())
    return file.read_text(encoding="ascii")


def _key(secrets: Secrets, name: str) -> bytes:
    key = secrets.get(name)
    if key is None:
        raise UserError(
            "secrets.lost",
            _("The keys of this device are not in its secret store any more."),
            action=_(
                "Tell IT. Do not enrol again before they have looked: unsent records are here."
            ),
        )
    return key
