"""Central's routes as typed methods; the route table is in ``sync.wire``.

Satisfies ``sync.engine.Gateway`` and ``app.ports.Central``. Any worker thread, several at once.
"""

import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar, cast
from uuid import UUID

import msgspec

from parking.bill import BillRequest, Bills
from parking.clock import Clock
from parking.errors import UserError
from parking.notification import FoundReceipt, ReceiptChannels, ReceiptQueued, SendReceipt
from parking.numbers import NumberLease
from parking.officer import Officer
from parking.payment import Payment, PaymentOrder, Quote, QuoteRequest
from sync.engine import ClockOffset
from sync.failures import unknown_version
from sync.gateway.exchange import DEADLINE_S, Ask, Exchange, Told, decoded
from sync.gateway.photos import fetch_bill_photo, fetch_photo
from sync.gateway.riding import RidingPages
from sync.gateway.starting import StartingGateway
from sync.gateway.token import Device, DeviceToken
from sync.gateway.waking import WakeChannel, WakePace
from sync.records import check
from sync.upload import PhotoToSend
from sync.vouching import ComeBack, ComeBackAnswer, Standing
from sync.wire import (
    LANE_HEADER,
    SCHEMA_LEVEL,
    ActivateAnswer,
    ActivateRequest,
    EnrolAnswer,
    EnrolRequest,
    FeedPage,
    HandOverReport,
    LeaseRequest,
    PhotoPlace,
    PushAnswer,
    PushRequest,
    UploadPlace,
    pack,
)

T = TypeVar("T")
_CHUNK_DEADLINE_S = 60.0
"""One chunk passes at 5 kB/s, the slowest network worth trying."""
_OPENING_DEADLINE_S = 600.0


class HTTPGateway:
    """Speaks with one central for one terminal.

    Attributes:
        starting: The routes from which a terminal starts.
    """

    def __init__(
        self,
        base_url: str,
        clock: Clock,
        *,
        device: Device | None = None,
        tls: ssl.SSLContext | None = None,
        deadline_s: float = DEADLINE_S,
        wake_pace: WakePace | None = None,
    ) -> None:
        """Build the client; nothing is sent yet.

        Args:
            base_url: Of central.
            clock: Dates tokens, measures offsets.
            device: Who asks; None before enrolment, when only ``enrol`` works.
            tls: Whom to trust; the system's authorities when None.
            deadline_s: Of usual requests.
            wake_pace: Times of the wake channel.
        """
        token = None if device is None else DeviceToken(device, clock)
        self._exchange = Exchange(base_url, token, tls=tls, deadline_s=deadline_s)
        self.starting = StartingGateway(self._exchange)
        self._clock = clock
        self._offset: ClockOffset | None = None
        self._cursor = ""
        self._riding = RidingPages()
        self._waking = WakeChannel(
            self._exchange, lambda: self._cursor, self._riding, wake_pace or WakePace()
        )

    def close(self) -> None:
        """End the wake channel and close all connections."""
        self.stop_waking()
        self._exchange.close()

    @property
    def clock_offset(self) -> ClockOffset | None:
        """Return the newest measurement, None before the first."""
        return self._offset

    def push(self, request: PushRequest) -> PushAnswer:
        """Send operations."""
        body = pack(request)
        ask = Ask(
            method="POST",
            path="/sync/v1/push",
            headers={
                "Content-Type": "application/json",
                "Content-Encoding": "zstd",
                LANE_HEADER: str(request.lane),
            },
            content=lambda: body,
        )
        told = self._exchange.ask(ask)
        answer = _message(told, PushAnswer)
        self._measure(answer.server_utc, told)
        return answer

    def feed(self, cursor: str) -> FeedPage:
        """Fetch the page after a cursor."""
        self._riding.asking()
        query: dict[str, str | int] = {"cursor": cursor, "level": SCHEMA_LEVEL}
        ask = Ask(method="GET", path="/sync/v1/feed", query=query)
        told = self._exchange.ask(ask)
        page = _message(told, FeedPage)
        self._cursor = page.cursor
        self._measure(page.server_utc, told)
        return page

    def standing(self) -> Standing:
        """Ask how this terminal stands."""
        return _message(self._exchange.ask(Ask(method="GET", path="/sync/v1/standing")), Standing)

    def come_back(self, given: ComeBack) -> ComeBackAnswer:
        """Give back what a restored central may have lost; safe to repeat."""
        return self._post("/sync/v1/come-backs", given, ComeBackAnswer)

    def came_along(self, cursor: str) -> list[FeedPage] | None:
        """Return what follows on a cursor of all that came along with wake-ups; None for ask."""
        pages = self._riding.take(cursor)
        if pages:
            self._cursor = pages[-1].cursor
        return pages

    def photo_place(self, sha256: bytes) -> PhotoPlace:
        """Ask how much of a photo central has."""
        ask = Ask(method="GET", path=f"/sync/v1/photos/{sha256.hex()}/place")
        return _message(self._exchange.ask(ask), PhotoPlace)

    def put_chunk(self, photo: PhotoToSend, offset: int, chunk: bytes) -> PhotoPlace:
        """Send bytes of a photo from an offset on.

        Raises:
            OffsetError: Central wants to go on from another offset.
        """
        path = f"/sync/v1/photos/{photo.sha256.hex()}"
        ask = _bytes(path, chunk, offset=offset, byte_length=photo.byte_length)
        return _message(self._exchange.ask(ask), PhotoPlace)

    def put_thumbnail(self, sha256: bytes, jpeg: bytes) -> None:
        """Send the thumbnail of a photo."""
        self._exchange.ask(
            Ask(
                method="PUT",
                path=f"/sync/v1/photos/{sha256.hex()}/thumbnail",
                headers={"Content-Type": "image/jpeg"},
                content=lambda: jpeg,
            )
        )

    def photo(self, sha256: bytes, *, thumbnail: bool) -> bytes:
        """Fetch a photo of any terminal, checked, or its thumbnail; see ``fetch_photo``."""
        return fetch_photo(self._exchange, sha256, thumbnail=thumbnail)

    def hand_over_place(self, sha256: bytes) -> UploadPlace:
        """Ask how much of a hand-over file central has."""
        ask = Ask(method="GET", path=f"/sync/v1/hand-overs/{sha256.hex()}/place")
        return _message(self._exchange.ask(ask), UploadPlace)

    def put_hand_over(
        self, sha256: bytes, offset: int, chunk: bytes, *, byte_length: int
    ) -> UploadPlace:
        """Send bytes of a hand-over file from an offset on.

        Raises:
            OffsetError: Central wants to go on from another offset.
        """
        path = f"/sync/v1/hand-overs/{sha256.hex()}"
        told = self._exchange.ask(_bytes(path, chunk, offset=offset, byte_length=byte_length))
        return _message(told, UploadPlace)

    def open_hand_over(self, sha256: bytes) -> HandOverReport:
        """Let central take in a hand-over file that it has whole; safe to repeat."""
        path = f"/sync/v1/hand-overs/{sha256.hex()}/opening"
        ask = Ask(method="POST", path=path, deadline_s=_OPENING_DEADLINE_S)
        return _message(self._exchange.ask(ask), HandOverReport)

    def wake(self, moved: Callable[[], None]) -> None:
        """Hold the wake channel open and call ``moved`` at each movement, until it ends.

        Raises:
            UserError: Central refused.
            UnavailableError: See ``sync.failures``; a silent channel is ``network.timeout``.
        """
        self._waking.listen(moved)

    def stop_waking(self) -> None:
        """End ``wake`` from another thread, now and for good."""
        self._waking.stop()

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Join with a one-time code; the caller checks the city's signature."""
        return self._post("/v1/enrolments", request, EnrolAnswer)

    def activate(self, badge: str, code: str, officer_public_key: bytes) -> Officer:
        """Bind an officer's new key to this terminal with a one-time code."""
        request = ActivateRequest(badge=badge, code=code, officer_public_key=officer_public_key)
        return self._post("/v1/activations", request, ActivateAnswer).officer

    def lease_numbers(self, lease_id: UUID, count: int) -> NumberLease:
        """Ask for citation numbers; the same id gives the same numbers."""
        request = LeaseRequest(lease_id=lease_id, count=count)
        return self._post("/v1/number-leases", request, NumberLease)

    def quote(self, request: QuoteRequest) -> Quote:
        """Ask for a price."""
        return self._post("/v1/quotes", request, Quote)

    def bills(self, request: BillRequest) -> Bills:
        """Find tickets and what is to pay for each now."""
        return self._post("/v1/bills", request, Bills)

    def bill_photo(self, bill_id: UUID) -> bytes:
        """Fetch the small picture of what a bill is about."""
        return fetch_bill_photo(self._exchange, bill_id)

    def put_payment(self, order: PaymentOrder) -> Payment:
        """Start or repeat a payment; the id makes it safe to repeat."""
        path = f"/v1/payments/{order.payment_id}"
        return _message(self._exchange.ask(_json("PUT", path, order)), Payment)

    def payment(self, payment_id: UUID, *, version: int, wait_s: int) -> Payment:
        """Wait for a version above ``version`` up to ``wait_s`` and return what is known."""
        ask = Ask(
            method="GET",
            path=f"/v1/payments/{payment_id}",
            query={"wait_s": wait_s, "version": version},
            deadline_s=wait_s + self._exchange.deadline_s,
        )
        return _message(self._exchange.ask(ask), Payment)

    def cancel_payment(self, payment_id: UUID) -> Payment:
        """Ask to cancel; the answer tells what came of it."""
        return self._post(f"/v1/payments/{payment_id}/cancel", None, Payment)

    def present_again(self, payment_id: UUID) -> Payment:
        """Ask for another card after a decline."""
        return self._post(f"/v1/payments/{payment_id}/present-again", None, Payment)

    def receipt_channels(self) -> ReceiptChannels:
        """Ask by which ways a receipt can be sent."""
        ask = Ask(method="GET", path="/v1/receipt-channels")
        return _message(self._exchange.ask(ask), ReceiptChannels)

    def send_receipt(self, payment_id: UUID, wish: SendReceipt) -> ReceiptQueued:
        """Let central send a receipt; the wish's id makes it safe to repeat."""
        return self._post(f"/v1/receipts/{payment_id}/send", wish, ReceiptQueued)

    def find_receipt(self, code: str, *, language: str) -> FoundReceipt:
        """Find a receipt by its code, e.g. ``P-4M2Q-88``, in a language."""
        ask = Ask(method="GET", path=f"/v1/receipts/{code}", query={"language": language})
        return _message(self._exchange.ask(ask), FoundReceipt)

    def _post(self, path: str, message: object, of: type[T]) -> T:
        return _message(self._exchange.ask(_json("POST", path, message)), of)

    def _measure(self, server_utc: datetime, told: Told) -> None:
        """Note how far central's clock is ahead (F. Cristian, 1989: half the round trip)."""
        now_utc = self._clock.now().utc
        half = timedelta(seconds=told.took_s / 2)
        ahead = server_utc - (now_utc - half)
        self._offset = ClockOffset(
            offset_ms=round(ahead / timedelta(milliseconds=1)),
            uncertainty_ms=int(half / timedelta(milliseconds=1)) + 1,
            measured_utc=now_utc,
        )


def _json(method: str, path: str, message: object) -> Ask:
    body = b"" if message is None else msgspec.json.encode(message)
    headers = {"Content-Type": "application/json"} if body else {}
    return Ask(method=method, path=path, headers=headers, content=lambda: body)


def _bytes(path: str, chunk: bytes, *, offset: int, byte_length: int) -> Ask:
    return Ask(
        method="PATCH",
        path=path,
        headers={
            "Content-Type": "application/octet-stream",
            "Upload-Offset": str(offset),
            "Upload-Length": str(byte_length),
        },
        content=lambda: chunk,
        deadline_s=_CHUNK_DEADLINE_S,
    )


def _message(told: Told, of: type[T]) -> T:
    message = cast("T", decoded(told, of))
    if hasattr(of, "__dataclass_fields__"):
        try:
            check(message)
        except UserError as error:
            raise unknown_version() from error
    return message
