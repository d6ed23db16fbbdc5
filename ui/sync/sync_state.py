"""How it stands with city hall, in words and numbers. Pure, any thread."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.city import DEFAULT_TIME_ZONE
from app.ports import NetState, ToSend
from app.usecases.sync_status import Durability, SyncStatus
from app.words import _, ngettext
from parking.clockface import hh_mm, hh_mm_ss, local_day
from parking.zone import Source, Zone
from ui.sync.parked_words import made_words, what_it_was, what_to_do
from ui.theme.icons import Icon
from ui.top_bar_state import age, doubt, source_name
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.desk import MarkLineView
from ui.widgets.motion import ProgressView
from ui.widgets.shapes import Mark

_LANES = (1, 2, 3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What the person sees of a round.

    Attributes:
        running: A round that was asked for runs.
        first_remaining: Rows that were to come when it was first known; 0 before.
    """

    running: bool = False
    first_remaining: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedRow:
    """One refused operation.

    Attributes:
        what: What it was and when.
        why: City hall's reason.
        todo: What the person does.
    """

    what: str
    why: str
    todo: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyncView:
    """The panel.

    Attributes:
        title: How it stands, in one short sentence.
        line: What that means, and what to do.
        progress: While something runs.
        waiting: What waits here, as (name, count).
        sources: Until when each source is known here.
        exchange: Last exchange, clock, how long records are kept, as (name, value).
        parked: Refused operations, oldest first.
        parked_more: How many more there are, in words; empty for none.
    """

    mark: Mark
    title: str
    line: str
    progress: ProgressView | None
    waiting: tuple[tuple[str, str], ...]
    sources: tuple[MarkLineView, ...]
    exchange: tuple[tuple[str, str], ...]
    parked: tuple[ParkedRow, ...]
    parked_more: str
    sync: ButtonView


def sync_view(
    status: SyncStatus | None,
    asked: Asked,
    now_utc: datetime,
    *,
    zone: Zone | None,
    at_desk: bool,
    most_parked: int,
) -> SyncView:
    """Return the panel.

    Args:
        status: How it stands; None before it was read.
        asked: What was asked for.
        now_utc: For the ages.
        zone: Where the officer stands, for limits and local time; None at a desk.
        at_desk: Words for a supervisor instead of an officer.
        most_parked: How many refused operations have room.
    """
    time_zone = DEFAULT_TIME_ZONE if zone is None else zone.time_zone
    if status is None:
        return _reading(asked)
    mark, title, line = _headline(status, time_zone, at_desk=at_desk)
    today = local_day(now_utc, time_zone)
    rows = _parked(status, today, time_zone, at_desk=at_desk)
    more = len(rows) - most_parked
    return SyncView(
        mark=mark,
        title=title,
        line=line,
        progress=_progress(status, asked),
        waiting=_waiting(status, now_utc),
        sources=tuple(_source(source, status.sources_as_of, zone, now_utc) for source in Source),
        exchange=_exchange(status, time_zone, today),
        parked=rows[:most_parked],
        parked_more=_("and {count} more").format(count=more) if more > 0 else "",
        sync=_sync_button(asked),
    )


def summary(to_send: ToSend | None, net: NetState | None) -> str:
    """Say in one sentence how it stands, where the whole panel cannot be shown."""
    if to_send is None or net is None:
        return _("City hall has not answered since the start.")
    if to_send.parked:
        return _refused_words(to_send.parked)
    if net is not NetState.ONLINE:
        return _("No contact with city hall. {waits}").format(waits=_waits_words(to_send.count))
    if to_send.count:
        return _waits_words(to_send.count)
    return _("Everything is at city hall.")


# --- the headline ---------------------------------------------------------------------------


def _reading(asked: Asked) -> SyncView:
    return SyncView(
        mark=Mark.INFO,
        title=_("Looking what waits here"),
        line="",
        progress=None,
        waiting=(),
        sources=(),
        exchange=(),
        parked=(),
        parked_more="",
        sync=_sync_button(asked),
    )


def _headline(status: SyncStatus, time_zone: str, *, at_desk: bool) -> tuple[Mark, str, str]:
    exchange, to_send = status.exchange, status.to_send
    news = exchange.news
    if news is not None and news.net is NetState.REFUSED:
        words = _("{why} Everything is kept here. Tell IT.")
        return Mark.BAD, _("City hall refuses this terminal"), words.format(why=news.sentence)
    if exchange.failing_since_utc is not None:
        return _offline(status, time_zone, at_desk=at_desk)
    if to_send.parked:
        words = _("Nothing is lost: what was refused is kept here, see below.")
        return Mark.CAUTION, _refused_words(to_send.parked), words
    if news is None or exchange.answered_utc is None:
        words = _("Work goes on. What you save is kept here and sent by itself.")
        return Mark.INFO, _("City hall has not answered yet"), words
    if news.sentence:
        return Mark.CAUTION, _("Not everything could be read"), news.sentence
    if news.remaining:
        words = _("What city hall knows is being fetched. Work goes on meanwhile.")
        return Mark.INFO, _("Catching up with city hall"), words
    if to_send.count:
        words = _("They are sent by themselves. Nothing is lost if this terminal is switched off.")
        return Mark.INFO, _waits_words(to_send.count), words
    at = hh_mm_ss(exchange.answered_utc, time_zone)
    words = _("Checked at {time}. What you save next is sent by itself.").format(time=at)
    return Mark.OK, _("Everything is at city hall"), words


def _offline(status: SyncStatus, time_zone: str, *, at_desk: bool) -> tuple[Mark, str, str]:
    since = status.exchange.answered_utc or status.exchange.failing_since_utc
    title = _("No contact with city hall")
    if since is not None:
        title = _("No contact with city hall since {time}").format(time=hh_mm(since, time_zone))
    works = (
        _("Reports show what was known then. Decisions are saved here and sent later.")
        if at_desk
        else _("Checks, citations and printing go on. All is kept here and sent later.")
    )
    return Mark.CAUTION, title, works


def _waits_words(count: int) -> str:
    return ngettext(
        "{count} record waits for city hall", "{count} records wait for city hall", count
    ).format(count=f"{count:,}")


def _refused_words(count: int) -> str:
    return ngettext(
        "City hall refused {count} record", "City hall refused {count} records", count
    ).format(count=f"{count:,}")


# --- progress -------------------------------------------------------------------------------


def _progress(status: SyncStatus, asked: Asked) -> ProgressView | None:
    news = status.exchange.news
    remaining = 0 if news is None else news.remaining
    if remaining:
        return ProgressView(
            words=_("Fetching {count} rows").format(count=f"{remaining:,}"),
            share=_share(remaining, asked.first_remaining),
            left=_left(None if news is None else news.remaining_s),
        )
    if not asked.running:
        return None
    return ProgressView(words=_("Exchanging with city hall"))


def _share(remaining: int, first: int) -> float | None:
    return None if first <= 0 else max(0.0, min(1.0, 1 - remaining / max(first, remaining)))


def _left(left_s: int | None) -> str:
    if left_s is None or left_s < 1:
        return ""
    if left_s < 100:
        return _("about {count} s left").format(count=max(5, round(left_s / 5) * 5))
    return _("about {count} min left").format(count=round(left_s / 60))


def _sync_button(asked: Asked) -> ButtonView:
    return ButtonView(
        label=_("Sync now"),
        icon=Icon.AGAIN,
        key="F9",
        role=ButtonRole.MAIN,
        enabled=not asked.running,
    )


# --- the cards ------------------------------------------------------------------------------


def _waiting(status: SyncStatus, now_utc: datetime) -> tuple[tuple[str, str], ...]:
    lanes = dict(status.to_send.lanes)
    names = {1: _("What money depends on"), 2: _("Citations and shifts"), 3: _("Checks, changes")}
    rows = [(names[lane], f"{lanes.get(lane, 0):,}") for lane in _LANES]
    rows.append((_("Photos"), f"{status.photos:,}"))
    oldest = status.to_send.oldest_utc
    waits = "-" if oldest is None else age((now_utc - oldest).total_seconds())
    rows.append((_("The oldest waits"), waits))
    return tuple(rows)


def _source(
    source: Source,
    as_of: Mapping[Source, datetime | None],
    zone: Zone | None,
    now_utc: datetime,
) -> MarkLineView:
    known = as_of.get(source)
    if known is None:
        words = _("{source}: never heard").format(source=source_name(source))
        return MarkLineView(mark=Mark.CAUTION, text=words)
    old_s = (now_utc - known).total_seconds()
    words = _("{source}: {age} old").format(source=source_name(source), age=age(old_s))
    if zone is None:
        return MarkLineView(mark=Mark.INFO, text=words)
    allowed = zone.budget_s(source)
    if old_s > allowed:
        words += " · " + _("{age} allowed").format(age=age(allowed))
        return MarkLineView(mark=Mark.CAUTION, text=words)
    return MarkLineView(mark=Mark.OK, text=words)


def _exchange(status: SyncStatus, time_zone: str, today: date) -> tuple[tuple[str, str], ...]:
    exchange = status.exchange
    answered, news = exchange.answered_utc, exchange.news
    last = _("none since the start")
    if answered is not None:
        last = hh_mm_ss(answered, time_zone)
        if local_day(answered, time_zone) != today:
            last = made_words(answered, today, time_zone)
    return (
        (_("Last answer"), last),
        (_("Result"), _result(status)),
        (_("City hall's clock"), _("not measured yet") if news is None else _offset(news)),
        (_("Kept here until"), _kept_until(status.durability)),
    )


def _result(status: SyncStatus) -> str:
    news = status.exchange.news
    if news is None:
        return _("no exchange yet")
    if news.net is NetState.ONLINE and not news.sentence:
        return _("all well")
    # The first sentence says why; what it means stands above.
    return news.sentence.split(". ")[0].rstrip(".")


def _offset(news: object) -> str:
    offset_ms = int(getattr(news, "clock_offset_ms", 0))
    uncertainty_ms = int(getattr(news, "clock_uncertainty_ms", 0))
    if not uncertainty_ms:
        return _("not measured yet")
    by = f"{abs(offset_ms) / 1000:.1f} s"
    if abs(offset_ms) < 50:
        return _("equal to ours {doubt}").format(doubt=doubt(uncertainty_ms))
    words = _("{by} ahead {doubt}") if offset_ms > 0 else _("{by} behind {doubt}")
    return words.format(by=by, doubt=doubt(uncertainty_ms))


def _kept_until(durability: Durability) -> str:
    return {
        Durability.ARCHIVED: _("city hall's backup has it"),
        Durability.COMMITTED: _("city hall has stored it"),
        Durability.UNKNOWN: _("city hall says it is safe"),
    }[durability]


def _parked(
    status: SyncStatus, today: date, time_zone: str, *, at_desk: bool
) -> tuple[ParkedRow, ...]:
    rows = [
        ParkedRow(
            what=_("{what}, {time}").format(
                what=what_it_was(each.record), time=made_words(each.made_utc, today, time_zone)
            ),
            why=each.text or each.code,
            todo=what_to_do(each.record, at_desk=at_desk),
        )
        for each in status.parked
    ]
    if status.photos_refused:
        count = status.photos_refused
        rows.append(
            ParkedRow(
                what=ngettext("{count} photo", "{count} photos", count).format(count=count),
                why=_("City hall could not read the file."),
                todo=_("The file is kept here. Tell IT."),
            )
        )
    return tuple(rows)
