"""Money, identifiers, roles, errors, the audit chain."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from parking.audit import GENESIS, head_bytes, next_link
from parking.errors import BugError, ParkingError, UnavailableError, UserError
from parking.ids import uuid7, uuid7_utc
from parking.money import usd
from parking.officer import Act, Role, may
from tests.unit.parking.samples import NOON, uid


@pytest.mark.parametrize(
    ("amount_cents", "written"),
    [(0, "$0.00"), (5, "$0.05"), (250, "$2.50"), (1_234_567, "$12,345.67"), (-250, "-$2.50")],
)
def test_money(amount_cents: int, written: str) -> None:
    assert usd(amount_cents) == written


@given(st.datetimes(datetime(1970, 1, 2), datetime(2200, 1, 1)))  # noqa: DTZ001 - made aware below
def test_identifiers_are_version_7_and_carry_their_millisecond(at: datetime) -> None:
    utc = at.replace(tzinfo=UTC)
    made = uuid7(utc)

    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert made.int >> 80 == int(utc.timestamp() * 1000)
    assert abs(uuid7_utc(made) - utc) <= timedelta(milliseconds=1)


def test_later_identifiers_sort_later_and_none_is_made_twice() -> None:
    made = [uuid7(NOON + timedelta(milliseconds=count)) for count in range(100)]

    assert made == sorted(made)
    assert len({uuid7(NOON) for _ in range(1000)}) == 1000


def test_roles_may_do_what_is_named_and_nothing_else() -> None:
    assert may(Role.OFFICER, Act.ISSUE_CITATION)
    assert not may(Role.OFFICER, Act.DECIDE_HOLD)
    assert may(Role.SUPERVISOR, Act.DECIDE_HOLD)
    assert not may(Role.SUPERVISOR, Act.ISSUE_CITATION)
    assert [act for act in Act if may(Role.IT, act)] == [Act.ENROL_DEVICE]


def test_errors_carry_what_a_screen_needs() -> None:
    mistake = UserError("plate.empty", "Enter the plate.", action="Type it.")
    away = UnavailableError("printer.unavailable", "The printer does not answer.", retry_safe=True)

    assert (mistake.key, mistake.sentence, mistake.action) == (
        "plate.empty",
        "Enter the plate.",
        "Type it.",
    )
    assert (away.key, str(away), away.retry_safe) == (
        "printer.unavailable",
        "The printer does not answer.",
        True,
    )
    assert all(isinstance(each, ParkingError) for each in (mistake, away, BugError("ours")))


def _chain(*records: tuple[int, str, bytes]) -> bytes:
    link = GENESIS
    for seq, name, payload in records:
        link = next_link(link, seq=seq, name=name, payload=payload)
    return link


def test_every_part_of_every_operation_is_in_the_last_link() -> None:
    whole = _chain((1, "citation", b"one"), (2, "photo", b"two"))

    assert len(whole) == 32
    assert whole == _chain((1, "citation", b"one"), (2, "photo", b"two"))
    assert len(
        {
            whole,
            _chain((2, "photo", b"two"), (1, "citation", b"one")),
            _chain((1, "citation", b"one")),
            _chain((2, "citation", b"one"), (2, "photo", b"two")),
            _chain((1, "citations", b"one"), (2, "photo", b"two")),
            _chain((1, "citation", b"One"), (2, "photo", b"two")),
        }
    ) == 6  # fmt: skip


def test_every_part_of_a_head_is_signed() -> None:
    def head(
        terminal: int = 1, *, epoch: int = 1, lane: int = 2, seq: int = 7, link: bytes = GENESIS
    ) -> bytes:
        return head_bytes(terminal_id=uid(terminal), epoch=epoch, lane=lane, seq=seq, link=link)

    assert head().startswith(b"stamford-chain-head-1\n")
    others = head(2), head(epoch=2), head(lane=3), head(seq=8), head(link=b"\1" * 32)
    assert len({head(), *others}) == 6
