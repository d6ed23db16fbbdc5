"""Which zone of the beat the officer stands in; remembered on this terminal. Store lane."""

from app.on_duty import OnDuty
from app.ports import OpenShift
from app.post import Post
from app.usecases.check_plate import fresh_zone
from app.words import _
from parking.errors import UserError
from parking.zone import Zone

_ZONE = "zone"


def beat_zones(post: Post, shift: OpenShift | None) -> tuple[Zone, ...]:
    """Return the zones of the running shift's beat, in its order; all zones without a shift."""
    zones = {zone.zone_id: zone for zone in post.store.zones()}
    if shift is None:
        return tuple(zones.values())
    return tuple(zones[name] for name in shift.beat.zone_ids if name in zones)


def choose_zone(post: Post, on_duty: OnDuty, *, zone_id: str) -> Zone:
    """Stand in another zone from now on.

    Raises:
        UserError: ``zone.unknown``, ``zone.not_on_beat``, ``duty.*``.
    """
    shift = on_duty.need().on_shift()
    zone = fresh_zone(post.store, zone_id)
    if zone_id not in shift.beat.zone_ids:
        raise UserError(
            "zone.not_on_beat",
            _("Zone {zone} is not on {beat}.").format(zone=zone_id, beat=shift.beat.name),
            action=_("Change the beat first."),
        )
    post.store.keep_setting(_ZONE, zone_id.encode())
    on_duty.change(shift=shift, zone=zone)
    return zone


def stand_somewhere(post: Post, on_duty: OnDuty, shift: OpenShift) -> OpenShift:
    """Take the remembered zone of the shift's beat, or its first."""
    zones = beat_zones(post, shift)
    kept = (post.store.setting(_ZONE) or b"").decode()
    chosen = [zone for zone in zones if zone.zone_id == kept] or list(zones)
    on_duty.change(shift=shift, zone=chosen[0] if chosen else None)
    return shift
