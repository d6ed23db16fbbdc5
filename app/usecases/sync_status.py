"""How it stands with sync: what waits, what central refused, how old everything is. Reads only."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.last_exchange import Exchange
from app.ports import Parked, ToSend
from app.post import Post
from parking.zone import Source

_SETTING = "durability"


class Durability(StrEnum):
    """What it takes until this terminal forgets an operation: central's own word."""

    ARCHIVED = "archived"
    """City hall's backup has it."""
    COMMITTED = "committed"
    """City hall has stored it."""
    UNKNOWN = ""
    """City hall has not said yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncStatus:
    """Everything a person may ask about sync.

    Attributes:
        photos: Photo files not yet at central.
        parked: Operations central refused, oldest first.
        photos_refused: Photo files central refused.
    """

    to_send: ToSend
    photos: int
    parked: tuple[Parked, ...]
    photos_refused: int
    durability: Durability
    sources_as_of: Mapping[Source, datetime | None]
    exchange: Exchange


def sync_status(post: Post, exchange: Exchange) -> SyncStatus:
    """Return how it stands.

    Args:
        post: This terminal.
        exchange: What is known of the last exchange.
    """
    store = post.store
    to_send, parked = store.to_send(), store.parked()
    return SyncStatus(
        to_send=to_send,
        photos=max(0, to_send.count - sum(count for _lane, count in to_send.lanes)),
        parked=parked,
        photos_refused=max(0, to_send.parked - len(parked)),
        durability=_durability(store.setting(_SETTING)),
        sources_as_of=store.sources_as_of(),
        exchange=exchange,
    )


def _durability(word: bytes | None) -> Durability:
    try:
        return Durability((word or b"").decode("ascii", "replace"))
    except ValueError:
        return Durability.UNKNOWN
