"""Service opens with PIN and code together, ten wrong tries at most, and without a network."""

import io
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from app.adapters.linux.credential_secrets import CREDENTIAL, CredentialSecrets
from app.pin import MOST_TRIES
from app.service_pin_command import main as service_pin
from app.usecases.enrol_terminal import DATABASE_KEY
from app.usecases.open_service import new_question, open_service, set_service_pin
from local_db.store import LocalStore
from parking.errors import UserError
from parking.service_code import code_for
from parking.terminal import TerminalKind
from tests.fakes.clock import StillClock
from tests.fakes.terminal import KEY as DATABASE
from tests.fakes.terminal import enrolment
from tests.fakes.terminal_app import CHEAP, FakeTerminal, fake_terminal

PIN, KEY, QUESTION = "284917", bytes(range(32)), "482913"
CODE = code_for(KEY, QUESTION)


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.KIOSK) as made:
        _set_pin(made)
        yield made


def _set_pin(terminal: FakeTerminal, pin: str = PIN, key: bytes | None = KEY) -> None:
    terminal.lanes.on_store(
        "set",
        lambda: set_service_pin(terminal.store, terminal.secrets, pin=pin, key=key, cost=CHEAP),
    )


def _try(terminal: FakeTerminal, *, pin: str = PIN, code: str = CODE) -> str:
    """Try and return the key of the refusal, empty when service is open."""
    try:
        terminal.lanes.run(terminal.app.service.open(pin=pin, code=code, question=QUESTION))
    except UserError as error:
        return error.key
    return ""


def test_pin_and_code_open_together_and_neither_alone(terminal: FakeTerminal) -> None:
    assert _try(terminal, pin="739150") == "service.wrong"
    assert _try(terminal, code="12345678") == "service.wrong"
    assert _try(terminal, code=f"{CODE[:4]} {CODE[4:]}") == ""


def test_ten_wrong_tries_are_the_last_and_a_new_pin_begins_anew(terminal: FakeTerminal) -> None:
    tried = [_try(terminal, pin="739150") for _ in range(MOST_TRIES)]
    assert tried == ["service.wrong"] * (MOST_TRIES - 1) + ["service.disabled"]
    assert _try(terminal) == "service.disabled"
    _set_pin(terminal)
    assert _try(terminal) == ""


def test_an_old_copy_of_the_records_gives_no_try_back(terminal: FakeTerminal) -> None:
    for _ in range(MOST_TRIES):
        _try(terminal, code="12345678")
    terminal.lanes.on_store("old", lambda: terminal.store.keep_setting("service_tries", b"0"))
    assert _try(terminal) == "service.disabled"


def test_the_right_words_forget_the_wrong_tries(terminal: FakeTerminal) -> None:
    for _ in range(3):
        _try(terminal, pin="739150")
    assert _try(terminal) == ""
    assert terminal.secrets.get("service_tries") == b"0"


@pytest.mark.parametrize(
    ("pin", "code"), [("1234", CODE), (PIN, "123"), ("pin284917", CODE), ("", "")]
)
def test_what_is_neither_pin_nor_code_is_no_try(
    terminal: FakeTerminal, pin: str, code: str
) -> None:
    assert _try(terminal, pin=pin, code=code) == "service.form"
    assert terminal.secrets.get("service_tries") == b"0"


def test_without_a_pin_nobody_opens() -> None:
    with fake_terminal(TerminalKind.KIOSK) as bare:
        assert _try(bare) == "service.no_pin"


@pytest.mark.parametrize(
    ("pin", "key", "refused"),
    [("123456", KEY, "pin.easy"), ("12", KEY, "pin.form"), (PIN, None, "service.no_key")],
)
def test_a_pin_that_anybody_tries_first_is_refused(
    terminal: FakeTerminal, pin: str, key: bytes | None, refused: str
) -> None:
    with pytest.raises(UserError) as caught:
        _set_pin(terminal, pin, key)
    assert caught.value.key == refused
    assert _try(terminal) == ""


def test_a_question_has_six_digits_and_is_another_each_time() -> None:
    asked = {new_question() for _ in range(50)}
    assert len(asked) > 40
    assert all(len(each) == 6 and each.isdigit() for each in asked)


def test_it_sets_the_pin_from_a_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / CREDENTIAL).write_bytes(bytes(32))
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(credentials))
    words = ("--data", str(tmp_path), "--secrets", "systemd")
    assert service_pin(words, cost=CHEAP) == 1
    assert "No terminal has joined" in capsys.readouterr().err
    secrets = CredentialSecrets(tmp_path / "secrets.sealed", credentials=credentials)
    secrets.put(DATABASE_KEY, bytes.fromhex(DATABASE))
    store = LocalStore.create(tmp_path / "store", DATABASE, StillClock())
    joined = msgspec.structs.replace(enrolment(kind=TerminalKind.KIOSK), service_key=KEY)
    store.keep_identity(joined)
    store.close()
    for typed, status, said in (("111111", 1, "easy to guess"), (PIN, 0, "service PIN is set")):
        monkeypatch.setattr("sys.stdin", io.StringIO(f"{typed}\n"))
        assert service_pin(words, cost=CHEAP) == status
        assert said in capsys.readouterr().err
    store = LocalStore.open(tmp_path / "store", DATABASE, StillClock())
    secrets = CredentialSecrets(tmp_path / "secrets.sealed", credentials=credentials)
    open_service(store, secrets, lambda _name, work: work(), pin=PIN, code=CODE, question=QUESTION)
    store.close()
