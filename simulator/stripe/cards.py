"""Stripe's test cards and the EMV fields a receipt shows.

Threads: constants and pure functions. Numbers are Stripe's published test numbers, no real cards.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """A test card and how its bank behaves.

    Attributes:
        name: Short name used on the control port.
        number: Stripe's published test number.
        brand: Brand as Stripe names it.
        decline: (error code, decline code, sentence) when the bank refuses, else None.
        single_message: The network captures at once; such a payment cannot be held.
        refund: `at_once`, `fails_later` or `pending` (succeeds later).
        verification: Cardholder verification method on the receipt.
    """

    name: str
    number: str
    brand: str = "visa"
    decline: tuple[str, str, str] | None = None
    single_message: bool = False
    refund: str = "at_once"
    verification: str = "approval"

    @property
    def last4(self) -> str:
        """The last four digits."""
        return self.number[-4:]


_DECLINED = "Your card was declined."
_CARDS = (
    Card(name="visa", number="4242424242424242"),
    Card(name="visa_debit", number="4000056655665556"),
    Card(name="mastercard", number="5555555555554444", brand="mastercard"),
    Card(name="amex", number="378282246310005", brand="amex"),
    Card(name="discover", number="6011111111111117", brand="discover"),
    Card(name="offline_pin", number="4001007020000002", verification="offline_pin"),
    Card(name="online_pin", number="4001000360000005", verification="online_pin"),
    Card(
        name="declined",
        number="4000000000000002",
        decline=("card_declined", "generic_decline", _DECLINED),
    ),
    Card(
        name="insufficient_funds",
        number="4000000000009995",
        decline=("card_declined", "insufficient_funds", "Your card has insufficient funds."),
    ),
    Card(
        name="lost",
        number="4000000000009987",
        decline=("card_declined", "lost_card", _DECLINED),
    ),
    Card(
        name="stolen",
        number="4000000000009979",
        decline=("card_declined", "stolen_card", _DECLINED),
    ),
    Card(
        name="expired",
        number="4000000000000069",
        decline=("expired_card", "expired_card", "Your card has expired."),
    ),
    Card(
        name="processing_error",
        number="4000000000000119",
        decline=(
            "processing_error",
            "processing_error",
            "An error occurred while processing your card. Try again in a little bit.",
        ),
    ),
    Card(name="refund_fails", number="4000000000005126", refund="fails_later"),
    Card(name="refund_pending", number="4000000000007726", refund="pending"),
    Card(name="single_message", number="6280000360000978", brand="eftpos_au", single_message=True),
)
BY_NAME = {card.name: card for card in _CARDS}
BY_NUMBER = {card.number: card for card in _CARDS}

_APPLICATIONS = {
    "visa": ("A0000000031010", "Visa Credit"),
    "mastercard": ("A0000000041010", "Mastercard"),
    "amex": ("A000000025010801", "American Express"),
    "discover": ("A0000001523010", "Discover"),
    "eftpos_au": ("A00000038410", "eftpos"),
}


def find(name_or_number: str) -> Card:
    """Returns the test card with this name or number.

    Raises:
        KeyError: When there is no such test card.
    """
    return BY_NAME.get(name_or_number) or BY_NUMBER[name_or_number]


def details(card: Card) -> dict[str, Any]:
    """Returns what a payment method shows of the card (`payment_method.card_present`)."""
    return {
        "brand": card.brand,
        "brand_product": None,
        "cardholder_name": None,
        "country": "AU" if card.brand == "eftpos_au" else "US",
        "exp_month": 12,
        "exp_year": 2034,
        "fingerprint": hashlib.sha256(card.number.encode()).hexdigest()[:16],
        "funding": "debit" if card.name == "visa_debit" or card.single_message else "credit",
        "last4": card.last4,
        "read_method": "contact_emv" if card.verification.endswith("pin") else "contactless_emv",
    }


def receipt(card: Card, *, authorised: bool) -> dict[str, Any]:
    """Returns the EMV fields a card receipt must show.

    Source: EMV Book 3 data objects 84, 9F12, 8A, 9F26, 95, 9B; field names from the API
    description.
    """
    dedicated_file, preferred_name = _APPLICATIONS[card.brand]
    return {
        "account_type": "checking" if card.single_message else "credit",
        "application_cryptogram": secrets.token_hex(8).upper(),
        "application_preferred_name": preferred_name,
        "authorization_code": f"{secrets.randbelow(10**6):06d}" if authorised else None,
        # "00" approved and "05" declined, as ASCII in hex.
        "authorization_response_code": "3030" if authorised else "3035",
        "cardholder_verification_method": card.verification,
        "dedicated_file_name": dedicated_file,
        "terminal_verification_results": "0000000000",
        "transaction_status_information": "E800" if card.verification.endswith("pin") else "0000",
    }
