"""A terminal with its real store and engine, against the fake central or the real one."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from local_db.store import LocalStore
from parking.citation import Citation
from parking.terminal import TerminalKind
from parking.zone import Zone
from sync.engine import Gateway, SyncEngine
from sync.gateway import Device, HTTPGateway
from sync.wire import EnrolRequest
from tests.fakes.central import FakeCentral, FakeGateway
from tests.fakes.terminal import KEY, TERMINAL_ID, enrolled
from tests.fakes.terminal import sign as fake_sign
from tests.unit.central.service import Service


@dataclass(frozen=True)
class Terminal:
    """An enrolled terminal.

    Attributes:
        sign: By the device key.
        device: Who it is to the real central; None for the fake one.
    """

    store: LocalStore
    engine: SyncEngine
    gateway: Gateway
    terminal_id: UUID
    sign: Callable[[bytes], bytes]
    device: Device | None = None


class Side(Protocol):
    """A central as the cases see it."""

    def terminal(self, folder: Path) -> Terminal:
        """Enrol a new terminal with its store in a folder."""
        ...

    def publish(self, zone: Zone) -> None:
        """Let the city change a zone."""
        ...

    def citations(self) -> set[UUID]:
        """Return what is stored."""
        ...

    def photo(self, sha256: bytes) -> bytes | None:
        """Return a stored photo."""
        ...


class FakeSide:
    """The fake central; it knows one terminal."""

    def __init__(self) -> None:
        self.central = FakeCentral()

    def terminal(self, folder: Path) -> Terminal:
        store = enrolled(folder, self.central.clock)
        gateway = FakeGateway(self.central)
        engine = SyncEngine(
            store.outbox, gateway, self.central.clock, terminal_id=TERMINAL_ID, sign=fake_sign
        )
        return Terminal(store, engine, gateway, TERMINAL_ID, fake_sign)

    def publish(self, zone: Zone) -> None:
        self.central.publish(zone)

    def citations(self) -> set[UUID]:
        return self.central.facts(Citation)

    def photo(self, sha256: bytes) -> bytes | None:
        return self.central.books.photos.get(sha256)


class RealSide:
    """The real central over HTTP on PostgreSQL."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self._gateways: list[HTTPGateway] = []

    def terminal(self, folder: Path, kind: TerminalKind = TerminalKind.OFFICER) -> Terminal:
        key, clock = Ed25519PrivateKey.generate(), self.service.central.clock
        code, public = self.service.new_code(kind), key.public_key().public_bytes_raw()
        proof = key.sign(b"stamford-enrol-1\n" + code.encode() + public)
        request = EnrolRequest(code=code, public_key=public, proof=proof, schema_level=1)
        joining = HTTPGateway(self.service.base_url, clock)
        answer = joining.enrol(request)
        joining.close()
        store = LocalStore.create(folder, KEY, clock)
        store.keep_identity(answer)
        terminal_id = answer.terminal.terminal_id
        device = Device(terminal_id=terminal_id, sign=key.sign)
        gateway = HTTPGateway(self.service.base_url, clock, device=device)
        self._gateways.append(gateway)
        engine = SyncEngine(store.outbox, gateway, clock, terminal_id=terminal_id, sign=key.sign)
        return Terminal(store, engine, gateway, terminal_id, key.sign, device)

    def publish(self, zone: Zone) -> None:
        self.service.store(zone)

    def citations(self) -> set[UUID]:
        return {key for (key,) in self.service.rows("select citation_id from violations")}

    def photo(self, sha256: bytes) -> bytes | None:
        folder = self.service.central.settings.photo_dir
        path = folder / sha256.hex()[:2] / f"{sha256.hex()}.jpg"
        return path.read_bytes() if path.exists() else None

    def close(self) -> None:
        for gateway in self._gateways:
            gateway.close()


@contextmanager
def closing(terminal: Terminal) -> Iterator[Terminal]:
    """Close a terminal's store after the block."""
    try:
        yield terminal
    finally:
        terminal.store.close()
