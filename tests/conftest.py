"""What every test stands on: a quiet environment, guards, and a real PostgreSQL."""

import gc
import os
import shutil
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import settings

from tests import databases, guards
from tests.databases import database, database_template, empty_database, postgres_cluster
from tests.guards import leaves_nothing_behind

__all__ = [
    "database",
    "database_template",
    "empty_database",
    "leaves_nothing_behind",
    "postgres_cluster",
]

ROOT = Path(__file__).parents[1]
_HOME = "STAMFORD_TEST_HOME"


def pytest_configure(config: pytest.Config) -> None:
    """Prepares the run in its first process; the workers of pytest-xdist inherit it."""
    guards.refuse_the_network()
    # How long one example takes says how busy the machine is, not whether the product is right.
    settings.register_profile("tests", deadline=None)
    settings.load_profile("tests")
    if _is_worker(config):
        return
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    # Programs that tests start find the product from any folder.
    os.environ["PYTHONPATH"] = str(ROOT)
    # The secrets, settings and files of the person who runs the tests stay untouched.
    os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
    home = os.environ[_HOME] = tempfile.mkdtemp(prefix="stamford-home-")
    for kind in ("CACHE", "CONFIG", "DATA", "STATE"):
        os.environ[f"XDG_{kind}_HOME"] = f"{home}/{kind.lower()}"
    databases.choose_cluster()


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Spares what the imports make, which lives as long as the run, every collection of garbage.

    A window collects whenever it is dressed, so that nearly every test of a screen does.
    """
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()
        gc.collect()
        gc.freeze()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Removes what the run shared."""
    if not _is_worker(config):
        databases.remove_cluster()
        shutil.rmtree(os.environ[_HOME], ignore_errors=True)


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
