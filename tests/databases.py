"""Real databases for tests: one private cluster per run, one copy of a template per test."""

import fcntl
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from simulator.postgres import Cluster, private_folder

_FOLDER = "STAMFORD_TEST_CLUSTER"


@dataclass(frozen=True, slots=True)
class Database:
    """A database of its own for one test.

    Attributes:
        cluster: Where it lives.
        name: Its name.
    """

    cluster: Cluster
    name: str

    def dsn(self, user: str = "parking_app") -> str:
        """Returns its address as a libpq URI; user `postgres` is the superuser."""
        return self.cluster.dsn(self.name, user=user)


def cluster_folder(purpose: str) -> Path:
    """Returns a place for a cluster of this process; a later run removes it if we are killed."""
    return private_folder(f"test-{os.getpid()}-{purpose}")


def choose_cluster() -> None:
    """Names the cluster of this run, and removes those of runs that were killed."""
    ours = cluster_folder("shared")
    for folder in ours.parent.glob("test-*"):
        if not Path("/proc", folder.name.split("-")[1]).exists() or folder == ours:
            Cluster(folder).remove()
    os.environ[_FOLDER] = str(ours)


def remove_cluster() -> None:
    """Removes the cluster of this run, if a test needed it."""
    Cluster(Path(os.environ[_FOLDER])).remove()


@pytest.fixture(scope="session")
def postgres_cluster() -> Cluster:
    """The running cluster that all tests of this run share; nothing in it survives the run."""
    cluster = Cluster(Path(os.environ[_FOLDER]), durable=False)
    cluster.start()
    return cluster


@pytest.fixture(scope="session")
def database_template(postgres_cluster: Cluster) -> Database:
    """A database with the four roles and the newest schema, to copy from, not to connect to."""
    # The schema takes seconds to load; tests that need no database do not pay for it.
    from central import schema

    template = Database(postgres_cluster, "parking_template")
    ready = postgres_cluster.folder / "template-is-ready"
    with (postgres_cluster.folder / "template-lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            postgres_cluster.drop_database(template.name)
            postgres_cluster.create_database(template.name)
            schema.create_roles(template.dsn("postgres"))
            schema.migrate(template.dsn("parking_owner"))
            ready.touch()
    return template


@pytest.fixture
def database(database_template: Database) -> Iterator[Database]:
    """A migrated, empty database of central that only this test uses."""
    yield from _copy(database_template.cluster, database_template.name)


@pytest.fixture
def empty_database(database_template: Database) -> Iterator[Database]:
    """A database without any table, in a cluster that has the four roles; to try migrations."""
    yield from _copy(database_template.cluster, "template1")


def _copy(cluster: Cluster, template: str) -> Iterator[Database]:
    name = f"test_{uuid.uuid4().hex}"
    cluster.create_database(name, owner="parking_owner", template=template)
    yield Database(cluster, name)
    cluster.drop_database(name)
