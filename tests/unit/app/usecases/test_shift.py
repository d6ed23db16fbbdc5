from collections.abc import Iterator

import pytest

from parking.errors import UserError
from parking.shift import ShiftEvent, ShiftEventKind
from tests.fakes.terminal_app import PIN, FakeTerminal, fake_terminal


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal() as made:
        made.sign_in()
        yield made


def test_beats_come_with_their_zones(terminal: FakeTerminal) -> None:
    choices = terminal.lanes.run(terminal.app.officer.beats())
    assert [choice.beat.beat_id for choice in choices] == ["2", "4"]
    assert [zone.zone_id for zone in choices[1].zones] == ["112", "114", "204"]


def test_a_shift_from_start_to_signed_end(terminal: FakeTerminal) -> None:
    shift = terminal.lanes.run(terminal.app.officer.start_shift("4"))
    assert terminal.app.officer.zone is not None
    assert terminal.app.officer.zone.zone_id == "112"
    terminal.lanes.run(terminal.app.officer.check_plate("ZZ99999", "CT"))
    ended = terminal.lanes.run(terminal.app.officer.end_shift())
    events = terminal.store.all_of(ShiftEvent)
    assert [event.kind for event in events] == [ShiftEventKind.STARTED, ShiftEventKind.ENDED]
    assert ended.shift_id == shift.shift_id
    assert (ended.checks_count, ended.issued_count) == (1, 0)
    assert terminal.app.officer.shift is None


def test_a_shift_goes_on_after_a_restart_in_the_zone_it_was_in(terminal: FakeTerminal) -> None:
    shift = terminal.lanes.run(terminal.app.officer.start_shift("4"))
    terminal.lanes.run(terminal.app.officer.choose_zone("114"))
    terminal.app.people.sign_out()
    duty = terminal.lanes.run(terminal.app.people.sign_in("0417", PIN))
    assert duty.shift is not None
    assert duty.shift.shift_id == shift.shift_id
    terminal.lanes.run(terminal.app.officer.resume_shift())
    assert terminal.app.officer.zone is not None
    assert terminal.app.officer.zone.zone_id == "114"


@pytest.mark.parametrize(("zone_id", "key"), [("118", "zone.not_on_beat"), ("999", "zone.unknown")])
def test_a_zone_must_be_on_the_beat(terminal: FakeTerminal, zone_id: str, key: str) -> None:
    terminal.lanes.run(terminal.app.officer.start_shift("4"))
    with pytest.raises(UserError) as caught:
        terminal.lanes.run(terminal.app.officer.choose_zone(zone_id))
    assert caught.value.key == key


def test_the_beat_can_change_within_a_shift(terminal: FakeTerminal) -> None:
    shift = terminal.lanes.run(terminal.app.officer.start_shift("4"))
    changed = terminal.lanes.run(terminal.app.officer.change_beat("2"))
    assert changed.shift_id == shift.shift_id
    assert terminal.app.officer.zone is not None
    assert terminal.app.officer.zone.zone_id == "118"
    zones = terminal.lanes.run(terminal.app.officer.zones())
    assert [zone.zone_id for zone in zones] == ["118", "207"]


def test_only_one_shift_runs_at_a_time(terminal: FakeTerminal) -> None:
    terminal.lanes.run(terminal.app.officer.start_shift("4"))
    with pytest.raises(UserError, match="running already"):
        terminal.lanes.run(terminal.app.officer.start_shift("4"))


def test_another_officers_shift_must_end_first(terminal: FakeTerminal) -> None:
    terminal.lanes.run(terminal.app.officer.start_shift("4"))
    terminal.app.people.sign_out()
    with pytest.raises(UserError, match=r"M\. Ortiz has not ended"):
        terminal.sign_in("0422")
    assert terminal.app.duty is None


def test_an_unknown_beat_is_refused(terminal: FakeTerminal) -> None:
    with pytest.raises(UserError, match="one of the beats"):
        terminal.lanes.run(terminal.app.officer.start_shift("99"))


def test_without_a_shift_there_is_nothing_to_end(terminal: FakeTerminal) -> None:
    with pytest.raises(UserError, match="Start a shift"):
        terminal.lanes.run(terminal.app.officer.end_shift())
    assert terminal.lanes.run(terminal.app.officer.resume_shift()) is None
    assert terminal.lanes.run(terminal.app.officer.last_checks()) == ()
    assert terminal.lanes.run(terminal.app.officer.shift_citations()) == ()
    assert terminal.lanes.run(terminal.app.officer.counts()).checks == 0
