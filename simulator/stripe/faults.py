"""Faults a test asks for, and a seeded source of random ones.

Threads: every method takes the object's own lock; callers hold no other lock that faults need.
"""

from __future__ import annotations

import random
import threading
from dataclasses import asdict, dataclass, fields
from typing import Any

from simulator.stripe.refusal import RefusalError, reader_error

# Faults of a request. `hold` waits until the control port releases it; `delay` waits `seconds`.
REQUEST_KINDS = frozenset({"drop", "500", "429", "delay", "hold"})
# Faults of a command to a reader. `timeout_true`: the reader did not get it; `timeout_false`: it
# did.
COMMAND_KINDS = {
    "timeout_true": "terminal_reader_timeout",
    "timeout_false": "terminal_reader_timeout",
    "offline": "terminal_reader_offline",
    "busy": "terminal_reader_busy",
    "hardware_fault": "terminal_reader_hardware_fault",
    "invalid_location": "terminal_reader_invalid_location_for_payment",
}
COMMANDS = frozenset(
    {"readers.process_payment_intent", "readers.cancel_action", "readers.set_reader_display"}
)
# Faults between the card and the answer; `when` says whether the bank authorised before it
# happened.
CARD_KINDS = frozenset({"stuck", "connection_error", "hold"})
WEBHOOK_KINDS = frozenset(
    {"lose", "duplicate", "reorder", "delay", "hold", "wrong_secret", "stale", "livemode"}
)
CARD = "reader.card"
LONGEST_DELAY_S = 60
# A random `hold` would wait for somebody who does not know about it, and a broken device or a wrong
# set-up does not go away by itself.
_NEVER_RANDOM = frozenset({"hold", "hardware_fault", "invalid_location"})
WEBHOOK = "webhook"


@dataclass(slots=True, kw_only=True)
class Fault:
    """One fault.

    Attributes:
        op: Operation name such as `payment_intents.create`, `*` for any, `reader.card` or
            `webhook`.
        kind: One of the kinds of that op.
        when: `before` or `after` the operation is executed.
        times: How many occasions it strikes, >= 1.
        seconds: How long `delay` waits, 0 to 60.
        event_type: For `webhook`: only events whose type starts with this.
    """

    op: str
    kind: str
    when: str = "before"
    times: int = 1
    seconds: float = 0.2
    event_type: str = ""

    def refusal(self) -> RefusalError | None:
        """Returns the answer given instead of the true one; None for faults of the line."""
        if self.kind == "500":
            return RefusalError("An unknown error occurred.", status=500, kind="api_error")
        if self.kind == "429":
            return RefusalError(
                "Too many requests hit the API too quickly.",
                status=429,
                code="rate_limit",
                saved=False,
            )
        code = COMMAND_KINDS.get(self.kind)
        return None if code is None else reader_error(code)


def parse(raw: dict[str, Any], operations: frozenset[str]) -> Fault:
    """Returns the fault a control request describes.

    Args:
        raw: Fields of Fault; `op` and `kind` are required.
        operations: Names of the emulated API operations.

    Raises:
        ValueError: When a field is unknown or out of range; the text names it and what is allowed.
    """
    known = {field.name for field in fields(Fault)}
    if unknown := raw.keys() - known:
        raise ValueError(f"unknown field {sorted(unknown)[0]}; allowed: {sorted(known)}")
    if not {"op", "kind"} <= raw.keys():
        raise ValueError("a fault needs op and kind")
    fault = Fault(**raw)
    allowed = _kinds(fault.op, operations)
    if fault.kind not in allowed:
        raise ValueError(f"kind of {fault.op} must be one of {sorted(allowed)}")
    if fault.when not in {"before", "after"}:
        raise ValueError("when must be before or after")
    if fault.times != int(fault.times) or fault.times < 1:
        raise ValueError("times must be a whole number from 1")
    if not 0 <= fault.seconds <= LONGEST_DELAY_S:
        raise ValueError(f"seconds must be 0 to {LONGEST_DELAY_S}")
    fault.event_type = str(fault.event_type)
    if fault.kind == "timeout_false":
        fault.when = "after"
    return fault


def _kinds(op: str, operations: frozenset[str]) -> frozenset[str]:
    if op == CARD:
        return CARD_KINDS
    if op == WEBHOOK:
        return WEBHOOK_KINDS
    if op in COMMANDS:
        return REQUEST_KINDS | COMMAND_KINDS.keys()
    if op == "*" or op in operations:
        return REQUEST_KINDS
    raise ValueError(f"op must be one of {sorted(operations | {'*', CARD, WEBHOOK})}")


class Faults:
    """The faults waiting to strike, in the order they were asked for."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: list[Fault] = []
        self._random: random.Random | None = None
        self._rate = 0.0

    def add(self, fault: Fault) -> None:
        """Lets a fault strike on its next `times` occasions."""
        with self._lock:
            self._waiting.append(fault)

    def randomise(self, seed: int, rate: float) -> None:
        """Makes every occasion fail with a probability, repeatably for one seed and order.

        Args:
            seed: Any integer.
            rate: Probability, 0 (off) to 1.

        Raises:
            ValueError: When rate is out of range.
        """
        if not 0 <= rate <= 1:
            raise ValueError("rate must be 0 to 1")
        with self._lock:
            # Not for secrets: a test must be able to repeat the run.
            self._random = random.Random(seed) if rate else None  # noqa: S311 - see above
            self._rate = rate

    def clear(self) -> None:
        """Forgets all faults, random ones included."""
        with self._lock:
            self._waiting.clear()
            self._random = None

    def view(self) -> list[dict[str, Any]]:
        """Returns the faults that still wait."""
        with self._lock:
            return [asdict(fault) for fault in self._waiting]

    def take(self, op: str, event_type: str = "") -> Fault | None:
        """Returns the fault that strikes on this occasion and counts it down."""
        with self._lock:
            for fault in self._waiting:
                # "*" means any API request; the reader and the webhooks are asked for by name.
                anywhere = fault.op == "*" and op not in (CARD, WEBHOOK)
                if (fault.op == op or anywhere) and event_type.startswith(fault.event_type):
                    fault.times -= 1
                    if not fault.times:
                        self._waiting.remove(fault)
                    return fault
            return self._draw(op)

    def _draw(self, op: str) -> Fault | None:
        if self._random is None or self._random.random() >= self._rate:
            return None
        kinds = sorted(_kinds(op, frozenset({op})) - _NEVER_RANDOM)
        kind = self._random.choice(kinds)
        when = "after" if kind == "timeout_false" else self._random.choice(("before", "after"))
        return Fault(op=op, kind=kind, when=when, seconds=round(self._random.random() * 0.1, 3))
