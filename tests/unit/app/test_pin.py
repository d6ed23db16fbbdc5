import pytest

from app.pin import check_new_pin
from parking.errors import UserError


@pytest.mark.parametrize("pin", ["", "12345", "1234567890123", "28491a", "२८४९१७", "284 917"])
def test_a_pin_has_six_to_twelve_digits(pin: str) -> None:
    with pytest.raises(UserError) as caught:
        check_new_pin(pin, badge="0417")
    assert caught.value.key == "pin.form"


@pytest.mark.parametrize(
    "pin",
    [
        *("123456", "234567", "987654", "098765", "000000", "777777", "121212", "112211"),
        *("123123", "12121212", "147258", "159753", "314159", "789456"),
        *("010190", "311299", "991231", "19900101", "01011990", "31121985", "120685"),
    ],
)
def test_what_anybody_would_try_first_is_refused(pin: str) -> None:
    with pytest.raises(UserError) as caught:
        check_new_pin(pin, badge="0417")
    assert caught.value.key == "pin.easy"


def test_the_badge_is_not_in_the_pin() -> None:
    with pytest.raises(UserError) as caught:
        check_new_pin("870417", badge="0417")
    assert caught.value.key == "pin.easy"


@pytest.mark.parametrize("pin", ["284917", "590384", "77320915", "394857620138"])
def test_other_pins_are_fine(pin: str) -> None:
    check_new_pin(pin, badge="0417")
