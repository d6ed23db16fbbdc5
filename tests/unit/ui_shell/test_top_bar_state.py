from datetime import timedelta
from uuid import UUID

import pytest

from app.ports import NetState, OpenShift, SignIn, SyncNews, TerminalNews, ToSend
from app.post import Duty
from parking.clock import Reading
from parking.zone import Source
from tests.fakes.clock import NOON
from tests.fakes.memory_store import MemoryStore
from ui.top_bar_state import age, doubt, top_bar
from ui.widgets.topbar import CellView

NOW = Reading(NOON, 400)


def duty() -> Duty:
    """M. Ortiz on beat 4 in zone 112."""
    store = MemoryStore()
    officer = store.officer_by_badge("0417")
    assert officer is not None
    (_two, four) = store.beats()
    shift = OpenShift(shift_id=UUID(int=1), beat=four, started_utc=NOON - timedelta(hours=4))
    sign_in = SignIn(officer=officer, seal=lambda _data: bytes(64))
    return Duty(sign_in=sign_in, shift=shift, zone=store.zone("112"))


def news(net: NetState = NetState.ONLINE, *, parked: int = 0, **ages_s: int) -> TerminalNews:
    """Everything 8 s old unless said otherwise."""
    return TerminalNews(
        sync=SyncNews(
            net=net,
            changed=frozenset(),
            to_send=ToSend(count=3, oldest_utc=None, parked=parked),
            remaining=0,
            sentence="",
            clock_offset_ms=0,
            clock_uncertainty_ms=1,
        ),
        sources_as_of={
            source: NOON - timedelta(seconds=ages_s.get(source.value, 8)) for source in Source
        },
        numbers_left=9,
    )


def _cells(told: TerminalNews | None) -> dict[str, CellView]:
    return {cell.label: cell for cell in top_bar(duty(), told, NOW).cells}


def test_it_says_who_where_and_how_sure_the_clock_is() -> None:
    bar = top_bar(duty(), news(), NOW)
    assert bar.beat == "Beat 4 · Zone 112"
    assert bar.shift == "M. Ortiz · since 08:00"
    assert (bar.clock, bar.doubt, bar.clock_stale) == ("12:00", "± 0.4 s", False)


def test_a_clock_above_the_zones_limit_is_marked() -> None:
    assert top_bar(duty(), news(), Reading(NOON, 31_000)).clock_stale
    assert not top_bar(None, news(), Reading(NOON, 31_000)).clock_stale


def test_every_source_shows_its_age_and_turns_yellow_past_its_limit() -> None:
    cells = _cells(news(app=52 * 60))
    assert cells["Pay stations"].value == "8 s"
    assert not cells["Pay stations"].stale
    assert (cells["App"].value, cells["App"].stale) == ("52 min", True)


def test_before_the_first_word_of_central_everything_is_said_to_be_unknown() -> None:
    cells = _cells(None)
    assert {cells[name].value for name in ("Pay stations", "App", "Permits")} == {"never"}
    assert cells["To send"].value == "-"
    assert cells["Network"].value == "-"


def test_what_waits_and_what_was_refused() -> None:
    assert _cells(news())["To send"].value == "3"
    refused = _cells(news(parked=2))["To send"]
    assert (refused.value, refused.stale) == ("2 refused", True)


@pytest.mark.parametrize(
    ("net", "word", "stale"),
    [(NetState.ONLINE, "online", False), (NetState.OFFLINE, "offline", False),
     (NetState.REFUSED, "refused", True)],
)  # fmt: skip
def test_the_network_in_a_word(net: NetState, word: str, stale: bool) -> None:
    cell = _cells(news(net))["Network"]
    assert (cell.value, cell.stale) == (word, stale)


def test_before_sign_in_and_shift() -> None:
    assert top_bar(None, None, NOW).shift == "Nobody signed in"
    signed_in = Duty(sign_in=duty().sign_in)
    bar = top_bar(signed_in, None, NOW)
    assert (bar.beat, bar.shift) == ("No shift", "M. Ortiz")


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0 s"), (-3, "0 s"), (99, "99 s"), (100, "1 min"), (5999, "99 min"), (6000, "1 h"),
     (172_799, "47 h"), (172_800, "2 days")],
)  # fmt: skip
def test_ages_as_people_say_them(seconds: int, words: str) -> None:
    assert age(seconds) == words


@pytest.mark.parametrize(
    ("uncertainty_ms", "words"),
    [(20, "± 0.1 s"), (400, "± 0.4 s"), (9_850, "± 9.9 s"), (120_000, "± 2 min")],
)
def test_doubt(uncertainty_ms: int, words: str) -> None:
    assert doubt(uncertainty_ms) == words
