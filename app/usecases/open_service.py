"""Let service in at a pay station: a PIN of the device and a code that city hall reads out.

The PIN unwraps the key that codes are judged by, it is never compared; tries are counted before
they are judged, like those of a badge. Works without network and without a sure clock. I/O lane;
its writes go to the store lane. Source: docs/decisions/0027.
"""

import secrets as chance

import msgspec

from app.officer_key import PinCost, Wrap, unwrapped, wrapped
from app.pin import LONGEST, MOST_TRIES, SHORTEST, check_new_pin
from app.ports import Secrets, Store
from app.post import OnStore
from app.tries import Tries
from app.usecases.enrol_terminal import kept_key
from app.words import _, ngettext
from parking.errors import UserError
from parking.service_code import CODE_DIGITS, QUESTION_DIGITS, is_code_for

SERVICE_WRAP = "service_key"
_OTHER_HALF = "service_secret"
_TRIES = "service_tries"


def new_question() -> str:
    """Return a number that nobody can foresee, for one try."""
    return f"{chance.randbelow(10**QUESTION_DIGITS):0{QUESTION_DIGITS}}"


def set_service_pin(
    store: Store, secrets: Secrets, *, pin: str, key: bytes | None, cost: PinCost
) -> None:
    """Set the service PIN anew and forget wrong tries. Store lane.

    Args:
        store: Where the wrapped key lies.
        secrets: Holds the other half.
        pin: As typed, 6 to 12 digits.
        key: The service key of this pay station, from its enrolment.
        cost: What one try costs.

    Raises:
        UserError: ``pin.*``, or ``service.no_key`` where this terminal is no pay station.
        UnavailableError: ``secrets.unavailable``, or the disk refuses.
    """
    check_new_pin(pin, badge="")
    if key is None:
        raise UserError(
            "service.no_key",
            _("This terminal has no service key: only a pay station gets one when it joins."),
            action=_("Enrol the pay station again."),
        )
    wrap = wrapped(key, pin=pin, secret=kept_key(secrets, _OTHER_HALF), cost=cost)
    store.keep_setting(SERVICE_WRAP, msgspec.json.encode(wrap))
    Tries(store, secrets, _TRIES).keep(0)


def open_service(
    store: Store, secrets: Secrets, on_store: OnStore, *, pin: str, code: str, question: str
) -> None:
    """Judge PIN and code together; returns when both are right.

    Args:
        store: Where the wrapped key lies.
        secrets: Holds its other half and the second count.
        on_store: Runs writes.
        pin: As typed.
        code: As city hall read it out; spaces do not count.
        question: What the screen showed for this try.

    Raises:
        UserError: ``service.form`` (no try), ``service.no_pin``, ``service.disabled`` after ten
            wrong tries, ``service.wrong`` with how many are left.
        UnavailableError: ``secrets.unavailable``; nothing was counted.
    """
    if not _well_formed(pin, code):
        raise UserError("service.form", _("A PIN has 6 to 12 digits, a code has 8."))
    kept = store.setting(SERVICE_WRAP)
    if kept is None:
        raise UserError(
            "service.no_pin",
            _("No service PIN is set on this pay station."),
            action=_("IT sets it with parking-terminal service-pin."),
        )
    tries = Tries(store, secrets, _TRIES)
    used = on_store("count_service_try", tries.count)
    if used is None:
        raise _disabled()
    key = _key(msgspec.json.decode(kept, type=Wrap), secrets, pin)
    if key is None or not is_code_for(key, question, code):
        raise _wrong(MOST_TRIES - used)
    on_store("clear_service_tries", lambda: tries.keep(0))


def _well_formed(pin: str, code: str) -> bool:
    digits = code.replace(" ", "").replace("-", "")
    sound = SHORTEST <= len(pin) <= LONGEST and len(digits) == CODE_DIGITS
    return sound and (pin + digits).isascii() and (pin + digits).isdigit()


def _key(wrap: Wrap, secrets: Secrets, pin: str) -> bytes | None:
    secret = secrets.get(_OTHER_HALF)
    return None if secret is None else unwrapped(wrap, pin=pin, secret=secret)


def _wrong(left: int) -> UserError:
    if left <= 0:
        return _disabled()
    return UserError(
        "service.wrong",
        ngettext(
            "PIN and code do not fit. {left} try left.",
            "PIN and code do not fit. {left} tries left.",
            left,
        ),
        left=left,
    )


def _disabled() -> UserError:
    return UserError(
        "service.disabled",
        _("Service is off here after 10 wrong tries. The pay station goes on selling."),
        action=_("IT sets a new service PIN at the device."),
    )
