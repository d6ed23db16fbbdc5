import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.__main__ import BENCHMARKS, main

ROOT = Path(__file__).parents[2]


def test_the_list_names_every_benchmark_and_measures_nothing() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks", "--list"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert [line.split()[0] for line in done.stdout.splitlines()] == list(BENCHMARKS)


def test_every_named_benchmark_has_its_module() -> None:
    folder = Path(__file__).parent
    assert all((folder / f"{name}.py").exists() for name in BENCHMARKS)


def test_an_unknown_name_is_answered_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["speed"]) == 2
    assert "There is no benchmark speed. There are: lookup" in capsys.readouterr().out
