"""The audit log and the alarms of the service; both append-only tables.

``audit_logs`` says who did what to which thing; the actor is the one the unit of work was opened
for. Never a plate, a code, a key or a token.
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection

_AUDIT = """
insert into audit_logs (timestamp, act, subject, detail)
values (%(now)s, %(act)s, %(subject)s, %(detail)s::jsonb)
"""
_ALARM = """
insert into alarms (code, subject, text, raised_utc)
values (%(code)s, %(subject)s, %(text)s, %(now)s)
"""
_FLAGS = """
insert into flags (name, key, code, text, raised_utc)
select name, key, code, text, %(now)s
from unnest(%(names)s::text[], %(keys)s::text[], %(codes)s::text[], %(texts)s::text[])
    as odd (name, key, code, text)
"""


def audit(
    connection: Connection,
    act: str,
    subject: str,
    *,
    now_utc: datetime,
    detail: Mapping[str, str | int] | None = None,
) -> None:
    """Add a line to the audit log.

    Args:
        connection: Of the unit of work that does the act.
        act: A stable word, e.g. ``terminal.enrolled``.
        subject: Identifier of the thing.
        now_utc: When.
        detail: Small facts, never personal data.
    """
    row = {"now": now_utc, "act": act, "subject": subject}
    row["detail"] = msgspec.json.encode(detail or {}).decode()
    connection.exec_driver_sql(_AUDIT, row)


def alarm(connection: Connection, code: str, subject: str, text: str, now_utc: datetime) -> None:
    """Raise an alarm for operations: a stable code, the thing, one sentence."""
    connection.exec_driver_sql(
        _ALARM, {"code": code, "subject": subject, "text": text, "now": now_utc}
    )


def flag(connection: Connection, odd: list[tuple[str, str, str, str]], now_utc: datetime) -> None:
    """Mark stored records that a person should look at.

    Args:
        connection: Of the unit of work that stored them.
        odd: Per mark: record name, key as text, stable code, one sentence.
        now_utc: When.
    """
    if odd:
        names, keys, codes, texts = (list(column) for column in zip(*odd, strict=True))
        connection.exec_driver_sql(
            _FLAGS, {"names": names, "keys": keys, "codes": codes, "texts": texts, "now": now_utc}
        )
