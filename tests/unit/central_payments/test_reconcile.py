"""The day of money: ledger, Stripe and what was given, with each way they can differ."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from central.clock import SystemClock
from central.metrics import Metrics
from central.reconcile.day import DayOfMoney, reconcile
from central.reconcile.paper import as_csv, as_text
from central.reconcile.watch import Reconciler
from parking.clockface import local_day
from parking.errors import UnavailableError
from parking.payment import PaymentState
from tests.fakes.clock import StillClock
from tests.unit.central_payments.conftest import City
from tests.unit.central_payments.prices import PRICE_CENTS
from tests.unit.central_payments.test_refunds import ask, supervisor

ZONE = "America/New_York"


def today(city: City) -> DayOfMoney:
    day = local_day(SystemClock().now().utc, ZONE)
    return reconcile(city.database, city.desk.processor, day, ZONE)


def codes(told: DayOfMoney) -> list[str]:
    return sorted(finding.code for finding in told.findings)


def test_a_day_on_which_everything_fits(city: City) -> None:
    payment = city.pay()
    city.pay()
    ask(city, payment, supervisor(city, "0900"), amount_cents=100)
    city.desk.refunds.run()
    told = today(city)
    assert told.findings == ()
    assert (told.net_cents, told.rights, told.tickets) == (2 * PRICE_CENTS - 100, 2, 0)
    assert told.fees_cents > 0
    assert "Everything fits" in as_text(told)
    assert f"{told.day},charge,,2,5.00,5.00," in as_csv(told)


def test_what_the_ledger_lost_is_found(city: City) -> None:
    city.pay()
    city.tamper("DELETE FROM transactions")
    told = today(city)
    assert codes(told) == ["nothing_paid", "only_at_stripe"]
    assert "Stripe has a charge of $2.50 that the ledger has not." in as_text(told)


def test_a_charge_that_stripe_never_saw_is_found(city: City) -> None:
    payment = city.pay()
    city.tamper(
        "INSERT INTO transactions (transaction_id, payment_id, kind, amount_cents, stripe_id,"
        " parking_session_id, created_utc)"
        " VALUES (%(id)s, %(payment)s, 'charge', 100, 'ch_none', %(payment)s, now())",
        id=uuid4(),
        payment=payment.payment_id,
    )
    assert codes(today(city)) == ["only_in_ledger"]


def test_another_amount_than_stripes_is_found_on_both_sides(city: City) -> None:
    city.pay()
    city.tamper("UPDATE transactions SET amount_cents = 251")
    assert codes(today(city)) == ["only_at_stripe", "only_in_ledger"]


def test_money_for_nothing_is_found(city: City) -> None:
    city.pay()
    city.tamper("DELETE FROM parking_sessions")
    assert codes(today(city)) == ["nothing_given"]


def test_without_stripe_nothing_is_compared(city: City) -> None:
    city.stripe.inject("balance_transactions.list", "500", times=1)
    with pytest.raises(UnavailableError, match="could not be compared"):
        today(city)


@pytest.fixture
def reconciler(city: City) -> Reconciler:
    return Reconciler(
        database=city.database,
        book=city.desk.book,
        stripe=city.desk.processor,
        clock=StillClock(SystemClock().now().utc + timedelta(minutes=20)),
        metrics=Metrics(),
        time_zone=ZONE,
    )


def alarms(city: City) -> list[str]:
    with city.database.reading() as connection:
        return list(connection.execute(text("SELECT code FROM alarms")).scalars())


def test_a_hold_that_no_payment_stands_for_is_released(city: City, reconciler: Reconciler) -> None:
    intent = city.account.authorised().id
    paid = city.pay()
    reconciler.release_holds()
    assert city.stripe.book()["payments"][intent]["held"] == 0
    assert alarms(city) == ["money.hold_released"]
    kept = city.desk.book.read(paid.payment_id)
    assert kept is not None
    assert kept.state is PaymentState.CAPTURED
    reconciler.release_holds()
    assert alarms(city) == ["money.hold_released"]


def test_the_day_before_is_compared_once(city: City, reconciler: Reconciler) -> None:
    city.pay()
    city.tamper("DELETE FROM transactions")
    tomorrow = StillClock(SystemClock().now().utc + timedelta(days=1))
    after = replace(reconciler, clock=tomorrow)
    after.compare_yesterday()
    after.compare_yesterday()
    assert sorted(alarms(city)) == ["money.nothing_paid", "money.only_at_stripe"]
