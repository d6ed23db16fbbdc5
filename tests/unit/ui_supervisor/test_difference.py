import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.supervisor.difference import MOST_WORDS, Piece, pieces, spelled


def _told(text: str, *others: str) -> str:
    """Write a text with what differs in brackets."""
    cut = pieces(text, others)
    return " ".join(f"[{piece.text}]" if piece.differs else piece.text for piece in cut)


@pytest.mark.parametrize(
    ("text", "other", "told"),
    [
        ("two wheels on the curb", "two wheels on the grass", "two wheels on the [curb]"),
        ("no driver", "no driver", "no driver"),
        ("a b c", "a c", "a [b] c"),
        ("all new", "", "[all new]"),
        ("", "all gone", ""),
    ],
)
def test_words_that_only_one_value_has_are_marked(text: str, other: str, told: str) -> None:
    assert _told(text, other) == told


def test_a_word_must_be_in_every_other_value_to_count_as_shared() -> None:
    assert _told("red car here", "red car there", "blue car here") == "[red] car [here]"


@given(st.text("ab \n", max_size=60), st.lists(st.text("ab \n", max_size=60), max_size=3))
def test_no_word_is_lost_or_added(text: str, others: list[str]) -> None:
    cut = pieces(text, others)
    assert " ".join(piece.text for piece in cut).split() == text.split()
    assert not any(piece.differs for piece in pieces(text, [text]))


def test_a_very_long_text_is_compared_by_lines() -> None:
    same, one, other = ("word " * MOST_WORDS, "first", "second")
    cut = pieces(f"{same}\n{one}", [f"{same}\n{other}"])
    assert cut == (Piece(same, differs=False), Piece(one, differs=True))


@pytest.mark.parametrize(
    ("plate", "other", "words"),
    [
        ("BK-47291", "BK-47Z91", "Number 7, number 2, number 9"),
        ("BK-47Z91", "BK-47291", "Number 7, letter Z, number 9"),
        ("O123", "0123", "Letter O, number 1"),
        ("AB-1234", "AB-124", "Number 2, number 3, number 4"),
        ("AB-124", "AB-1234", "Number 1, number 2, number 4"),
        ("AB-123", "AB-123", ""),
        ("AB-123", "XYZ-987", ""),
    ],
)
def test_letters_that_differ_are_spelled_with_their_neighbours(
    plate: str, other: str, words: str
) -> None:
    assert spelled(plate, [other]) == words
