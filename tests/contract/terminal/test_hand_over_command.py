"""`parking-terminal hand-over` as IT runs it, and a desk that takes in what it wrote."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from app.hand_over_command import main
from parking.errors import UserError
from parking.terminal import TerminalKind
from tests.contract.terminal.conftest import Device
from tests.contract.terminal.test_shift import PIN, _activation, _at_work
from tests.unit.central.service import Service
from ui.main import main as terminal_main

NOBODY = "http://127.0.0.1:1"


@pytest.fixture
def desk(tmp_path: Path, service: Service) -> Iterator[Device]:
    made = Device(tmp_path / "desk", service.base_url)
    yield made
    made.close()


def _words(device: Device, out: Path) -> tuple[str, ...]:
    return ("--secrets", "systemd", "--data", str(device.data), "--out", str(out))


def test_a_laptop_without_a_network_reaches_the_city_through_a_desk(
    device: Device,
    desk: Device,
    service: Service,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    app = _at_work(device, service)
    device.stop()
    device.url = NOBODY
    app = device.open()
    device.lanes.run(app.people.sign_in("0417", PIN))
    device.lanes.run(app.officer.resume_shift())
    device.lanes.run(app.officer.choose_zone("204"))
    device.lanes.run(app.officer.check_plate("HAND0V", "CT"))
    by_screen = device.lanes.run(app.people.write_hand_over(tmp_path))
    assert main(_words(device, tmp_path)) == 1
    assert "already runs on the data folder" in capsys.readouterr().err
    device.stop()
    assert terminal_main(("hand-over", *_words(device, tmp_path))) == 0
    told = capsys.readouterr()
    path = Path(told.out.strip())
    assert (path.suffix, path.parent) == (".stamford", tmp_path)
    assert path != by_screen.path
    assert f"{by_screen.operations} records and 0 photos" in told.err

    office = desk.join(service.new_code(TerminalKind.SUPERVISOR), TerminalKind.SUPERVISOR)
    found = desk.lanes.run(office.desk.read_hand_over(path))
    with pytest.raises(UserError, match="Sign in first"):
        desk.lanes.run(office.desk.take_hand_over(found, lambda *_: None))
    badge = service.one("select badge from users where role = 'supervisor' limit 1")
    code = _activation(service, badge)
    desk.lanes.run(office.people.activate(badge, code, PIN))
    taken = desk.lanes.run(office.desk.take_hand_over(found, lambda *_: None))
    assert (taken.new + taken.known, taken.parked, taken.troubles) == (found.operations, 0, ())
    assert taken.new >= 1
    count = "select count(*) from plate_check where plate_key = 'HAND0V'"
    assert service.one(count) == 1


@pytest.mark.parametrize("out", ["stick", "nothing here"])
def test_what_cannot_be_written_is_one_sentence(
    device: Device,
    service: Service,
    tmp_path: Path,
    out: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "stick").mkdir()
    device.join(service.new_code())
    device.stop()
    assert main(_words(device, tmp_path / out)) == 1
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "Nothing waits on this device" in error
    assert [*(tmp_path / "stick").iterdir()] == []


def test_a_folder_where_nobody_joined_is_told(
    device: Device, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(_words(device, tmp_path)) == 1
    assert "No terminal has joined the city" in capsys.readouterr().err
