"""The editions of tariffs that prices were quoted by: a stay is priced by that of its first right.

Source: RULES.md 5. A new edition replaces the tariff; this is where the old one is found.
"""

from datetime import datetime

import msgspec
from sqlalchemy import Connection

from parking.tariff import Tariff, tariff_label

_KEEP = """
insert into tariff_editions (label, tariff, quoted_utc)
values (%(label)s, %(tariff)s::jsonb, %(now)s) on conflict do nothing
"""
_FIND = "select tariff::text from tariff_editions where label = %(label)s"


def keep_edition(connection: Connection, tariff: Tariff, *, now_utc: datetime) -> str:
    """Keep the tariff that a price was quoted by, and return its label."""
    label = tariff_label(tariff)
    row = {"label": label, "tariff": msgspec.json.encode(tariff).decode(), "now": now_utc}
    connection.exec_driver_sql(_KEEP, row)
    return label


def find_edition(connection: Connection, label: str) -> Tariff | None:
    """Return the tariff of a label, or None when no price was ever quoted by it."""
    found = connection.exec_driver_sql(_FIND, {"label": label}).scalar()
    return None if found is None else msgspec.json.decode(found, type=Tariff)
