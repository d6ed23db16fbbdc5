"""The command that starts a terminal: options in words, a window first, an orderly end."""

import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from simulator.city.remote import Remote
from ui.main import main


@pytest.fixture
def credentials(tmp_path: Path) -> Path:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "parking-terminal").write_bytes(secrets.token_bytes(32))
    return folder


@contextmanager
def _started(tmp_path: Path, name: str, *more: str, **env: str) -> Iterator[tuple[Remote, int]]:
    socket = tmp_path / name
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "ui.main", "--still", "--central", "http://127.0.0.1:1"),
            *("--data", str(tmp_path / "data"), "--drive", str(socket), *more),
        ],
        env={**os.environ, **env},
        stderr=subprocess.DEVNULL,
    )
    try:
        remote = Remote(name, socket)
        yield remote, process.pid
        remote.close()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert not socket.exists()


def _said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    with pytest.raises(SystemExit) as caught:
        main(words)
    assert caught.value.code == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "the following arguments are required: --data, --central"),
        (("--data", "x", "--central", "http://c", "--kind", "tank"), "invalid TerminalKind"),
        (("--data", "x", "--central", "http://c", "--secrets", "paper"), "invalid SecretsKind"),
        (
            ("--data", "x", "--central", "http://c", "--photo-rate", "-1"),
            "--photo-rate is a number of bytes a second",
        ),
        (("hand-over", "--data", "x"), "the following arguments are required: --out"),
        (("--data", "x", "--central", "ftp://c"), "--central is an address"),
        (("--data", "x", "--central", "http://c", "--printer", "fax"), "--printer is file"),
        (("--data", "x", "--central", "http://c", "--panel", "tv"), "--panel is one of"),
        (("--data", "x", "--central", "http://c", "--photos", "no-such"), "--photos is a folder"),
    ],
)
def test_a_bad_option_is_one_sentence(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], said: str
) -> None:
    error = _said(capsys, *words)
    assert said in error
    assert len(error.splitlines()) == 1
    assert "--help" in error


def test_a_fresh_device_shows_the_enrolment_and_ends_in_order(
    tmp_path: Path, credentials: Path
) -> None:
    more = ("--secrets", "systemd", "--kind", "kiosk")
    with _started(tmp_path, "one", *more, CREDENTIALS_DIRECTORY=str(credentials)) as (remote, _pid):
        remote.wait("main_button", text="Join")
        assert remote.screen() == "enrol"
        with _started(tmp_path, "two", *more, CREDENTIALS_DIRECTORY=str(credentials)) as (
            second,
            _second_pid,
        ):
            said = second.wait("problem", text="already runs on the data folder")
            assert "Use that window" in said
    assert not (tmp_path / "data" / "store").exists()


def test_without_a_keyring_the_window_says_what_to_do(tmp_path: Path) -> None:
    with _started(tmp_path, "one") as (remote, _pid):
        said = remote.wait("problem", text="no sound place for its keys")
        assert "--secrets systemd" in said
        assert remote.screen() == "start"


def test_remote_control_is_an_option_only_where_it_is_installed(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.metadata.entry_points", lambda **_: ())
    with pytest.raises(SystemExit):
        main(["--help"])
    assert "--drive" not in capsys.readouterr().out
    words = ("--data", "x", "--central", "http://c", "--drive", "socket")
    assert "unrecognized arguments: --drive" in _said(capsys, *words)
