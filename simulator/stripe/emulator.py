"""Wires the emulator: which operation is played by what, what happens later, where events go.

Threads: `tick` needs the world's lock; the rest may be called from any thread.
"""

from __future__ import annotations

import copy
from collections.abc import Callable

from simulator.stripe.api import Api, Run
from simulator.stripe.description import Description
from simulator.stripe.faults import Faults
from simulator.stripe.listing import page
from simulator.stripe.payments import Call, Payments
from simulator.stripe.readers import Readers
from simulator.stripe.refunds import Refunds
from simulator.stripe.webhooks import Endpoint, Sender
from simulator.stripe.world import Obj, World


class Emulator:
    """The emulated Stripe account with its readers, cards and banks.

    Attributes:
        world: The state.
        readers: The readers and the hand that presents cards.
        api: Answers the API port.
        senders: Webhook senders: `readers` for terminal.reader.*, `payments` for the rest; either
            may be absent.
        operations: Names of all emulated operations.
    """

    def __init__(self, description: Description) -> None:
        self.world = World(description, Faults())
        payments = Payments(self.world)
        self._payments = payments
        self._refunds = Refunds(self.world)
        self.readers = Readers(self.world, payments)
        self.senders: dict[str, Sender] = {}
        self.world.subscriber = self._subscriber
        played = self._played()
        self.operations = frozenset(name for name, _ in played.values())
        self.api = Api(self.world, played, self.tick)

    def tick(self) -> None:
        """Does what is due by the virtual clock. The caller holds the world's lock."""
        world = self.world
        now_s = world.clock.now_s()
        due = sorted(item for item in world.agenda if item[0] <= now_s)
        world.agenda = [item for item in world.agenda if item[0] > now_s]
        for _, what, name in due:
            if what == "expire":
                self._payments.expire(name)
            else:
                self._refunds.settle(name)

    def set_endpoint(self, which: str, endpoint: Endpoint | None) -> None:
        """Sends events of a class to an endpoint from now on; None stops that.

        Args:
            which: `payments` or `readers`; without `readers`, `payments` gets everything.
            endpoint: Where to.
        """
        with self.world.lock:
            old = self.senders.pop(which, None)
            if endpoint is not None:
                self.senders[which] = Sender(endpoint, self.world.faults, self.world.note_delivered)
        # Without the lock: the worker that ends may be waiting for it.
        if old is not None:
            old.stop()

    def resend_undelivered(self) -> None:
        """Queues events that no endpoint took in an earlier run."""
        with self.world.lock:
            for event in self.world.tables["event"].values():
                send = self._subscriber(event["type"])
                if event["pending_webhooks"] and send is not None:
                    send(copy.deepcopy(event))

    def reset(self, *, keep_readers: bool) -> None:
        """Starts from nothing; endpoints stay, everything queued for them is dropped."""
        self.api.gate.open()
        with self.world.lock:
            self.world.forget(keep_readers=keep_readers)
            for sender in self.senders.values():
                sender.clear()

    def stop(self) -> None:
        """Ends the webhook workers."""
        self.api.gate.open()
        for sender in self.senders.values():
            sender.stop()

    def _subscriber(self, event_type: str) -> Callable[[Obj], None] | None:
        about_reader = event_type.startswith("terminal.reader.")
        sender = self.senders.get("readers") if about_reader else None
        sender = sender or self.senders.get("payments")
        return None if sender is None else sender.send

    def _played(self) -> dict[str, tuple[str, Run]]:
        payments, refunds, readers = self._payments, self._refunds, self.readers
        at_reader = "PostTerminalReadersReader"
        helper = "PostTestHelpersTerminalReadersReaderPresentPaymentMethod"
        played: dict[str, tuple[str, Run]] = {
            "PostPaymentIntents": ("payment_intents.create", payments.create),
            "PostPaymentIntentsIntentCapture": ("payment_intents.capture", payments.capture),
            "PostPaymentIntentsIntentCancel": ("payment_intents.cancel", payments.cancel),
            "PostRefunds": ("refunds.create", refunds.create),
            "PostTerminalLocations": ("locations.create", readers.create_location),
            "PostTerminalReaders": ("readers.create", readers.create),
            f"{at_reader}ProcessPaymentIntent": (
                "readers.process_payment_intent",
                readers.process,
            ),
            f"{at_reader}CancelAction": ("readers.cancel_action", readers.cancel_action),
            f"{at_reader}SetReaderDisplay": ("readers.set_reader_display", readers.set_display),
            helper: ("readers.present_payment_method", readers.test_present),
            "GetTerminalReadersReader": (
                "readers.retrieve",
                lambda call: readers.find(call.path["reader"]),
            ),
            "GetTerminalReaders": ("readers.list", self._list_readers),
        }
        for plural, kind, path, one in _READABLE:
            name = path.rpartition("/")[2]
            played[f"Get{plural}"] = (f"{name}.list", self._lister(kind, path))
            played[f"Get{plural}{one[0]}"] = (f"{name}.retrieve", self._getter(kind, one[1]))
        return played

    def _list_readers(self, call: Call) -> Obj:
        for name in self.world.tables["terminal.reader"]:
            self.readers.find(name)
        return page(self.world, "terminal.reader", call.params, "/v1/terminal/readers")

    def _lister(self, kind: str, path: str) -> Callable[[Call], Obj]:
        return lambda call: page(self.world, kind, call.params, path)

    def _getter(self, kind: str, param: str) -> Callable[[Call], Obj]:
        return lambda call: self.world.get(kind, call.path[param], param=param, in_path=True)


# operationId part, kind, path of the list, (operationId ending, path parameter).
_READABLE = (
    ("PaymentIntents", "payment_intent", "/v1/payment_intents", ("Intent", "intent")),
    ("Charges", "charge", "/v1/charges", ("Charge", "charge")),
    ("Refunds", "refund", "/v1/refunds", ("Refund", "refund")),
    ("Events", "event", "/v1/events", ("Id", "id")),
    (
        "BalanceTransactions",
        "balance_transaction",
        "/v1/balance_transactions",
        ("Id", "id"),
    ),
    ("TerminalLocations", "terminal.location", "/v1/terminal/locations", ("Location", "location")),
)
