"""One look at a line becomes a ranked list of texts."""

import itertools

import pytest

from app.scan.read import ALPHABET, beam_search


def _row(**chances: float) -> list[float]:
    """Chances by character, `nothing` among them; digits are written `d7`."""
    row = [0.0] * (len(ALPHABET) + 1)
    for name, chance in chances.items():
        place = 0 if name == "nothing" else ALPHABET.index(name[-1]) + 1
        row[place] = chance
    return row


def test_repeated_rows_are_one_character_unless_something_stands_between() -> None:
    double = [_row(A=1.0), _row(A=1.0), _row(nothing=1.0), _row(A=1.0), _row(d7=1.0)]
    assert dict(beam_search(double)) == pytest.approx({"AA7": 1.0})


def test_paths_that_spell_the_same_text_are_summed() -> None:
    rows = [_row(nothing=0.6, A=0.4), _row(nothing=0.6, A=0.4)]
    # "A" by three paths (0.64) beats the single likeliest path, which is empty (0.36).
    found = beam_search(rows)
    assert [text for text, _ in found] == ["A", ""]
    assert dict(found) == pytest.approx({"A": 0.64, "": 0.36})


def test_it_finds_what_trying_every_path_finds() -> None:
    rows = [
        _row(nothing=0.5, A=0.3, B=0.2),
        _row(nothing=0.2, A=0.5, B=0.3),
        _row(nothing=0.3, A=0.3, B=0.4),
    ]
    exact: dict[str, float] = {}
    for path in itertools.product((" ", "A", "B"), repeat=3):
        chance = 1.0
        for row, char in zip(rows, path, strict=True):
            chance *= row[0 if char == " " else ALPHABET.index(char) + 1]
        text = "".join(char for char, _ in itertools.groupby(path) if char != " ")
        exact[text] = exact.get(text, 0.0) + chance
    assert dict(beam_search(rows, width=50, limit=50)) == pytest.approx(exact)


def test_no_row_reads_as_nothing() -> None:
    assert beam_search([]) == [("", 1.0)]


def test_at_most_the_wanted_number_comes_back_best_first() -> None:
    rows = [_row(A=0.5, B=0.3, C=0.2)]
    assert [text for text, _ in beam_search(rows, limit=2)] == ["A", "B"]
