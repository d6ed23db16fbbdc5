"""A terminal's real store, engine and gateway against the real central."""

import shutil
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import psycopg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import sync.wire
from central.app import create_app
from central.identity.codes import Grant, Purpose, make_code
from local_db.store import LocalStore
from parking.citation import EventKind
from parking.errors import UnavailableError, UserError
from parking.ids import uuid7
from parking.numbers import lease_bytes
from parking.payment import QuoteRequest
from parking.terminal import TerminalKind
from sync.engine import SyncEngine
from sync.gateway import HTTPGateway
from sync.records import encode
from tests.contract.central.sides import RealSide, Terminal, closing
from tests.databases import Database
from tests.fakes.terminal import KEY, citation, citation_event, photo, save
from tests.unit.central.conftest import settings_for
from tests.unit.central.samples import OFFICER, right
from tests.unit.central.service import Service, TestClock, running
from tests.waiting import wait_until


@pytest.fixture
def terminal(real: RealSide, tmp_path: Path) -> Iterator[Terminal]:
    with closing(real.terminal(tmp_path / "device")) as found:
        yield found


@pytest.fixture
def other(real: RealSide, tmp_path: Path) -> Iterator[Terminal]:
    with closing(real.terminal(tmp_path / "other")) as found:
        yield found


def http(terminal: Terminal) -> HTTPGateway:
    assert isinstance(terminal.gateway, HTTPGateway)
    return terminal.gateway


def events_at(terminal: Terminal, citation_id: UUID) -> list[EventKind]:
    """Return the events of a citation that a terminal knows after a round."""
    assert terminal.engine.run_once().error is None
    found = terminal.store.citation(citation_id)
    return [event.kind for event in found[1]] if found else []


def test_every_route_that_the_wire_names_exists(service: Service) -> None:
    lines = [line.split() for line in str(sync.wire.__doc__).splitlines()]
    wanted = {
        (words[0], _shape(words[1]))
        for words in lines
        if len(words) > 1 and words[0] in {"GET", "PUT", "POST", "PATCH"}
    }
    app = create_app(replace(service.central.settings, stripe_key="sk_test_contract"))
    published = {
        (method.upper(), _shape(path))
        for path, methods in app.openapi()["paths"].items()
        for method in methods
    }
    assert len(wanted) > 12
    assert wanted <= published


def _shape(path: str) -> str:
    parts = path.rstrip(",").partition("?")[0].split("/")
    return "/".join("{}" if part.startswith("{") else part for part in parts)


def test_a_desk_fetches_the_photo_that_a_laptop_took(
    real: RealSide, terminal: Terminal, tmp_path: Path
) -> None:
    made, plain = citation(terminal_id=terminal.terminal_id), b"\xff\xd8\xff a car"
    digest = terminal.store.save_photo(plain, thumbnail=b"\xff\xd8\xff small")
    with closing(real.terminal(tmp_path / "desk", TerminalKind.SUPERVISOR)) as desk:
        with pytest.raises(UserError, match="has not come in yet"):
            http(desk).photo(digest, thumbnail=False)
        save(terminal.store, made, photo(made, digest, len(plain)))
        assert terminal.engine.run_once().error is None
        assert http(desk).photo(digest, thumbnail=True) == b"\xff\xd8\xff small"
        assert http(desk).photo(digest, thumbnail=False) == plain
    with pytest.raises(UserError, match="at a desk only"):
        http(terminal).photo(digest, thumbnail=False)


def test_what_one_officer_issued_the_others_know(terminal: Terminal, other: Terminal) -> None:
    made = citation(terminal_id=terminal.terminal_id)
    save(terminal.store, made, citation_event(made, EventKind.PRINTED))
    assert terminal.engine.run_once().error is None
    wait_until(
        lambda: events_at(other, made.citation_id) == [EventKind.PRINTED], what="the citation"
    )
    found = other.store.citation(made.citation_id)
    assert found is not None
    assert found[0] == made


def test_a_hold_by_a_late_right_reaches_the_terminal(service: Service, terminal: Terminal) -> None:
    made = citation(terminal_id=terminal.terminal_id, plate="HELD 1", zone_id="Z12")
    paid = right(made.observed_utc, "held-1")
    service.store_right(paid)
    save(terminal.store, made)
    wait_until(lambda: events_at(terminal, made.citation_id) == [EventKind.HELD], what="the hold")


def test_a_central_restored_from_yesterday_is_refilled_by_its_terminals(
    database: Database, tmp_path: Path
) -> None:
    archived = replace(settings_for(database, tmp_path / "central"), durability="archived")
    with running(archived, TestClock()) as restored:
        real = RealSide(restored)
        with closing(real.terminal(tmp_path / "device")) as terminal:
            made = [citation(terminal_id=terminal.terminal_id) for _ in range(3)]
            for one in made[:2]:
                save(terminal.store, one)
                terminal.engine.run_once()
            _forget_after(database, terminal, made[1].citation_id)
            assert real.citations() == {made[0].citation_id}
            save(terminal.store, made[2])

            def refilled() -> bool:
                terminal.engine.run_once()
                return real.citations() == {one.citation_id for one in made}

            wait_until(refilled, what="the lost citation")
        real.close()


def _forget_after(database: Database, terminal: Terminal, citation_id: UUID) -> None:
    """Make central what it was before the terminal's second operation."""
    key = {"terminal": terminal.terminal_id, "citation": citation_id}
    with psycopg.connect(database.dsn("postgres")) as connection:
        for statement in (
            "delete from sync_operations where terminal_id = %(terminal)s and op_seq > 1",
            "delete from sync_batches where terminal_id = %(terminal)s and last_seq > 1",
            (
                "update sync_chains chain set last_seq = 1, last_link = first.link"
                " from sync_operations first where first.op_seq = 1"
                " and (first.terminal_id, first.epoch, first.lane)"
                " = (chain.terminal_id, chain.epoch, chain.lane)"
                " and chain.terminal_id = %(terminal)s"
            ),
            "delete from violations where citation_id = %(citation)s",
            "delete from feed where key = %(citation)s::text",
        ):
            connection.execute(statement, key)


def test_an_officer_is_activated_and_numbers_are_leased(
    service: Service, terminal: Terminal
) -> None:
    with service.central.database.unit_of_work("test") as connection:
        grant = Grant(officer_id=OFFICER.officer_id)
        code = make_code(connection, Purpose.ACTIVATE, grant, now_utc=service.now_utc)
    public = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    assert http(terminal).activate("0417", code, public).badge == "0417"
    with pytest.raises(UserError) as used:
        http(terminal).activate("0417", code, public)
    assert used.value.key == "code.used"
    lease = http(terminal).lease_numbers(uuid7(service.now_utc), 10)
    service.central.keys.online.public_key().verify(lease.signature, lease_bytes(lease))


def test_a_price_is_asked_for(terminal: Terminal) -> None:
    asked = QuoteRequest(zone_id="Z12", plate="AB12345", plate_state="CT", minutes=60)
    assert http(terminal).quote(asked).price_cents == 200
    with pytest.raises(UserError) as refused:
        http(terminal).quote(replace(asked, zone_id="Z99"))
    assert refused.value.key == "quote.zone"


def test_a_terminal_whose_clock_is_two_hours_off_signs_by_centrals(
    service: Service, terminal: Terminal
) -> None:
    wrong = TestClock()
    wrong.ahead = timedelta(hours=2)
    gateway = HTTPGateway(service.base_url, wrong, device=terminal.device)
    try:
        assert gateway.feed("").rows
        assert gateway.clock_offset is not None
        assert abs(gateway.clock_offset.offset_ms + 7_200_000) < 5_000
    finally:
        gateway.close()


def test_a_change_wakes_a_terminal_that_listens(service: Service, terminal: Terminal) -> None:
    moved, ended = threading.Semaphore(0), threading.Event()

    def listen() -> None:
        try:
            terminal.gateway.wake(moved.release)
        except UnavailableError:
            ended.set()

    listener = threading.Thread(target=listen)
    listener.start()
    try:
        assert moved.acquire(timeout=10)
        service.store(right(service.now_utc, "WOKEN 1"))
        assert moved.acquire(timeout=10)
    finally:
        terminal.gateway.stop_waking()
        listener.join(timeout=10)
    assert ended.is_set()


def test_a_server_that_restarts_loses_nothing(database: Database, tmp_path: Path) -> None:
    settings = settings_for(database, tmp_path / "central")
    with running(settings, TestClock()) as first:
        side = RealSide(first)
        with closing(side.terminal(tmp_path / "device")) as found:
            save(found.store, made := citation(terminal_id=found.terminal_id))
            found.engine.run_once()
            assert side.citations() == {made.citation_id}
            side.close()
    with running(settings, TestClock()) as second:
        assert RealSide(second).citations() == {made.citation_id}


def test_a_copied_laptop_is_found_out_and_both_histories_are_kept(
    service: Service, real: RealSide, tmp_path: Path
) -> None:
    with closing(real.terminal(tmp_path / "device")) as joined:
        save(joined.store, citation(terminal_id=joined.terminal_id))
        assert joined.engine.run_once().error is None
    shutil.copytree(tmp_path / "device", tmp_path / "copy")
    made = [citation(terminal_id=joined.terminal_id) for _ in range(2)]
    for folder, one, parked in (("device", made[0], 0), ("copy", made[1], 1)):
        store = LocalStore.open(tmp_path / folder, KEY, service.central.clock)
        engine = SyncEngine(
            store.outbox,
            joined.gateway,
            service.central.clock,
            terminal_id=joined.terminal_id,
            sign=joined.sign,
        )
        save(store, one)
        engine.run_once()
        assert (store.to_send().count, store.to_send().parked) == (0, parked)
        assert store.citation(one.citation_id) == (one, ())
        store.close()
    assert made[0].citation_id in real.citations()
    who = {"terminal": joined.terminal_id}
    kept = "select payload from parked_operations where terminal_id = %(terminal)s"
    assert [bytes(payload) for (payload,) in service.rows(kept, **who)] == [encode(made[1])]
    alarm = "select code from alarms where subject = 'terminal:' || %(terminal)s::text"
    assert [code for (code,) in service.rows(alarm, **who)] == ["fork"]
