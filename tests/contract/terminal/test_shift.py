"""An officer's day on a terminal of real parts: sign-in, check, citation, sync, restart."""

from pathlib import Path

import pytest

from app.ports import TerminalNews
from app.terminal_app import TerminalApp
from app.usecases.keep_draft import CitationDraft
from central.identity.codes import Grant, Purpose, make_code
from parking.check import Answer
from parking.errors import UserError
from tests.contract.terminal.conftest import Device
from tests.unit.central.service import Service
from tests.waiting import wait_until

PIN = "284917"
JPEG = b"\xff\xd8\xff\xe0" + b"plate" * 500 + b"\xff\xd9"


def _activation(service: Service, badge: str) -> str:
    officer_id = service.one("select officer_id from users where badge = %(badge)s", badge=badge)
    with service.central.database.unit_of_work("test") as connection:
        grant = Grant(officer_id=officer_id)
        return make_code(connection, Purpose.ACTIVATE, grant, now_utc=service.now_utc)


def _caught_up(device: Device, app: TerminalApp) -> None:
    """Wait until the sample city has arrived."""
    news: list[TerminalNews] = []
    app.on_news(news.append)
    wait_until(lambda: bool(device.lanes.run(app.officer.beats())), what="the city's beats")
    wait_until(lambda: bool(news), what="news of the sync loop")


def _at_work(device: Device, service: Service) -> TerminalApp:
    app = device.join(service.new_code())
    _caught_up(device, app)
    code = _activation(service, "0417")
    device.lanes.run(app.people.activate("0417", code, PIN))
    device.lanes.run(app.officer.start_shift("4"))
    device.lanes.run(app.officer.choose_zone("204"))
    return app


def _issue(device: Device, app: TerminalApp, plate: str) -> str:
    photos = tuple(
        device.lanes.run(app.officer.take_photo(JPEG + bytes([n]) + b"\xff\xd9")) for n in (1, 2)
    )
    draft = CitationDraft(
        plate=plate, plate_state="CT", zone_id="204", code=_safety(device, app), photos=photos
    )
    issued = device.lanes.run(app.officer.issue_citation(draft))
    device.lanes.run(app.officer.print_citation(issued.citation.citation_id))
    return issued.citation.number


def _safety(device: Device, app: TerminalApp) -> str:
    codes = device.lanes.run(app.officer.violation_codes())
    return next(code.code for code in codes if code.is_safety)


def test_a_day_from_first_sign_in_to_central(device: Device, service: Service) -> None:
    app = _at_work(device, service)
    result = device.lanes.run(app.officer.check_plate("ZZ-98765", "CT"))
    assert result.decision.answer is not Answer.PAID
    wait_until(lambda: device.lanes.run(app.officer.numbers_left()) > 0, what="leased numbers")
    number = _issue(device, app, "ZZ98765")
    assert (device.data / "printed" / f"{number}.escpos").exists()
    found = "select count(*) from violations where number = %(number)s"
    wait_until(lambda: service.one(found, number=number) == 1, what="the citation at central")
    ended = device.lanes.run(app.officer.end_shift())
    assert (ended.issued_count, ended.printed_count) == (1, 1)


def test_central_down_an_officer_signs_in_and_goes_on_and_nothing_is_lost(
    device: Device, service: Service
) -> None:
    app = _at_work(device, service)
    wait_until(lambda: device.lanes.run(app.officer.numbers_left()) > 0, what="leased numbers")
    device.stop()
    device.url = "http://127.0.0.1:1"
    app = device.open()
    duty = device.lanes.run(app.people.sign_in("0417", PIN))
    assert duty.shift is not None
    device.lanes.run(app.officer.resume_shift())
    number = _issue(device, app, "ZZ43210")
    device.stop()
    device.url = service.base_url
    device.open()
    found = "select count(*) from violations where number = %(number)s"
    wait_until(lambda: service.one(found, number=number) == 1, what="the citation at central")


def test_a_wrong_pin_is_counted_over_a_restart(device: Device, service: Service) -> None:
    app = _at_work(device, service)
    for left in range(9, 0, -1):
        with pytest.raises(UserError, match=f"{left} tr"):
            device.lanes.run(app.people.sign_in("0417", "999998"))
        if left % 3 == 0:
            device.stop()
            app = device.open()
    with pytest.raises(UserError, match="off after 10 wrong tries"):
        device.lanes.run(app.people.sign_in("0417", "999998"))
    with pytest.raises(UserError, match="off after 10 wrong tries"):
        device.lanes.run(app.people.sign_in("0417", PIN))


def test_photos_lie_encrypted(device: Device, service: Service) -> None:
    app = _at_work(device, service)
    taken = device.lanes.run(app.officer.take_photo(JPEG))
    assert device.lanes.run(app.officer.photo(taken.sha256)) == JPEG
    assert b"plateplate" not in b"".join(_files(device.data))


def _files(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
