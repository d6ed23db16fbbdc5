"""Pages that ride along in wake-ups: taken only where they miss nothing, asked for otherwise."""

import pytest

from sync.gateway.riding import RidingPages
from sync.places import Step, step
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
    ("here", "how"),
    [
        (at(9, 99), Step.APART),
        (at(10), Step.NEXT),
        (at(10, 1), Step.NEXT),
        (at(19, 7), Step.NEXT),
        (at(20), Step.PAST),
        (at(100), Step.PAST),
        (at(15, epoch="life-2"), Step.APART),
        (at(15, scope="3f"), Step.APART),
        (at(15) + ":all:5:*::", Step.APART),
        ("life-1:x:0:all", Step.APART),
        ("", Step.APART),
    ],
)
def test_a_page_is_for_who_stands_between_its_ends(here: str, how: Step) -> None:
    assert step(here, after=at(10), until=at(20)) is how


def heard(*told: WakeNews) -> RidingPages:
    """Return the pages of a terminal that has asked once and then heard something."""
    riding = RidingPages()
    riding.asking()
    for one in told:
        riding.keep(one)
    return riding


def taken(riding: RidingPages, cursor: str) -> list[str] | None:
    pages = riding.take(cursor)
    return None if pages is None else [page.cursor for page in pages]


def test_the_first_page_is_always_asked_for() -> None:
    riding = RidingPages()
    riding.keep(news(10, 20))
    assert riding.take(at(10)) is None


def test_pages_follow_on_each_other_and_are_taken_once() -> None:
    riding = heard(news(10, 20), news(20, 30), news(30, 40))
    assert taken(riding, at(15)) == [at(20), at(30), at(40)]
    assert taken(riding, at(40)) == []


def test_a_page_that_was_overtaken_is_left_out() -> None:
    assert taken(heard(news(10, 20), news(20, 30)), at(25)) == [at(30)]


def test_after_a_gap_or_a_wake_up_without_a_page_central_is_asked_until_it_was() -> None:
    for told in (news(25, 30), WakeNews(), news(20, 30, scope="3f")):
        riding = heard(news(10, 20), told)
        assert riding.take(at(10)) is None
        riding.keep(news(10, 20))
        assert riding.take(at(10)) is None
        riding.asking()
        riding.keep(news(30, 40))
        assert taken(riding, at(35)) == [at(40)]


def test_who_does_not_come_for_its_pages_asks() -> None:
    assert heard(*(news(at, at + 10) for at in range(10, 500, 10))).take(at(10)) is None
