"""Starts the emulator: `python -m simulator.stripe`.

Prints one line of JSON with its addresses when it is ready, then stays quiet. Ends on SIGTERM,
SIGINT, or, with `--until-stdin-closes`, when its parent goes away.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import sys
import threading
from pathlib import Path

from simulator.stripe.control import Control
from simulator.stripe.description import Description
from simulator.stripe.emulator import Emulator
from simulator.stripe.http_server import Server
from simulator.stripe.webhooks import Endpoint
from simulator.stripe.world import StateFileError

_TICK_S = 0.25


def main() -> None:
    """Runs the emulator until it is told to end."""
    options = _options()
    try:
        _serve(options)
    except (OSError, StateFileError) as error:
        sys.exit(f"The Stripe emulator cannot start: {error}")


def _serve(options: argparse.Namespace) -> None:
    emulator = Emulator(Description())
    if options.state_file and options.state_file.exists():
        emulator.world.load(options.state_file)
    for which, endpoint in options.webhooks.items():
        emulator.set_endpoint(which, endpoint)
    emulator.resend_undelivered()

    def failed(sentence: str) -> None:
        emulator.world.report("exception", [sentence])

    api = Server(options.port, emulator.api.handle, failed)
    control = Server(options.control_port, Control(emulator).handle, failed)
    api.start()
    control.start()
    # Before the line: whoever reads it may end us at once.
    ended = _told_to_end(options)
    _announce({"api_url": api.url, "control_url": control.url, "pid": os.getpid()}, options)
    _run(emulator, options, ended)
    api.shutdown()
    control.shutdown()
    emulator.stop()


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator.stripe", description=__doc__)
    parser.add_argument("--port", type=int, default=0, help="API port on 127.0.0.1, 0: any")
    parser.add_argument("--control-port", type=int, default=0, help="control port, 0: any")
    parser.add_argument("--webhook-url", default="", help="gets payment, charge, refund events")
    parser.add_argument("--webhook-secret", default="", help="whsec_... of that endpoint")
    parser.add_argument("--reader-webhook-url", default="", help="gets terminal.reader.* events")
    parser.add_argument("--reader-webhook-secret", default="", help="whsec_... of that endpoint")
    parser.add_argument("--state-file", type=Path, help="keeps the state over a restart")
    parser.add_argument("--ready-file", type=Path, help="gets the line with the addresses too")
    parser.add_argument("--until-stdin-closes", action="store_true", help="end with the parent")
    options = parser.parse_args()
    targets = {
        "payments": (options.webhook_url, options.webhook_secret),
        "readers": (options.reader_webhook_url, options.reader_webhook_secret),
    }
    try:
        options.webhooks = {name: Endpoint(*at) for name, at in targets.items() if at[0]}
    except ValueError as error:
        parser.error(str(error))
    return options


def _told_to_end(options: argparse.Namespace) -> threading.Event:
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    if options.until_stdin_closes:
        threading.Thread(target=_await_parent, args=(ended,), daemon=True).start()
    return ended


def _await_parent(ended: threading.Event) -> None:
    sys.stdin.read()
    ended.set()


def _announce(addresses: dict[str, str | int], options: argparse.Namespace) -> None:
    line = json.dumps(addresses)
    if options.ready_file:
        draft = options.ready_file.with_name(options.ready_file.name + ".new")
        draft.write_text(line + "\n", encoding="utf-8")
        draft.replace(options.ready_file)
    print(line, flush=True)


def _run(emulator: Emulator, options: argparse.Namespace, ended: threading.Event) -> None:
    last = -1
    while not ended.wait(_TICK_S):
        with emulator.world.lock:
            emulator.tick()
        if options.state_file and emulator.world.changes != last:
            last = emulator.world.changes
            emulator.world.save(options.state_file)
    if options.state_file:
        emulator.world.save(options.state_file)


if __name__ == "__main__":
    main()
