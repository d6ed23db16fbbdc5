"""The clock of a terminal: set right by central, and never fooled by a wall clock that jumps."""

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.adapters.boot_clock import boot_id, since_boot_s
from app.adapters.clock_anchor import AnchorFile
from app.adapters.system_clock import UNMEASURED_MS, RawClock, SystemClock, TimeSources
from parking.clock import Reading

HOUR = timedelta(hours=1)
START = datetime(2027, 3, 1, 12, 0, tzinfo=UTC)


class Machine:
    """A laptop with a wall clock that anybody may set, and an uptime that nobody can."""

    def __init__(self, folder: Path) -> None:
        self.file = AnchorFile(folder / "clock.json")
        self.wall_utc, self.up_s, self.boot = START, 100.0, "first"
        self.clock = self.restarted()

    def restarted(self) -> SystemClock:
        """Start the program anew."""
        sources = TimeSources(
            wall=lambda: self.wall_utc, since_boot_s=lambda: self.up_s, boot_id=self.boot
        )
        self.clock = SystemClock(self.file, sources=sources)
        return self.clock

    def reboot(self, off: timedelta, *, wall: timedelta | None = None) -> None:
        """Switch off for a while and on again; ``wall`` is what the wall clock makes of it."""
        self.clock.keep()
        self.boot, self.up_s = self.boot + "+", 5.0
        self.wall_utc += off if wall is None else wall
        self.restarted()

    def pass_by(self, span: timedelta) -> None:
        """Let real time pass."""
        self.wall_utc += span
        self.up_s += span.total_seconds()

    def hear(self, *, ahead: timedelta = timedelta(), uncertainty_ms: int = 40) -> None:
        """Exchange with a central that is ahead of the raw clock."""
        self.clock.learn(
            offset_ms=round(ahead / timedelta(milliseconds=1)),
            uncertainty_ms=uncertainty_ms,
            measured_utc=self.clock.raw.now().utc,
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_the_machines_own_clocks_are_read() -> None:
    now = SystemClock().now()
    assert UNMEASURED_MS <= now.uncertainty_ms < UNMEASURED_MS + 1000
    assert abs(now.utc - datetime.now(UTC)) < timedelta(seconds=1)
    assert abs(RawClock().now().utc - now.utc) < timedelta(seconds=1)
    assert boot_id() == boot_id() != ""
    assert since_boot_s() > 0


def test_before_central_was_heard_the_clock_is_unsure(machine: Machine) -> None:
    machine.pass_by(HOUR)
    assert machine.clock.now() == Reading(START + HOUR, UNMEASURED_MS + 360)


def test_centrals_offset_sets_it_right_and_it_grows_unsure(machine: Machine) -> None:
    machine.hear(ahead=timedelta(minutes=-2))
    assert machine.clock.now() == Reading(START - timedelta(minutes=2), 40)
    machine.pass_by(8 * HOUR)
    assert machine.clock.now() == Reading(START + 8 * HOUR - timedelta(minutes=2), 40 + 2880)


def test_the_surest_exchange_counts_until_it_is_old(machine: Machine) -> None:
    machine.hear(uncertainty_ms=40)
    machine.pass_by(timedelta(seconds=100))
    machine.hear(ahead=timedelta(milliseconds=30), uncertainty_ms=90)
    known = machine.clock.now()
    assert known == Reading(START + timedelta(seconds=100), 50)
    machine.pass_by(timedelta(seconds=500))
    machine.hear(ahead=timedelta(milliseconds=30), uncertainty_ms=90)
    assert machine.clock.now().uncertainty_ms == 90


def test_an_exchange_that_contradicts_what_is_known_counts(machine: Machine) -> None:
    machine.hear(uncertainty_ms=40)
    machine.pass_by(timedelta(seconds=1))
    machine.hear(ahead=HOUR, uncertainty_ms=900)
    assert machine.clock.now() == Reading(START + HOUR + timedelta(seconds=1), 900)


def test_the_same_exchange_told_again_is_nothing_new(machine: Machine) -> None:
    at_utc = machine.clock.raw.now().utc
    machine.clock.learn(offset_ms=5, uncertainty_ms=40, measured_utc=at_utc)
    machine.pass_by(HOUR)
    machine.clock.learn(offset_ms=5, uncertainty_ms=40, measured_utc=at_utc)
    assert machine.clock.now().uncertainty_ms == 40 + 360


@pytest.mark.parametrize(
    "jump", [timedelta(seconds=3), -3 * HOUR, timedelta(days=3650), -timedelta(days=3650)]
)
def test_a_jump_of_the_wall_clock_changes_no_time_but_makes_unsure(
    machine: Machine, jump: timedelta, caplog: pytest.LogCaptureFixture
) -> None:
    machine.hear()
    machine.wall_utc += jump
    machine.pass_by(timedelta(seconds=10))
    jump_ms = round(abs(jump) / timedelta(milliseconds=1))
    with caplog.at_level(logging.WARNING, logger="parking.clock"):
        now = machine.clock.now()
    assert now.utc == START + timedelta(seconds=10)
    assert (now.jump_ms, now.uncertainty_ms) == (jump_ms, jump_ms)
    assert "jumped" in caplog.text
    assert machine.clock.now() == now
    machine.hear(uncertainty_ms=60)
    assert machine.clock.now() == Reading(START + timedelta(seconds=10), 60)


def test_an_exchange_from_before_the_jump_heals_nothing(machine: Machine) -> None:
    at_utc = machine.clock.raw.now().utc
    machine.clock.learn(offset_ms=0, uncertainty_ms=40, measured_utc=at_utc)
    machine.wall_utc += HOUR
    assert machine.clock.now().jump_ms == 3_600_000
    machine.clock.learn(offset_ms=0, uncertainty_ms=40, measured_utc=at_utc)
    assert machine.clock.now().jump_ms == 3_600_000


def test_what_a_time_server_slews_and_sleep_are_no_jumps(machine: Machine) -> None:
    machine.hear()
    for _ in range(48):
        machine.pass_by(HOUR)
        machine.wall_utc += timedelta(seconds=1.5)
        assert machine.clock.now().jump_ms == 0
    machine.pass_by(timedelta(days=3))
    assert machine.clock.now().jump_ms == 0
    assert machine.clock.now().utc == START + 48 * HOUR + timedelta(days=3)


def test_two_seconds_are_no_jump_and_more_is(machine: Machine) -> None:
    machine.wall_utc += timedelta(seconds=2)
    assert machine.clock.now().jump_ms == 0
    machine.wall_utc += timedelta(seconds=2.001)
    assert machine.clock.now().jump_ms == 2001


def test_offsets_are_measured_against_a_clock_that_does_not_jump(machine: Machine) -> None:
    machine.wall_utc += 5 * HOUR
    machine.pass_by(timedelta(seconds=7))
    assert machine.clock.raw.now() == Reading(START + timedelta(seconds=7), UNMEASURED_MS)


def test_a_restart_of_the_program_goes_on_by_the_uptime(machine: Machine) -> None:
    machine.hear(ahead=HOUR)
    machine.clock.keep()
    machine.pass_by(timedelta(minutes=10))
    assert machine.restarted().now() == Reading(
        START + HOUR + timedelta(minutes=10), 40 + 60, jump_ms=0
    )


def test_a_jump_while_the_program_was_closed_is_found(machine: Machine) -> None:
    machine.hear()
    machine.clock.keep()
    machine.pass_by(timedelta(minutes=10))
    machine.wall_utc -= HOUR
    now = machine.restarted().now()
    assert now == Reading(START + timedelta(minutes=10), 3_600_000, jump_ms=3_600_000)


def test_a_jump_is_remembered_over_restarts_until_central_is_heard(machine: Machine) -> None:
    machine.wall_utc += HOUR
    machine.clock.now()
    machine.clock.keep()
    assert machine.restarted().now().jump_ms == 3_600_000
    machine.reboot(HOUR)
    assert machine.clock.now().jump_ms == 3_600_000
    machine.hear()
    assert machine.clock.now().jump_ms == 0
    kept = machine.file.load()
    assert kept is not None
    assert [(each.jump_ms, each.same_boot) for each in kept.jumps] == [(3_600_000, True)]


def test_over_a_restart_of_the_machine_the_wall_clock_goes_on(machine: Machine) -> None:
    machine.hear(ahead=timedelta(minutes=-5))
    machine.reboot(10 * HOUR)
    now = machine.clock.now()
    assert now.utc == START + 10 * HOUR - timedelta(minutes=5)
    assert (now.uncertainty_ms, now.jump_ms) == (UNMEASURED_MS + 3600, 0)


def test_a_wall_clock_that_went_back_over_a_restart_is_found(machine: Machine) -> None:
    machine.hear()
    machine.reboot(HOUR, wall=-timedelta(days=3650))
    now = machine.clock.now()
    assert now.utc == START, "time never goes back"
    assert now.jump_ms == 3650 * 86_400_000
    assert now.uncertainty_ms >= now.jump_ms


def test_an_uptime_that_went_back_under_the_same_name_is_a_restart(machine: Machine) -> None:
    machine.hear()
    machine.clock.keep()
    machine.up_s = 1.0
    machine.wall_utc += HOUR
    assert machine.restarted().now().utc == START + HOUR


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff", b'{"boot_id": 3}'])
def test_a_kept_time_that_cannot_be_read_costs_certainty_alone(
    machine: Machine, tmp_path: Path, content: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    machine.hear()
    machine.clock.keep()
    (tmp_path / "clock.json").write_bytes(content)
    assert machine.restarted().now() == Reading(START, UNMEASURED_MS)
    assert "cannot be read" in caplog.text


def test_a_disk_that_keeps_nothing_stops_nothing(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    machine = Machine(tmp_path / "gone")
    machine.clock.keep()
    assert "cannot be kept" in caplog.text
    assert machine.clock.now().utc == START


def test_the_time_is_kept_at_most_once_a_minute(machine: Machine) -> None:
    machine.clock.keep()
    first = machine.file.load()
    machine.pass_by(timedelta(seconds=59))
    machine.clock.keep()
    assert machine.file.load() == first
    machine.pass_by(timedelta(seconds=2))
    machine.clock.keep()
    kept = machine.file.load()
    assert kept is not None
    assert first is not None
    assert kept == replace(
        first,
        since_boot_s=first.since_boot_s + 61,
        wall_utc=START + timedelta(seconds=61),
        true_utc=START + timedelta(seconds=61),
        uncertainty_ms=UNMEASURED_MS + 6,
    )


def test_only_the_newest_jumps_are_kept(machine: Machine) -> None:
    for number in range(25):
        machine.wall_utc += timedelta(seconds=10 + number)
        machine.clock.now()
    machine.clock.keep()
    kept = machine.file.load()
    assert kept is not None
    assert [each.jump_ms for each in kept.jumps] == [1000 * (10 + n) for n in range(5, 25)]
