from datetime import timedelta

import pytest

from app.ports import PlateRead, ShiftCounts
from parking.check import Answer
from tests.unit.parking.samples import NOON
from tests.unit.ui_officer.checked import check, draft, photo
from ui.officer.ready_state import candidate_views, counts_view, last_check_views, offer_view
from ui.widgets.shapes import Mark

ZONE = "America/New_York"


def _read(text: str, score: float = 0.5, note: str = "") -> PlateRead:
    return PlateRead(text=text, score=score, note=note, crop=(0, 0, 1, 1))


@pytest.mark.parametrize(
    ("text", "state", "note", "words"),
    [
        ("AB12345", "CT", "", "fits Connecticut"),
        ("AB-12345", "CT", "", "fits Connecticut"),
        ("A812345", "CT", "", "rare: compare AB12345"),
        ("GOFAST", "CT", "", "may be a vanity plate"),
        ("GOFAST", "FL", "", "compare with the car"),
        ("GOFAST", "FL", "small letters", "small letters"),
    ],
)
def test_a_candidate_says_why_it_may_be_right(text: str, state: str, note: str, words: str) -> None:
    (view,) = candidate_views((_read(text, note=note),), state, chosen=0)
    assert view.detail == words


def test_the_three_best_candidates_are_shown_with_their_keys() -> None:
    found = (("AB12345", 0.984), ("A812345", 0.61), ("8B12345", 0.221), ("AB1234S", 0.1))
    reads = [_read(text, score) for text, score in found]
    views = candidate_views(reads, "CT", chosen=1)
    assert [(one.key, one.score, one.chosen) for one in views] == [
        ("1", "98%", False),
        ("2", "61%", True),
        ("3", "22%", False),
    ]
    assert candidate_views((), "CT", chosen=0) == ()


@pytest.mark.parametrize(
    ("answer", "mark", "word", "detail"),
    [
        (Answer.PAID, Mark.OK, "Paid", "covered when checked"),
        (Answer.PERMIT, Mark.OK, "Permit", "covered when checked"),
        (Answer.FREE, Mark.OK, "Free now", "free hours"),
        (Answer.GRACE, Mark.CAUTION, "In grace", "within grace when checked"),
        (Answer.EXPIRED, Mark.BAD, "Expired", "no right when checked"),
        (Answer.NOT_PAID, Mark.BAD, "Not paid", "no right when checked"),
        (Answer.CANNOT_KNOW, Mark.UNKNOWN, "Cannot know", "data was too old"),
        (Answer.HOTLIST, Mark.HOT, "Hot list", "dispatch was shown"),
    ],
)
def test_a_last_check_says_what_was_answered_when(
    answer: Answer, mark: Mark, word: str, detail: str
) -> None:
    (row,) = last_check_views((check(answer),), ZONE)
    assert (row.mark, row.word, row.detail, row.time) == (mark, word, detail, "12:00")
    assert row.plate.number == "BK-47291"


def test_only_the_lowest_row_has_no_line_under_it() -> None:
    checks = (check(), check(observed_utc=NOON - timedelta(minutes=5)))
    assert [row.last for row in last_check_views(checks, ZONE)] == [False, True]
    assert last_check_views((), ZONE) == ()


def test_figures_agree_with_their_words() -> None:
    counts = counts_view(ShiftCounts(checks=1, issued=0, warnings=1, printed=0, voided=2))
    assert counts.counts == (
        ("1", "check"),
        ("0", "citations"),
        ("1", "warning"),
        ("2", "voids"),
    )


@pytest.mark.parametrize(
    ("photos", "words"), [(0, "0 photos are"), (1, "1 photo is"), (2, "2 photos are")]
)
def test_the_offer_names_the_car_and_what_is_kept(photos: int, words: str) -> None:
    view = offer_view(draft(photos=tuple(photo(seed) for seed in range(photos))))
    assert view.title == "A citation for BK-47291 is half written"
    assert view.text.startswith(words)
    assert (view.action, view.key) == ("Go on", "F11")
