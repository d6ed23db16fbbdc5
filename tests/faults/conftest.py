"""Clusters that tests of faults may break: each a copy of one data directory."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from simulator.postgres import Cluster
from tests import databases
from tests.faults.clusters import NAME, copy, empty_folder, run


@pytest.fixture(scope="session")
def image() -> Iterator[Path]:
    """A cluster's data directory with central's newest schema, to copy from."""
    cluster = Cluster(databases.cluster_folder("image"), durable=False)
    cluster.remove()
    try:
        # The schema takes a second to load; other tests of faults do without.
        from central import schema

        cluster.start()
        cluster.create_database(NAME)
        found = databases.Database(cluster, NAME)
        schema.create_roles(found.dsn("postgres"))
        schema.migrate(found.dsn("parking_owner"))
        cluster.stop()
        yield cluster.folder / "data"
    finally:
        cluster.remove()


@pytest.fixture
def database(image: Path) -> Iterator[databases.Database]:
    """A cluster of its own that archives its log."""
    cluster = Cluster(databases.cluster_folder("restored"), durable=False)
    archive = cluster.folder / "archive"
    try:
        empty_folder(cluster)
        run(cluster, "mkdir", archive)
        copy(cluster, image, cluster.folder / "data")
        with (cluster.folder / "data" / "postgresql.auto.conf").open("a") as settings:
            settings.write(f"archive_mode = on\narchive_command = 'cp %p {archive}/%f'\n")
        cluster.start()
        yield databases.Database(cluster, NAME)
    finally:
        cluster.remove()
