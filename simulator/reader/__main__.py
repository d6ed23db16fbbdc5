"""The hand at an emulated card reader: `python -m simulator.reader`.

Presents a test card, presses the cancel button, or, with `--watch`, presents a card to every reader
that waits for one until it is told to end. Talks to the emulator's control port only.
"""

from __future__ import annotations

import argparse
import http.client
import json
import signal
import sys
import threading
from contextlib import closing
from typing import Any
from urllib.parse import urlsplit

_LOOK_S = 0.3
_ANSWER_S = 10.0


def main() -> None:
    """Does what the command line asks; a refusal is one sentence and exit status 1."""
    options = _options()
    try:
        if options.watch:
            _watch(options.control, options.card)
        elif options.cancel:
            _ask(options.control, "POST", "/press-cancel", {"reader": options.reader})
        else:
            _present(options.control, options.reader, options.card)
    except (OSError, RefusedError) as error:
        sys.exit(f"The card reader did not do it: {error}")


class RefusedError(Exception):
    """The emulator said no; the text is its sentence."""


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator.reader", description=__doc__)
    parser.add_argument("--control", required=True, help="address of the control port")
    parser.add_argument("--reader", help="reader id, tmr_...")
    parser.add_argument("--card", default="visa", help="name or number of a test card")
    parser.add_argument("--cancel", action="store_true", help="press the reader's cancel button")
    parser.add_argument("--watch", action="store_true", help="serve every reader that waits")
    options = parser.parse_args()
    if not options.reader and not options.watch:
        parser.error("name a --reader, or use --watch for all")
    return options


def _present(control: str, reader: str, card: str) -> None:
    _ask(control, "POST", "/present", {"reader": reader, "card": card})


def _watch(control: str, card: str) -> None:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    while not ended.wait(_LOOK_S):
        for reader in _ask(control, "GET", "/status")["readers"]:
            action = reader["action"] or {}
            if (action.get("type"), action.get("status")) == _WAITING:
                _present(control, reader["id"], card)


_WAITING = ("process_payment_intent", "in_progress")


def _ask(control: str, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    address = urlsplit(control)
    line = http.client.HTTPConnection(address.hostname or "", address.port, timeout=_ANSWER_S)
    with closing(line):
        text = b"" if body is None else json.dumps(body).encode()
        line.request(method, path, text, {"Content-Type": "application/json"})
        answer = line.getresponse()
        value = json.loads(answer.read())
    if answer.status != 200:
        error = value["error"]
        raise RefusedError(error["message"] if isinstance(error, dict) else error)
    return value


if __name__ == "__main__":
    main()
