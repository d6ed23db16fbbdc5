"""The receipt of a payment as central has it, in any language, as lines or as a message.

Runs inside the caller's unit of work; blocking.
"""

import json
from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from central.payments.row import PaymentRow, as_payment
from central.quotes.quote import load_quote
from central.settings import Settings
from central.store import load_many, value_of
from central.words import words
from parking.bill import Bill
from parking.citation import Citation
from parking.clockface import local_day
from parking.errors import BugError
from parking.notification import Channel
from parking.receipt import BillSale, Line, LineKind, Sale, bill_lines, sale_lines
from parking.terminal import Terminal
from parking.violation import ViolationCode
from parking.zone import Zone
from sync.records import BY_CLASS

T = TypeVar("T")
_SHORT = frozenset(
    {LineKind.TITLE, LineKind.NUMBER, LineKind.PLATE, LineKind.AMOUNT, LineKind.FACT}
)
"""What a text message tells; each part of 160 characters is paid for."""


def receipt_lines(
    connection: Connection,
    row: PaymentRow,
    *,
    paid_utc: datetime,
    language: str,
    settings: Settings,
) -> tuple[Line, ...]:
    """Return the lines that a pay station would print for an approved payment."""
    station = _known(connection, Terminal, row.terminal_id).name
    payment, say = as_payment(row), words(language)
    if row.citation_id is not None:
        bill_sale = BillSale(
            city=_city(),
            station=station,
            time_zone=settings.time_zone,
            bill=_bill(connection, row.citation_id, row, paid_utc, settings.time_zone),
            payment=payment,
            paid_utc=paid_utc,
        )
        return bill_lines(bill_sale, _=say)
    quote = load_quote(connection, row.quote_id)
    if quote is None:
        raise BugError("an approved payment of time has its quote")
    zone = _known(connection, Zone, quote.zone_id)
    sale = Sale(
        city=_city(), station=station, zone=zone, quote=quote, payment=payment, paid_utc=paid_utc
    )
    return sale_lines(sale, _=say)


def as_message(channel: Channel, lines: Sequence[Line]) -> tuple[str, str]:
    """Return subject and body: an e-mail has every line, a text message what matters."""
    told = [line for line in lines if channel is Channel.EMAIL or line.kind in _SHORT]
    title = next(line.text for line in lines if line.kind is LineKind.TITLE)
    return title, "\n".join(map(_text, told)) + "\n" * (channel is Channel.EMAIL)


def _text(line: Line) -> str:
    return f"{line.text}: {line.value}" if line.kind is LineKind.FACT else line.text


def _bill(
    connection: Connection,
    citation_id: UUID,
    row: PaymentRow,
    paid_utc: datetime,
    time_zone: str,
) -> Bill:
    """Return the bill as it was paid."""
    citation = _known(connection, Citation, citation_id)
    code = _stored(connection, ViolationCode, citation.violation_code)
    return Bill(
        bill_id=row.quote_id,
        citation_id=citation_id,
        number=citation.number,
        plate=citation.plate,
        plate_state=citation.plate_state,
        violation=f"{citation.violation_code} {code.title if code else ''}".strip(),
        place=citation.place,
        issued_utc=citation.issued_utc,
        amount_cents=row.amount_cents,
        status="paid",
        as_of=local_day(paid_utc, time_zone),
        expires_utc=paid_utc,
    )


def _known(connection: Connection, of: type[T], key: object) -> T:
    found = _stored(connection, of, key)
    if found is None:
        raise BugError(f"a payment names a {of.__name__} that is stored")
    return found


def _stored(connection: Connection, of: type[T], key: object) -> T | None:
    record = BY_CLASS[of]
    rows = load_many(connection, record, [key])
    value: T | None = next((value_of(record, row) for row in rows.values()), None)
    return value


@cache
def _city() -> str:
    file = Path(__file__).resolve().parents[2] / "resources" / "rules" / "city.json"
    return str(json.loads(file.read_text(encoding="utf-8"))["city"])
