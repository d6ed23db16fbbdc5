"""Get a receipt by e-mail or text message, and find one by its code. I/O lane.

Central sends by itself; here only the wish is made. The address goes to central and is kept nowhere
on this terminal.
"""

import threading
from uuid import UUID

from app.ports import Printer, PrintOutcome, Receipts
from app.post import Post
from app.words import language
from parking.errors import UnavailableError
from parking.ids import uuid7
from parking.notification import (
    Channel,
    FoundReceipt,
    ReceiptQueued,
    SendReceipt,
    read_address,
    read_receipt_code,
)

_Wish = tuple[UUID, Channel, str]


class Wishes:
    """What the driver at this pay station asked for, so that a repetition is the same message.

    In memory only: an address must not outlast the driver. Any thread.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ids: dict[_Wish, UUID] = {}

    def id_of(self, wish: _Wish, new: UUID) -> UUID:
        """Return the id under which something was asked for before, else the new one."""
        with self._lock:
            return self._ids.setdefault(wish, new)

    def forget(self) -> None:
        """Forget everything: the driver has gone."""
        with self._lock:
            self._ids.clear()


def receipt_channels(central: Receipts) -> tuple[Channel, ...]:
    """Return the ways that central has; none while it cannot be reached."""
    try:
        return central.receipt_channels().channels
    except UnavailableError:
        return ()


def send_receipt(
    post: Post, central: Receipts, wishes: Wishes, *, payment_id: UUID, to: tuple[Channel, str]
) -> ReceiptQueued:
    """Ask central to send the receipt of a payment, in the language in force.

    Asked again after a lost answer it is the same message, which arrives once.

    Args:
        post: This pay station.
        central: Sends it.
        wishes: What was asked for before.
        payment_id: Approved within the last hour, at this pay station.
        to: By which way, and the address as typed.

    Raises:
        UserError: ``address.email``, ``address.phone``, or central's sentence (``receipt.*``).
        UnavailableError: Central cannot be reached; asking again is safe.
    """
    channel, typed = to
    address = read_address(channel, typed)
    wish = SendReceipt(
        notification_id=wishes.id_of((payment_id, channel, address), uuid7(post.clock.now().utc)),
        channel=channel,
        address=address,
        language=language(),
    )
    return central.send_receipt(payment_id, wish)


def find_receipt(central: Receipts, *, code: str) -> FoundReceipt:
    """Find a receipt of the last weeks by its code, in the language in force.

    Raises:
        UserError: ``receipt.code``, ``receipt.unknown``, or ``receipt.tries`` after too many wrong
            codes.
        UnavailableError: Central cannot be reached.
    """
    return central.find_receipt(read_receipt_code(code), language=language())


def print_found(printer: Printer, found: FoundReceipt) -> PrintOutcome:
    """Print a receipt that was found.

    Raises:
        UnavailableError: ``printer.unavailable``.
    """
    return printer.print_ticket(found.reference, found.lines, qr=found.reference)
