import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.adapters.process_lock import ProcessLock
from app.adapters.system_clock import UNMEASURED_MS, RawClock, SystemClock
from parking.errors import UnavailableError, UserError


def test_before_central_was_heard_the_clock_is_unsure() -> None:
    now = SystemClock().now()
    assert now.uncertainty_ms >= UNMEASURED_MS
    assert abs(now.utc - datetime.now(UTC)) < timedelta(seconds=1)
    assert RawClock().now().uncertainty_ms == UNMEASURED_MS


def test_centrals_offset_sets_it_right() -> None:
    clock = SystemClock()
    clock.learn(offset_ms=-120_000, uncertainty_ms=40)
    now = clock.now()
    assert abs(now.utc + timedelta(minutes=2) - datetime.now(UTC)) < timedelta(seconds=1)
    assert now.uncertainty_ms == 40


def test_it_grows_unsure_with_the_time_since(monkeypatch: pytest.MonkeyPatch) -> None:
    seconds = [0.0]
    monkeypatch.setattr("app.adapters.system_clock.time.monotonic", lambda: seconds[0])
    clock = SystemClock()
    clock.learn(offset_ms=5, uncertainty_ms=40)
    seconds[0] = 8 * 3600.0
    clock.learn(offset_ms=5, uncertainty_ms=40)
    assert clock.now().uncertainty_ms == 40 + 2880
    clock.learn(offset_ms=6, uncertainty_ms=40)
    assert clock.now().uncertainty_ms == 40


def test_a_second_terminal_on_the_same_data_is_refused(tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from app.adapters.process_lock import ProcessLock;"
        "ProcessLock(Path(sys.argv[1])); print('held', flush=True); sys.stdin.read()"
    )
    folder = tmp_path / "data"
    with subprocess.Popen(
        [sys.executable, "-c", program, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(UserError, match="already runs on the data folder"):
            ProcessLock(folder)
        other.kill()
    lock = ProcessLock(folder)
    lock.release()
    ProcessLock(folder).release()


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    with pytest.raises(UnavailableError, match="cannot be used"):
        ProcessLock(tmp_path / "data")
