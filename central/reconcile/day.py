"""One day of money, told three ways and compared. Blocking; no transaction while Stripe answers.

The ledger (``transactions``), Stripe's balance transactions, and the rights and tickets that were
given for the money. Whatever one has and another has not is a finding for a person; nothing is
changed here. Source: PAYMENTS.md 4.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from central.database import Database
from central.payments.processor import Processor, Refused, Settled, Unknown
from parking.clockface import day_bounds
from parking.errors import UnavailableError
from parking.money import usd

MARGIN = timedelta(days=3)
"""A line near midnight may stand in another day's account; further off it is a finding."""
KINDS = {"charge": "charge", "refund": "refund", "refund_failure": "refund_failed"}
"""Stripe's word for a movement, and the ledger's."""
_LINES = """
select t.kind, t.stripe_id, t.amount_cents, t.created_utc, p.reference from transactions t
join payments p using (payment_id)
where t.created_utc >= %(since)s and t.created_utc < %(until)s
    and not exists (select from transactions lost
        where lost.payment_id = t.payment_id and lost.kind = 'charge_lost')
order by t.created_utc
"""
_LOST = """
select p.reference, -t.amount_cents from transactions t join payments p using (payment_id)
where t.kind = 'charge_lost' and t.created_utc >= %(since)s and t.created_utc < %(until)s
"""
# Money without anything for it: no right, no event of a ticket.
_NOTHING_GIVEN = """
select p.reference, t.amount_cents from transactions t join payments p using (payment_id)
where t.kind = 'charge' and t.created_utc >= %(since)s and t.created_utc < %(until)s
    and not exists (select from parking_sessions r
        where r.parking_session_id = t.parking_session_id)
    and not exists (select from citation_event e
        where e.citation_event_id = t.payment_id and e.kind = 'paid')
"""
_NOTHING_PAID = """
select r.parking_session_id::text, r.price_cents from parking_sessions r
where r.source = 'pay_station' and r.price_cents > 0
    and r.made_utc >= %(since)s and r.made_utc < %(until)s
    and not exists (select from transactions t
        where t.parking_session_id = r.parking_session_id and t.kind = 'charge')
"""
_GIVEN = """
select count(*) filter (where parking_session_id is not null),
    count(*) filter (where citation_id is not null)
from transactions where kind = 'charge' and created_utc >= %(since)s and created_utc < %(until)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the ledger."""

    kind: str
    stripe_id: str
    amount_cents: int
    made_utc: datetime
    reference: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sums:
    """One kind of movement on both sides; counts and signed cents."""

    kind: str
    ledger_count: int
    ledger_cents: int
    stripe_count: int
    stripe_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that does not fit, for a person.

    Attributes:
        code: Stable word.
        subject: Reference of the payment, or Stripe's name of the movement.
        text: One sentence.
        amount_cents: What it is about.
    """

    code: str
    subject: str
    text: str
    amount_cents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DayOfMoney:
    """What a treasurer reads of a day.

    Attributes:
        fees_cents: What Stripe kept.
        lost_cents: Rights that were given while the charge could not be taken any more.
        rights: Parking rights paid with the day's charges.
        tickets: Tickets paid with them.
    """

    day: date
    sums: tuple[Sums, ...]
    fees_cents: int
    lost_cents: int
    rights: int
    tickets: int
    findings: tuple[Finding, ...]

    @property
    def net_cents(self) -> int:
        """What the ledger says came in less what went back."""
        return sum(each.ledger_cents for each in self.sums)


def reconcile(database: Database, stripe: Processor, day: date, time_zone: str) -> DayOfMoney:
    """Compare one local day.

    Raises:
        UnavailableError: ``stripe.unavailable``; nothing was compared.
    """
    since, until = day_bounds(day, time_zone)
    told = stripe.settled(created_from=since - MARGIN, created_to=until + MARGIN)
    if isinstance(told, Refused | Unknown):
        sentence = "Stripe does not answer; the day could not be compared."
        raise UnavailableError("stripe.unavailable", sentence, retry_safe=True)
    with database.reading() as connection:
        near = _lines(connection, since - MARGIN, until + MARGIN)
        bounds = {"since": since, "until": until}
        rights, tickets = connection.exec_driver_sql(_GIVEN, bounds).one()
        lost = connection.exec_driver_sql(_LOST, bounds).all()
        given = connection.exec_driver_sql(_NOTHING_GIVEN, bounds).all()
        paid = connection.exec_driver_sql(_NOTHING_PAID, bounds).all()
    ours = [line for line in near if since <= line.made_utc < until]
    theirs = [each for each in told if since <= each.made_utc < until]
    findings = [
        *_only_ours(ours, told),
        *_only_theirs(theirs, near),
        *(_taken_for_nothing(reference, cents) for reference, cents in given),
        *(_given_for_nothing(right_id, cents) for right_id, cents in paid),
    ]
    return DayOfMoney(
        day=day,
        sums=_sums(ours, theirs),
        fees_cents=sum(each.fee_cents for each in theirs),
        lost_cents=sum(cents for _, cents in lost),
        rights=rights,
        tickets=tickets,
        findings=tuple(findings),
    )


def _lines(connection: Connection, since: datetime, until: datetime) -> list[Line]:
    rows = connection.exec_driver_sql(_LINES, {"since": since, "until": until})
    return [
        Line(kind=kind, stripe_id=name, amount_cents=cents, made_utc=made, reference=reference)
        for kind, name, cents, made, reference in rows
    ]


def _sums(ours: Sequence[Line], theirs: Sequence[Settled]) -> tuple[Sums, ...]:
    kinds = [*KINDS.values()]
    kinds += sorted({_kind(each) for each in theirs} - set(kinds))
    return tuple(
        Sums(
            kind=kind,
            ledger_count=sum(line.kind == kind for line in ours),
            ledger_cents=sum(line.amount_cents for line in ours if line.kind == kind),
            stripe_count=sum(_kind(each) == kind for each in theirs),
            stripe_cents=sum(each.amount_cents for each in theirs if _kind(each) == kind),
        )
        for kind in kinds
    )


def _kind(settled: Settled) -> str:
    return KINDS.get(settled.kind, settled.kind)


def _only_ours(ours: Sequence[Line], told: Sequence[Settled]) -> Iterator[Finding]:
    there = Counter((_kind(each), each.source, each.amount_cents) for each in told)
    for line in ours:
        place = (line.kind, line.stripe_id, line.amount_cents)
        if there[place]:
            there[place] -= 1
            continue
        yield Finding(
            code="only_in_ledger",
            subject=line.reference,
            text=f"The ledger has a {line.kind} of {usd(line.amount_cents)} that Stripe has not.",
            amount_cents=line.amount_cents,
        )


def _only_theirs(theirs: Sequence[Settled], near: Sequence[Line]) -> Iterator[Finding]:
    here = Counter((line.kind, line.stripe_id, line.amount_cents) for line in near)
    for each in theirs:
        place = (_kind(each), each.source, each.amount_cents)
        if here[place]:
            here[place] -= 1
            continue
        yield Finding(
            code="only_at_stripe",
            subject=each.source,
            text=f"Stripe has a {each.kind} of {usd(each.amount_cents)} that the ledger has not.",
            amount_cents=each.amount_cents,
        )


def _taken_for_nothing(reference: str, cents: int) -> Finding:
    return Finding(
        code="nothing_given",
        subject=reference,
        text=f"{usd(cents)} was taken and nothing was given for it.",
        amount_cents=cents,
    )


def _given_for_nothing(right_id: str, cents: int) -> Finding:
    return Finding(
        code="nothing_paid",
        subject=right_id,
        text=f"Time worth {usd(cents)} was given and no payment stands for it.",
        amount_cents=cents,
    )
