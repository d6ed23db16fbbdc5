"""A mail server that keeps what it is given: enough SMTP (RFC 5321) with STARTTLS and AUTH PLAIN.

Faults strike at the steps ``connect``, ``mail``, ``rcpt``, ``data`` and ``end`` (the dot).
Threads: one per connection; the lists may be read from any.
"""

from __future__ import annotations

import base64
import contextlib
import socketserver
import ssl
import threading
from dataclasses import dataclass, field
from types import TracebackType

from simulator.notifications.faults import Fault, Faults

_LOOK_FOR_SHUTDOWN_S = 0.02
_LONGEST_LINE = 4096
_LARGEST_MAIL = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail that was taken.

    Attributes:
        user: Who signed in; empty for nobody.
        encrypted: It came over TLS.
        text: Head and body as sent, lines end with CRLF.
    """

    sender: str
    recipient: str
    user: str
    encrypted: bool
    text: bytes


@dataclass(slots=True)
class _Dialogue:
    """What one connection said so far."""

    greeted: bool = False
    encrypted: bool = False
    user: str = ""
    sender: str = ""
    recipients: list[str] = field(default_factory=list)


class MailSink(socketserver.ThreadingTCPServer):
    """Listens on 127.0.0.1 while the block lasts.

    Args:
        tls: Certificate; without one the server offers no encryption.
        wrapped: Encrypt from the start instead of by STARTTLS.
        users: Passwords by name; with any, nobody sends without signing in.

    Attributes:
        mails: What was taken, oldest first.
    """

    allow_reuse_address = True
    daemon_threads = True
    block_on_close = True

    def __init__(
        self,
        *,
        tls: ssl.SSLContext | None = None,
        wrapped: bool = False,
        users: dict[str, str] | None = None,
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Connection)
        self.tls = tls
        self.wrapped = wrapped
        self.users = users or {}
        self.mails: list[Mail] = []
        self.faults = Faults()
        self._thread = threading.Thread(
            target=self.serve_forever, args=(_LOOK_FOR_SHUTDOWN_S,), name="mail sink"
        )

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self.server_address[1])

    def fail(self, fault: Fault) -> None:
        """Let a fault strike once."""
        self.faults.add(fault)

    def forget(self) -> None:
        """Start over with an empty house and no faults."""
        self.faults.forget()
        self.mails.clear()

    def __enter__(self) -> MailSink:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.faults.release()
        self.shutdown()
        self.server_close()
        self._thread.join()


class _CutError(Exception):
    """The line ends here."""


class _Connection(socketserver.StreamRequestHandler):
    server: MailSink
    timeout = 30

    def handle(self) -> None:
        """Talk until the client has enough."""
        self._said = _Dialogue()
        try:
            if self._strikes("connect"):
                return
            if self.server.wrapped and self.server.tls is not None:
                self._wrap(self.server.tls)
            self._answer(220, "sink")
            while line := self._line():
                if not self._step(line):
                    return
        except (_CutError, OSError, ValueError):
            return

    def finish(self) -> None:
        """Close, also when the client has gone."""
        with contextlib.suppress(OSError):
            super().finish()
        # The server closes the plain socket only; an encrypted one took its place.
        self.connection.close()

    def _line(self) -> str:
        raw = self.rfile.readline(_LONGEST_LINE)
        return raw.decode("ascii", "replace").rstrip("\r\n") if raw.endswith(b"\n") else ""

    def _answer(self, code: int, *lines: str) -> None:
        last = len(lines) - 1
        for place, line in enumerate(lines):
            mark = " " if place == last else "-"
            self.wfile.write(f"{code}{mark}{line}\r\n".encode())
        self.wfile.flush()

    def _strikes(self, step: str, *, kept: Mail | None = None) -> bool:
        """Let a fault of this step strike; True when it answered in our place."""
        fault = self.server.faults.take(step)
        if fault is None:
            return False
        if fault.taken and kept is not None:
            self.server.mails.append(kept)
        self.server.faults.hold(fault)
        if not fault.code:
            raise _CutError
        self._answer(fault.code, "as told")
        return True

    def _step(self, line: str) -> bool:
        """Answer one command; False ends the dialogue."""
        verb, _, rest = line.partition(" ")
        match verb.upper():
            case "EHLO" | "HELO":
                self._greet()
            case "STARTTLS":
                self._encrypt()
            case "AUTH":
                self._sign_in(rest)
            case "MAIL":
                self._mail_from(rest)
            case "RCPT":
                self._to(rest)
            case "DATA":
                self._data()
            case "QUIT":
                self._answer(221, "bye")
                return False
            case _:
                self._answer(502, "not here")
        return True

    def _greet(self) -> None:
        self._said.greeted = True
        offers = ["sink"]
        if self.server.tls is not None and not self._said.encrypted:
            offers.append("STARTTLS")
        if self.server.users:
            offers.append("AUTH PLAIN")
        self._answer(250, *offers)

    def _encrypt(self) -> None:
        if self.server.tls is None:
            self._answer(502, "no TLS here")
            return
        self._answer(220, "go ahead")
        self._wrap(self.server.tls)

    def _wrap(self, tls: ssl.SSLContext) -> None:
        self.request = tls.wrap_socket(self.request, server_side=True)
        self.connection = self.request
        self.setup()
        # What was said before the line was encrypted does not count (RFC 3207 4.2).
        self._said = _Dialogue(encrypted=True)

    def _sign_in(self, rest: str) -> None:
        _, _, proof = rest.partition(" ")
        _, user, password = base64.b64decode(proof).decode().split("\0")
        if self.server.users.get(user) != password:
            self._answer(535, "who are you")
            return
        self._said.user = user
        self._answer(235, "welcome")

    def _mail_from(self, rest: str) -> None:
        if self._strikes("mail"):
            return
        if not self._said.greeted or (self.server.users and not self._said.user):
            self._answer(530, "sign in first")
            return
        self._said.sender = _address(rest)
        self._answer(250, "ok")

    def _to(self, rest: str) -> None:
        if self._strikes("rcpt"):
            return
        if not self._said.sender:
            self._answer(503, "who sends it")
            return
        self._said.recipients.append(_address(rest))
        self._answer(250, "ok")

    def _data(self) -> None:
        if self._strikes("data"):
            return
        if not self._said.recipients:
            self._answer(503, "to whom")
            return
        self._answer(354, "go on, end with a dot")
        text = self._text()
        kept = Mail(
            sender=self._said.sender,
            recipient=self._said.recipients[0],
            user=self._said.user,
            encrypted=self._said.encrypted,
            text=text,
        )
        if self._strikes("end", kept=kept):
            return
        self.server.mails.append(kept)
        self._answer(250, "taken")

    def _text(self) -> bytes:
        lines, size = [], 0
        while (line := self.rfile.readline(_LONGEST_LINE)) != b".\r\n":
            size += len(line)
            if not line or size > _LARGEST_MAIL:
                raise _CutError
            lines.append(line.removeprefix(b"."))
        return b"".join(lines)


def _address(rest: str) -> str:
    return rest.partition("<")[2].partition(">")[0]
