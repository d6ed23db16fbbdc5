from datetime import timedelta

import pytest

from app.ports import SignIn
from app.post import Duty, Post
from app.usecases.sync_issues import close_issue, may_agree, sync_issues, waiting
from parking.errors import UserError
from parking.parked import ParkedClosing, ParkedOperation
from tests.fakes.clock import NOON, StillClock
from tests.fakes.memory_store import MemoryStore
from tests.unit.ui_supervisor import issues
from tests.unit.ui_supervisor.samples import laptop


@pytest.fixture
def post() -> Post:
    store = MemoryStore()
    issues.refused(store, NOON)
    return Post(store=store, clock=StillClock(), terminal=laptop(2))


def _duty(post: Post, badge: str = "0102") -> Duty:
    officer = post.store.officer_by_badge(badge)
    assert officer is not None
    return Duty(sign_in=SignIn(officer=officer, seal=lambda _data: bytes(64)))


def _parked(post: Post, at: int) -> ParkedOperation:
    return sync_issues(post)[at].parked


def test_the_oldest_comes_first_with_its_terminal_where_known(post: Post) -> None:
    rows = sync_issues(post)
    assert [row.parked.op_seq for row in rows] == [100, 101, 102, 103]
    assert [row.terminal is None for row in rows] == [False, False, True, False]
    assert waiting(post).issues == 4


def test_a_closing_is_a_fact_with_the_reason(post: Post) -> None:
    parked = _parked(post, 1)
    made = close_issue(post, _duty(post), parked=parked, reason=" twice ", second=None)
    assert (made.reason, made.second_officer_id, made.closed_utc) == ("twice", None, NOON)
    assert waiting(post).issues == 3
    with pytest.raises(UserError) as caught:
        close_issue(post, _duty(post), parked=parked, reason="again", second=None)
    assert caught.value.key == "issue.closed"


@pytest.mark.parametrize(
    ("badge", "at", "reason", "key"),
    [
        ("0417", 1, "why", "duty.forbidden"),
        ("0102", 1, "  ", "issue.reason"),
        ("0102", 0, "why", "issue.second"),
        ("0102", 1, "x" * 501, "record.field"),
    ],
)
def test_what_may_not_be_closed_is_refused_in_words(
    post: Post, badge: str, at: int, reason: str, key: str
) -> None:
    with pytest.raises(UserError) as caught:
        close_issue(post, _duty(post, badge), parked=_parked(post, at), reason=reason, second=None)
    assert caught.value.key == key
    assert waiting(post).issues == 4


@pytest.mark.parametrize("badge", ["0102", "0417"])
def test_only_another_supervisor_may_agree(post: Post, badge: str) -> None:
    second = _duty(post, badge).sign_in.officer
    with pytest.raises(UserError) as caught:
        may_agree(_duty(post), second)
    assert caught.value.key == "issue.second"


def test_two_people_close_what_money_depends_on(post: Post) -> None:
    second = _duty(post, "0103").sign_in.officer
    parked = _parked(post, 0)
    made = close_issue(post, _duty(post), parked=parked, reason="paid", second=second)
    assert isinstance(made, ParkedClosing)
    assert made.second_officer_id == second.officer_id
    assert parked.parked_utc < made.closed_utc - timedelta(hours=1)
