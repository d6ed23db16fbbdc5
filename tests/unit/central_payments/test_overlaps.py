"""Time that was paid twice: nobody is refused, a supervisor is told what should go back."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from central.payments.row import PaymentRow
from central.rights.take import store_rights
from central.store import load_many, value_of
from parking.officer import Officer, Role
from parking.refund import RefundRequest
from parking.right import ParkingSession, RightSource
from parking.tariff import Day, EnforcedSpan, Tariff
from parking.zone import Zone
from sync.records import BY_CLASS
from tests.unit.central_payments.conftest import City
from tests.unit.parking.samples import local

NINE = local("2027-03-01 09:00")
HOUR = timedelta(hours=1)


@pytest.fixture
def paid_twice(city: City) -> list[PaymentRow]:
    """Two payments of $2.50 for one plate from nine to eleven, at $1.25 an hour."""
    span = EnforcedSpan(
        days=tuple(Day), opens_minute=0, closes_minute=1440, rate_cents_per_hour=125
    )
    city.store(
        Tariff(
            tariff_id="t",
            version="1",
            time_zone="America/New_York",
            spans=(span,),
            increment_minutes=15,
        )
    )
    city.store(Zone(zone_id="204", name="Lot", time_zone="America/New_York", tariff_id="t"))
    payments = [city.pay() for _ in range(2)]
    city.tamper(
        "update parking_sessions set start_utc = %(start)s, end_utc = %(end)s",
        start=NINE,
        end=NINE + 2 * HOUR,
    )
    return payments


def told(city: City, payment: PaymentRow) -> tuple[int, str]:
    with city.database.reading() as connection:
        found = connection.execute(
            text("SELECT due_back_cents, task FROM payment_summary WHERE payment_id = :id"),
            {"id": payment.payment_id},
        ).one()
    return found.due_back_cents, found.task


def sell(city: City, *rights: ParkingSession) -> None:
    with city.database.unit_of_work("test") as connection:
        store_rights(connection, rights, now_utc=NINE)


def right_of(city: City, payment: PaymentRow) -> ParkingSession:
    record = BY_CLASS[ParkingSession]
    with city.database.reading() as connection:
        (row,) = load_many(connection, record, [payment.payment_id]).values()
    found: ParkingSession = value_of(record, row)
    return found


def by_app(city: City, payment: PaymentRow) -> ParkingSession:
    """Return a right that was sold after both."""
    here = right_of(city, payment)
    return replace(
        here,
        made_utc=here.made_utc + HOUR,
        parking_session_id=uuid4(),
        start_utc=NINE + HOUR,
        end_utc=NINE + 3 * HOUR,
        source=RightSource.APP,
        source_ref="Acme",
    )


def boss_of(city: City) -> UUID:
    boss = Officer(officer_id=uuid4(), badge="0900", display_name="S.", role=Role.SUPERVISOR)
    city.store(boss)
    return boss.officer_id


def test_what_was_paid_twice_becomes_a_task_with_its_amount(
    city: City, paid_twice: list[PaymentRow]
) -> None:
    first, second = paid_twice
    sell(city, by_app(city, first))
    assert told(city, first) == (0, "")
    assert told(city, second) == (
        250,
        "Other time of this car covers the same hours: $2.50 was paid twice.",
    )
    city.store(
        RefundRequest(
            refund_id=uuid4(),
            payment_id=second.payment_id,
            amount_cents=250,
            reason_code="overlap",
            ends_right=False,
            officer_id=boss_of(city),
            terminal_id=uuid4(),
            requested_utc=NINE,
        )
    )
    city.desk.refunds.run()
    assert told(city, second) == (0, "")


def test_the_task_ends_with_the_other_right(city: City, paid_twice: list[PaymentRow]) -> None:
    first, second = paid_twice
    sell(city, by_app(city, first))
    assert told(city, second)[0] == 250
    other = right_of(city, first)
    sell(city, replace(other, revoked_utc=NINE, revision=other.revision + 1))
    assert told(city, second) == (0, "")


def test_without_the_rates_nothing_is_proposed(city: City, paid_twice: list[PaymentRow]) -> None:
    first, second = paid_twice
    city.tamper("delete from parking_zones")
    sell(city, by_app(city, first))
    assert told(city, second) == (0, "")
