"""The command line: what it prints, what it says when it cannot, and its exit status."""

import os
import signal
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from central.cli import main
from central.serve import listen
from central.settings import Settings
from parking.service_code import code_for
from parking.terminal import TerminalKind
from tests import databases
from tests.unit.central.device import Device
from tests.unit.central.service import Service, TestClock, problem, running


@dataclass(frozen=True)
class Said:
    """What a command left: exit status, standard output, standard error."""

    status: int
    out: str
    err: str


class Shell:
    """Runs commands in this process, in the environment of one database."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *arguments: str) -> Said:
        try:
            status = main(arguments)
        except SystemExit as ended:
            status = int(ended.code or 0)
        out, err = self._capsys.readouterr()
        return Said(status, out.strip(), err.strip())


@pytest.fixture
def shell(
    shared_settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Shell:
    monkeypatch.setenv("DATABASE_URL", shared_settings.database_url)
    monkeypatch.setenv("PARKING_KEYS_DIR", str(shared_settings.keys_dir))
    monkeypatch.setenv("PARKING_PHOTO_DIR", str(shared_settings.photo_dir))
    return Shell(capsys)


def test_a_database_is_set_up_from_nothing(
    shell: Shell, empty_database: databases.Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PARKING_DATABASE_OWNER_URL", empty_database.dsn("parking_owner"))
    monkeypatch.setenv("PARKING_DATABASE_ADMIN_URL", empty_database.dsn("postgres"))
    monkeypatch.setenv("DATABASE_URL", empty_database.dsn("parking_app"))
    too_early = shell("enrol-code", "--name", "T-1", "--kind", "officer")
    assert (too_early.status, too_early.err[-7:]) == (1, "migrate")
    assert shell("create-roles").status == 0
    said = shell("migrate")
    assert (said.status, said.out) == (0, "")
    assert "revision" in said.err
    assert shell("enrol-code", "--name", "T-1", "--kind", "officer").status == 0


@pytest.mark.parametrize(
    ("command", "variable"),
    [("migrate", "PARKING_DATABASE_OWNER_URL"), ("create-roles", "PARKING_DATABASE_ADMIN_URL")],
)
def test_a_missing_setting_is_named(
    shell: Shell, command: str, variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(variable, raising=False)
    said = shell(command)
    assert said == Said(1, "", f"{variable} is not set; this command needs it.")


def test_keys_are_made_once(shell: Shell, tmp_path: Path) -> None:
    said = shell("init-keys", "--dir", str(tmp_path / "city"))
    assert (said.status, Path(said.out).name) == (0, "city-root.secret")
    again = shell("init-keys", "--dir", str(tmp_path / "city"))
    assert (again.status, again.out) == (1, "")


def test_codes_of_the_command_line_work_and_a_revoked_device_is_shut_out(
    shell: Shell, service: Service
) -> None:
    code = shell(
        "enrol-code", "--name", "K-7", "--kind", "kiosk", "--zone", "Z12", "--reader", "tmr_1"
    ).out
    device = Device()
    terminal = device.enrol(service.client, code).terminal
    assert (terminal.kind, terminal.zone_id) == (TerminalKind.KIOSK, "Z12")
    assert shell("terminal", "scope", "K-7", "--zones", "Z12").err.startswith(
        "K-7 gets the rows of zones Z12"
    )
    assert service.feed(device).zones == ["Z12"]
    said = shell("terminal", "scope", "K-7", "--zones", "Z12,Q9")
    assert (said.status, said.err) == (
        1,
        "--zones: Q9 is no zone of this city; name known ones.",
    )
    assert shell("revoke", "--name", "K-7").err == "K-7 is shut out."
    answer = service.client.get("/sync/v1/feed", headers=device.headers())
    assert problem(answer).key == "terminal.revoked"
    assert shell("revoke", "--name", "K-8").err == "No device is named K-8."


def test_city_hall_answers_whoever_stands_at_a_pay_station(shell: Shell, service: Service) -> None:
    enrol = ("--kind", "kiosk", "--zone", "Z12", "--reader", "tmr_1")
    answer = Device().enrol(service.client, shell("enrol-code", "--name", "K-7", *enrol).out)
    for badge, role in (("0812", "supervisor"), ("0417", "officer")):
        shell("officer", "add", "--badge", badge, "--name", "A. Person", "--role", role)
    asked = ("service-code", "K-7", "--question")
    said = shell(*asked, "482 913", "--badge", "0812")
    assert answer.service_key is not None
    assert said.out == code_for(answer.service_key, "482913")
    noted = "select detail ->> 'badge' from audit_logs where act = 'service.code'"
    assert service.rows(noted) == [("0812",)]
    for badge, why in (
        ("0417", "Badge 0417 may not serve pay stations: a supervisor or IT may."),
        ("0999", "No person has badge 0999."),
    ):
        assert shell(*asked, "482913", "--badge", badge) == Said(1, "", why)
    assert shell(*asked, "48", "--badge", "0812").err.startswith("--question is the 6 digits")
    laptop = shell("enrol-code", "--name", "T-1", "--kind", "officer").out
    assert Device().enrol(service.client, laptop).service_key is None
    refused = shell("service-code", "T-1", "--question", "482913", "--badge", "0812")
    assert refused.err == "T-1 is no pay station."


def test_people_are_added_changed_and_let_in(shell: Shell, service: Service) -> None:
    for name in ("M. First", "M. Second"):
        said = shell("officer", "add", "--badge", "0812", "--name", name, "--role", "supervisor")
        assert (said.status, said.err) == (0, "Badge 0812 is stored.")
    statement = "select display_name, role from users where badge = '0812'"
    assert service.rows(statement) == [("M. Second", "supervisor")]
    assert len(shell("activation-code", "--badge", "0812").out) == 9
    unknown = shell("activation-code", "--badge", "0813")
    assert unknown == Said(1, "", "No person has badge 0813.")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("enrol-code", "--name", "T" * 21, "--kind", "kiosk"), "1 to 20 characters"),
        (("officer", "add", "--badge", "1" * 13, "--name", "x"), "1 to 12 characters"),
        (("provider-key", "--name", "x" * 41), "1 to 40 characters"),
        (("load-city", "nowhere"), "nowhere is no folder."),
    ],
)
def test_bad_input_is_one_sentence(shell: Shell, arguments: tuple[str, ...], words: str) -> None:
    said = shell(*arguments)
    assert (said.status, said.out) == (1, "")
    assert words in said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "arguments",
    [(), ("fly",), ("enrol-code", "--name", "x", "--kind", "x"), ("serve", "--port", "65536")],
)
def test_wrong_usage_has_its_own_status(shell: Shell, arguments: tuple[str, ...]) -> None:
    assert shell(*arguments).status == 2


def test_a_provider_gets_a_key(shell: Shell) -> None:
    said = shell("provider-key", "--name", "ParkApp")
    assert (said.status, said.out[:17]) == (0, "parking-provider-")


def test_a_database_that_is_away_is_one_sentence(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://parking_app@127.0.0.1:1/parking")
    said = shell("provider-key", "--name", "ParkApp")
    assert (said.status, said.out) == (1, "")
    assert said.err.startswith("The database of the city does not answer.")


def test_a_busy_port_is_named_with_what_to_do(shell: Shell, service: Service) -> None:
    port = service.base_url.rsplit(":", 1)[-1]
    said = shell("serve", "--port", port)
    assert said.status == 1
    assert (
        said.err == f"127.0.0.1 port {port} cannot be used: Address already in use."
        " Choose another with --port."
    )


def test_the_body_of_an_answer_waits_for_no_acknowledgement() -> None:
    with (
        listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as connection,
    ):
        assert connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


@pytest.mark.parametrize(
    ("ends_by", "status"), [(signal.SIGTERM, -signal.SIGTERM), (signal.SIGINT, 130)]
)
@pytest.mark.usefixtures("shell")
def test_serve_says_where_it_answers_and_ends_when_asked(
    ends_by: signal.Signals, status: int
) -> None:
    command = [sys.executable, "-m", "central.cli", "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=dict(os.environ))
    try:
        assert process.stderr is not None
        line = next(line for line in process.stderr if line.startswith("Central answers at"))
        address = line.split()[3]
        assert httpx.get(f"{address}/metrics", timeout=10).status_code == 200
    finally:
        process.send_signal(ends_by)
        _, rest = process.communicate(timeout=20)
    assert process.returncode == status, rest


def test_a_stranger_presses_ctrl_c(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("central.cli.make_provider_key", interrupted)
    assert shell("provider-key", "--name", "ParkApp").status == 130


def test_two_processes_share_one_database(shared_settings: Settings, service: Service) -> None:
    with running(shared_settings, TestClock()) as second:
        device = service.enrol_new()
        citation = device.citation()
        device.push(second.client, citation)
        found = service.feed_until(device, "citation")
    assert any(str(citation.citation_id).encode() in bytes(row.data) for row in found)
