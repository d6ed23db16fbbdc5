from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest

from app.usecases.check_plate import CheckResult
from parking.check import Answer, PlateCheck
from parking.errors import UnavailableError, UserError
from parking.reason import ReasonKind
from parking.right import ParkingSession, RightSource
from parking.slip import CouldNotPay
from parking.zone import Source
from tests.fakes.terminal import citation
from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from ui.officer.spoken import reason_words


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal() as made:
        made.on_beat()
        yield made


def paid(terminal: FakeTerminal, plate: str, *, minutes: int = 60) -> ParkingSession:
    """Let a payment for a plate be known here."""
    now = terminal.clock.utc
    right = ParkingSession(
        parking_session_id=uuid4(),
        plate=plate,
        plate_state="CT",
        zone_id="112",
        start_utc=now - timedelta(minutes=5),
        end_utc=now + timedelta(minutes=minutes),
        source=RightSource.PAY_STATION,
        made_utc=now - timedelta(minutes=5),
    )
    terminal.store.rights.append(right)
    return right


def _check(terminal: FakeTerminal, plate: str, state: str = "CT") -> CheckResult:
    return terminal.lanes.run(terminal.app.officer.check_plate(plate, state))


def _stored(terminal: FakeTerminal) -> list[PlateCheck]:
    return terminal.store.all_of(PlateCheck)


def test_the_answer_is_stored_with_the_age_of_every_source(terminal: FakeTerminal) -> None:
    right = paid(terminal, "AB12345")
    result = _check(terminal, "ab-12345")
    assert result.decision.answer is Answer.PAID
    assert _stored(terminal) == [result.check]
    check = result.check
    assert (check.plate, check.plate_state, check.zone_id) == ("AB12345", "CT", "112")
    assert check.right_id == right.parking_session_id
    assert check.pay_station_as_of_utc == terminal.clock.utc
    assert check.officer_id == terminal.officer().officer_id
    assert not check.sealed


def test_nothing_found_with_fresh_data_is_not_paid(terminal: FakeTerminal) -> None:
    assert _check(terminal, "ZZ99999").decision.answer is Answer.NOT_PAID


def test_old_data_cannot_know(terminal: FakeTerminal) -> None:
    terminal.store.as_of[Source.APP] = terminal.clock.utc - timedelta(minutes=52)
    result = _check(terminal, "ZZ99999")
    assert result.decision.answer is Answer.CANNOT_KNOW
    assert result.check.app_as_of_utc == terminal.clock.utc - timedelta(minutes=52)


def test_the_hot_list_comes_first(terminal: FakeTerminal) -> None:
    paid(terminal, "AC70518")
    assert _check(terminal, "AC-70518").decision.answer is Answer.HOTLIST


def test_a_misread_letter_is_hinted(terminal: FakeTerminal) -> None:
    assert _check(terminal, "AB1234S").hint == "AB12345"
    assert _check(terminal, "AB12345").hint == ""


@pytest.mark.parametrize(
    ("plate", "state", "key"),
    [
        ("", "CT", "plate.empty"),
        (" - ", "CT", "plate.empty"),
        ("\N{PILE OF POO}", "CT", "plate.characters"),
        ("A" * 40, "CT", "plate.too_long"),
        ("AB12345", "QQ", "plate.state"),
        ("AB12345", "", "plate.state"),
    ],
)
def test_bad_input_is_one_sentence_and_no_check(
    terminal: FakeTerminal, plate: str, state: str, key: str
) -> None:
    with pytest.raises(UserError) as caught:
        _check(terminal, plate, state)
    assert caught.value.key == key
    assert _stored(terminal) == []


def test_without_a_shift_nobody_checks() -> None:
    with fake_terminal() as terminal:
        for expected in ("duty.nobody", "duty.no_zone"):
            with pytest.raises(UserError) as caught:
                _check(terminal, "AB12345")
            assert caught.value.key == expected
            if terminal.app.duty is None:
                terminal.sign_in()


def test_a_full_disk_is_said_and_answers_nothing(terminal: FakeTerminal) -> None:
    terminal.store.disk_full = True
    with pytest.raises(UnavailableError, match="Nothing was saved"):
        _check(terminal, "AB12345")


def test_an_open_answer_renews_itself_when_a_payment_arrives(terminal: FakeTerminal) -> None:
    before = _check(terminal, "AB12345")
    terminal.clock.pass_by(seconds=30)
    again = terminal.lanes.run(terminal.app.officer.look_again(before))
    assert again.check is before.check
    assert {age.age_s for age in again.decision.ages} == {30}
    paid(terminal, "AB12345")
    after = terminal.lanes.run(terminal.app.officer.look_again(before))
    assert after.decision.answer is Answer.PAID
    assert [check.answer for check in _stored(terminal)] == [Answer.NOT_PAID, Answer.PAID]


def test_a_longer_payment_renews_the_answer_too(terminal: FakeTerminal) -> None:
    right = paid(terminal, "AB12345")
    before = _check(terminal, "AB12345")
    terminal.store.rights = [replace(right, end_utc=right.end_utc + timedelta(hours=1))]
    after = terminal.lanes.run(terminal.app.officer.look_again(before))
    assert after.decision.until_utc == right.end_utc + timedelta(hours=1)


def test_earlier_citations_are_a_reason(terminal: FakeTerminal) -> None:
    terminal.store.fed_facts.append(citation(plate="AB12345", fine_cents=2500))
    terminal.store.fed_facts.append(citation(plate="AB12345", plate_state="NY"))
    reasons = _check(terminal, "AB12345").decision.reasons
    (earlier,) = [one for one in reasons if one.kind is ReasonKind.EARLIER_CITATIONS]
    assert (earlier.count, earlier.amount_cents) == (1, 2500)


def test_last_checks_are_newest_first(terminal: FakeTerminal) -> None:
    for number in range(7):
        _check(terminal, f"AB1234{number}")
    checks = terminal.lanes.run(terminal.app.officer.last_checks())
    assert [check.plate for check in checks] == [f"AB1234{number}" for number in (6, 5, 4, 3, 2)]
    assert terminal.lanes.run(terminal.app.officer.counts()).checks == 7


def test_a_driver_who_could_not_pay_is_not_said_to_owe(terminal: FakeTerminal) -> None:
    tried_utc = terminal.clock.utc - timedelta(minutes=10)
    slip = CouldNotPay(
        slip_id=uuid4(),
        code="S-7K2M-4Q",
        terminal_id=uuid4(),
        zone_id="112",
        plate="ZZ 99999",
        plate_state="CT",
        at_utc=tried_utc,
        until_utc=tried_utc + timedelta(hours=1),
        cause="network",
        clock_uncertainty_ms=20,
    )
    terminal.store.fed_facts.append(slip)
    result = _check(terminal, "ZZ99999")
    assert result.decision.answer is Answer.GRACE
    assert result.check.right_id == slip.slip_id
    told = [reason_words(reason, result.zone)[0] for reason in result.decision.reasons]
    assert "The driver could not pay here" in told
