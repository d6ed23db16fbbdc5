"""Receipts by e-mail and text message: what is asked for, and which addresses can be. Pure.

Any thread. Sources: RFC 5321 4.5.3.1 (lengths of an e-mail address), ITU-T E.164 (at most 15 digits
with the country code), the North American Numbering Plan (area code and exchange begin with 2-9).
"""

import re
import string
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from parking.errors import UserError
from parking.markers import Items, Span, Text
from parking.receipt import Line

LONGEST_ADDRESS = 254
_LONGEST_LOCAL, _LONGEST_LABEL = 64, 63
_LOCAL_CHARS = frozenset(string.ascii_letters + string.digits + "!#$%&'*+-/=?^_`{|}~.")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?")
_TOP_LABEL = re.compile(r"[A-Za-z]{2,}|[Xx][Nn]--[A-Za-z0-9-]+")
_PHONE_MARKS = str.maketrans("", "", " -.()/\N{NO-BREAK SPACE}")
_US = re.compile(r"[2-9][0-9]{2}[2-9][0-9]{6}")
_E164 = re.compile(r"\+[1-9][0-9]{7,14}")
_CODE_LENGTH = 6


class Channel(StrEnum):
    """How a message reaches a driver."""

    EMAIL = "email"
    SMS = "sms"


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReceipt:
    """A driver's wish to get the receipt of a payment.

    Attributes:
        notification_id: Made by the terminal; the same id is sent once, however often it is asked.
        address: As typed; see ``read_address``.
        language: Code of the driver's language, e.g. ``ht``; one without words becomes English.
    """

    notification_id: UUID
    channel: Channel
    address: Annotated[str, Text(LONGEST_ADDRESS, 1)]
    language: Annotated[str, Text(8, 2)] = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptQueued:
    """The answer to ``SendReceipt``: central keeps the wish and sends by itself.

    Attributes:
        left: How often this receipt can still be sent.
    """

    notification_id: UUID
    left: Annotated[int, Span(0, 100)]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptChannels:
    """The channels that central has; a pay station hides the others."""

    channels: Annotated[tuple[Channel, ...], Items(2)] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundReceipt:
    """A receipt found by its code, in the language that was asked for, ready to print."""

    payment_id: UUID
    reference: Annotated[str, Text(20)]
    lines: Annotated[tuple[Line, ...], Items(60)]


def read_address(channel: Channel, typed: str) -> str:
    """Return an address as it is sent to: an e-mail address, or a number in E.164 form.

    Raises:
        UserError: ``address.email`` or ``address.phone``; the sentence says what is allowed and
            never repeats what was typed.
    """
    return _email(typed.strip()) if channel is Channel.EMAIL else _phone(typed)


def read_receipt_code(typed: str) -> str:
    """Return a receipt code as it is printed, e.g. ``P-4M2Q-88``.

    Raises:
        UserError: ``receipt.code``.
    """
    letters = "".join(char for char in typed.upper() if char not in " -")
    if len(letters) == _CODE_LENGTH + 1:
        letters = letters.removeprefix("P")
    if len(letters) != _CODE_LENGTH or not (letters.isascii() and letters.isalnum()):
        raise UserError(
            "receipt.code",
            "A receipt code is P and {count} letters or digits, like {example}.",
            count=_CODE_LENGTH,
            example="P-4M2Q-88",
        )
    return f"P-{letters[:4]}-{letters[4:]}"


def _email(address: str) -> str:
    local, _, domain = address.partition("@")
    if len(address) > LONGEST_ADDRESS or not (_is_local(local) and _is_domain(domain)):
        raise UserError(
            "address.email",
            "An e-mail address has one @ and a domain with a dot, like {example}; at most {most}"
            " characters.",
            example="name@example.com",
            most=LONGEST_ADDRESS,
        )
    return f"{local}@{domain.lower()}"


def _is_local(local: str) -> bool:
    dots_inside = all(local.split("."))
    return len(local) <= _LONGEST_LOCAL and dots_inside and _LOCAL_CHARS.issuperset(local)


def _is_domain(domain: str) -> bool:
    labels = domain.split(".")
    fit = all(len(each) <= _LONGEST_LABEL and _LABEL.fullmatch(each) for each in labels)
    return len(labels) > 1 and fit and bool(_TOP_LABEL.fullmatch(labels[-1]))


def _phone(typed: str) -> str:
    digits = typed.translate(_PHONE_MARKS)
    national = digits.removeprefix("+1") if digits.startswith("+") else digits
    if len(national) == 11:
        national = national.removeprefix("1")
    if _US.fullmatch(national):
        return f"+1{national}"
    if _E164.fullmatch(digits) and not digits.startswith("+1"):
        return digits
    raise UserError(
        "address.phone",
        "A phone number has 10 digits, like {example}; from abroad + and the country code, at most"
        " {most} digits.",
        example="203 555 0142",
        most=15,
    )
