"""What every use case stands on: the store, the clock, the terminal, and who is on duty.

Any thread; the values are immutable. Must not import ``local_db`` or ``sync``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, TypeVar

from app.ports import OpenShift, SignIn, Store
from app.words import _
from parking.clock import Clock
from parking.errors import UserError
from parking.officer import Act, may
from parking.terminal import Terminal
from parking.zone import Zone

T = TypeVar("T")


class OnStore(Protocol):
    """Runs a local write on the store lane and waits for it."""

    def __call__(self, name: str, work: Callable[[], T]) -> T:
        """Return what ``work`` returned, or raise what it raised."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Where work is done: this terminal, its store and its clock."""

    store: Store
    clock: Clock
    terminal: Terminal


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """Who works here now, in which shift, in front of which zone."""

    sign_in: SignIn
    shift: OpenShift | None = None
    zone: Zone | None = None

    def allowed(self, act: Act) -> None:
        """Refuse what the person's role may not do.

        Raises:
            UserError: ``duty.forbidden``.
        """
        if not may(self.sign_in.officer.role, act):
            raise UserError("duty.forbidden", _("Your role may not do this."))

    def on_shift(self) -> OpenShift:
        """Return the running shift.

        Raises:
            UserError: ``duty.no_shift``.
        """
        if self.shift is None:
            raise UserError("duty.no_shift", _("Start a shift first."))
        return self.shift

    def in_zone(self) -> Zone:
        """Return the zone the officer stands in.

        Raises:
            UserError: ``duty.no_zone``.
        """
        if self.zone is None:
            raise UserError("duty.no_zone", _("Choose the zone first."))
        return self.zone
