"""The control port: faults, cards, clock, the bank book and the logs.

Tests and demos use it, the product never. Threads: handlers run in connection threads and take the
world's lock where they touch state.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import parse_qs

from simulator.stripe import cards, faults
from simulator.stripe.emulator import Emulator
from simulator.stripe.http_server import Answer, Request
from simulator.stripe.refusal import RefusalError
from simulator.stripe.webhooks import Endpoint
from simulator.stripe.world import Obj

Route: TypeAlias = Callable[[Obj], Any]
_PAGE = Path(__file__).with_name("page.html")


class Control:
    """Answers requests on the control port. Bodies and answers are JSON.

    Args:
        emulator: What is controlled.
    """

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self._world = emulator.world
        self._routes: dict[tuple[str, str], Route] = {
            ("GET", "/status"): self._status,
            ("GET", "/book"): lambda _: self._world.bank.view(),
            ("GET", "/requests"): lambda _: list(self._world.requests),
            ("GET", "/violations"): lambda _: list(self._world.violations),
            ("GET", "/faults"): lambda _: self._world.faults.view(),
            ("POST", "/faults"): self._add_fault,
            ("DELETE", "/faults"): lambda _: self._world.faults.clear(),
            ("POST", "/faults/random"): self._randomise,
            ("POST", "/release"): self._release,
            ("POST", "/present"): self._present,
            ("POST", "/press-cancel"): self._press_cancel,
            ("POST", "/power"): self._power,
            ("POST", "/clock/advance"): self._advance,
            ("POST", "/reset"): self._reset,
            ("GET", "/webhooks"): self._webhook_log,
            ("PUT", "/webhooks"): self._set_webhooks,
            ("POST", "/webhooks/deliver"): self._deliver,
        }

    def handle(self, request: Request) -> Answer:
        """Answers one request; bad input gets 400 and a sentence, a state that does not fit 409."""
        if (request.method, request.path) == ("GET", "/"):
            return Answer(status=200, body=_PAGE.read_bytes(), kind="text/html; charset=utf-8")
        route = self._routes.get((request.method, request.path))
        if route is None:
            return _json(404, {"error": f"no such control: {request.method} {request.path}"})
        try:
            return self._run(request.path, route, _body(request))
        except (ValueError, KeyError, TypeError) as error:
            return _json(400, {"error": f"{type(error).__name__}: {error}"})
        except RefusalError as refusal:
            return _json(409, refusal.body())

    def _run(self, path: str, route: Route, body: Obj) -> Answer:
        if path == "/webhooks":
            # Replacing a sender waits for its worker, and the worker may wait for the lock.
            return _json(200, route(body))
        with self._world.lock:
            self._world.changes += 1
            self._emulator.tick()
            return _json(200, route(body))

    def _status(self, _: Obj) -> Obj:
        names = self._world.tables["terminal.reader"]
        return {
            "now_s": self._world.clock.now_s(),
            "offset_s": self._world.clock.offset_s,
            "readers": [self._emulator.readers.find(name) for name in names],
            "cards": list(cards.BY_NAME),
            "held_requests": self._emulator.api.gate.waiting,
            "queued_webhooks": sum(s.waiting() for s in self._emulator.senders.values()),
        }

    def _add_fault(self, body: Obj) -> None:
        self._world.faults.add(faults.parse(body, self._emulator.operations))

    def _randomise(self, body: Obj) -> None:
        self._world.faults.randomise(int(body["seed"]), float(body["rate"]))

    def _release(self, body: Obj) -> Obj:
        """Lets held requests go, or with `reader` the authorisation held back there."""
        if "reader" in body:
            return {"released": int(self._emulator.readers.release(self._reader(body)))}
        return {"released": self._emulator.api.gate.open()}

    def _present(self, body: Obj) -> Obj:
        """Presents a card now; `ahead` holds it against an idle reader until it asks for one."""
        reader, card = self._reader(body), _card(body.get("card", "visa"))
        readers = self._emulator.readers
        if readers.waits_for_card(reader):
            readers.present(reader, card)
        elif body.get("ahead"):
            self._world.bench[reader["id"]].waiting_card = card.number
        else:
            raise RefusalError("The reader is not waiting for a payment method.")
        return reader

    def _press_cancel(self, body: Obj) -> Obj:
        reader = self._reader(body)
        if not self._emulator.readers.press_cancel(reader):
            raise RefusalError("The reader shows no cancel button.")
        return reader

    def _power(self, body: Obj) -> Obj:
        """Switches a reader on or off; off for two virtual minutes, it counts as offline."""
        if not isinstance(body.get("on"), bool):
            raise TypeError("on must be true or false")
        reader = self._reader(body)
        self._world.bench[reader["id"]].powered = body["on"]
        return self._emulator.readers.find(reader["id"])

    def _advance(self, body: Obj) -> Obj:
        self._world.clock.advance(float(body["seconds"]))
        self._emulator.tick()
        return {"now_s": self._world.clock.now_s()}

    def _reset(self, body: Obj) -> None:
        self._emulator.reset(keep_readers=bool(body.get("keep_readers")))

    def _webhook_log(self, _: Obj) -> Obj:
        return {name: list(sender.log) for name, sender in self._emulator.senders.items()}

    def _set_webhooks(self, body: Obj) -> None:
        for which, target in body.items():
            if which not in ("payments", "readers"):
                raise ValueError("webhooks are payments and readers")
            endpoint = None if target is None else Endpoint(target["url"], target["secret"])
            self._emulator.set_endpoint(which, endpoint)

    def _deliver(self, _: Obj) -> Obj:
        return {"due": sum(s.deliver_now() for s in self._emulator.senders.values())}

    def _reader(self, body: Obj) -> Obj:
        return self._emulator.readers.find(str(body["reader"]))


def _card(name: str) -> cards.Card:
    try:
        return cards.find(name)
    except KeyError:
        raise ValueError(f"card must be one of {', '.join(cards.BY_NAME)}") from None


def _body(request: Request) -> Obj:
    if not request.body:
        return {name: values[-1] for name, values in parse_qs(request.query).items()}
    # A page of another origin cannot send this type without being asked for permission first.
    if request.headers.get("content-type", "").partition(";")[0] != "application/json":
        raise ValueError("the body must be application/json")
    body = json.loads(request.body)
    if not isinstance(body, dict):
        raise TypeError("the body must be a JSON object")
    return body


def _json(status: int, value: Any) -> Answer:
    return Answer(status=status, body=json.dumps(value).encode())
