"""What the officer's top bar shows: pure, from duty, news and clock. Any thread, no Qt."""

import math
from collections.abc import Mapping
from datetime import datetime

from app.city import DEFAULT_TIME_ZONE
from app.ports import NetState, TerminalNews
from app.post import Duty
from app.words import _
from parking.clock import Reading
from parking.clockface import hh_mm
from parking.zone import Source, Zone
from ui.theme.icons import Icon
from ui.widgets.topbar import CellView, TopBarView

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def top_bar(duty: Duty | None, news: TerminalNews | None, now: Reading) -> TopBarView:
    """Return the bar.

    Args:
        duty: Who works here; None before sign-in.
        news: What the sync loop said last; None before its first word.
        now: The terminal's clock.
    """
    zone = None if duty is None else duty.zone
    time_zone = DEFAULT_TIME_ZONE if zone is None else zone.time_zone
    limit_ms = None if zone is None else zone.uncertainty_limit_ms
    return TopBarView(
        beat=_where(duty),
        shift=_who(duty, time_zone),
        cells=_cells(news, zone, now.utc),
        clock=hh_mm(now.utc, time_zone),
        doubt=doubt(now.uncertainty_ms),
        clock_stale=limit_ms is not None and now.uncertainty_ms > limit_ms,
    )


def age(seconds: float) -> str:
    """Write an age as people say it: ``8 s``, ``4 min``, ``3 h``, ``2 days``."""
    whole = max(0, int(seconds))
    if whole < 100:
        return _("{count} s").format(count=whole)
    if whole < 100 * _MINUTE:
        return _("{count} min").format(count=whole // _MINUTE)
    if whole < 2 * _DAY:
        return _("{count} h").format(count=whole // _HOUR)
    return _("{count} days").format(count=whole // _DAY)


def doubt(uncertainty_ms: int) -> str:
    """Write the clock's uncertainty: ``± 0.4 s``, ``± 5 s``."""
    seconds = math.ceil(uncertainty_ms / 100) / 10
    if seconds < 10:
        return _("± {seconds} s").format(seconds=f"{seconds:.1f}")
    return "± " + age(seconds)


def source_name(source: Source) -> str:
    """Return the words for a source."""
    return {
        Source.PAY_STATION: _("Pay stations"),
        Source.APP: _("App"),
        Source.PERMIT: _("Permits"),
        Source.HOTLIST: _("Hot list"),
    }[source]


def _where(duty: Duty | None) -> str:
    if duty is None:
        return _("Stamford Parking")
    if duty.shift is None:
        return _("No shift")
    if duty.zone is None:
        return duty.shift.beat.name
    return _("{beat} · Zone {zone}").format(beat=duty.shift.beat.name, zone=duty.zone.zone_id)


def _who(duty: Duty | None, time_zone: str) -> str:
    if duty is None:
        return _("Nobody signed in")
    name = duty.sign_in.officer.display_name
    if duty.shift is None:
        return name
    since = hh_mm(duty.shift.started_utc, time_zone)
    return _("{name} · since {time}").format(name=name, time=since)


def _cells(news: TerminalNews | None, zone: Zone | None, now_utc: datetime) -> tuple[CellView, ...]:
    as_of: Mapping[Source, datetime | None] = {} if news is None else news.sources_as_of
    sources = [_source_cell(source, as_of.get(source), zone, now_utc) for source in Source]
    return (_to_send_cell(news), *sources, _network_cell(news))


def _source_cell(
    source: Source, as_of_utc: datetime | None, zone: Zone | None, now_utc: datetime
) -> CellView:
    if as_of_utc is None:
        return CellView(label=source_name(source), value=_("never"), stale=True)
    old_s = (now_utc - as_of_utc).total_seconds()
    return CellView(
        label=source_name(source),
        value=age(old_s),
        stale=zone is not None and old_s > zone.budget_s(source),
    )


def _to_send_cell(news: TerminalNews | None) -> CellView:
    if news is None:
        return CellView(label=_("To send"), value="-", icon=Icon.SEND)
    waiting = news.sync.to_send
    if waiting.parked:
        words = _("{count} refused").format(count=waiting.parked)
        return CellView(label=_("To send"), value=words, stale=True)
    return CellView(label=_("To send"), value=str(waiting.count), icon=Icon.SEND)


def _network_cell(news: TerminalNews | None) -> CellView:
    if news is None:
        return CellView(label=_("Network"), value="-", icon=Icon.NO_NETWORK)
    words = {
        NetState.ONLINE: _("online"),
        NetState.OFFLINE: _("offline"),
        NetState.REFUSED: _("refused"),
    }[news.sync.net]
    online = news.sync.net is NetState.ONLINE
    return CellView(
        label=_("Network"),
        value=words,
        icon=Icon.NETWORK if online else Icon.NO_NETWORK,
        stale=news.sync.net is NetState.REFUSED,
    )
