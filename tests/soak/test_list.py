import subprocess
import sys
from pathlib import Path

import pytest

from tests.soak.__main__ import main
from tests.soak.search import SEARCHES

ROOT = Path(__file__).parents[2]


def test_help_names_every_search() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.soak", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert all(f"  {name} " in done.stdout for name in SEARCHES)


def test_every_named_search_has_its_module() -> None:
    folder = Path(__file__).parent
    assert all((folder / f"{name}.py").exists() for name in SEARCHES)


def test_an_unknown_name_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["luck"])
    assert ended.value.code == 2
    assert "invalid choice: 'luck'" in capsys.readouterr().err
