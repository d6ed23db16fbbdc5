"""The line under the price: now, the bought time, the free hours. Pure, any thread; no widgets."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.words import _
from parking.clockface import am_pm
from parking.hours import enforced_end_utc, free_until
from parking.tariff import Tariff
from ui.kiosk.phrases import short
from ui.widgets.kiosk_pay import SpanKind, SpanView, TickView

_LEAD = 0.07
_TAIL = 0.15
_FAR = timedelta(hours=14)
_CHARACTER = 0.019
"""Share of the line that a letter of the words on it needs, with room to spare."""


@dataclass(frozen=True, slots=True)
class TimeLine:
    """Stretches and the moments under them."""

    spans: tuple[SpanView, ...]
    ticks: tuple[TickView, ...]


def closing_utc(tariff: Tariff, paid_from_utc: datetime) -> datetime | None:
    """Return when the enforced time that runs then ends; None when it is far off or never ends."""
    limit_utc = paid_from_utc + _FAR
    closes_utc = enforced_end_utc(tariff, paid_from_utc, limit_utc=limit_utc)
    return closes_utc if paid_from_utc < closes_utc < limit_utc else None


def time_line(
    tariff: Tariff,
    *,
    now_utc: datetime,
    start_utc: datetime,
    end_utc: datetime,
    words: Sequence[str],
) -> TimeLine:
    """Lay the bought time on a line from now to a little after the closing.

    Args:
        tariff: In force.
        now_utc: Now.
        start_utc: When paid time starts.
        end_utc: Until when the car may stand.
        words: What may be written on the bought time, the longest first.
    """
    closes_utc = closing_utc(tariff, start_utc)
    last_utc = end_utc if closes_utc is None else max(end_utc, closes_utc)
    # Without a closing in sight the bought time takes half the line.
    stretch = (last_utc - now_utc) if closes_utc is not None else 2 * (end_utc - now_utc)
    stretch = max(stretch, timedelta(minutes=1))

    def at(utc: datetime) -> float:
        return _LEAD + (1 - _LEAD - _TAIL) * max(timedelta(0), utc - now_utc) / stretch

    start, yours_end, free = at(start_utc), at(end_utc), 1.0
    spans = []
    if closes_utc is not None:
        free = at(closes_utc)
        yours_end = min(yours_end, free)
        opens_utc = free_until(tariff, closes_utc) or closes_utc
        spans = [_span(free, min(1.0, at(opens_utc)), SpanKind.FREE, (_("free"),))]
    spans.insert(0, _span(start, yours_end, SpanKind.YOURS, words))
    zone = tariff.time_zone
    moments = [(at(end_utc), am_pm(end_utc, zone))]
    if closes_utc is not None:
        moments.append((free, short(am_pm(closes_utc, zone))))
    moments.append((start, _starts(now_utc, start_utc, zone)))
    return TimeLine(tuple(spans), _ticks(moments))


def _starts(now_utc: datetime, start_utc: datetime, zone: str) -> str:
    soon = start_utc - now_utc <= timedelta(minutes=1)
    return _("now") if soon else am_pm(start_utc, zone)


def _span(start: float, end: float, kind: SpanKind, words: Sequence[str]) -> SpanView:
    fitting = (each for each in words if len(each) * _CHARACTER < end - start)
    return SpanView(start=start, end=end, kind=kind, words=next(fitting, ""))


def _ticks(moments: list[tuple[float, str]]) -> tuple[TickView, ...]:
    """Keep the moments whose words do not run into those of a more important one."""
    kept: list[TickView] = []
    for at, words in moments:
        apart = all(
            abs(at - other.at) > (len(words) + len(other.words)) / 2 * _CHARACTER for other in kept
        )
        if apart:
            kept.append(TickView(at=at, words=words))
    return tuple(sorted(kept, key=lambda tick: tick.at))
