"""Levels of the files: the newest script makes the tables, newer files open where they may."""

from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import MetaData

from local_db.opening import EncryptedFile
from local_db.schema import (
    RECORDS_SCHEMA,
    REFERENCE_SCHEMA,
    Schema,
    alembic_config,
    bring_to_level,
)
from local_db.store import LocalStore
from local_db.tables import RECORDS_TABLES, REFERENCE_TABLES
from parking.errors import UserError
from tests.fakes.clock import StillClock
from tests.fakes.terminal import KEY, citation, enrolment, save

BOTH = [(RECORDS_SCHEMA, RECORDS_TABLES), (REFERENCE_SCHEMA, REFERENCE_TABLES)]


@pytest.mark.parametrize(("schema", "tables"), BOTH, ids=["records", "reference"])
def test_the_scripts_make_the_tables_of_this_build(
    tmp_path: Path, schema: Schema, tables: MetaData
) -> None:
    file = EncryptedFile(tmp_path / "some.db", KEY, cache_kib=1024)
    bring_to_level(file, schema)
    with file.reading() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, tables) == []
        head = ScriptDirectory.from_config(alembic_config(schema, connection)).get_current_head()
        level = connection.execute(schema.info.select()).one()
    assert int(head or 0) == schema.level == level.schema_level
    file.close()


@pytest.mark.parametrize("name", ["records.db", "reference.db"])
def test_a_newer_file_opens_as_it_is_while_this_build_may_read_it(
    store: LocalStore, folder: Path, name: str
) -> None:
    made = citation()
    save(store, made)
    store.close()
    _set_level(folder / name, schema_level=7, oldest_reader=1)
    again = LocalStore.open(folder, KEY, StillClock())
    save(again, citation(citation_id=made.check_id))
    assert again.citation(made.citation_id) == (made, ())
    again.close()
    assert _level(folder / name) == (7, 1)


def test_records_of_a_version_too_new_are_refused_in_plain_words(
    store: LocalStore, folder: Path
) -> None:
    store.close()
    _set_level(folder / "records.db", schema_level=7, oldest_reader=5)
    with pytest.raises(UserError, match="newer version") as refused:
        LocalStore.open(folder, KEY, StillClock())
    assert refused.value.key == "database.too_new"
    assert _level(folder / "records.db") == (7, 5)


def test_a_reference_of_a_version_too_new_is_made_anew(store: LocalStore, folder: Path) -> None:
    store.close()
    _set_level(folder / "reference.db", schema_level=7, oldest_reader=5)
    again = LocalStore.open(folder, KEY, StillClock())
    assert again.identity() == enrolment()
    again.close()
    assert _level(folder / "reference.db") == (REFERENCE_SCHEMA.level, 1)


def _set_level(path: Path, *, schema_level: int, oldest_reader: int) -> None:
    file = EncryptedFile(path, KEY, cache_kib=1024)
    with file.writing() as connection:
        connection.exec_driver_sql(
            "UPDATE schema_info SET schema_level = ?, oldest_reader = ?",
            (schema_level, oldest_reader),
        )
        connection.commit()
    file.close()


def _level(path: Path) -> tuple[int, int]:
    file = EncryptedFile(path, KEY, cache_kib=1024)
    with file.reading() as connection:
        row = connection.exec_driver_sql("SELECT schema_level, oldest_reader FROM schema_info")
        level, oldest = row.one()
    file.close()
    return level, oldest
