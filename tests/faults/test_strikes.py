"""Kill points, disk errors and power cuts against the real store: a few of each at every change.

The long searches are ``./soak kill`` and ``./soak power``.
"""

import subprocess
import sys
from typing import Any

import msgspec
import pytest

from tests.faults.tracing import missing

pytestmark = pytest.mark.skipif(bool(missing()), reason=missing() or "can be traced")


Reached = dict[str, dict[str, Any]]


def _reached(name: str, seed: int) -> Reached:
    """Run the small sets of one kind and return what each reached."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.quick", name, str(seed)],
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return msgspec.json.decode(done.stdout, type=Reached)


def test_a_kill_or_a_disk_error_at_any_call_loses_and_doubles_nothing() -> None:
    reached = _reached("strikes", 11)
    kills, errors = reached["kills"], reached["errors"]
    assert kills["wrong"] == []
    assert kills["missed"] == 0
    # A restarted program does other work, which may end before it is struck again.
    assert sum(kills["sites"].values()) + kills["passed"] == 30
    again = {site for site in kills["sites"] if site.startswith("again")}
    assert len(again) > 5
    # Each chain begins at another call.
    assert len(kills["sites"].keys() - again) == 10
    # Nothing is acknowledged that is not stored, and a person reads why.
    assert errors["wrong"] == []
    assert len(errors["sites"]) == 5
    assert errors["told"] > 0


def test_no_power_cut_loses_what_was_saved_unless_the_disk_lies() -> None:
    reached = _reached("power", 13)
    power, lies = reached["power"], reached["lies"]
    assert power["wrong"] == []
    assert power["images"] > 100
    assert len(power["fates"]) == 8
    assert lies["wrong"]
