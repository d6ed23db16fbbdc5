"""Which level a database file has, and how it gets to ours. Runs at opening, before any other use.

Each file carries ``schema_level`` and ``oldest_reader`` (docs/decisions/0010): an older build that
is at least ``oldest_reader`` opens the file as it is, below that it refuses in plain words.
Alembic's scripts lie as data under ``local_db/migrations``, one folder per file.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Table, inspect, select
from sqlalchemy.dialects.sqlite import insert

from local_db.opening import EncryptedFile
from local_db.tables import RECORDS_INFO, REFERENCE_INFO
from parking.errors import UserError

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"


@dataclass(frozen=True, slots=True, kw_only=True)
class Schema:
    """What this build knows of one file.

    Attributes:
        name: Folder of its scripts under ``migrations``.
        level: Number of the newest script.
        info: The table in which the file says its level.
    """

    name: str
    level: int
    info: Table


RECORDS_SCHEMA = Schema(name="records", level=2, info=RECORDS_INFO)
REFERENCE_SCHEMA = Schema(name="reference", level=2, info=REFERENCE_INFO)


def bring_to_level(file: EncryptedFile, schema: Schema) -> None:
    """Bring a file to the level of this build, in one transaction; nothing to do is the usual case.

    Raises:
        UserError: ``database.too_new`` when only a newer version of the program may open it.
    """
    with file.reading() as connection:
        level, oldest_reader = _info(connection, schema)
    if oldest_reader > schema.level:
        raise UserError(
            "database.too_new",
            f"The {schema.name} database was written by a newer version of this program "
            f"(level {level}; this version reads up to {schema.level}).",
            action="Start the newer version.",
        )
    if level < schema.level:
        with file.writing() as connection:
            _upgrade(connection, schema)
            connection.commit()


def _info(connection: Connection, schema: Schema) -> tuple[int, int]:
    if not inspect(connection).has_table(schema.info.name):
        return 0, 0
    found = connection.execute(
        select(schema.info.c.schema_level, schema.info.c.oldest_reader)
    ).one()
    return found.schema_level, found.oldest_reader


def alembic_config(schema: Schema, connection: Connection) -> "Config":
    """Return Alembic's settings for one file; there is no ini file."""
    # Alembic takes 0.3 s to import; the usual start does not need it.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", _escaped(MIGRATIONS))
    config.set_main_option("version_locations", _escaped(MIGRATIONS / schema.name))
    config.set_main_option("path_separator", "newline")
    config.attributes["connection"] = connection
    return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")


def _upgrade(connection: Connection, schema: Schema) -> None:
    from alembic import command
    from alembic.script import ScriptDirectory

    config = alembic_config(schema, connection)
    command.upgrade(config, "head")
    newest = ScriptDirectory.from_config(config).get_revision("head")
    row = {
        "id": 1,
        "schema_level": int(newest.revision),
        "oldest_reader": newest.module.OLDEST_READER,
    }
    connection.execute(
        insert(schema.info)
        .values(row)
        .on_conflict_do_update(index_elements=[schema.info.c.id], set_=row)
    )
