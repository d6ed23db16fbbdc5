"""A laptop that never reaches the network again: what it holds comes in through a desk, once."""

import os
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from app.adapters.system_clock import SystemClock
from app.ports import SignIn
from app.post import Duty, Post
from app.usecases.take_hand_over import (
    HandOverFile,
    HandOverTaken,
    read_hand_over,
    take_hand_over,
)
from app.usecases.write_hand_over import HandOverWritten, write_hand_over
from central.identity.city_keys import read_keys, rotate_hand_over_key
from local_db.store import LocalStore
from parking.errors import UnavailableError, UserError
from parking.officer import Officer, Role
from parking.terminal import TerminalKind
from sync.engine import SyncEngine
from sync.failures import OffsetError
from sync.gateway import Device as NetDevice
from sync.gateway import HTTPGateway
from sync.handover import MAGIC, SealedReader
from sync.report import SyncReport
from sync.standing import StandingLeg
from sync.wire import MOST_OPS, PHOTO_CHUNK_BYTES, UploadPlace
from tests.fakes.clock import NOON
from tests.fakes.terminal import citation, photo, plate_check, quickly_enrolled, save
from tests.unit.central.device import Device
from tests.unit.central.service import Service

JPEG = b"\xff\xd8\xff\xe0"
CHECKS = 3
DUTY = Duty(
    sign_in=SignIn(
        officer=Officer(
            officer_id=uuid4(), badge="S1", display_name="S. Kim", role=Role.SUPERVISOR
        ),
        seal=lambda data: data,
    )
)


@dataclass(frozen=True)
class Laptop:
    """An enrolled terminal whose network is broken, with an afternoon's work."""

    store: LocalStore
    gateway: HTTPGateway
    device: Device

    @property
    def terminal_id(self) -> UUID:
        return self.device.terminal.terminal_id

    def sync(self) -> SyncReport:
        """Let the network come back for a round."""
        engine = SyncEngine(
            self.store.outbox,
            self.gateway,
            SystemClock(),
            terminal_id=self.terminal_id,
            sign=self.device.key.sign,
            standing=StandingLeg(self.store.standing, self.gateway),
        )
        return engine.run_once()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("template") / "enrolled"


@pytest.fixture
def dead(service: Service, template: Path, tmp_path: Path) -> Iterator[Laptop]:
    device = Device()
    answer = device.enrol(service.client, service.new_code())
    store = quickly_enrolled(template, tmp_path / "dead", SystemClock())
    store.keep_identity(answer)
    with gateway_of(service, device) as gateway, closing(store):
        laptop = Laptop(store, gateway, device)
        work_on(laptop)
        yield laptop


@pytest.fixture
def desk(service: Service) -> Iterator[HTTPGateway]:
    with gateway_of(service, service.enrol_new(TerminalKind.SUPERVISOR)) as gateway:
        yield gateway


@contextmanager
def gateway_of(service: Service, device: Device) -> Iterator[HTTPGateway]:
    who = NetDevice(terminal_id=device.terminal.terminal_id, sign=device.key.sign)
    with closing(HTTPGateway(service.base_url, SystemClock(), device=who)) as gateway:
        yield gateway


def work_on(terminal: Laptop) -> None:
    """Issue a citation with a photo and look at many plates."""
    plain = JPEG + os.urandom(PHOTO_CHUNK_BYTES + 9)
    made = citation(
        terminal_id=terminal.terminal_id,
        plate=f"HND{uuid4().hex[:4]}",
        photo_hashes=(digest := terminal.store.save_photo(plain),),
    )
    save(terminal.store, made, photo(made, digest, len(plain)))
    checks = [plate_check(terminal_id=terminal.terminal_id) for _ in range(CHECKS)]
    save(terminal.store, *checks)


def written(terminal: Laptop, folder: Path) -> HandOverWritten:
    identity = terminal.store.identity()
    assert identity is not None
    post = Post(store=terminal.store, clock=SystemClock(), terminal=identity.terminal)
    return write_hand_over(post, terminal.device.key.sign, folder)


def taken(desk: HTTPGateway, path: Path) -> HandOverTaken:
    return take_hand_over(DUTY, desk, read_hand_over(path), progress=lambda *_: None)


def counts(found: HandOverTaken) -> tuple[int, int, int, int]:
    assert found.troubles == ()
    return found.new, found.known, found.parked, found.photos


def stored_checks(service: Service, terminal: Laptop) -> int:
    statement = "select 1 from plate_check where terminal_id = %(id)s"
    return len(service.rows(statement, id=terminal.terminal_id))


def test_what_a_dead_laptop_held_comes_in_once(
    service: Service, dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    more = [plate_check(terminal_id=dead.terminal_id) for _ in range(MOST_OPS)]
    for check in more:
        save(dead.store, check)
    everything = CHECKS + 2 + len(more)
    before = dead.store.to_send()
    made = written(dead, tmp_path)
    assert (made.operations, made.photos, made.unreadable_photos) == (everything, 1, 0)
    assert dead.store.to_send() == before, "writing marks nothing as sent"
    found = read_hand_over(made.path)
    assert (found.operations, found.photos) == (everything, 1)
    sent: list[tuple[int, int]] = []
    first = take_hand_over(DUTY, desk, found, progress=lambda *at: sent.append(at))
    assert counts(first) == (everything, 0, 0, 1)
    assert sent[0] == (0, found.byte_length)
    assert sent[-1] == (found.byte_length, found.byte_length)
    assert stored_checks(service, dead) == CHECKS + len(more)
    assert counts(taken(desk, made.path)) == (0, everything, 0, 1)
    assert stored_checks(service, dead) == CHECKS + len(more)


def test_a_laptop_that_comes_back_after_all_sends_the_same_once(
    service: Service, dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    made = written(dead, tmp_path)
    taken(desk, made.path)
    report = dead.sync()
    assert (report.error, report.pushed, report.photos) == (None, CHECKS + 2, 1)
    assert dead.store.to_send().count == 0
    assert dead.store.to_send().parked == 0
    assert stored_checks(service, dead) == CHECKS


def test_a_laptop_that_came_back_before_its_file_was_taken(
    service: Service, dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    made = written(dead, tmp_path)
    assert dead.sync().error is None
    assert counts(taken(desk, made.path)) == (0, CHECKS + 2, 0, 1)
    assert stored_checks(service, dead) == CHECKS
    with pytest.raises(UserError) as told:
        written(dead, tmp_path)
    assert told.value.key == "hand_over.empty"


def test_two_files_of_a_day_have_two_names(dead: Laptop, desk: HTTPGateway, tmp_path: Path) -> None:
    first = written(dead, tmp_path)
    save(dead.store, plate_check(terminal_id=dead.terminal_id))
    second = written(dead, tmp_path)
    assert second.path.name == first.path.name.replace(".stamford", "-2.stamford")
    assert counts(taken(desk, second.path)) == (CHECKS + 3, 0, 0, 1)
    assert counts(taken(desk, first.path)) == (0, CHECKS + 2, 0, 1)


def test_a_replaced_device_is_still_believed_for_what_it_signed_then(
    service: Service, dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    made = written(dead, tmp_path)
    identity = dead.store.identity()
    assert identity is not None
    successor = service.enrol(identity.terminal.name)
    assert successor.terminal.terminal_id == dead.terminal_id
    assert counts(taken(desk, made.path)) == (CHECKS + 2, 0, 0, 1)


def test_what_a_revoked_device_held_is_parked_for_a_person(
    service: Service, dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    made = written(dead, tmp_path)
    identity = dead.store.identity()
    assert identity is not None
    service.store(replace(identity.terminal, revoked=True))
    assert counts(taken(desk, made.path)) == (CHECKS + 2, 0, CHECKS + 2, 1)
    assert stored_checks(service, dead) == 0
    parked = service.rows(
        "select distinct code from parked_operations where terminal_id = %(id)s",
        id=dead.terminal_id,
    )
    assert parked == [("terminal.revoked",)]
    service.store(identity.terminal)
    taken(desk, made.path)
    assert stored_checks(service, dead) == CHECKS


def test_terminals_learn_a_new_key_by_themselves_and_what_was_sealed_before_still_opens(
    service: Service, dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    made, central = written(dead, tmp_path), service.central
    old = central.keys
    rotated = rotate_hand_over_key(central.settings.keys_dir)
    try:
        object.__setattr__(central, "keys", read_keys(central.settings.keys_dir))
        assert central.keys.hand_over_public == rotated != old.hand_over_public
        assert counts(taken(desk, made.path)) == (CHECKS + 2, 0, 0, 1)
        assert dead.sync().error is None
        work_on(dead)
        (tmp_path / "later").mkdir()
        later = written(dead, tmp_path / "later")
        with later.path.open("rb") as file:
            assert SealedReader(file).header.sealed_to == rotated
        assert counts(taken(desk, later.path)) == (CHECKS + 2, 0, 0, 1)
    finally:
        object.__setattr__(central, "keys", old)


def changed(path: Path, change: Callable[[bytes], bytes]) -> Path:
    other = path.with_name("other.stamford")
    other.write_bytes(change(path.read_bytes()))
    return other


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda whole: whole[:-9], "was cut"),
        (lambda whole: whole[:-9] + bytes(9), "changed or damaged"),
        (lambda whole: whole + b"more", "changed or damaged"),
    ],
)
def test_a_damaged_file_gives_what_came_before(
    service: Service,
    dead: Laptop,
    desk: HTTPGateway,
    tmp_path: Path,
    change: Callable[[bytes], bytes],
    words: str,
) -> None:
    made = written(dead, tmp_path)
    found = taken(desk, changed(made.path, change))
    (trouble,) = found.troubles
    assert words in trouble
    assert "What came before is stored" in trouble
    assert found.new == stored_checks(service, dead) + 2 == CHECKS + 2
    assert counts(taken(desk, made.path)) == (0, CHECKS + 2, 0, 1)


def refusal(desk: HTTPGateway, path: Path) -> str:
    with pytest.raises(UserError) as told:
        taken(desk, path)
    assert told.value.sentence.endswith(".")
    return told.value.key


def test_a_file_that_the_named_device_did_not_sign_is_refused(
    service: Service, dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    made = written(replace(dead, device=Device()), tmp_path)
    assert refusal(desk, made.path) == "hand_over.signature"
    assert stored_checks(service, dead) == 0


def test_a_file_of_a_device_nobody_knows_is_refused(
    dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    identity = dead.store.identity()
    assert identity is not None
    stranger = replace(identity.terminal, terminal_id=uuid4())
    post = Post(store=dead.store, clock=SystemClock(), terminal=stranger)
    made = write_hand_over(post, dead.device.key.sign, tmp_path)
    assert refusal(desk, made.path) == "hand_over.terminal"


def test_a_file_for_another_city_is_refused(
    dead: Laptop, desk: HTTPGateway, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead.store, "hand_over_key", lambda: bytes(31) + b"\x09")
    assert refusal(desk, written(dead, tmp_path).path) == "hand_over.key"


@pytest.mark.parametrize("content", [b"", b"a holiday picture", MAGIC + b"\x00\x00\x00\x02{}"])
def test_another_file_is_told_before_anything_is_sent(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "holiday.stamford"
    path.write_bytes(content)
    with pytest.raises(UserError) as told:
        read_hand_over(path)
    assert told.value.key == "hand_over.foreign"
    with pytest.raises(UserError) as told:
        read_hand_over(tmp_path / "nothing")
    assert told.value.key == "hand_over.unreadable"


def test_central_looks_into_a_foreign_file_itself(desk: HTTPGateway, tmp_path: Path) -> None:
    path = tmp_path / "holiday.stamford"
    path.write_bytes(b"a holiday picture")
    found = HandOverFile(
        path=path,
        terminal_name="T-1",
        made_utc=NOON,
        operations=0,
        photos=0,
        byte_length=17,
    )
    with pytest.raises(UserError) as told:
        take_hand_over(DUTY, desk, found, progress=lambda *_: None)
    assert told.value.key == "hand_over.foreign"


def test_officers_take_nothing_in(dead: Laptop, tmp_path: Path) -> None:
    made = written(dead, tmp_path)
    assert refusal(dead.gateway, made.path) == "hand_over.desk"
    officer = replace(DUTY.sign_in.officer, role=Role.OFFICER)
    duty = replace(DUTY, sign_in=replace(DUTY.sign_in, officer=officer))
    with pytest.raises(UserError) as told:
        take_hand_over(duty, dead.gateway, read_hand_over(made.path), progress=lambda *_: None)
    assert told.value.key == "duty.forbidden"


def test_an_upload_goes_on_where_it_stopped(
    dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    made = written(dead, tmp_path)
    stopping = _Stopping(desk)
    found = read_hand_over(made.path)
    with pytest.raises(UnavailableError):
        take_hand_over(DUTY, stopping, found, progress=lambda *_: None)
    begun: list[int] = []
    take_hand_over(DUTY, desk, found, progress=lambda at, _: begun.append(at))
    assert begun[0] == PHOTO_CHUNK_BYTES


class _Stopping:
    """A network that dies after the first chunk, and once names another place than it should."""

    def __init__(self, gateway: HTTPGateway) -> None:
        self._gateway = gateway
        self._put = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._gateway, name)

    def put_hand_over(
        self, sha256: bytes, offset: int, chunk: bytes, *, byte_length: int
    ) -> UploadPlace:
        self._put += 1
        if self._put == 1:
            raise OffsetError("Central goes on elsewhere.", offset=0)
        if self._put == 3:
            raise UnavailableError("network.down", "Gone.", retry_safe=True)
        return self._gateway.put_hand_over(sha256, offset, chunk, byte_length=byte_length)


def test_a_full_stick_is_told_and_left_clean(
    dead: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(UnavailableError) as told:
            written(dead, stick)
    assert (told.value.key, [*stick.iterdir()]) == ("hand_over.disk", [])
    assert "No space left on device" in told.value.sentence
    with pytest.raises(UnavailableError) as told:
        written(dead, tmp_path / "pulled out")
    assert told.value.key == "hand_over.disk"


def test_a_photo_that_cannot_be_read_keeps_the_rest_from_nobody(
    service: Service, dead: Laptop, desk: HTTPGateway, tmp_path: Path
) -> None:
    (file,) = (tmp_path / "dead" / "photos").iterdir()
    file.write_bytes(b"damaged")
    made = written(dead, tmp_path)
    assert (made.operations, made.photos, made.unreadable_photos) == (CHECKS + 2, 0, 1)
    assert counts(taken(desk, made.path)) == (CHECKS + 2, 0, 0, 0)
    assert stored_checks(service, dead) == CHECKS


def test_a_device_that_joined_without_the_key_says_so(
    dead: Laptop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dead.store, "hand_over_key", lambda: None)
    with pytest.raises(UserError) as told:
        written(dead, tmp_path)
    assert told.value.key == "hand_over.no_key"
