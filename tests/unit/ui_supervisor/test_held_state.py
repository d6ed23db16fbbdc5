from datetime import timedelta

import pytest

from app.usecases.held_citations import HeldRow
from parking.coverage import Cover
from parking.right import RightSource
from tests.fakes.clock import NOON
from tests.unit.ui_supervisor.samples import citation, held_row, hold, payment, permit
from ui.supervisor.held_state import arrived, held_state, in_order, plate_view, waited
from ui.widgets.plate import PlateView
from ui.widgets.shapes import Mark
from ui.widgets.table import cell_words


def _row(serial: int, *, fine: int = 2500, minutes: float = 60, cover: str = "exact") -> HeldRow:
    of = citation(serial, NOON, fine_cents=fine)
    right = payment(serial, NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    return held_row(of, right, hold(of, right, NOON + timedelta(minutes=minutes), cover))


def test_most_money_comes_first_then_who_waits_longest() -> None:
    rows = [_row(1, minutes=9), _row(2, minutes=5), _row(3, fine=8000, minutes=70)]
    assert [row.held.citation for row in in_order(rows)] == [
        rows[2].held.citation,
        rows[1].held.citation,
        rows[0].held.citation,
    ]


def test_a_row_says_what_is_at_risk_and_what_arrived() -> None:
    row = _row(12873, minutes=0)
    state = held_state((row,), row.held.citation.citation_id, NOON + timedelta(minutes=130))
    words = [cell_words(cell) for cell in state.table.rows[0].cells]
    number = row.held.citation.number
    assert words == [*("$25.00", number, "BK-47291 Connecticut", "App payment", "Exact", "2 h 10")]
    assert state.table.chosen == str(row.held.citation.citation_id)


def test_the_cards_count_the_queue() -> None:
    rows = (_row(1), _row(2, fine=8000), _row(3, cover="exit_grace"))
    numbers = dict(held_state(rows, None, NOON + timedelta(minutes=101)).numbers)
    assert (numbers["queue_number"].number, numbers["queue_number"].detail) == (
        *("3", "oldest waits 41 min"),
    )
    assert numbers["risk_number"].number == "$130.00"
    exact = numbers["exact_number"]
    assert (exact.number, exact.detail, exact.mark) == ("2", "1 need a closer look", Mark.UNKNOWN)


def test_an_empty_queue_is_good_news() -> None:
    state = held_state((), None, NOON)
    numbers = dict(state.numbers)
    assert numbers["queue_number"].mark is Mark.OK
    assert numbers["queue_number"].detail == "nothing waits"
    assert numbers["exact_number"].mark is None
    assert state.table.rows == ()


def test_only_exact_ones_are_marked_good() -> None:
    assert dict(held_state((_row(1),), None, NOON).numbers)["exact_number"].mark is Mark.OK


@pytest.mark.parametrize(
    ("cover", "pill", "dashed"),
    [
        (Cover.EXACT, "Exact", False),
        (Cover.EXIT_GRACE, "Just ended", True),
        (Cover.ENTRY_GRACE, "Just began", True),
        ("supervisor", "By hand", False),
    ],
)
def test_what_is_not_certain_has_a_broken_border(cover: str, pill: str, dashed: bool) -> None:
    cell = held_state((_row(1, cover=cover),), None, NOON).table.rows[0].cells[4]
    assert cell_words(cell) == pill
    assert getattr(cell, "pill").dashed is dashed  # noqa: B009 - the cells of a row are a union


@pytest.mark.parametrize(
    ("right", "words"),
    [
        (None, "Held by hand"),
        (permit(1, NOON, NOON), "Permit"),
        (payment(1, NOON, NOON), "App payment"),
        (payment(1, NOON, NOON, source=RightSource.MANUAL), "Payment by hand"),
        (
            payment(1, NOON, NOON, source=RightSource.PAY_STATION, source_ref="K-7"),
            "Pay station K-7",
        ),
        (payment(1, NOON, NOON, source=RightSource.PAY_STATION), "Pay station"),
    ],
)
def test_what_arrived_is_named(right: object, words: str) -> None:
    assert arrived(right) == words  # type: ignore[arg-type]  # the table mixes the kinds of right


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(-5, "< 1 min"), (59, "< 1 min"), (2460, "41 min"), (7800, "2 h 10"), (200_000, "2 days")],
)
def test_waiting_is_written_as_people_say_it(seconds: float, words: str) -> None:
    assert waited(seconds) == words


def test_an_odd_plate_is_shown_as_it_was_confirmed() -> None:
    of = citation(1, NOON, plate="-", plate_state="")
    row = held_row(of, None, hold(of, None, NOON))
    assert plate_view(row) == PlateView(number="-", state="Other country")
