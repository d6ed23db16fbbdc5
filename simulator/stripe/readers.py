"""Locations, readers and what happens between a reader and a card.

Threads: called with the world's lock held. Must not import anything of the product.
"""

from __future__ import annotations

import secrets

from simulator.stripe import cards, faults
from simulator.stripe.cards import Card
from simulator.stripe.payments import Call, Payments
from simulator.stripe.refusal import RefusalError, invalid, reader_error
from simulator.stripe.world import Bench, Obj, World

# Silent for this long, a reader counts as offline (PAYMENTS.md fact 6).
OFFLINE_S = 120.0
MODELS = {
    "simulated-wpe": "simulated_wisepos_e",
    "simulated-s700": "simulated_stripe_s700",
    "simulated-s710": "simulated_stripe_s710",
    "simulated-ux700": "simulated_verifone_ux700",
}
_VISA = "4242424242424242"


class Readers:
    """Operations on locations and readers, and the hand that holds the card."""

    def __init__(self, world: World, payments: Payments) -> None:
        self._world = world
        self._payments = payments

    def create_location(self, call: Call) -> Obj:
        """Creates a location; for the US a display name and an address are needed."""
        params = call.params
        for name in ("display_name", "address"):
            if name not in params:
                raise invalid(
                    f"Missing required param: {name}.", code="parameter_missing", param=name
                )
        empty = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
        return self._world.new(
            "tml",
            address={**empty, **params["address"]},
            display_name=params["display_name"],
            livemode=False,
            metadata=params.get("metadata") or {},
        )

    def create(self, call: Call) -> Obj:
        """Registers a simulated reader at a location.

        Raises:
            RefusalError: Unknown registration code or location.
        """
        params = call.params
        model = MODELS.get(params["registration_code"])
        if model is None:
            raise invalid(
                f"The registration code must be one of {', '.join(MODELS)}.",
                param="registration_code",
            )
        if "location" not in params:
            raise invalid(
                "Missing required param: location.", code="parameter_missing", param="location"
            )
        self._world.get("terminal.location", params["location"], param="location")
        reader = self._world.new(
            "tmr",
            action=None,
            device_sw_version="2.42.0",
            device_type=model,
            ip_address="127.0.0.1",
            label=params.get("label") or model,
            last_seen_at=None,
            livemode=False,
            location=params["location"],
            metadata=params.get("metadata") or {},
            serial_number=f"EMULATED-{secrets.token_hex(4).upper()}",
            status="online",
        )
        self._world.bench[reader["id"]] = Bench()
        self.refresh(reader)
        return reader

    def refresh(self, reader: Obj) -> None:
        """Brings status and last_seen_at up to the clock."""
        bench = self._world.bench[reader["id"]]
        now_s = self._world.clock.now_s()
        if bench.powered:
            bench.seen_at_s = now_s
        reader["last_seen_at"] = int(bench.seen_at_s * 1000)
        reader["status"] = "online" if now_s - bench.seen_at_s < OFFLINE_S else "offline"

    def process(self, call: Call) -> Obj:
        """Hands a PaymentIntent to the reader; the card comes later.

        Raises:
            RefusalError: Reader offline, silent or busy; `intent_invalid_state`.
        """
        reader, bench = self._reachable(call)
        intent = self._world.get(
            "payment_intent", call.params["payment_intent"], param="payment_intent"
        )
        if (reader["action"] or {}).get("status") == "in_progress":
            raise reader_error("terminal_reader_busy")
        if "card_present" not in intent["payment_method_types"]:
            raise RefusalError(
                "The PaymentIntent must allow the payment method type card_present.",
                param="payment_intent",
            )
        if intent["status"] != "requires_payment_method":
            raise _wrong_state(intent)
        config = call.params.get("process_config", {})
        shown = {name: config[name] for name in _SHOWN_CONFIG if name in config}
        self._start(
            reader,
            "process_payment_intent",
            {"payment_intent": intent["id"], "process_config": shown},
        )
        if bench.waiting_card is not None:
            number, bench.waiting_card = bench.waiting_card, None
            self.present(reader, cards.find(number))
        return reader

    def set_display(self, call: Call) -> Obj:
        """Shows a cart; a payment waiting on the reader is thrown off it (PAYMENTS.md fact 7)."""
        reader, bench = self._reachable(call)
        if bench.authorising_card is not None:
            raise reader_error("terminal_reader_busy")
        if "cart" not in call.params:
            raise invalid("Missing required param: cart.", code="parameter_missing", param="cart")
        cart = {"tax": None, **call.params["cart"]}
        self._start(reader, "set_reader_display", {"type": "cart", "cart": cart})
        reader["action"]["status"] = "succeeded"
        self._world.emit("terminal.reader.action_succeeded", reader, call.cause)
        return reader

    def cancel_action(self, call: Call) -> Obj:
        """Clears the reader.

        Raises:
            RefusalError: `terminal_reader_busy` while a card is being authorised; reader offline or
                silent.
        """
        reader, bench = self._reachable(call)
        if bench.authorising_card is not None:
            raise reader_error("terminal_reader_busy")
        bench.stuck = False
        reader["action"] = None
        return reader

    def test_present(self, call: Call) -> Obj:
        """Presents a test card, as Stripe's test helper does.

        Raises:
            RefusalError: Unknown card, or no payment waits on the reader.
        """
        params = call.params
        kind = params.get("type", "card_present")
        number = params.get(kind, {}).get("number", _VISA)
        if "amount_tip" in params or kind == "interac_present" or number not in cards.BY_NUMBER:
            raise invalid("The emulator does not play this test card or a tip.", param=kind)
        reader = self.find(call.path["reader"])
        if not self.waits_for_card(reader):
            raise RefusalError("The reader is not waiting for a payment method.")
        self.present(reader, cards.BY_NUMBER[number])
        return reader

    def find(self, reader_id: str) -> Obj:
        """Returns a reader, brought up to the clock.

        Raises:
            RefusalError: `resource_missing`, 404.
        """
        reader = self._world.get("terminal.reader", reader_id, param="reader", in_path=True)
        self.refresh(reader)
        return reader

    def waits_for_card(self, reader: Obj) -> bool:
        """Says whether a card presented now would be read."""
        bench = self._world.bench[reader["id"]]
        action = reader["action"] or {}
        waiting = action.get("status") == "in_progress" and "process_payment_intent" in action
        return waiting and bench.powered and not bench.stuck and bench.authorising_card is None

    def present(self, reader: Obj, card: Card) -> None:
        """Reads a card; the reader must be waiting for one. A fault may strike on the way."""
        bench = self._world.bench[reader["id"]]
        fault = self._world.faults.take(faults.CARD)
        if fault is None:
            self._finish(reader, card)
        elif fault.kind == "hold":
            bench.authorising_card = card.number
        else:
            intent = self._intent_on(reader)
            if fault.when == "after" and intent["status"] == "requires_payment_method":
                self._payments.authorise(intent, card, reader)
            if fault.kind == "stuck":
                bench.stuck = True
            else:
                self._fail(reader, "connection_error", "The reader lost its connection.", None)

    def release(self, reader: Obj) -> bool:
        """Lets a held-back authorisation go on; returns False when there is none."""
        bench = self._world.bench[reader["id"]]
        if bench.authorising_card is None:
            return False
        number, bench.authorising_card = bench.authorising_card, None
        self._finish(reader, cards.find(number))
        return True

    def press_cancel(self, reader: Obj) -> bool:
        """Presses the reader's cancel button; returns False when the payment does not offer it."""
        action = reader["action"] or {}
        config = action.get("process_payment_intent", {}).get("process_config", {})
        if not self.waits_for_card(reader) or not config.get("enable_customer_cancellation"):
            return False
        self._fail(reader, "customer_canceled", "The customer canceled the payment.", None)
        return True

    def _reachable(self, call: Call) -> tuple[Obj, Bench]:
        reader = self.find(call.path["reader"])
        bench = self._world.bench[reader["id"]]
        if reader["status"] == "offline":
            raise reader_error("terminal_reader_offline")
        if not bench.powered:
            raise reader_error("terminal_reader_timeout")
        return reader, bench

    def _start(self, reader: Obj, kind: str, details: Obj) -> None:
        self._world.bench[reader["id"]].stuck = False
        reader["action"] = {
            "api_error": None,
            "failure_code": None,
            "failure_message": None,
            "status": "in_progress",
            "type": kind,
            kind: details,
        }

    def _intent_on(self, reader: Obj) -> Obj:
        name = reader["action"]["process_payment_intent"]["payment_intent"]
        return self._world.tables["payment_intent"][name]

    def _finish(self, reader: Obj, card: Card) -> None:
        intent = self._intent_on(reader)
        if intent["status"] != "requires_payment_method":
            refusal: RefusalError | None = _wrong_state(intent)
        else:
            refusal = self._payments.authorise(intent, card, reader)
        if refusal is None:
            reader["action"]["status"] = "succeeded"
            self._world.emit("terminal.reader.action_succeeded", reader)
            return
        self._fail(reader, refusal.error["code"], refusal.error["message"], refusal.error)

    def _fail(self, reader: Obj, code: str, message: str, api_error: Obj | None) -> None:
        reader["action"].update(
            status="failed", failure_code=code, failure_message=message, api_error=api_error
        )
        self._world.emit("terminal.reader.action_failed", reader)


_SHOWN_CONFIG = ("enable_customer_cancellation", "return_url", "skip_tipping", "tipping")


def _wrong_state(intent: Obj) -> RefusalError:
    return RefusalError(
        f"The PaymentIntent has the status {intent['status']}; a reader takes only "
        "requires_payment_method.",
        code="intent_invalid_state",
        param="payment_intent",
    )
