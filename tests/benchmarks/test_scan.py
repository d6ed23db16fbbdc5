from pathlib import Path

import pytest

from simulator.city.photos import paint_photo
from tests.benchmarks.__main__ import main


def test_a_folder_of_labelled_photos_becomes_a_table(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "us").mkdir()
    (tmp_path / "us" / "1.jpg").write_bytes(paint_photo("BK47291", "CT", seed=1))
    (tmp_path / "us" / "2.jpg").write_bytes(paint_photo("BK47291", "CT", seed=1))
    labels = "region,file,plate\nus,1.jpg,BK47291\nus,2.jpg,XX11111\n"
    (tmp_path / "labels.csv").write_text(labels, encoding="utf-8")
    assert main(["scan", str(tmp_path), "--misses"]) == 1
    printed = capsys.readouterr().out
    assert "us, 2 photos, top-1" in printed
    assert "50.0%" in printed
    assert "2.jpg: XX11111, read BK47291" in printed


def test_a_folder_without_labels_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["scan", str(tmp_path)]) == 2
    assert f"There is no labels.csv in {tmp_path}." in capsys.readouterr().out
