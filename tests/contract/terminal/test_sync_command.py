"""`parking-terminal sync` as IT runs it: a process of its own beside or instead of the terminal."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from app.sync_command import main
from parking.terminal import TerminalKind
from tests.contract.terminal.conftest import Device
from tests.contract.terminal.test_shift import _at_work
from tests.unit.central.service import Service

NOBODY = "http://127.0.0.1:1"


def _run(*words: str) -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "ui.main", "sync", *words],
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def _words(device: Device, what: str, url: str = "") -> tuple[str, ...]:
    central = url or device.url
    return (
        *(what, "--json", "--secrets", "systemd"),
        *("--data", str(device.data), "--central", central),
    )


def _process(device: Device, what: str, url: str = "") -> tuple[int, dict[str, Any]]:
    status, out, err = _run(*_words(device, what, url))
    assert len(out.splitlines()) == 1, err
    report: dict[str, Any] = json.loads(out)
    return status, report


Here = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def here(capsys: pytest.CaptureFixture[str]) -> Here:
    """The same command in this process, where starting a process would show nothing more."""

    def run(device: Device, what: str, url: str = "") -> tuple[int, dict[str, Any]]:
        status = main(_words(device, what, url))
        return status, json.loads(capsys.readouterr().out)

    return run


def test_a_running_terminal_is_asked_and_does_the_round_itself(
    device: Device, service: Service, here: Here
) -> None:
    device.join(service.new_code())
    status, report = _process(device, "--once")
    assert (status, report["error"], report["running"]) == (0, None, True)
    assert report["state"] == "online"
    assert report["waiting"] == {"orders": 0, "citations": 0, "edits": 0, "photos": 0}
    assert report["clock_uncertainty_ms"] > 0
    status, report = here(device, "--status", NOBODY)
    assert (status, report["state"], report["pushed"]) == (0, "online", None)


def test_what_a_terminal_saved_while_it_was_offline_is_sent_without_its_window(
    device: Device, service: Service, here: Here
) -> None:
    app = _at_work(device, service)
    device.stop()
    device.url = NOBODY
    app = device.open()
    device.lanes.run(app.people.sign_in("0417", "284917"))
    device.lanes.run(app.officer.resume_shift())
    device.lanes.run(app.officer.choose_zone("204"))
    device.lanes.run(app.officer.check_plate("AB12345", "CT"))
    device.stop()
    status, report = here(device, "--status")
    assert (status, report["state"], report["running"]) == (1, "unknown", False)
    assert report["waiting"]["edits"] == 1
    assert report["oldest_age_s"] >= 0
    status, report = here(device, "--once", NOBODY)
    assert (status, report["error"]["key"], report["waiting"]["edits"]) == (1, "network.down", 1)
    status, report = _process(device, "--once", service.base_url)
    assert (status, report["error"], report["waiting"]["edits"]) == (0, None, 0)
    assert report["durability"] in {"archived", "committed", "unknown"}


def test_without_json_it_speaks_in_sentences(
    device: Device, service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    device.join(service.new_code(TerminalKind.SUPERVISOR), TerminalKind.SUPERVISOR)
    status = main(("--once", "--data", str(device.data), "--central", device.url))
    assert (status, capsys.readouterr().out) == (0, "Nothing waits here.\n")


@pytest.mark.parametrize("what", ["--once", "--status"])
def test_a_folder_where_nobody_joined_is_an_error_with_a_word(
    tmp_path: Path, what: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data"
    status = main((what, "--json", "--data", str(data), "--central", NOBODY))
    report = json.loads(capsys.readouterr().out)
    assert (status, report["error"]["key"]) == (1, "terminal.not_joined")
    assert not data.exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--data", "x", "--central", "http://c"), "one of the arguments --once --status is"),
        (("--once",), "the following arguments are required: --data, --central"),
        (("--once", "--status"), "not allowed with argument"),
        (("--once", "--data", "x", "--central", "ftp://c"), "--central is an address"),
    ],
)
def test_a_bad_option_is_one_sentence(
    words: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        main(words)
    error = capsys.readouterr().err
    assert (caught.value.code, len(error.splitlines())) == (2, 1)
    assert said in error
