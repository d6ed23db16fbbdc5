"""Routes of card payments: start, wait, cancel, another card, and Stripe's webhooks.

All of them are safe to repeat by the payment's id. Answers tell what people are told; the terminal
never decides "paid" by itself.
"""

import asyncio
import time
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Query, Request
from sqlalchemy import Connection
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from central.body import read_body, read_message, reply
from central.context import central_of, on_terminal_thread
from central.openapi import body, no_body, raw_body
from central.payments.desk import PaymentDesk, open_payment
from central.payments.row import PaymentRow, as_payment
from central.payments.watch import LOOK_BY_ITSELF_S
from central.payments.webhooks import (
    API_VERSION,
    MOST_BYTES,
    payment_of,
    read_event,
    refund_of,
    store_event,
)
from central.problems import RefusedError
from parking.errors import UserError
from parking.payment import PaymentOrder
from parking.terminal import Terminal

router = APIRouter()
LONGEST_WAIT_S = 25
Version = Annotated[int, Query(ge=0, le=2**31)]
WaitS = Annotated[int, Query(ge=0, le=LONGEST_WAIT_S)]
Endpoint = Annotated[str, Path(pattern="^(readers|payments)$")]


def _desk(request: Request) -> PaymentDesk:
    desk: PaymentDesk = request.app.state.payments
    return desk


@router.put("/v1/payments/{payment_id}", openapi_extra=body(PaymentOrder))
async def put_payment(payment_id: UUID, request: Request) -> Response:
    """Start a payment, or return the one with this id."""
    order = await read_message(request, PaymentOrder)
    if order.payment_id != payment_id:
        raise RefusedError(400, "payment.id", "The payment's id differs between address and body.")
    desk = _desk(request)

    def work(terminal: Terminal) -> PaymentRow:
        try:
            return open_payment(desk, terminal, order)
        except UserError as error:
            if isinstance(error, RefusedError) or not error.key.startswith("payment."):
                raise
            raise RefusedError(409, error.key, error.sentence, action=error.action) from error

    terminal = await on_terminal_thread(request, _who)
    return reply(as_payment(await run_in_threadpool(work, terminal)), request)


@router.get("/v1/payments/{payment_id}")
async def get_payment(
    payment_id: UUID, request: Request, wait_s: WaitS = 0, version: Version = 0
) -> Response:
    """Return a payment; waits up to ``wait_s`` for a version above ``version``."""
    desk = _desk(request)
    row = await _own(request, payment_id)
    until = time.monotonic() + wait_s
    with desk.watch.waiting(payment_id) as moved:
        while row.version <= version and (left := until - time.monotonic()) > 0:
            moved.clear()
            row = await run_in_threadpool(_again, desk, row)
            if row.version > version:
                break
            try:
                await asyncio.wait_for(moved.wait(), min(left, LOOK_BY_ITSELF_S))
            except TimeoutError:
                continue
            row = await run_in_threadpool(_again, desk, row)
    return reply(as_payment(row), request)


@router.post("/v1/payments/{payment_id}/cancel", openapi_extra=no_body())
async def cancel_payment(payment_id: UUID, request: Request) -> Response:
    """Ask to cancel. A right that is granted stays: that is a refund, not a cancel."""
    return await _wish(payment_id, request, "cancel_requested")


@router.post("/v1/payments/{payment_id}/present-again", openapi_extra=no_body())
async def present_again(payment_id: UUID, request: Request) -> Response:
    """Ask the reader for another card after a decline."""
    return await _wish(payment_id, request, "present_again")


async def _wish(payment_id: UUID, request: Request, column: str) -> Response:
    desk = _desk(request)
    row = await _own(request, payment_id)
    after = await run_in_threadpool(desk.book.request, payment_id, column=column)
    desk.workers.wake(payment_id)
    return reply(as_payment(after or row), request)


async def _own(request: Request, payment_id: UUID) -> PaymentRow:
    terminal = await on_terminal_thread(request, _who)
    row = await run_in_threadpool(_desk(request).book.read, payment_id)
    if row is None or row.terminal_id != terminal.terminal_id:
        raise RefusedError(404, "payment.unknown", "This payment is not known here.")
    return row


def _who(_: Connection, terminal: Terminal) -> Terminal:
    """Return who asks; what follows runs without the transaction of the check."""
    return terminal


def _again(desk: PaymentDesk, row: PaymentRow) -> PaymentRow:
    return desk.book.read(row.payment_id) or row


@router.post(
    "/stripe/webhooks/{endpoint}",
    openapi_extra=raw_body("application/json", most_bytes=MOST_BYTES),
)
async def webhook(endpoint: Endpoint, request: Request) -> Response:
    """Store Stripe's event once and look at the payment it may be about."""
    del endpoint  # Two addresses so that Stripe's rate limits and secrets stay apart; one rule.
    raw = await read_body(request, most_bytes=MOST_BYTES)
    desk, central = _desk(request), central_of(request)
    try:
        event = read_event(
            raw, request.headers.get("stripe-signature", ""), desk.secrets, live=desk.live
        )
    except UserError as error:
        central.metrics.alarms.labels(code=error.key).inc()
        raise
    if event.get("api_version") != API_VERSION:
        # Only a wake-up is taken from it, so it may come; somebody must look at the endpoint.
        central.metrics.alarms.labels(code="webhook.version").inc()

    def work() -> dict[str, Any]:
        new = store_event(central.database, event, raw, central.clock.now().utc)
        payment_id = payment_of(desk.book, event) if new else None
        if payment_id is not None:
            desk.wake(payment_id)
        if refund := refund_of(event) if new else "":
            desk.refunds.wake(refund)
        return {"stored": new}

    return reply(await run_in_threadpool(work), request)
