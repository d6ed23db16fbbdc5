"""The whole story on real parts, as a newcomer runs it: exit status 0 only if every step held."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from simulator.city.order import STEPS


@pytest.mark.timeout(360)
def test_every_step_of_the_story_holds(tmp_path: Path) -> None:
    pictures = tmp_path / "pictures"
    name = f"story-{os.getpid()}"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "simulator.city.tour", "--offscreen", "--remove"),
            *("--name", name, "--out", str(pictures)),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=340,
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]
    for step in STEPS:
        assert f"{step.number}. {step.title}" in done.stdout
    assert len(list(pictures.glob("*.png"))) >= 30


def test_a_busy_port_is_said_in_words(tmp_path: Path) -> None:
    """No start, one sentence, and what to do instead."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [sys.executable, "-m", "simulator.city.tour", "--port", str(port)],
            capture_output=True,
            text=True,
            check=False,
            cwd=tmp_path,
            timeout=60,
        )

    assert done.returncode == 2
    assert f"port {port} is in use" in done.stderr
