from app.adapters.scan_reader import ScanReader
from app.ports import PlateRead
from app.scan.client import ScanWorker
from app.scan.messages import Box, Candidate, ScanResult
from app.usecases.scan_plate import LONGEST_S, scan_plate


class _Worker(ScanWorker):
    """Answers one plate without a process."""

    def __init__(self) -> None:
        super().__init__(["no-such-program"])
        self.asked: list[float] = []

    def read(self, photo: bytes, *, timeout_s: float = 1.0) -> ScanResult:
        assert photo == b"photo"
        self.asked.append(timeout_s)
        found = Candidate(
            text="AB12345",
            score=0.98,
            box=Box(x=10, y=20, width=300, height=80),
            usual_in=("CT",),
            note="fits Connecticut",
            uncertain=(),
        )
        return ScanResult(candidates=(found,), engine="test", elapsed_ms=1)


def test_candidates_reach_the_officer_as_they_were_read() -> None:
    worker = _Worker()
    reader = ScanReader(worker)
    expected = PlateRead(
        text="AB12345", score=0.98, note="fits Connecticut", crop=(10, 20, 300, 80)
    )
    assert scan_plate(reader, b"photo", left_s=60) == (expected,)
    assert scan_plate(reader, b"photo", left_s=2) == (expected,)
    assert worker.asked == [LONGEST_S, 2]
    reader.close()
