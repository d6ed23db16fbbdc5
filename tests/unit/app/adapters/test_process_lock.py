import subprocess
import sys
from pathlib import Path

import pytest

from app.adapters.process_lock import ProcessLock
from parking.errors import UnavailableError, UserError


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
