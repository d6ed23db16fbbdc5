from collections.abc import Iterator
from pathlib import Path

import pytest

from app.lanes import Lanes
from parking.errors import UnavailableError
from ui.devices.report_folder import ReportFolder


@pytest.fixture
def lanes() -> Iterator[Lanes]:
    made = Lanes(io_workers=1)
    yield made
    made.stop()


def test_a_report_is_kept_and_replaced_in_whole(lanes: Lanes, tmp_path: Path) -> None:
    folder = ReportFolder(tmp_path / "data" / "reports")
    file = lanes.run(folder.keep("day.csv", lambda: b"one, two"))
    assert lanes.run(folder.keep("day.csv", lambda: b"one")) == file
    assert file.read_bytes() == b"one"
    assert [each.name for each in file.parent.iterdir()] == ["day.csv"]


def test_a_folder_in_the_way_is_told_in_words(lanes: Lanes, tmp_path: Path) -> None:
    (tmp_path / "reports").write_text("in the way")
    with pytest.raises(UnavailableError, match="Nothing was saved") as caught:
        lanes.run(ReportFolder(tmp_path / "reports").keep("day.csv", lambda: b"x"))
    assert caught.value.key == "reports.folder"
    assert caught.value.retry_safe
