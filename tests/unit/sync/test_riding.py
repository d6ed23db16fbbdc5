"""Pages that ride along in wake-ups: taken only where they miss nothing, asked for otherwise."""

import pytest

from sync.gateway.riding import RidingPages
from sync.places import follows
from sync.wire import FeedPage, WakeNews
from tests.fakes.clock import NOON


def at(xid: int, seq: int = 0, *, epoch: str = "life-1", scope: str = "all") -> str:
    return f"{epoch}:{xid}:{seq}:{scope}"


def news(after: int, until: int, *, scope: str = "all") -> WakeNews:
    page = FeedPage(
        feed_epoch="life-1",
        cursor=at(until, scope=scope),
        rows=[],
        more=False,
        as_of={},
        server_utc=NOON,
    )
    return WakeNews(after=at(after, scope=scope), page=page)


@pytest.mark.parametrize(
    ("here", "fits"),
    [
        (at(9, 99), False),
        (at(10), True),
        (at(10, 1), True),
        (at(19, 7), True),
        (at(20), False),
        (at(100), False),
        (at(9), False),
        (at(10, epoch="life-2"), False),
        (at(10, scope="3f"), False),
        (at(10) + ":all:5:*::", False),
        ("life-1:x:0:all", False),
        ("", False),
    ],
)
def test_a_page_is_for_who_stands_between_its_ends(here: str, *, fits: bool) -> None:
    assert follows(here, after=at(10), until=at(20)) is fits


def test_the_first_page_is_always_asked_for() -> None:
    riding = RidingPages()
    riding.keep(news(10, 20))
    assert riding.take(at(10)) is None


def heard(*told: WakeNews) -> RidingPages:
    """Return the pages of a terminal that has asked once and then heard something."""
    riding = RidingPages()
    riding.asking()
    for one in told:
        riding.keep(one)
    return riding


def cursors(riding: RidingPages, cursor: str) -> list[tuple[str, bool]]:
    found = []
    while page := riding.take(cursor):
        cursor = page.cursor
        found.append((cursor, page.more))
    return found


def test_pages_are_taken_one_after_the_other_and_each_says_whether_more_wait() -> None:
    riding = heard(news(10, 20), news(20, 30), news(30, 40))
    assert cursors(riding, at(15)) == [(at(20), True), (at(30), True), (at(40), False)]


def test_a_page_that_was_overtaken_is_left_out() -> None:
    assert cursors(heard(news(10, 20), news(20, 30)), at(25)) == [(at(30), False)]


def test_after_a_gap_central_is_asked() -> None:
    assert cursors(heard(news(10, 20), news(25, 30)), at(10)) == [(at(20), False)]


def test_a_wake_up_without_a_page_lets_the_terminal_ask_until_it_did() -> None:
    riding = heard(news(10, 20), WakeNews(), news(20, 30))
    assert riding.take(at(10)) is None
    riding.asking()
    riding.keep(news(30, 40))
    assert cursors(riding, at(35)) == [(at(40), False)]


def test_who_does_not_come_for_its_pages_asks() -> None:
    assert heard(*(news(at, at + 10) for at in range(10, 500, 10))).take(at(10)) is None


def test_central_is_asked_now_and_then_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1000.0
    monkeypatch.setattr("time.monotonic", lambda: now)
    riding = heard(news(10, 20), news(20, 30))
    now += 44.9
    assert riding.take(at(10)) is not None
    now += 0.2
    assert riding.take(at(20)) is None
