"""The error answers of the emulated API.

Threads: immutable values, any thread. Must not import anything of the product.
"""

from __future__ import annotations

from typing import Any


class RefusalError(Exception):
    """An error answer in Stripe's form, raised by an operation and sent by the API edge.

    Attributes:
        status: HTTP status, 400 to 599.
        error: The `error` object of the body: type, message and, where known, code, param,
            payment_intent.
        saved: Whether the idempotency layer may keep this answer. Stripe keeps none for 401, 409,
            429 and for requests that failed validation (stripe.com/docs/api/idempotent_requests).
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str | None = None,
        saved: bool = True,
        **details: Any,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.saved = saved
        self.error: dict[str, Any] = {"type": kind, "message": message, **details}
        if code is not None:
            self.error["code"] = code

    def body(self) -> dict[str, Any]:
        """Returns the JSON body of the answer, `{"error": {...}}`."""
        return {"error": self.error}


def invalid(message: str, *, code: str | None = None, param: str | None = None) -> RefusalError:
    """Returns a 400 for a request that failed validation; it is never saved."""
    details: dict[str, Any] = {} if param is None else {"param": param}
    return RefusalError(message, code=code, saved=False, **details)


def missing(kind: str, object_id: str, *, param: str, in_path: bool) -> RefusalError:
    """Returns `resource_missing`: 404 for an id in the path, 400 for an id in a parameter."""
    return RefusalError(
        f"No such {kind}: '{object_id}'",
        status=404 if in_path else 400,
        code="resource_missing",
        param=param,
    )


def reader_error(code: str) -> RefusalError:
    """Returns a 400 with one of the `terminal_reader_*` codes."""
    return RefusalError(_READER_MESSAGES[code], code=code)


_READER_MESSAGES = {
    "terminal_reader_offline": "Reader is currently offline, please ensure it is powered on.",
    "terminal_reader_busy": "Reader is currently busy processing another request.",
    "terminal_reader_timeout": "There was a timeout when sending this command to the reader.",
    "terminal_reader_hardware_fault": "The reader reported a hardware fault.",
    "terminal_reader_invalid_location_for_payment": "The location cannot take this payment.",
}
