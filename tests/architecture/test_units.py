"""The unit file of a pay station says what the program relies on."""

from pathlib import Path

from ui.kiosk_life.life import LEFT_FOR_SERVICE

UNIT = Path(__file__).parents[2] / "resources/units/parking-kiosk.service"


def _settings() -> dict[str, str]:
    text = UNIT.read_text(encoding="utf-8").replace("\\\n", " ")
    pairs = (line.partition("=") for line in text.splitlines() if not line.startswith(("#", "[")))
    return {name: value.strip() for name, _, value in pairs if value}


def test_a_hung_or_ended_pay_station_is_started_anew_within_seconds() -> None:
    said = _settings()
    assert (said["Type"], said["NotifyAccess"], said["Restart"]) == ("notify", "all", "always")
    assert (said["RestartSec"], said["StartLimitIntervalSec"]) == ("500ms", "0")
    assert int(said["WatchdogSec"]) <= 15


def test_service_that_ends_the_program_is_not_interrupted_by_a_new_start() -> None:
    assert _settings()["RestartPreventExitStatus"] == str(LEFT_FOR_SERVICE)


def test_it_starts_a_pay_station_that_nobody_leaves() -> None:
    words = _settings()["ExecStart"].split()
    assert words[:2] == ["/usr/bin/cage", "--"]
    assert {"--fullscreen", "--kind", "kiosk", "systemd"} <= set(words)
