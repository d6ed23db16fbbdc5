"""The report of a day of money as a treasurer reads it: plain text and CSV. Pure, any thread."""

import csv
import io
from collections.abc import Iterator

from central.reconcile.day import DayOfMoney
from parking.money import usd

_NAMES = {
    "charge": "Charges",
    "refund": "Refunds",
    "refund_failed": "Refunds that banks sent back",
    "dispute": "Disputes",
    "dispute_reversal": "Disputes won",
}


def as_text(day: DayOfMoney) -> str:
    """Return the report as lines of at most 80 characters."""
    return "\n".join(_lines(day)) + "\n"


def _lines(day: DayOfMoney) -> Iterator[str]:
    yield f"Money of {day.day:%A, %B %d, %Y}"
    yield ""
    yield f"{'':30}{'ledger':>17}{'Stripe':>17}{'difference':>14}"
    for each in day.sums:
        ours = f"{each.ledger_count:>5} {usd(each.ledger_cents):>11}"
        theirs = f"{each.stripe_count:>5} {usd(each.stripe_cents):>11}"
        apart = usd(each.ledger_cents - each.stripe_cents)
        yield f"{_NAMES.get(each.kind, each.kind):30}{ours}{theirs}{apart:>14}"
    yield ""
    yield f"Came in less what went back   {usd(day.net_cents):>17}"
    yield f"Stripe's fees                 {usd(day.fees_cents):>17}"
    yield f"Given but not charged         {usd(day.lost_cents):>17}"
    yield f"Parking rights paid           {day.rights:>17}"
    yield f"Tickets paid                  {day.tickets:>17}"
    yield ""
    if not day.findings:
        yield "Everything fits: ledger, Stripe and what drivers were given."
        return
    yield f"{len(day.findings)} for a person:"
    for finding in day.findings:
        yield f"  {finding.subject}: {finding.text}"


def as_csv(day: DayOfMoney) -> str:
    """Return sums and findings as CSV, amounts in dollars."""
    out = io.StringIO()
    table = csv.writer(out, lineterminator="\n")
    table.writerow(("day", "what", "subject", "count", "ledger", "stripe", "text"))
    for each in day.sums:
        cents = (each.ledger_cents, each.stripe_cents)
        row = (day.day, each.kind, "", each.ledger_count, *map(_dollars, cents), "")
        table.writerow(row)
    for finding in day.findings:
        amount = _dollars(finding.amount_cents)
        row = (day.day, finding.code, finding.subject, 1, amount, "", finding.text)
        table.writerow(row)
    return out.getvalue()


def _dollars(cents: int) -> str:
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"
