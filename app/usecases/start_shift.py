"""Start a shift on a beat, or go on with the one a stop interrupted. Store lane."""

from app.ports import OpenShift
from app.post import Duty, Post
from app.words import _
from parking.errors import UserError
from parking.ids import uuid7
from parking.officer import Act
from parking.shift import ShiftEvent, ShiftEventKind
from parking.zone import Beat


def start_shift(post: Post, duty: Duty, *, beat_id: str) -> OpenShift:
    """Start a shift; durable on return.

    Raises:
        UserError: ``shift.other_open`` when another officer's shift has not ended here,
            ``shift.open`` when one's own has not, ``beat.unknown``, ``duty.forbidden``.
    """
    duty.allowed(Act.CHECK_PLATE)
    beat = beat_called(post, beat_id)
    if running_shift(post, duty) is not None:
        raise UserError("shift.open", _("Your shift is running already."))
    now = post.clock.now().utc
    event = ShiftEvent(
        shift_event_id=uuid7(now),
        shift_id=uuid7(now),
        officer_id=duty.sign_in.officer.officer_id,
        terminal_id=post.terminal.terminal_id,
        beat_id=beat.beat_id,
        kind=ShiftEventKind.STARTED,
        at_utc=now,
    )
    with post.store.saving() as work:
        work.add(event)
        work.commit()
    return OpenShift(shift_id=event.shift_id, beat=beat, started_utc=now)


def running_shift(post: Post, duty: Duty) -> OpenShift | None:
    """Return this officer's shift that has not ended here, None without one.

    Raises:
        UserError: ``shift.other_open``; the words name who must end it.
    """
    started = post.store.open_shift()
    if started is None:
        return None
    if started.officer_id != duty.sign_in.officer.officer_id:
        raise UserError(
            "shift.other_open",
            _("{name} has not ended the shift on this device.").format(
                name=_name_of(post, started)
            ),
            action=_("They must sign in here and end it, or use another device."),
        )
    beat = beat_called(post, started.beat_id)
    return OpenShift(shift_id=started.shift_id, beat=beat, started_utc=started.at_utc)


def beat_called(post: Post, beat_id: str) -> Beat:
    """Return a beat.

    Raises:
        UserError: ``beat.unknown``.
    """
    for beat in post.store.beats():
        if beat.beat_id == beat_id:
            return beat
    raise UserError("beat.unknown", _("Choose one of the beats shown."))


def _name_of(post: Post, started: ShiftEvent) -> str:
    names = {one.officer_id: one.display_name for one in post.store.officers()}
    return names.get(started.officer_id, _("Another officer"))
