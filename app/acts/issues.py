"""Sync issues at a desk. Made once per terminal; methods from any thread."""

from app.lanes import Lane, Task, Ticket, reading
from app.on_duty import OnDuty
from app.ports import Secrets
from app.post import OnStore, Post
from app.usecases.sign_in import sign_in
from app.usecases.sync_issues import (
    IssueRow,
    Waiting,
    close_issue,
    may_agree,
    sync_issues,
    waiting,
)
from parking.parked import ParkedOperation

_CLOSE_S = 60.0
"""A PIN try takes up to a second."""


class IssueActs:
    """What central refused of any terminal.

    Args:
        post: This desk.
        on_duty: Who works here.
        secrets: For the PIN of a second person.
        on_store: Runs writes on the store lane.
    """

    def __init__(self, post: Post, on_duty: OnDuty, secrets: Secrets, on_store: OnStore) -> None:
        self._post = post
        self._on_duty = on_duty
        self._secrets = secrets
        self._on_store = on_store

    def waiting(self) -> Task[Waiting]:
        """Count what waits for a supervisor: conflicts and issues."""
        return reading("waiting", lambda: waiting(self._post))

    def issues(self) -> Task[tuple[IssueRow, ...]]:
        """List what waits, oldest first."""
        return reading("issues", lambda: sync_issues(self._post))

    def close_issue(self, parked: ParkedOperation, reason: str, badge: str, pin: str) -> Task[None]:
        """Close one; ``badge`` and ``pin`` of a second supervisor, empty where none is needed.

        Who works here stays signed in. See ``usecases.sync_issues`` and ``usecases.sign_in``.
        """

        def work(_ticket: Ticket) -> None:
            duty, second = self._on_duty.need(), None
            if badge.strip():
                store, secrets = self._post.store, self._secrets
                signed = sign_in(store, secrets, self._on_store, badge=badge, pin=pin)
                second = signed.officer
                may_agree(duty, second)
            self._on_store(
                "close_issue",
                lambda: close_issue(self._post, duty, parked=parked, reason=reason, second=second),
            )

        return Task(name="close_issue", lane=Lane.IO, deadline_s=_CLOSE_S, work=work)
