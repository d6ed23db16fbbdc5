"""Sign in with badge and PIN; works without network. I/O lane; its writes go to the store lane.

Tries are counted in the records file and in the secret store before they are judged, and the
higher count holds: neither a kill nor an old copy of the file gives one more try.
Source: DESIGN.md 6, docs/decisions/0007.
"""

from dataclasses import dataclass

import msgspec

from app.officer_key import Wrap, signer, unwrapped
from app.pin import LONGEST, MOST_TRIES, SHORTEST
from app.ports import Secrets, SignIn, Store
from app.post import OnStore
from app.tries import Tries
from app.words import _, ngettext
from parking.errors import UserError
from parking.officer import Officer


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptWrap:
    """An officer's wrapped key with whom it belongs to, as kept in the records file."""

    officer: Officer
    wrap: Wrap


def sign_in(store: Store, secrets: Secrets, on_store: OnStore, *, badge: str, pin: str) -> SignIn:
    """Unlock the officer's key with the PIN.

    Args:
        store: Where the wrapped key lies.
        secrets: Holds the other half and the second count.
        on_store: Runs writes.
        badge: As typed; spaces around it are ignored.
        pin: 6 to 12 digits.

    Raises:
        UserError: ``sign_in.first_time`` (no key on this terminal yet), ``sign_in.left`` (not
            active any more), ``sign_in.disabled`` (ten wrong tries), ``pin.form`` (no try),
            ``sign_in.wrong_pin`` with how many tries are left.
        UnavailableError: ``secrets.unavailable``; nothing was counted.
    """
    if not (SHORTEST <= len(pin) <= LONGEST and pin.isascii() and pin.isdigit()):
        raise UserError("pin.form", _("A PIN has 6 to 12 digits."))
    kept = kept_wrap(store, badge.strip())
    if kept is None:
        raise UserError(
            "sign_in.first_time",
            _("Badge {badge} has not signed in on this device yet.").format(badge=badge.strip()),
            action=_("Use the activation code that IT gave you."),
        )
    officer = current(store, kept.officer)
    tries = on_store("count_try", lambda: count_try(store, secrets, officer))
    secret = secrets.get(secret_name(officer))
    key = None if secret is None else unwrapped(kept.wrap, pin=pin, secret=secret)
    if key is None:
        raise _wrong(MOST_TRIES - tries)
    on_store("clear_tries", lambda: tries_of(store, secrets, officer).keep(0))
    return SignIn(officer=officer, seal=signer(key))


def kept_wrap(store: Store, badge: str) -> KeptWrap | None:
    """Return the wrapped key of a badge, None when it never signed in here."""
    data = store.setting(wrap_name(badge))
    return None if data is None else msgspec.json.decode(data, type=KeptWrap)


def wrap_name(badge: str) -> str:
    """Name the setting that holds a badge's wrapped key."""
    return f"officer_key:{badge}"


def secret_name(officer: Officer) -> str:
    """Name the secret that is the other half of the wrapping key."""
    return f"officer_secret:{officer.officer_id}"


def tries_name(officer: Officer) -> str:
    """Name the count of wrong PINs in both places."""
    return f"pin_tries:{officer.officer_id}"


def current(store: Store, officer: Officer) -> Officer:
    """Return the officer as the city knows them now.

    Raises:
        UserError: ``sign_in.left`` when they are not active any more.
    """
    known = {one.officer_id: one for one in store.officers()}
    now = known.get(officer.officer_id, officer)
    if not now.active:
        raise UserError("sign_in.left", _("This badge is not active any more. Ask IT."))
    return now


def count_try(store: Store, secrets: Secrets, officer: Officer) -> int:
    """Count one more try in both places, durable on return; return the new count.

    Raises:
        UserError: ``sign_in.disabled`` when no try is left.
    """
    tries = tries_of(store, secrets, officer).count()
    if tries is None:
        raise _disabled()
    return tries


def tries_of(store: Store, secrets: Secrets, officer: Officer) -> Tries:
    """Return the count of wrong PINs of an officer on this terminal."""
    return Tries(store, secrets, tries_name(officer))


def _wrong(left: int) -> UserError:
    if left <= 0:
        return _disabled()
    return UserError(
        "sign_in.wrong_pin",
        ngettext(
            "This is not the PIN of this badge. {left} try left.",
            "This is not the PIN of this badge. {left} tries left.",
            left,
        ).format(left=left),
    )


def _disabled() -> UserError:
    return UserError(
        "sign_in.disabled",
        _("This PIN is off after 10 wrong tries. Nothing you saved is lost."),
        action=_("Ask IT for a new activation code."),
    )
