"""Fetch citation numbers before they run out. I/O lane; its writes go to the store lane.

The lease's id is stored before the first request: asked again after a cut, central gives the same
numbers, and none is lost.
"""

from uuid import UUID

from app.ports import Central
from app.post import OnStore, Post
from parking.ids import uuid7

LOW_WATER = 40
LEASE_SIZE = 100
_ASKED = "lease_asked"


def lease_numbers(post: Post, central: Central, on_store: OnStore) -> int:
    """Ask for a lease when the numbers are low; return how many are left then.

    Raises:
        UnavailableError: Central cannot be reached; the numbers here still count.
    """
    left = post.store.numbers_left()
    if left >= LOW_WATER:
        return left
    lease = central.lease_numbers(on_store("ask_lease", lambda: _lease_id(post)), LEASE_SIZE)

    def keep() -> None:
        post.store.keep_lease(lease)
        post.store.keep_setting(_ASKED, None)

    on_store("keep_lease", keep)
    return post.store.numbers_left()


def _lease_id(post: Post) -> UUID:
    """Return the id of the lease that was asked for and not yet kept, or a new one, kept first."""
    asked = post.store.setting(_ASKED)
    if asked is not None:
        return UUID(bytes=asked)
    fresh = uuid7(post.clock.now().utc)
    post.store.keep_setting(_ASKED, fresh.bytes)
    return fresh
