"""A running central over real HTTP on a real PostgreSQL, and devices that talk to it.

``service`` is shared by the tests of a module, which therefore use devices and plates of their own;
``fresh_service`` belongs to one test.
"""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from central.database import Database
from central.identity.city_keys import init_keys
from central.settings import Settings
from tests import databases
from tests.unit.central import samples
from tests.unit.central.service import Service, TestClock, running

_KEYS_MADE_ONCE = "keys"


def settings_for(found: databases.Database, folder: Path) -> Settings:
    init_keys(folder / _KEYS_MADE_ONCE)
    return Settings(
        database_url=found.dsn("parking_app"),
        direct_url=found.dsn("parking_app"),
        owner_url=found.dsn("parking_owner"),
        pool_size=8,
        push_line=0,
        database_timeout_s=5.0,
        keys_dir=folder / _KEYS_MADE_ONCE,
        photo_dir=folder / "photos",
        snapshot_dir=folder / "snapshots",
    )


@pytest.fixture(scope="module")
def shared_database(database_template: databases.Database) -> Iterator[databases.Database]:
    cluster, name = database_template.cluster, f"test_{uuid.uuid4().hex}"
    cluster.create_database(name, owner="parking_owner", template=database_template.name)
    yield databases.Database(cluster, name)
    cluster.drop_database(name)


@pytest.fixture(scope="module")
def shared_settings(
    shared_database: databases.Database, tmp_path_factory: pytest.TempPathFactory
) -> Settings:
    return settings_for(shared_database, tmp_path_factory.mktemp("central"))


@contextmanager
def _with_a_city(settings: Settings) -> Iterator[Service]:
    with running(settings, TestClock()) as found:
        found.store(samples.TARIFF, samples.ZONE, samples.EXPIRED, samples.SAFETY, samples.OFFICER)
        yield found


@pytest.fixture(scope="module")
def service(shared_settings: Settings) -> Iterator[Service]:
    with _with_a_city(shared_settings) as found:
        yield found


@pytest.fixture
def settings(database: databases.Database, tmp_path: Path) -> Settings:
    return settings_for(database, tmp_path)


@pytest.fixture
def fresh_service(settings: Settings) -> Iterator[Service]:
    with _with_a_city(settings) as found:
        yield found


@pytest.fixture(scope="module")
def store(shared_settings: Settings) -> Iterator[Database]:
    """The pool alone, for tests that need no HTTP."""
    found = Database(replace(shared_settings, pool_size=10))
    yield found
    found.close()
