"""The edge of the emulated API.

Checks headers, runs the idempotency layer, validates, lets faults strike and checks every answer.
Threads: `handle` runs in the connection's thread; the world's lock is held only while an operation
executes, never while a fault waits. Must not import anything of the product.
"""

from __future__ import annotations

import json
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from simulator.stripe.description import Operation
from simulator.stripe.faults import Fault
from simulator.stripe.http_server import Answer, Request
from simulator.stripe.idempotency import LONGEST_KEY, Idempotency, fingerprint
from simulator.stripe.listing import expanded
from simulator.stripe.payments import Call
from simulator.stripe.refusal import RefusalError, invalid
from simulator.stripe.world import Obj, World

Result: TypeAlias = tuple[int, Obj]
Run: TypeAlias = Callable[[Call], Obj]

LONGEST_HOLD_S = 30.0
_KEY = re.compile(r"Bearer ((?:sk|rk)_test_[A-Za-z0-9_]{6,250})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A request that found its operation.

    Attributes:
        operation: What the description says about it.
        name: Our name of the operation, used by faults and the log.
        run: Executes it.
        path: Path parameters.
        text: Form body or query string.
        key: Idempotency key, empty for anything but POST.
        cause: `{id, idempotency_key}` for events.
        fault: The fault that strikes, if any.
    """

    operation: Operation
    name: str
    run: Run
    path: dict[str, str]
    text: str
    key: str
    cause: Obj
    fault: Fault | None

    def struck(self, when: str, kind: str) -> bool:
        """Says whether this fault strikes at this moment."""
        fault = self.fault
        return fault is not None and (fault.when, fault.kind) == (when, kind)


class Gate:
    """Where `hold` faults wait until the control port lets them go."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._generation = 0
        self.waiting = 0

    def wait(self) -> None:
        """Blocks until the next `open`, at most LONGEST_HOLD_S."""
        with self._changed:
            generation = self._generation
            self.waiting += 1
            self._changed.wait_for(lambda: self._generation != generation, LONGEST_HOLD_S)
            self.waiting -= 1

    def open(self) -> int:
        """Lets all go that wait now; returns how many."""
        with self._changed:
            self._generation += 1
            self._changed.notify_all()
            return self.waiting


class Api:
    """Answers requests on the API port.

    Args:
        world: The state.
        operations: (our name, executor) by operationId.
        tick: Called with the lock held before an operation, so that what is due happens first.
    """

    def __init__(
        self,
        world: World,
        operations: dict[str, tuple[str, Run]],
        tick: Callable[[], None],
    ) -> None:
        self._world = world
        self._operations = operations
        self._tick = tick
        self._idempotency = Idempotency(world)
        self.gate = Gate()

    def handle(self, request: Request) -> Answer | None:
        """Answers one request; None cuts the connection (a fault)."""
        request_id = f"req_{secrets.token_hex(7)}"
        text = request.body.decode("ascii", "replace") if request.body else request.query
        entry: Obj = {
            "request_id": request_id,
            "op": None,
            "method": request.method,
            "path": request.path,
            "params": text,
            "idempotency_key": request.headers.get("idempotency-key"),
            "status": None,
            "replayed": False,
            "fault": None,
        }
        with self._world.lock:
            self._world.requests.append(entry)
            self._world.changes += request.method != "GET"
        try:
            self._check_headers(request)
            visit = self._visit(request, text, request_id)
            entry["op"] = visit.name
            entry["fault"] = visit.fault and f"{visit.fault.when} {visit.fault.kind}"
            result = self._guarded(visit, entry)
        except RefusalError as refusal:
            result = refusal.status, refusal.body()
        if result is None:
            return None
        entry["status"], body = result
        return self._answer(entry, body)

    def _answer(self, entry: Obj, body: Obj) -> Answer:
        headers = {
            "Request-Id": entry["request_id"],
            "Stripe-Version": self._world.description.version,
        }
        if entry["idempotency_key"]:
            headers["Idempotency-Key"] = entry["idempotency_key"]
        if entry["replayed"]:
            headers["Idempotent-Replayed"] = "true"
        return Answer(status=entry["status"], body=json.dumps(body).encode(), headers=headers)

    def _check_headers(self, request: Request) -> None:
        credentials = request.headers.get("authorization", "")
        if not _KEY.fullmatch(credentials):
            live = "_live_" in credentials
            raise RefusalError(
                "The emulator refuses live keys." if live else "Invalid API Key provided.",
                status=401,
                saved=False,
            )
        version = request.headers.get("stripe-version")
        if version != self._world.description.version:
            raise invalid(
                f"Invalid Stripe API version: {version}; described is "
                f"{self._world.description.version}."
            )
        if request.method != "POST":
            return
        key = request.headers.get("idempotency-key", "")
        if not 0 < len(key) <= LONGEST_KEY:
            raise invalid(f"Idempotency-Key must have 1 to {LONGEST_KEY} characters.")
        kind = request.headers.get("content-type", "").partition(";")[0]
        if request.body and kind != "application/x-www-form-urlencoded":
            raise invalid(f"Invalid content type: {kind}")

    def _visit(self, request: Request, text: str, request_id: str) -> Visit:
        found = self._world.description.match(request.method, request.path)
        if found is None:
            raise RefusalError(
                f"Unrecognized request URL ({request.method}: {request.path}).", status=404
            )
        operation, path = found
        if operation.name not in self._operations:
            sentence = f"The emulator does not play {request.method} {operation.template}."
            self._world.report(operation.name, [sentence])
            raise RefusalError(sentence, status=404)
        name, run = self._operations[operation.name]
        key = request.headers.get("idempotency-key", "") if request.method == "POST" else ""
        return Visit(
            operation=operation,
            name=name,
            run=run,
            path=path,
            text=text,
            key=key,
            cause={"id": request_id, "idempotency_key": key or None},
            fault=self._world.faults.take(name),
        )

    def _guarded(self, visit: Visit, entry: Obj) -> Result | None:
        if visit.struck("before", "drop"):
            return None
        if visit.fault is not None and visit.fault.kind == "429":
            raise visit.fault.refusal() or AssertionError
        result = self._once(visit, entry)
        if visit.struck("after", "drop"):
            return None
        self._pause(visit, "after")
        return result

    def _once(self, visit: Visit, entry: Obj) -> Result:
        if not visit.key:
            return self._first(visit)[0]
        print_ = fingerprint(visit.operation.name + json.dumps(visit.path), visit.text)
        saved = self._idempotency.begin(visit.key, print_)
        if saved is not None:
            entry["replayed"] = True
            return saved
        keep: Result | None = None
        try:
            result, worth_keeping = self._first(visit)
            keep = result if worth_keeping else None
            return result
        finally:
            self._idempotency.end(visit.key, print_, keep)

    def _first(self, visit: Visit) -> tuple[Result, bool]:
        """Validates and executes; returns the result and whether the idempotency layer keeps it."""
        self._pause(visit, "before")
        try:
            params = visit.operation.read(visit.text)
            forged = visit.fault.refusal() if visit.fault else None
            if forged is not None and visit.fault and visit.fault.when == "before":
                raise forged
            result = 200, self._execute(visit, params)
            if forged is not None:
                raise forged
        except RefusalError as refusal:
            return self._checked(visit, (refusal.status, refusal.body())), refusal.saved
        return self._checked(visit, result), True

    def _execute(self, visit: Visit, params: Obj) -> Obj:
        with self._world.lock:
            self._tick()
            paths = params.pop("expand", [])
            answer = visit.run(Call(params=params, path=visit.path, cause=visit.cause))
            return expanded(self._world, answer, paths)

    def _checked(self, visit: Visit, result: Result) -> Result:
        """Returns the answer if it keeps the description, else a 500, and records the violation."""
        faults = visit.operation.answer_faults(*result)
        if not faults:
            return result
        with self._world.lock:
            self._world.report(visit.name, faults)
        message = f"The emulator broke the API description: {faults[0]}"
        refusal = RefusalError(message, status=500, kind="api_error")
        return refusal.status, refusal.body()

    def _pause(self, visit: Visit, when: str) -> None:
        if visit.struck(when, "delay") and visit.fault:
            time.sleep(visit.fault.seconds)
        elif visit.struck(when, "hold"):
            self.gate.wait()
