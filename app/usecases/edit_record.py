"""Save what a person changed in a record that may change: one edit, a fact. Store lane.

The screen opens a record with ``Store.shown`` and hands that back with the new values: the edit
names what the person saw, whatever came by the feed meanwhile. Source: SYNC.md 5, decisions/0017.
"""

from typing import TypeVar

from app.ports import Shown
from app.post import Duty, Post
from app.words import _
from parking.edit import Edit
from parking.errors import UserError
from parking.ids import uuid7
from parking.zone import Source
from sync.merge import changes_between
from sync.records import BY_CLASS, check

T = TypeVar("T")


def edit_record(post: Post, duty: Duty, *, seen: Shown[T], wanted: T, reason: str = "") -> Shown[T]:
    """Save the difference between what was seen and what is wanted; durable on return.

    Args:
        post: This terminal.
        duty: Who edits; the caller checked the role.
        seen: From ``Store.shown``, as the screen had it.
        wanted: The whole record as it is to be.
        reason: What the change rests on.

    Returns:
        The record as it is shown from now on; the same as before when nothing was changed.

    Raises:
        UserError: ``record.field`` naming the field and what is allowed; ``edit.reason``.
    """
    record = BY_CLASS[type(wanted)]
    check(wanted)
    changes = changes_between(record, seen.value, wanted)
    if not changes:
        return post.store.shown(record.of, seen.key)
    if len(reason.strip()) > 200:
        raise UserError("edit.reason", _("A reason has at most 200 characters."))
    now = post.clock.now()
    with post.store.saving() as work:
        work.add(
            Edit(
                edit_id=uuid7(now.utc),
                record=record.name,
                record_key=seen.key,
                base_revision=seen.base_revision,
                changes=changes,
                officer_id=duty.sign_in.officer.officer_id,
                terminal_id=post.terminal.terminal_id,
                made_utc=now.utc,
                clock_uncertainty_ms=min(now.uncertainty_ms, 600_000),
                data_as_of_utc=seen.data_as_of_utc,
                reason=reason.strip(),
                hlc=work.next_hlc(post.store.sources_as_of()[Source.PAY_STATION]),
            )
        )
        work.commit()
    return post.store.shown(record.of, seen.key)
