"""Lets all stores that a worker opens share their compiled statements.

A terminal opens its store once a day and compiles each statement once; a search opens it a hundred
thousand times and would spend half of its time on that. What runs is the same text either way. For
the processes of a search alone.
"""

from typing import Any

from sqlalchemy import create_engine

from local_db import opening


def share_compiled_statements() -> None:
    """Give every engine that is made from now on the dialect and the statements of the first."""
    first: dict[str, Any] = {}

    def create(*arguments: Any, **options: Any) -> Any:
        engine = create_engine(*arguments, **options)
        known: Any = first.setdefault("engine", engine)
        engine.dialect = engine.pool._dialect = known.dialect
        engine._compiled_cache = known._compiled_cache
        return engine

    opening.create_engine = create  # type: ignore[attr-defined]  # not exported
