"""The beats an officer can choose from, each with its zones. Reads only."""

from dataclasses import dataclass

from app.post import Post
from parking.zone import Beat, Zone


@dataclass(frozen=True, slots=True, kw_only=True)
class BeatChoice:
    """A beat with the zones it walks, in the beat's order; zones not known here are left out."""

    beat: Beat
    zones: tuple[Zone, ...]


def pick_beat(post: Post) -> tuple[BeatChoice, ...]:
    """Return all beats in order; empty before the first exchange with central."""
    zones = {zone.zone_id: zone for zone in post.store.zones()}
    return tuple(
        BeatChoice(beat=beat, zones=tuple(zones[zid] for zid in beat.zone_ids if zid in zones))
        for beat in post.store.beats()
    )
