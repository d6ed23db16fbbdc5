"""Every fault of the network between the real engine and the real central: all arrives, once."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from local_db.store import LocalStore
from parking.clock import Clock
from sync.engine import SyncEngine
from sync.gateway import HTTPGateway
from tests.contract.central.sides import RealSide, Terminal
from tests.fakes.terminal import citation, photo, save
from tests.faults.proxy import Fault, Proxy
from tests.unit.central.conftest import service, shared_database, shared_settings
from tests.unit.central.service import Service

__all__ = ["service", "shared_database", "shared_settings"]

_BROKEN = [
    *(("push", fault) for fault in Fault if fault is not Fault.NONE),
    *(("feed", fault) for fault in (Fault.CUT_ANSWER, Fault.TRICKLE, Fault.PORTAL)),
    *(("PATCH", fault) for fault in (Fault.CUT_REQUEST, Fault.LOSE_ANSWER, Fault.REPEAT)),
    ("place", Fault.HALF_OPEN),
]
_DEADLINE_S = 0.5
_JPEG = b"\xff\xd8\xff\xe0"


@pytest.fixture(scope="module", autouse=True)
def central_runs_first(service: Service) -> None:
    """Start central before the guard counts the threads of the first test."""
    assert service


@pytest.fixture
def direct(service: Service, tmp_path: Path) -> Iterator[Terminal]:
    real = RealSide(service)
    terminal = real.terminal(tmp_path / "device")
    yield terminal
    terminal.store.close()
    real.close()


class Script:
    """Names a fault for the first exchange of a kind; all others are fine."""

    def __init__(self, fault: Fault, kind: str) -> None:
        self._fault, self._kind = fault, kind
        self.used = False

    def __call__(self, line: str) -> Fault:
        if self.used or self._kind not in line:
            return Fault.NONE
        self.used = True
        return self._fault


@pytest.mark.parametrize(("kind", "fault"), _BROKEN)
def test_a_broken_exchange_loses_and_doubles_nothing(
    service: Service, direct: Terminal, kind: str, fault: Fault
) -> None:
    script = Script(fault, kind)
    port = int(service.base_url.rpartition(":")[2])
    with Proxy(port, script) as proxy:
        engine, gateway = _through(proxy, direct, service.central.clock)
        made = citation(terminal_id=direct.terminal_id)
        plain = _JPEG + made.citation_id.bytes * 50
        digest = direct.store.save_photo(plain)
        save(direct.store, made, photo(made, digest, len(plain)))
        errors = [_round(engine, direct.store) for _ in range(4)]
        gateway.close()
    assert script.used
    assert errors[-1] == (None, 0), errors
    stored = service.rows(
        "select count(*) from violations where citation_id = %(key)s", key=made.citation_id
    )
    assert stored[0][0] == 1
    assert RealSide(service).photo(digest) == plain


def _through(proxy: Proxy, direct: Terminal, clock: Clock) -> tuple[SyncEngine, HTTPGateway]:
    """Return the terminal's engine with a gateway that goes through the proxy."""
    gateway = HTTPGateway(
        f"http://127.0.0.1:{proxy.port}",
        clock,
        device=direct.device,
        deadline_s=_DEADLINE_S,
    )
    engine = SyncEngine(
        direct.store.outbox,
        gateway,
        clock,
        terminal_id=direct.terminal_id,
        sign=direct.sign,
    )
    return engine, gateway


def _round(engine: SyncEngine, store: LocalStore) -> tuple[str | None, int]:
    error = engine.run_once().error
    return None if error is None else getattr(error, "key", "bug"), store.to_send().count
