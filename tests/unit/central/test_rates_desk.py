"""The rate desk's commands: what they print, what they refuse, their exit status."""

from dataclasses import replace
from pathlib import Path

import msgspec
import pytest

from central.rates.__main__ import main
from central.settings import Settings
from parking.tariff import tariff_label
from tests.unit.central.samples import TARIFF, right
from tests.unit.central.service import Service
from tests.unit.parking.samples import tariff

NIGHT = "2027-03-13 18:20"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    made = tmp_path / "rates.json"
    made.write_bytes(msgspec.json.encode([tariff()]))
    return made


def test_a_file_is_checked_compared_and_tried_out(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    newer = tmp_path / "newer.json"
    newer.write_bytes(msgspec.json.encode([replace(tariff(), increment_minutes=20)]))

    assert main(["check", str(file)]) == 0
    assert capsys.readouterr().out == f"{tariff_label(tariff())}: usable.\n"
    assert main(["diff", str(file), str(newer)]) == 0
    assert capsys.readouterr().out == ("street: increment minutes from 10 minutes to 20 minutes.\n")
    assert main(["diff", str(file), str(file)]) == 0
    assert capsys.readouterr().out == "Both say the same.\n"
    assert main(["table", str(file), "street", "--at", NIGHT, "--minutes", "120"]) == 0
    assert "Mon, Mar 15 08:00 EDT  40 min   $0.67  closing" in capsys.readouterr().out
    assert main(["table", str(file), "street", "--at", "2027-03-13T23:20Z", "--minutes", "9"]) == 0
    assert "Sat, Mar 13 18:30 EST  10 min   $0.17" in capsys.readouterr().out


def test_what_cannot_be_answered_is_said(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["table", str(file), "alley"]) == 1
    assert capsys.readouterr().err == "There is no tariff alley; there are street.\n"
    assert main(["table", str(file), "street", "--at", "tomorrow"]) == 1
    assert 'is allowed, not "tomorrow"' in capsys.readouterr().err
    with pytest.raises(SystemExit):
        main(["table", str(file), "street", "--minutes", "0"])
    assert "a whole number from 1 to 10080" in capsys.readouterr().err


def test_one_plate_is_priced_with_what_it_has_paid(
    service: Service,
    shared_settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("DATABASE_URL", shared_settings.database_url)
    monkeypatch.setenv("PARKING_KEYS_DIR", str(shared_settings.keys_dir))
    monkeypatch.setenv("PARKING_PHOTO_DIR", str(shared_settings.photo_dir))
    paid = right(service.now_utc, "DESK 1")
    service.store(paid)
    at = (paid.start_utc.replace(second=0, microsecond=0)).isoformat()

    assert main(["car", "Z12", "desk-1", "--minutes", "60"]) == 0
    told = capsys.readouterr().out
    assert told.startswith(f"{tariff_label(TARIFF)}, ")
    assert " 0 minutes of the stay" not in told
    assert main(["car", "Z12", "desk-2", "--state", "CT", "--at", at, "--minutes", "30"]) == 0
    assert "0 minutes of the stay are paid" in capsys.readouterr().out
    assert main(["car", "Z99", "desk-1"]) == 1
    assert capsys.readouterr().err == "No parking time is sold in this zone.\n"
