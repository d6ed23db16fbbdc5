"""The likeliest plate comes first, and doubt is said."""

from collections.abc import Mapping

import pytest

from app.scan.messages import Box
from app.scan.rank import (
    Reading,
    blend,
    candidates,
    pattern_note,
    plate_worth,
    uncertain_positions,
)

_HEIGHT = 960


def _reading(texts: Mapping[str, float], *, y: int = 600, **changes: object) -> Reading:
    box = changes.get("box", Box(x=500, y=y, width=200, height=60))
    assert isinstance(box, Box)
    return Reading(box=box, texts=texts, found=0.95, strays=3 if "strays" in changes else 0)


def _texts(*readings: Reading) -> list[str]:
    return [one.text for one in candidates(readings, photo_height=_HEIGHT)]


def test_looks_are_averaged_and_a_look_that_saw_nothing_counts() -> None:
    views = [[("AB12345", 0.9), ("A", 0.1)], [("AB12345", 0.5), ("A812345", 0.4)], []]
    assert blend(views) == pytest.approx({"AB12345": 1.4 / 3, "A812345": 0.4 / 3})


def test_texts_too_long_for_a_plate_are_left_out() -> None:
    assert blend([[("20140618101919", 0.9), ("AB12345", 0.1)]]) == {"AB12345": 0.1}


def test_the_likelier_text_comes_first_with_scores_that_sum_to_at_most_one() -> None:
    found = candidates([_reading({"AB12345": 0.7, "A812345": 0.2})], photo_height=_HEIGHT)
    assert [one.text for one in found] == ["AB12345", "A812345"]
    assert sum(one.score for one in found) <= 1
    assert found[0].score > 0.5


def test_a_usual_plate_beats_a_likelier_look_alike_of_no_form() -> None:
    assert _texts(_reading({"UHIFOF": 0.4, "UH1F0F": 0.35}))[0] == "UH1F0F"


def test_the_plate_beats_bumper_words_a_date_stamp_and_a_caption() -> None:
    plate = _reading({"AB12345": 0.6})
    words = _reading({"ESCORT": 0.99})
    stamp = _reading({"201405": 0.9}, strays=True)
    caption = _reading({"AC12345": 0.9}, y=2)
    assert _texts(words, stamp, caption, plate)[0] == "AB12345"


def test_a_line_of_a_plates_shape_beats_a_long_flat_one() -> None:
    flat = Box(x=10, y=600, width=500, height=40)
    assert _texts(_reading({"AC12345": 0.8}, box=flat), _reading({"AB12345": 0.7}))[0] == "AB12345"


def test_a_usual_look_alike_of_an_unusual_first_read_is_offered_after_it() -> None:
    found = candidates([_reading({"AGOR6T": 0.8})], photo_height=_HEIGHT)
    assert [one.text for one in found[:2]] == ["AGOR6T", "AG0R6T"]
    assert found[0].score > 2 * found[1].score
    assert found[0].uncertain == (2,)


def test_a_usual_or_foreign_first_read_brings_no_look_alikes() -> None:
    assert _texts(_reading({"AB12345": 0.8})) == ["AB12345"]
    assert _texts(_reading({"RK340AO": 0.8})) == ["RK340AO"]


def test_a_text_seen_in_two_lines_is_suggested_once() -> None:
    assert _texts(_reading({"AB12345": 0.6}), _reading({"AB12345": 0.3})) == ["AB12345"]


def test_nothing_readable_gives_no_candidates() -> None:
    assert _texts() == []
    assert _texts(_reading({})) == []
    assert plate_worth(_reading({}), photo_height=_HEIGHT) == 0


def test_hardly_read_texts_get_low_scores_or_none() -> None:
    (only,) = candidates([_reading({"AB12345": 0.02})], photo_height=_HEIGHT)
    assert only.score < 0.2
    assert _texts(_reading({"AB12345": 0.0001})) == []


def test_the_first_candidate_marks_the_characters_that_other_reads_contradict() -> None:
    found = candidates([_reading({"AB12345": 0.7, "A812345": 0.2})], photo_height=_HEIGHT)
    assert found[0].uncertain == (1,)


@pytest.mark.parametrize(
    ("text", "shares", "positions"),
    [
        ("AB12345", {"AB12345": 1.0}, ()),
        ("AB12345", {"AB12345": 0.99, "AB12346": 0.01}, ()),
        ("AB12345", {"AB12345": 0.6, "AB12346": 0.2, "A812345": 0.2}, (1, 6)),
        ("FK4W3L", {"FK4W3L": 0.6, "K4W3L": 0.3}, (0,)),
        ("K4W3L", {"K4W3L": 0.5, "FK4W3L": 0.3}, (0,)),
        ("AB12345", {"AB12345": 0.5, "AB123455": 0.4}, (6,)),
        ("AB12345", {"AB12345": 0.5, "SELF": 0.4, "XYZ9876": 0.4}, ()),
        ("AB1234", {"AB1234": 0.5, "XB1239Z": 0.4}, ()),
    ],
)
def test_positions_of_doubt(
    text: str, shares: Mapping[str, float], positions: tuple[int, ...]
) -> None:
    assert uncertain_positions(text, shares) == positions


def test_the_note_says_what_the_arrangement_tells() -> None:
    assert pattern_note("AB12345") == "fits CT, IL"
    assert pattern_note("BIMMIAN") == "may be vanity or from elsewhere"
