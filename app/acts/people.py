"""Signing in and out. Made once per terminal; methods from any thread."""

from pathlib import Path

from app.lanes import Lane, Task, Ticket
from app.officer_key import PinCost, tuned_cost
from app.on_duty import OnDuty
from app.ports import Central, Secrets, SignIn
from app.post import Duty, OnStore, Post
from app.usecases.activate_officer import Activation, activate_officer
from app.usecases.sign_in import sign_in
from app.usecases.start_shift import running_shift
from app.usecases.write_hand_over import HandOverWritten, device_sign, write_hand_over
from app.words import _
from parking.errors import UserError
from parking.officer import Act, may
from parking.terminal import TerminalKind

_WRITE_S = 1800.0
_NEEDED = {TerminalKind.OFFICER: Act.ISSUE_CITATION, TerminalKind.SUPERVISOR: Act.READ_REPORTS}


class PeopleActs:
    """Sign-in at this terminal.

    Args:
        post: This terminal.
        secrets: The device's secret store.
        central: Needed for a first sign-in only.
        on_store: Runs writes on the store lane.
        on_duty: Takes over who signed in.
        cost: What one PIN try costs; None tunes it on this device.
    """

    def __init__(
        self,
        post: Post,
        secrets: Secrets,
        on_store: OnStore,
        *,
        central: Central,
        on_duty: OnDuty,
        cost: PinCost | None = None,
    ) -> None:
        self._post = post
        self._secrets = secrets
        self._on_store = on_store
        self._central = central
        self._on_duty = on_duty
        self._cost = cost

    def sign_in(self, badge: str, pin: str) -> Task[Duty]:
        """Sign in with a PIN; works without network. See ``usecases.sign_in`` for the errors."""

        def work(_ticket: Ticket) -> Duty:
            return self._begin(
                sign_in(self._post.store, self._secrets, self._on_store, badge=badge, pin=pin)
            )

        return Task(name="sign_in", lane=Lane.IO, deadline_s=60, work=work)

    def activate(self, badge: str, code: str, pin: str) -> Task[Duty]:
        """Sign in for the first time on this terminal; see ``usecases.activate_officer``."""

        def work(_ticket: Ticket) -> Duty:
            done = activate_officer(
                self._post.store,
                self._secrets,
                self._on_store,
                central=self._central,
                wish=Activation(badge=badge, code=code, pin=pin),
                cost=self._cost or tuned_cost(),
            )
            return self._begin(done)

        return Task(name="activate", lane=Lane.IO, deadline_s=60, work=work)

    def write_hand_over(self, folder: Path) -> Task[HandOverWritten]:
        """Write what this terminal holds into a sealed file, for a desk; whoever is signed in."""

        def work(_ticket: Ticket) -> HandOverWritten:
            self._on_duty.need()
            return write_hand_over(self._post, device_sign(self._secrets), folder)

        return Task(name="write_hand_over", lane=Lane.IO, deadline_s=_WRITE_S, work=work)

    def sign_out(self) -> None:
        """Forget who worked here; a running shift goes on at their next sign-in."""
        self._on_duty.end()

    def _begin(self, done: SignIn) -> Duty:
        needed = _NEEDED.get(self._post.terminal.kind)
        if needed is None or not may(done.officer.role, needed):
            raise UserError(
                "sign_in.role",
                _("Your role cannot work at this terminal."),
                action=_("Use a terminal for your role, or ask IT."),
            )
        duty = Duty(sign_in=done)
        shift = None
        if self._post.terminal.kind is TerminalKind.OFFICER:
            shift = running_shift(self._post, duty)
        return self._on_duty.begin(done, shift)
