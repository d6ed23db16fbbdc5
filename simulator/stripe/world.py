"""The emulated state: objects, hidden reader state, bank book, clock, events.

Threads: every access happens while `lock` is held, except `note_delivered`, which takes it. Must
not import anything of the product.
"""

from __future__ import annotations

import copy
import json
import secrets
import threading
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from simulator.stripe.bank import Bank
from simulator.stripe.clock import VirtualClock
from simulator.stripe.description import Description
from simulator.stripe.faults import Faults
from simulator.stripe.refusal import missing

Obj: TypeAlias = dict[str, Any]

# The id's prefix tells the kind; the kind is the name Stripe uses in messages and in `object`.
PREFIXES = {
    "pi": "payment_intent",
    "ch": "charge",
    "re": "refund",
    "pm": "payment_method",
    "tmr": "terminal.reader",
    "tml": "terminal.location",
    "evt": "event",
    "txn": "balance_transaction",
}
_NO_CAUSE: Obj = {"id": None, "idempotency_key": None}


class StateFileError(Exception):
    """A file given as saved state is none; the text names it and says what to do."""


@dataclass(slots=True, kw_only=True)
class Bench:
    """What the emulator knows about a reader beyond what the API shows.

    Attributes:
        powered: Whether the device runs and has a network.
        seen_at_s: Virtual time of its last sign of life.
        waiting_card: Card held against the reader before it was asked for, if any.
        authorising_card: Card whose authorisation is held back by a fault, if any.
        stuck: The device died in the middle of an action.
    """

    powered: bool = True
    seen_at_s: float = 0.0
    waiting_card: str | None = None
    authorising_card: str | None = None
    stuck: bool = False


class World:
    """Everything Stripe, the bank and the readers know.

    Attributes:
        lock: Guards all of it; re-entrant.
        tables: Objects by kind and id, in order of creation.
        bench: Hidden reader state by reader id.
        subscriber: Returns who takes events of a type, or None.
        agenda: (due in virtual seconds, what, object id), things that happen later by themselves.
        changes: Counts what may have changed the state, so that it is saved when it grows.
        violations: Where the emulator broke the API description; tests must find none.
    """

    def __init__(self, description: Description, faults: Faults) -> None:
        self.lock = threading.RLock()
        self.description = description
        self.faults = faults
        self.clock = VirtualClock()
        self.subscriber: Callable[[str], Callable[[Obj], None] | None] = lambda _: None
        self.violations: list[Obj] = []
        self.requests: deque[Obj] = deque(maxlen=10_000)
        self.changes = 0
        self.forget(keep_readers=False)

    def forget(self, *, keep_readers: bool) -> None:
        """Starts from nothing.

        Args:
            keep_readers: Keep locations and readers (idle and powered), so that their ids stay
                valid.
        """
        kept = self.tables if keep_readers else {}
        self.tables: dict[str, dict[str, Obj]] = {kind: {} for kind in PREFIXES.values()}
        for kind in ("terminal.reader", "terminal.location"):
            self.tables[kind] = kept.get(kind, {})
        for reader in self.tables["terminal.reader"].values():
            reader["action"] = None
        self.bench = {name: Bench() for name in self.tables["terminal.reader"]}
        self.agenda: list[tuple[float, str, str]] = []
        self.bank = Bank()
        self.idempotent: dict[str, Obj] = {}
        self.clock.offset_s = 0.0
        self.violations.clear()
        self.requests.clear()
        self.faults.clear()

    def new(self, prefix: str, **values: Any) -> Obj:
        """Stores and returns a new object with id, object, livemode and, unless given, created."""
        kind = PREFIXES[prefix]
        obj: Obj = {"id": f"{prefix}_{secrets.token_hex(12)}", "object": kind, **values}
        self.tables[kind][obj["id"]] = obj
        return obj

    def get(self, kind: str, object_id: str, *, param: str, in_path: bool = False) -> Obj:
        """Returns a stored object.

        Raises:
            RefusalError: `resource_missing` when there is none.
        """
        found = self.tables[kind].get(object_id)
        if found is None:
            raise missing(kind, object_id, param=param, in_path=in_path)
        return found

    def by_id(self, object_id: str) -> Obj | None:
        """Returns the object with this id whatever its kind, or None."""
        kind = PREFIXES.get(object_id.partition("_")[0], "")
        return self.tables.get(kind, {}).get(object_id)

    def emit(self, event_type: str, obj: Obj, cause: Obj | None = None) -> None:
        """Records an event with the object as it is now and hands it to the webhooks.

        Args:
            event_type: Such as `charge.succeeded`.
            obj: The object it is about; copied.
            cause: `{id, idempotency_key}` of the API request, None when the reader or time caused
                it.
        """
        self.changes += 1
        send = self.subscriber(event_type)
        event = self.new(
            "evt",
            api_version=self.description.version,
            created=self.clock.now(),
            data={"object": copy.deepcopy(obj)},
            livemode=False,
            pending_webhooks=0 if send is None else 1,
            request=cause or _NO_CAUSE,
            type=event_type,
        )
        self.check(f"event {event_type}", "event", event)
        self.check(f"event {event_type}", obj["object"], obj)
        if send is not None:
            send(copy.deepcopy(event))

    def note_delivered(self, event_id: str) -> None:
        """Records that the endpoint took an event. Called from the webhook workers."""
        with self.lock:
            event = self.tables["event"].get(event_id)
            if event is not None:
                event["pending_webhooks"] = 0

    def check(self, where: str, component: str, value: Obj) -> None:
        """Records a violation when a value does not keep its schema."""
        self.report(where, self.description.component_faults(component, value))

    def report(self, where: str, faults: Iterable[str]) -> None:
        """Records violations found somewhere."""
        self.violations.extend({"where": where, "fault": fault} for fault in faults)

    def save(self, path: Path) -> None:
        """Writes the state to a file, whole or not at all."""
        with self.lock:
            text = json.dumps(
                {
                    "tables": self.tables,
                    "agenda": self.agenda,
                    "bank": self.bank.view(),
                    "idempotent": self.idempotent,
                    "offset_s": self.clock.offset_s,
                }
            )
        draft = path.with_name(path.name + ".new")
        draft.write_text(text, encoding="utf-8")
        draft.replace(path)

    def load(self, path: Path) -> None:
        """Takes over the state of an earlier run; every reader is powered.

        Raises:
            StateFileError: When the file is not one that `save` wrote.
        """
        try:
            saved = json.loads(path.read_text(encoding="utf-8"))
            self._take_over(saved)
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise StateFileError(f"{path} is no saved state; delete it to start afresh") from error

    def _take_over(self, saved: Obj) -> None:
        with self.lock:
            self.tables.update(saved["tables"])
            self.agenda = [(due_s, what, name) for due_s, what, name in saved["agenda"]]
            self.bank.load(saved["bank"])
            self.idempotent = saved["idempotent"]
            self.clock.offset_s = saved["offset_s"]
            self.bench = {name: Bench() for name in self.tables["terminal.reader"]}
