"""The request edge: every answer has a request id and a Date, every failure is a Problem.

One of the four places with a broad ``except``. Logs route, status and time; never a path's values,
a query, a body or a header.
"""

import logging
import re
import secrets
import time
from email.utils import format_datetime

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central.metrics import Metrics
from central.problems import RefusedError, problem_response
from parking.clock import Clock
from parking.errors import UnavailableError, UserError
from sync.wire import Problem

_log = logging.getLogger("central.requests")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
_WORDS = {404: "There is nothing at this address.", 405: "This address does not take that method."}


class Edge:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics, clock: Clock) -> None:
        self._app = app
        self._metrics = metrics
        self._clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id, status, started = _request_id(scope), 0, time.perf_counter()
        date = format_datetime(self._clock.now().utc.replace(microsecond=0), usegmt=True)

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-Id"] = request_id
                headers["Date"] = date
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except ClientDisconnect:
            _log.info("request_id=%s route=%s left", request_id, _route(scope))
        except Exception:
            _log.exception("request_id=%s route=%s failed", request_id, _route(scope))
            if status:
                raise
            await _bug(request_id)(scope, receive, send_with_headers)
        self._note(scope, request_id, status, time.perf_counter() - started)

    def _note(self, scope: Scope, request_id: str, status: int, took_s: float) -> None:
        route = _route(scope)
        self._metrics.response_time.labels(route=route, status=str(status)).observe(took_s)
        _log.info(
            "request_id=%s method=%s route=%s status=%d ms=%.1f",
            request_id,
            scope["method"],
            route,
            status,
            took_s * 1000,
        )


def _request_id(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _REQUEST_ID.fullmatch(value.decode("latin-1")):
            return str(value.decode("latin-1"))
    return secrets.token_hex(8)


def _route(scope: Scope) -> str:
    return getattr(scope.get("route"), "path", "none")


def _bug(request_id: str) -> Response:
    sentence = f"Something in central went wrong; it was written down as {request_id}."
    problem = Problem(key="central.bug", sentence=sentence, action="Tell city IT this number.")
    return problem_response(500, problem)


def install(app: FastAPI) -> None:
    """Turn the errors of our families into Problems."""
    app.add_exception_handler(UserError, _user_error)
    app.add_exception_handler(UnavailableError, _unavailable)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(RequestValidationError, _bad_parameter)


async def _user_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, UserError)  # noqa: S101  # registered for this class
    refused = error if isinstance(error, RefusedError) else RefusedError(400, error.key, "")
    problem = Problem(
        key=error.key,
        sentence=error.sentence[:500],
        action=error.action[:300],
        form=error.form if error.values else "",
        action_form=error.action_form if error.values else "",
        values={name: str(value) for name, value in error.values.items()},
        next_seq=refused.next_seq,
        offset=refused.offset,
    )
    return problem_response(refused.status, problem, refused.headers)


async def _unavailable(_: Request, error: Exception) -> Response:
    assert isinstance(error, UnavailableError)  # noqa: S101  # registered for this class
    problem = Problem(key=error.key, sentence=error.sentence)
    return problem_response(503, problem, {"Retry-After": "2"})


async def _http_error(_: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # registered for this class
    sentence = _WORDS.get(error.status_code, "The request is not one that central understands.")
    problem = Problem(key=f"http.{error.status_code}", sentence=sentence)
    return problem_response(error.status_code, problem, error.headers)


async def _bad_parameter(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # registered for this class
    names = ", ".join(str(found["loc"][-1]) for found in error.errors()[:3])
    return problem_response(
        400, Problem(key="request.parameter", sentence=f"Not allowed: the value of {names}."[:500])
    )
