from collections.abc import Iterator
from dataclasses import replace

import pytest

from app.pin import MOST_TRIES
from app.usecases.sign_in import tries_name
from parking.errors import UnavailableError, UserError
from parking.terminal import TerminalKind
from tests.fakes.terminal_app import PIN, FakeTerminal, fake_terminal


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal() as made:
        made.sign_in()
        made.app.people.sign_out()
        yield made


def _sign_in(terminal: FakeTerminal, pin: str, badge: str = "0417") -> str:
    """Try a PIN; return the key of the error, empty when it was right."""
    try:
        terminal.lanes.run(terminal.app.people.sign_in(badge, pin))
    except UserError as error:
        return error.key
    return ""


def test_the_pin_unlocks_the_officers_key_without_network(terminal: FakeTerminal) -> None:
    terminal.central.away = True
    duty = terminal.lanes.run(terminal.app.people.sign_in(" 0417 ", PIN))
    assert duty.sign_in.officer.display_name == "M. Ortiz"
    assert len(duty.sign_in.seal(b"seal")) == 64
    assert terminal.app.duty is duty


def test_a_badge_without_a_key_here_needs_a_code(terminal: FakeTerminal) -> None:
    assert _sign_in(terminal, PIN, badge="0422") == "sign_in.first_time"


def test_a_wrong_pin_says_how_many_tries_are_left(terminal: FakeTerminal) -> None:
    with pytest.raises(UserError, match="9 tries left"):
        terminal.lanes.run(terminal.app.people.sign_in("0417", "999998"))
    for _number in range(7):
        _sign_in(terminal, "999998")
    with pytest.raises(UserError, match="1 try left"):
        terminal.lanes.run(terminal.app.people.sign_in("0417", "999998"))


def test_ten_wrong_pins_switch_the_pin_off(terminal: FakeTerminal) -> None:
    keys = [_sign_in(terminal, "999998") for _number in range(MOST_TRIES)]
    assert keys == ["sign_in.wrong_pin"] * 9 + ["sign_in.disabled"]
    assert _sign_in(terminal, PIN) == "sign_in.disabled"


def test_a_new_code_switches_it_on_again(terminal: FakeTerminal) -> None:
    for _number in range(MOST_TRIES):
        _sign_in(terminal, "999998")
    terminal.sign_in()
    assert _sign_in(terminal, PIN) == ""


def test_the_right_pin_forgets_the_wrong_ones(terminal: FakeTerminal) -> None:
    for _number in range(MOST_TRIES - 1):
        _sign_in(terminal, "999998")
    assert _sign_in(terminal, PIN) == ""
    assert _sign_in(terminal, "999998") == "sign_in.wrong_pin"


@pytest.mark.parametrize("pin", ["", "12345", "abcdef", "1234567890123"])
def test_what_cannot_be_a_pin_is_no_try(terminal: FakeTerminal, pin: str) -> None:
    assert _sign_in(terminal, pin) == "pin.form"
    count = terminal.secrets.kept[tries_name(terminal.officer())]
    assert count == b"0"


def test_the_try_is_counted_in_both_places_before_it_is_judged(
    terminal: FakeTerminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    name, seen = tries_name(terminal.officer()), list[tuple[bytes | None, bytes | None]]()

    def judged(*_args: object, **_words: object) -> None:
        seen.append((terminal.store.setting(name), terminal.secrets.get(name)))

    monkeypatch.setattr("app.usecases.sign_in.unwrapped", judged)
    _sign_in(terminal, PIN)
    assert seen == [(b"1", b"1")]


def test_an_old_copy_of_the_records_gives_no_more_tries(terminal: FakeTerminal) -> None:
    before = dict(terminal.store.settings)
    for _number in range(MOST_TRIES):
        _sign_in(terminal, "999998")
    terminal.store.settings = before
    assert _sign_in(terminal, PIN) == "sign_in.disabled"


def test_an_old_copy_of_the_secret_store_gives_no_more_tries(terminal: FakeTerminal) -> None:
    before = dict(terminal.secrets.kept)
    for _number in range(MOST_TRIES):
        _sign_in(terminal, "999998")
    terminal.secrets.kept = before
    assert _sign_in(terminal, PIN) == "sign_in.disabled"


def test_without_the_secret_store_nobody_signs_in_and_nothing_is_judged(
    terminal: FakeTerminal,
) -> None:
    terminal.secrets.locked = True
    with pytest.raises(UnavailableError, match="no sound place"):
        terminal.lanes.run(terminal.app.people.sign_in("0417", PIN))


def test_an_officer_who_left_cannot_sign_in(terminal: FakeTerminal) -> None:
    terminal.store.fed_officers = [replace(terminal.officer(), active=False)]
    assert _sign_in(terminal, PIN) == "sign_in.left"


def test_the_role_must_fit_the_terminal() -> None:
    with fake_terminal(TerminalKind.SUPERVISOR) as desk:
        with pytest.raises(UserError) as caught:
            desk.sign_in("0417")
        assert caught.value.key == "sign_in.role"
        assert desk.app.duty is None
