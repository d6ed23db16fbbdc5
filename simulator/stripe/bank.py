"""The bank book: what every card really paid. It is the oracle of the payment tests.

Written only when the emulated card network moves money, never from what the API answers show, so
that a wrong answer and a wrong booking cannot hide each other. Threads: guarded by the world's
lock.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any

COLUMNS = ("held", "captured", "refunded", "released")


@dataclass(slots=True, kw_only=True)
class Account:
    """Money of one payment at the card's bank, in cents, each >= 0.

    Attributes:
        card: The test card's number.
        held: Reserved and neither taken nor given back yet.
        captured: Taken from the cardholder.
        refunded: Given back after it was taken.
        released: Was held and became free again without being taken.
        captures: How often money was taken; more than once is a double charge.
    """

    card: str
    held: int = 0
    captured: int = 0
    refunded: int = 0
    released: int = 0
    captures: int = 0


@dataclass(slots=True)
class Bank:
    """All bookings, by PaymentIntent.

    Attributes:
        accounts: One account for each payment that ever held or took money.
        lines: Every movement in order: at (Unix seconds), payment, card, kind, amount_cents.
    """

    accounts: dict[str, Account] = field(default_factory=dict)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def hold(self, payment: str, amount_cents: int, *, card: str, at: int) -> None:
        """Reserves money of a card for a payment."""
        account = self.accounts.setdefault(payment, Account(card=card))
        account.card = card
        account.held += amount_cents
        self._line(payment, "held", amount_cents, at=at)

    def capture(self, payment: str, amount_cents: int, *, at: int) -> None:
        """Takes held money; what stays of the hold is released.

        Raises:
            ValueError: When more is taken than is held.
        """
        account = self.accounts[payment]
        if not 0 < amount_cents <= account.held:
            raise ValueError(f"capture of {amount_cents} against a hold of {account.held}")
        rest = account.held - amount_cents
        account.held = 0
        account.captured += amount_cents
        account.captures += 1
        self._line(payment, "captured", amount_cents, at=at)
        if rest:
            account.released += rest
            self._line(payment, "released", rest, at=at)

    def release(self, payment: str, *, at: int) -> None:
        """Gives the whole hold back."""
        account = self.accounts[payment]
        amount_cents, account.held = account.held, 0
        account.released += amount_cents
        self._line(payment, "released", amount_cents, at=at)

    def refund(self, payment: str, amount_cents: int, *, at: int) -> None:
        """Gives taken money back; a negative amount undoes a refund the card's bank sent back.

        Raises:
            ValueError: When more would be given back than was taken.
        """
        account = self.accounts[payment]
        if not 0 <= account.refunded + amount_cents <= account.captured:
            raise ValueError(f"refund of {amount_cents} against {account.captured} captured")
        account.refunded += amount_cents
        self._line(payment, "refunded", amount_cents, at=at)

    def view(self) -> dict[str, Any]:
        """Returns totals by card, accounts by payment and all lines, in cents."""
        cards: dict[str, dict[str, int]] = {}
        for account in self.accounts.values():
            totals = cards.setdefault(account.card, dict.fromkeys(COLUMNS, 0))
            for column in COLUMNS:
                totals[column] += getattr(account, column)
        return {
            "cards": cards,
            "payments": {name: asdict(account) for name, account in self.accounts.items()},
            "lines": list(self.lines),
        }

    def load(self, saved: dict[str, Any]) -> None:
        """Takes over what `view` of an earlier run returned."""
        self.accounts = {name: Account(**account) for name, account in saved["payments"].items()}
        self.lines = list(saved["lines"])

    def _line(self, payment: str, kind: str, amount_cents: int, *, at: int) -> None:
        card = self.accounts[payment].card
        self.lines.append(
            {"at": at, "payment": payment, "card": card, "kind": kind, "amount_cents": amount_cents}
        )
