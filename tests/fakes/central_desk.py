"""Central's money, numbers and people in memory, behind ``app.ports.Central``."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256 as hash_of
from typing import TypeVar
from uuid import UUID, uuid4

from parking.bill import Bill, BillRequest, Bills
from parking.clock import Clock
from parking.errors import UnavailableError, UserError
from parking.notification import (
    Channel,
    FoundReceipt,
    ReceiptChannels,
    ReceiptQueued,
    SendReceipt,
)
from parking.numbers import NumberLease
from parking.officer import Officer
from parking.payment import (
    Payment,
    PaymentOrder,
    PaymentPurpose,
    PaymentState,
    Quote,
    QuoteRequest,
    Told,
)
from sync.failures import OffsetError
from sync.wire import HandOverReport, UploadPlace

T = TypeVar("T")
TERMINAL_ID = UUID(int=0x7E)


class FakeDesk:
    """Prices, payments, leases and activations.

    Attributes:
        away: Every call finds nobody.
        lose_answers: Calls work, but their answers are lost.
        codes: Activation code -> officer it is for.
        vouchers: Validation code -> the cents it pays.
        tickets: What is to pay, as this central knows it.
        payments: What was ordered, by id; change them with ``move``.
        channels: The ways by which receipts are sent.
        wishes: What was asked to be sent, with the payment's id, by the wish's id.
        receipts: Receipts that can be found, by code.
        photos: Whole photos that came in, by hash.
        thumbnails: Small pictures that came in, by hash of their photo.
        hand_overs: What came in of hand-over files, by hash.
        hand_over_report: What opening one says.
        asked: Names of the calls, in order.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.away = False
        self.lose_answers = False
        self.codes: dict[str, Officer] = {}
        self.vouchers: dict[str, int] = {}
        self.keys: dict[UUID, bytes] = {}
        self.quotes: dict[UUID, Quote] = {}
        self.tickets: list[Bill] = []
        self.bill_photos: dict[UUID, bytes] = {}
        self.payments: dict[UUID, Payment] = {}
        self.channels: tuple[Channel, ...] = tuple(Channel)
        self.wishes: dict[UUID, tuple[UUID, SendReceipt]] = {}
        self.receipts: dict[str, FoundReceipt] = {}
        self.orders: list[PaymentOrder] = []
        self.leases: dict[UUID, NumberLease] = {}
        self.photos: dict[bytes, bytes] = {}
        self.thumbnails: dict[bytes, bytes] = {}
        self.hand_overs: dict[bytes, bytes] = {}
        self.hand_over_report = HandOverReport(terminal_name="T-009")
        self.asked: list[str] = []

    def photo(self, sha256: bytes, *, thumbnail: bool) -> bytes:
        def work() -> bytes:
            found = (self.thumbnails if thumbnail else self.photos).get(sha256)
            if found is None:
                raise UserError("photo.unknown", "This photo has not come in yet.")
            if not thumbnail and hash_of(found).digest() != sha256:
                raise UnavailableError("photo.damaged", "Do not use it.", retry_safe=True)
            return found

        return self._answered("thumbnail" if thumbnail else "photo", work)

    def hand_over_place(self, sha256: bytes) -> UploadPlace:
        return self._answered("hand_over_place", lambda: self._place(sha256))

    def put_hand_over(
        self, sha256: bytes, offset: int, chunk: bytes, *, byte_length: int
    ) -> UploadPlace:
        def work() -> UploadPlace:
            here = self.hand_overs.get(sha256, b"")
            if offset != len(here):
                raise OffsetError("Central goes on elsewhere.", offset=len(here))
            self.hand_overs[sha256] = here + chunk
            assert len(self.hand_overs[sha256]) <= byte_length
            return self._place(sha256)

        return self._answered("put_hand_over", work)

    def open_hand_over(self, sha256: bytes) -> HandOverReport:
        def work() -> HandOverReport:
            assert hash_of(self.hand_overs[sha256]).digest() == sha256
            return self.hand_over_report

        return self._answered("open_hand_over", work)

    def _place(self, sha256: bytes) -> UploadPlace:
        here = self.hand_overs.get(sha256, b"")
        return UploadPlace(offset=len(here), complete=hash_of(here).digest() == sha256)

    def move(self, payment_id: UUID, told: Told, **changes: object) -> Payment:
        """Let a payment go on as central would."""
        before = self.payments[payment_id]
        after = replace(before, told=told, version=before.version + 1, **changes)  # type: ignore[arg-type]  # names are checked by replace
        self.payments[payment_id] = after
        return after

    def quote(self, request: QuoteRequest) -> Quote:
        def work() -> Quote:
            now = self._clock.now().utc
            if request.code and request.code not in self.vouchers:
                raise UserError("voucher.unknown", "The city does not know who issued this code.")
            price = request.minutes * 125 // 60
            given = min(price, self.vouchers.get(request.code, 0))
            quote = Quote(
                quote_id=uuid4(),
                zone_id=request.zone_id,
                plate=request.plate,
                plate_state=request.plate_state,
                start_utc=now,
                paid_from_utc=now,
                end_utc=now + timedelta(minutes=request.minutes),
                billed_minutes=request.minutes,
                price_cents=price - given,
                discount_cents=given,
                code_issuer="Ferguson Library" if request.code else "",
                tariff_version="2026-11 v4",
                expires_utc=now + timedelta(minutes=5),
            )
            self.quotes[quote.quote_id] = quote
            return quote

        return self._answered("quote", work)

    def bills(self, request: BillRequest) -> Bills:
        def work() -> Bills:
            return Bills(bills=tuple(bill for bill in self.tickets if _asked_for(bill, request)))

        return self._answered("bills", work)

    def bill_photo(self, bill_id: UUID) -> bytes:
        def work() -> bytes:
            if bill_id not in self.bill_photos:
                raise UserError("photo.unknown", "This photo has not come in yet.")
            return self.bill_photos[bill_id]

        return self._answered("bill_photo", work)

    def _amount_cents(self, order: PaymentOrder) -> int:
        if order.purpose is PaymentPurpose.CITATION:
            return next(b.amount_cents for b in self.tickets if b.bill_id == order.quote_id)
        quote = self.quotes.get(order.quote_id)
        if quote is None:
            raise UserError("quote.unknown", "This price is not known.")
        return quote.price_cents

    def put_payment(self, order: PaymentOrder) -> Payment:
        def work() -> Payment:
            self.orders.append(order)
            if order.payment_id not in self.payments:
                cents = self._amount_cents(order)
                self.payments[order.payment_id] = Payment(
                    payment_id=order.payment_id,
                    state=PaymentState.DISPATCHED if cents else PaymentState.CAPTURED,
                    told=Told.PRESENT_CARD if cents else Told.APPROVED,
                    amount_cents=cents,
                    reference="K7-4M2Q-88",
                    version=1,
                    purpose=order.purpose,
                )
            return self.payments[order.payment_id]

        return self._answered("put_payment", work)

    def payment(self, payment_id: UUID, *, version: int, wait_s: int) -> Payment:
        del version, wait_s
        return self._answered("payment", lambda: self.payments[payment_id])

    def cancel_payment(self, payment_id: UUID) -> Payment:
        return self._answered("cancel", lambda: self.move(payment_id, Told.CANCELED))

    def present_again(self, payment_id: UUID) -> Payment:
        return self._answered("present_again", lambda: self.move(payment_id, Told.PRESENT_CARD))

    def receipt_channels(self) -> ReceiptChannels:
        return self._answered("receipt_channels", lambda: ReceiptChannels(channels=self.channels))

    def send_receipt(self, payment_id: UUID, wish: SendReceipt) -> ReceiptQueued:
        def work() -> ReceiptQueued:
            self.wishes[wish.notification_id] = (payment_id, wish)
            return ReceiptQueued(notification_id=wish.notification_id, left=3 - len(self.wishes))

        return self._answered("send_receipt", work)

    def find_receipt(self, code: str, *, language: str) -> FoundReceipt:
        def work() -> FoundReceipt:
            assert language
            if code not in self.receipts:
                raise UserError("receipt.unknown", "No receipt of the last days has this code.")
            return self.receipts[code]

        return self._answered("find_receipt", work)

    def lease_numbers(self, lease_id: UUID, count: int) -> NumberLease:
        def work() -> NumberLease:
            first = 1000 + 1000 * len(self.leases)
            fresh = NumberLease(
                lease_id=lease_id,
                terminal_id=TERMINAL_ID,
                series=4,
                first_serial=first,
                last_serial=first + count - 1,
            )
            return self.leases.setdefault(lease_id, fresh)

        return self._answered("lease_numbers", work)

    def activate(self, badge: str, code: str, officer_public_key: bytes) -> Officer:
        def work() -> Officer:
            officer = self.codes.get(code)
            if officer is None or officer.badge != badge:
                raise UserError("code.unknown", "This code is not known.")
            del self.codes[code]
            self.keys[officer.officer_id] = officer_public_key
            return officer

        return self._answered("activate", work)

    def _answered(self, name: str, work: Callable[[], T]) -> T:
        self.asked.append(name)
        if self.away:
            raise _nobody()
        value = work()
        if self.lose_answers:
            raise _nobody()
        return value


def _asked_for(bill: Bill, request: BillRequest) -> bool:
    if request.number:
        return bill.number == request.number
    owes = bill.amount_cents > 0
    return owes and (bill.plate, bill.plate_state) == (request.plate, request.plate_state)


def _nobody() -> UnavailableError:
    return UnavailableError("network.down", "City hall cannot be reached.", retry_safe=True)
