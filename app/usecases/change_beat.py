"""Walk another beat within the same shift. Store lane."""

from dataclasses import replace

from app.on_duty import OnDuty
from app.ports import OpenShift
from app.post import Post
from app.usecases.choose_zone import stand_somewhere
from app.usecases.start_shift import beat_called


def change_beat(post: Post, on_duty: OnDuty, *, beat_id: str) -> OpenShift:
    """Take another beat.

    The shift's start names the beat it began on; checks and citations carry their own zone.

    Raises:
        UserError: ``beat.unknown``, ``duty.*``.
    """
    shift = replace(on_duty.need().on_shift(), beat=beat_called(post, beat_id))
    return stand_somewhere(post, on_duty, shift)
