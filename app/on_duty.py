"""Who is on duty at this terminal now, in memory only. Any thread: replaced whole."""

from dataclasses import replace

from app.ports import OpenShift, SignIn
from app.post import Duty
from app.words import _
from parking.errors import UserError
from parking.zone import Zone


class OnDuty:
    """Holds the one duty of a terminal; signing out forgets the unlocked key."""

    def __init__(self) -> None:
        self._duty: Duty | None = None

    @property
    def duty(self) -> Duty | None:
        """Who works here now; None when nobody signed in."""
        return self._duty

    def need(self) -> Duty:
        """Return the duty.

        Raises:
            UserError: ``duty.nobody``.
        """
        if self._duty is None:
            raise UserError("duty.nobody", _("Sign in first."))
        return self._duty

    def begin(self, sign_in: SignIn, shift: OpenShift | None) -> Duty:
        """Take over who signed in and their running shift."""
        self._duty = Duty(sign_in=sign_in, shift=shift)
        return self._duty

    def change(self, *, shift: OpenShift | None, zone: Zone | None) -> Duty:
        """Change shift and zone of the duty."""
        self._duty = replace(self.need(), shift=shift, zone=zone)
        return self._duty

    def end(self) -> None:
        """Forget who worked here."""
        self._duty = None
