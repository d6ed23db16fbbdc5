"""An officer's first sign-in on a terminal: a key made here, bound by a one-time code. I/O lane.

Source: DESIGN.md 6, docs/decisions/0007.
"""

import os
from dataclasses import dataclass

import msgspec

from app.officer_key import SECRET_BYTES, PinCost, new_key, public_half, signer, wrapped
from app.pin import check_new_pin
from app.ports import Central, Secrets, SignIn, Store
from app.post import OnStore
from app.usecases.sign_in import KeptWrap, secret_name, tries_of, wrap_name
from app.words import _
from parking.errors import UserError


@dataclass(frozen=True, slots=True, kw_only=True)
class Activation:
    """What the officer types at the first sign-in."""

    badge: str
    code: str
    pin: str


def activate_officer(
    store: Store,
    secrets: Secrets,
    on_store: OnStore,
    *,
    central: Central,
    wish: Activation,
    cost: PinCost,
) -> SignIn:
    """Make the officer's key, bind it with the code, keep it wrapped under the PIN.

    Args:
        store: Keeps the wrapped key.
        secrets: Keeps the other half of the wrapping key.
        on_store: Runs writes.
        central: Binds the key; must be reachable.
        wish: What was typed.
        cost: What one PIN try costs on this device.

    Raises:
        UserError: ``activation.badge``, ``activation.code``, ``pin.form``, ``pin.easy``, or what
            central says of the code (unknown, used, expired).
        UnavailableError: Central cannot be reached, or no sound secret store answers.
    """
    badge, code = wish.badge.strip(), wish.code.strip()
    if not badge:
        raise UserError("activation.badge", _("Enter your badge number."))
    if not code:
        raise UserError("activation.code", _("Enter the activation code that IT gave you."))
    check_new_pin(wish.pin, badge=badge)
    key, secret = new_key(), os.urandom(SECRET_BYTES)
    wrap = wrapped(key, pin=wish.pin, secret=secret, cost=cost)
    officer = central.activate(badge, code, public_half(key))

    def keep() -> None:
        # The count last: until the new key is whole, the old one keeps its tries.
        secrets.put(secret_name(officer), secret)
        kept = KeptWrap(officer=officer, wrap=wrap)
        store.keep_setting(wrap_name(badge), msgspec.json.encode(kept))
        tries_of(store, secrets, officer).keep(0)

    on_store("keep_officer_key", keep)
    return SignIn(officer=officer, seal=signer(key))
