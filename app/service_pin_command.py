"""``parking-terminal service-pin``: set the PIN with which service opens a pay station. No Qt.

The pay station's program must be stopped. The PIN is asked for twice, or read as one line where no
person types. Main thread; ends with 0, with 1 and one sentence when it was not set, 2 when the
options are wrong.
"""

import sys
from collections.abc import Sequence
from getpass import getpass

from app.bootstrap import opened_records, secrets_of
from app.officer_key import PinCost, tuned_cost
from app.options import Options
from app.profile import TerminalProfile
from app.usecases.open_service import set_service_pin
from app.words import _
from parking.errors import UnavailableError, UserError
from parking.terminal import TerminalKind


def main(arguments: Sequence[str], *, cost: PinCost | None = None) -> int:
    """Do what the words after ``service-pin`` say; returns the exit status."""
    parser = Options(
        prog="parking-terminal service-pin",
        description="Set the PIN with which service opens this pay station.",
    )
    parser.ask_for_data()
    parser.ask_for_secrets()
    options = parser.parse_args(arguments)
    profile = TerminalProfile(
        data=options.data.expanduser().resolve(),
        central_url="",
        kind=TerminalKind.KIOSK,
        secrets=options.secrets,
    )
    try:
        _set(profile, cost)
    except UserError as error:
        sys.stderr.write(f"{error.sentence} {error.action}".strip() + "\n")
        return 1
    except UnavailableError as error:
        sys.stderr.write(f"{error.sentence}\n")
        return 1
    sys.stderr.write(_("The service PIN is set.") + "\n")
    return 0


def _set(profile: TerminalProfile, cost: PinCost | None) -> None:
    with opened_records(profile) as (store, _clock, _terminal):
        identity = store.identity()
        set_service_pin(
            store,
            secrets_of(profile),
            pin=_typed(),
            key=None if identity is None else identity.service_key,
            cost=cost or tuned_cost(),
        )


def _typed() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().strip()
    pin = getpass(_("Service PIN, 6 to 12 digits: "))
    if getpass(_("The same again: ")) != pin:
        raise UserError("pin.differs", _("The two PINs are not the same. Nothing was changed."))
    return pin
