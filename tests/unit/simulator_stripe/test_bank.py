"""The bank book, oracle of the payment tests."""

from __future__ import annotations

import pytest

from simulator.stripe.bank import Bank

CARD = "4242424242424242"


def held(amount_cents: int = 500) -> Bank:
    bank = Bank()
    bank.hold("pi_1", amount_cents, card=CARD, at=1)
    return bank


def totals(bank: Bank) -> tuple[int, int, int, int]:
    card = bank.view()["cards"][CARD]
    return card["held"], card["captured"], card["refunded"], card["released"]


def test_a_hold_is_taken_whole_or_in_part() -> None:
    bank = held()
    bank.capture("pi_1", 300, at=2)
    assert totals(bank) == (0, 300, 0, 200)
    assert bank.accounts["pi_1"].captures == 1


def test_a_hold_is_released() -> None:
    bank = held()
    bank.release("pi_1", at=2)
    assert totals(bank) == (0, 0, 0, 500)


def test_a_refund_can_come_back() -> None:
    bank = held()
    bank.capture("pi_1", 500, at=2)
    bank.refund("pi_1", 500, at=3)
    bank.refund("pi_1", -500, at=4)
    assert totals(bank) == (0, 500, 0, 0)


@pytest.mark.parametrize("amount_cents", [0, -1, 501])
def test_no_more_is_taken_than_is_held(amount_cents: int) -> None:
    bank = held()
    with pytest.raises(ValueError, match="against a hold of 500"):
        bank.capture("pi_1", amount_cents, at=2)
    assert totals(bank) == (500, 0, 0, 0)


@pytest.mark.parametrize("amount_cents", [501, -1])
def test_no_more_is_given_back_than_was_taken(amount_cents: int) -> None:
    bank = held()
    bank.capture("pi_1", 500, at=2)
    with pytest.raises(ValueError, match="against 500 captured"):
        bank.refund("pi_1", amount_cents, at=3)


def test_a_saved_book_is_taken_over() -> None:
    bank = held()
    bank.capture("pi_1", 500, at=2)
    again = Bank()
    again.load(bank.view())
    again.refund("pi_1", 100, at=3)
    assert totals(again) == (0, 500, 100, 0)
    assert [line["kind"] for line in again.lines] == ["held", "captured", "refunded"]
