"""Painted photos are the same every time, whole, and varied."""

import pytest

from app.scan.photo import PhotoSize, check_photo
from simulator.city.photo_parts.letters import can_write
from simulator.city.photos import paint_photo
from ui.state_names import other_states, state_name


def test_the_same_wish_gives_the_same_photo() -> None:
    assert paint_photo("AB12345", "CT", seed=7) == paint_photo("AB-12345", "CT", seed=7)


def test_another_seed_view_state_or_plate_gives_another_photo() -> None:
    photos = {
        paint_photo("AB12345", "CT", seed=7),
        paint_photo("AB12345", "CT", seed=8),
        paint_photo("AB12345", "CT", seed=7, view="close"),
        paint_photo("AB12345", "NY", seed=7),
        paint_photo("AB12346", "CT", seed=7),
    }
    assert len(photos) == 5


@pytest.mark.parametrize("state", ["CT", "NY", "DC", "XX"])
def test_a_photo_is_a_whole_jpeg_of_a_cameras_size(state: str) -> None:
    photo = paint_photo("QWO0184", state, seed=3)
    assert check_photo(photo) == PhotoSize(1280, 960)
    assert 40_000 < len(photo) < 1_000_000


def test_every_state_and_every_character_can_be_painted() -> None:
    assert can_write("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
    known = [state for state in other_states() if state != "XX"]
    assert all(can_write(state_name(state).upper()) for state in known)


@pytest.mark.parametrize("plate", ["", "- -", "ÅB123", "🚗", "ABCDEFGHIJK"])
def test_what_no_plate_holds_is_refused(plate: str) -> None:
    with pytest.raises(ValueError, match=r"1 to 10 of A-Z and 0-9"):
        paint_photo(plate, "CT", seed=1)
