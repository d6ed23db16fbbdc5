"""One request and its whole answer: deadline, size limit, token, and what every failure means.

Any worker thread; the HTTP client is built once and never on the GUI thread.
"""

import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import NoReturn
from uuid import uuid4

import httpx
import msgspec

from parking.errors import UserError
from sync.failures import (
    BusyError,
    GapError,
    OffsetError,
    ResyncError,
    TooLargeError,
    cut_short,
    in_trouble,
    no_network,
    not_central,
    too_slow,
    unknown_version,
)
from sync.gateway.token import DeviceToken
from sync.wire import MOST_BODY_BYTES, Problem, unpack

DEADLINE_S = 5.0
_CONNECTIONS = 8
_BUSY = frozenset({429, 503})
_JSON = ("application/json", "application/problem+json")
_LONGEST_RETRY_AFTER_S = 3600.0
_NOTHING = "City hall refused this without saying why."


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A request.

    Attributes:
        content: Gives the body from its start, at each try.
        deadline_s: Until the whole answer is in; the exchange's own when None.
        most_bytes: Largest body that may come back.
    """

    method: str
    path: str
    query: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    content: Callable[[], bytes | Iterator[bytes]] = lambda: b""
    deadline_s: float | None = None
    most_bytes: int = MOST_BODY_BYTES


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A whole answer.

    Attributes:
        took_s: From before the request was sent until the answer was in.
    """

    status: int
    headers: httpx.Headers
    body: bytes
    took_s: float


class Exchange:
    """The connection pool of one terminal to central.

    Attributes:
        listening: For the wake channel, which has no end to wait for: a new connection each time,
            so that its socket is known from the first byte on.
        deadline_s: Of usual requests.
    """

    def __init__(
        self,
        base_url: str,
        token: DeviceToken | None,
        *,
        tls: ssl.SSLContext | None = None,
        deadline_s: float = DEADLINE_S,
    ) -> None:
        """Build the client; it connects at the first request.

        Args:
            base_url: Of central, e.g. ``https://parking.stamfordct.gov``.
            token: None before enrolment.
            tls: Whom to trust; the system's authorities when None.
            deadline_s: Of usual requests.
        """
        self._token = token
        self.deadline_s = deadline_s
        build = partial(
            httpx.Client,
            base_url=base_url,
            verify=tls or ssl.create_default_context(),
            timeout=deadline_s,
            follow_redirects=False,
            trust_env=False,
            headers={
                "User-Agent": "stamford-parking-terminal",
                "Accept": "application/json",
                "Accept-Encoding": "zstd",
            },
        )
        self._client = build(limits=httpx.Limits(max_connections=_CONNECTIONS))
        self.listening = build(limits=httpx.Limits(max_keepalive_connections=0))

    def close(self) -> None:
        """Close all connections."""
        self._client.close()
        self.listening.close()

    def ask(self, ask: Ask) -> Told:
        """Send a request and return its successful answer.

        Raises:
            UserError: Central refused, in its own words.
            UnavailableError: See ``sync.failures``.
        """
        told = self._once(ask)
        if told.status == httpx.codes.UNAUTHORIZED and self._signs_again(told):
            told = self._once(ask)
        if not httpx.codes.is_success(told.status):
            raise_refusal(told)
        return told

    def headers(self, more: Mapping[str, str]) -> dict[str, str]:
        """Return the headers of one request: its id, our token, and ``more``."""
        headers = {"X-Request-Id": str(uuid4()), **more}
        if self._token is not None:
            headers["Authorization"] = f"Bearer {self._token.current()}"
        return headers

    def _once(self, ask: Ask) -> Told:
        started_s = time.monotonic()
        deadline_s = ask.deadline_s or self.deadline_s
        try:
            with self._client.stream(
                ask.method,
                ask.path,
                params=ask.query or None,
                headers=self.headers(ask.headers),
                content=ask.content(),
                timeout=deadline_s,
            ) as response:
                ends_s = started_s + deadline_s
                body = _whole(response, ends_s=ends_s, most_bytes=ask.most_bytes)
        except httpx.TimeoutException as error:
            raise too_slow() from error
        except httpx.RemoteProtocolError as error:
            raise cut_short() from error
        except httpx.HTTPError as error:
            raise no_network() from error
        return Told(
            status=response.status_code,
            headers=response.headers,
            body=body,
            took_s=time.monotonic() - started_s,
        )

    def _signs_again(self, told: Told) -> bool:
        """Tell whether the only fault is our clock; then sign by central's from now on."""
        problem = _problem(told)
        server_utc = _date(told.headers)
        if problem is None or problem.key != "token.clock" or server_utc is None:
            return False
        if self._token is None:
            return False
        self._token.sign_by(server_utc)
        return True


def raise_refusal(told: Told) -> NoReturn:
    """Raise what an answer that is not success means.

    Raises:
        UserError: Central refused, in its own words.
        UnavailableError: See ``sync.failures``.
    """
    status, problem = told.status, _problem(told)
    sentence = problem.sentence if problem else _NOTHING
    if status in _BUSY:
        raise BusyError(sentence, retry_after_s=_retry_after_s(told.headers))
    if status >= httpx.codes.INTERNAL_SERVER_ERROR:
        raise in_trouble(status)
    if problem is None:
        raise not_central()
    if status == httpx.codes.REQUEST_ENTITY_TOO_LARGE:
        raise TooLargeError(sentence)
    if status == httpx.codes.GONE:
        raise ResyncError(sentence)
    if problem.key == "push.gap" and problem.next_seq:
        raise GapError(sentence, next_seq=problem.next_seq)
    if problem.key == "upload.offset":
        raise OffsetError(sentence, offset=problem.offset)
    raise _refused(problem)


def _refused(problem: Problem) -> UserError:
    """Return central's refusal; with its form, where it has values, to be said in any language."""
    if not problem.values:
        return UserError(problem.key, problem.sentence, action=problem.action)
    return UserError(problem.key, problem.form, action=problem.action_form, **problem.values)


def check_json(told: Told) -> None:
    """Refuse an answer that says it is no JSON: a captive portal's page, say.

    Raises:
        UnavailableError: ``network.not_central``.
    """
    if _media_type(told.headers) not in _JSON:
        raise not_central()


def decoded(told: Told, of: type[msgspec.Struct] | type) -> object:
    """Return the message in an answer.

    Raises:
        UnavailableError: ``network.not_central``, ``central.cut`` or ``central.version``.
    """
    check_json(told)
    try:
        return msgspec.json.decode(told.body, type=of)
    except msgspec.ValidationError as error:
        raise unknown_version() from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise cut_short() from error


def _whole(response: httpx.Response, *, ends_s: float, most_bytes: int) -> bytes:
    """Read the whole body, unpacked; neither form may be larger than the wire allows."""
    chunks, length = [], 0
    for chunk in response.iter_raw():
        length += len(chunk)
        if length > most_bytes:
            raise not_central()
        if time.monotonic() > ends_s:
            raise too_slow()
        chunks.append(chunk)
    body = b"".join(chunks)
    match response.headers.get("content-encoding", "identity").lower():
        case "identity":
            return body
        case "zstd":
            return _unpacked(body)
        case _:
            raise not_central()


def _unpacked(body: bytes) -> bytes:
    try:
        return unpack(body)
    except UserError as error:
        raise cut_short() from error


def _problem(told: Told) -> Problem | None:
    if _media_type(told.headers) not in _JSON:
        return None
    try:
        return msgspec.json.decode(told.body, type=Problem)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _media_type(headers: httpx.Headers) -> str:
    return str(headers.get("content-type", "")).partition(";")[0].strip().lower()


def _retry_after_s(headers: httpx.Headers) -> float:
    asked = headers.get("retry-after", "")
    return min(float(asked), _LONGEST_RETRY_AFTER_S) if asked.isdecimal() else 0.0


def _date(headers: httpx.Headers) -> datetime | None:
    try:
        found = parsedate_to_datetime(headers.get("date", ""))
    except ValueError:
        return None
    return found if found.tzinfo else None
