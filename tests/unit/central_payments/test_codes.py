"""Validation codes in a purchase: noted once with the right, and no card when they pay all."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from central.payments.desk import open_payment
from central.payments.row import PaymentRow
from central.problems import RefusedError
from central.push.vouchers import USED_TWICE
from parking.errors import UserError
from parking.payment import PaymentOrder, PaymentState, Told
from tests.unit.central_payments.conftest import City

PRICE_CENTS = 250
"""Of the city's quote."""


def order(city: City, voucher_id: UUID, *, pays: int, single_use: bool = True) -> PaymentOrder:
    """Make an order for a price of which a code pays a part."""
    quote = city.quote()
    left = PRICE_CENTS - pays
    city.tamper(
        "update quotes set price_cents = %(left)s, discount_cents = %(pays)s, code_issuer = 'Cafe',"
        " voucher_id = %(voucher)s, single_use = %(once)s where quote_id = %(quote)s",
        left=left,
        pays=pays,
        voucher=voucher_id,
        once=single_use,
        quote=quote.quote_id,
    )
    made = city.order(quote)
    return PaymentOrder(payment_id=made.payment_id, quote_id=quote.quote_id, shown_price_cents=left)


def opened(city: City, made: PaymentOrder) -> PaymentRow:
    return open_payment(city.desk, city.terminal, made)


def uses(city: City) -> list[tuple[UUID, int, str, int]]:
    with city.database.reading() as connection:
        found = connection.execute(
            text(
                "SELECT voucher_use_id, discount_cents, plate, (SELECT count(*) FROM flags f"
                " WHERE f.key = voucher_use_id::text AND f.code = :code) AS flags"
                " FROM voucher_use ORDER BY used_utc"
            ),
            {"code": USED_TWICE},
        )
        return [tuple(row) for row in found]


def test_a_code_that_pays_all_gives_the_right_without_a_card(city: City) -> None:
    made = order(city, uuid4(), pays=PRICE_CENTS)
    row = opened(city, made)
    assert (row.state, row.told, row.right_id) == (
        PaymentState.CAPTURED,
        Told.APPROVED,
        made.payment_id,
    )
    assert row.end_utc is not None
    again = opened(city, made)
    assert (again.version, again.reference) == (row.version, row.reference)
    assert city.rights() == 1
    assert city.ledger() == []
    assert city.stripe.book()["payments"] == {}
    assert uses(city) == [(made.payment_id, PRICE_CENTS, "AB-12345", 0)]
    with city.database.reading() as connection:
        told = connection.execute(text("SELECT state, amount_cents FROM payment_summary")).one()
    assert tuple(told) == ("captured", 0)


def test_a_code_that_was_used_since_its_price_was_shown_pays_nothing(city: City) -> None:
    voucher = uuid4()
    first, second = (order(city, voucher, pays=PRICE_CENTS) for _ in range(2))
    opened(city, first)
    with pytest.raises(RefusedError, match="This code has been used already"):
        opened(city, second)
    # Two orders at one moment: each was looked at before the other had its code.
    wanted = city.desk.book.wanted(first)
    assert wanted is not None
    with pytest.raises(UserError, match="used meanwhile"):
        city.desk.book.open(second, wanted, terminal_id=city.terminal.terminal_id, reader_id="")
    assert city.desk.book.read(second.payment_id) is None
    assert city.rights() == 1
    assert [use[3] for use in uses(city)] == [0]


def test_who_paid_the_rest_keeps_the_time_though_the_code_was_used_meanwhile(city: City) -> None:
    voucher = uuid4()
    late, early = order(city, voucher, pays=100), order(city, voucher, pays=PRICE_CENTS)
    opened(city, late)
    city.until(late.payment_id, lambda now: now.told is Told.PRESENT_CARD)
    opened(city, early)
    city.stripe.present(city.account.reader, "visa")
    city.until(late.payment_id, lambda now: now.state is PaymentState.CAPTURED)
    assert city.rights() == 2
    assert city.bank()["captured"] == PRICE_CENTS - 100
    assert [(use[0], use[3]) for use in uses(city)] == [
        (early.payment_id, 0),
        (late.payment_id, 1),
    ]


def test_a_code_for_many_is_used_by_many(city: City) -> None:
    voucher = uuid4()
    for _ in range(2):
        opened(city, order(city, voucher, pays=PRICE_CENTS, single_use=False))
    assert [use[3] for use in uses(city)] == [0, 0]
