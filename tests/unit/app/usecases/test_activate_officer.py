from collections.abc import Iterator

import pytest

from app.usecases.sign_in import kept_wrap
from parking.errors import ParkingError, UnavailableError, UserError
from tests.fakes.terminal_app import PIN, FakeTerminal, fake_terminal

CODE = "4F7K-2M9Q"


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal() as made:
        made.central.codes[CODE] = made.officer()
        yield made


def _error(terminal: FakeTerminal, badge: str, code: str, pin: str) -> ParkingError:
    with pytest.raises(ParkingError) as caught:
        terminal.lanes.run(terminal.app.people.activate(badge, code, pin))
    return caught.value


def test_a_code_binds_a_key_made_here(terminal: FakeTerminal) -> None:
    duty = terminal.lanes.run(terminal.app.people.activate("0417", f" {CODE} ", PIN))
    kept = kept_wrap(terminal.store, "0417")
    assert kept is not None
    assert kept.officer == duty.sign_in.officer
    assert terminal.central.keys[kept.officer.officer_id] == kept.wrap.public_key


@pytest.mark.parametrize(
    ("badge", "code", "pin", "key"),
    [
        ("", CODE, PIN, "activation.badge"),
        ("0417", " ", PIN, "activation.code"),
        ("0417", CODE, "123456", "pin.easy"),
        ("0417", CODE, "1234", "pin.form"),
        ("0417", "0000-0000", PIN, "code.unknown"),
        ("0422", CODE, PIN, "code.unknown"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    terminal: FakeTerminal, badge: str, code: str, pin: str, key: str
) -> None:
    error = _error(terminal, badge, code, pin)
    assert isinstance(error, UserError)
    assert error.key == key
    assert terminal.store.settings == {}
    assert terminal.app.duty is None


def test_a_bad_pin_does_not_use_the_code_up(terminal: FakeTerminal) -> None:
    _error(terminal, "0417", CODE, "123456")
    assert CODE in terminal.central.codes


def test_the_first_sign_in_needs_the_network(terminal: FakeTerminal) -> None:
    terminal.central.away = True
    error = _error(terminal, "0417", CODE, PIN)
    assert isinstance(error, UnavailableError)
    assert error.retry_safe
