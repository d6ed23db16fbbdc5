"""The terminal's side: a worker that is slow, gone or hostile costs one photo, no more."""

import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.scan.client import ScanWorker
from app.scan.messages import (
    MAX_PHOTO_BYTES,
    PhotoRefusedError,
    ScanResult,
    ScanStoppedError,
    ScanTimedOutError,
    ScanUnavailableError,
)
from simulator.city.photos import View, paint_photo

_ANSWERS = (
    "import os, sys; from app.scan.messages import *;"
    "take = lambda: receive(sys.stdin.buffer, limit=MAX_REQUEST_BYTES);"
    "give = lambda answer: send(sys.stdout.buffer, answer);"
    "result = lambda engine: ScanResult(candidates=(), engine=engine, elapsed_ms=1);"
)
_HANGS = "sys.stdin.buffer.read();"
"""Reads without an answer until the other side closes."""


def _played(script: str, *arguments: str) -> ScanWorker:
    """A worker process that plays a part in place of the real one."""
    return ScanWorker([sys.executable, "-c", _ANSWERS + script, *arguments])


@pytest.fixture(scope="module")
def worker() -> Iterator[ScanWorker]:
    with ScanWorker() as started:
        started.warm_up(timeout_s=30)
        yield started


_PHOTOS: tuple[tuple[str, str, View], ...] = (
    ("BK47291", "CT", "car"),
    ("BK47291", "CT", "close"),
    ("AB12345", "CT", "car"),
    ("CT80117", "CT", "car"),
    ("BD10936", "CT", "close"),
    ("KLM4482", "NY", "car"),
    ("7XK204", "MA", "car"),
    ("H52NPT", "NJ", "car"),
    ("3GRX86", "MA", "close"),
    ("DVP6307", "PA", "car"),
)


def test_nearly_all_painted_plates_are_read_at_once(worker: ScanWorker) -> None:
    wrong = []
    for seed, (plate, state, view) in enumerate(_PHOTOS):
        photo = paint_photo(plate, state, seed=seed, view=view)
        texts = [one.text for one in worker.read(photo, timeout_s=20).candidates]
        assert plate in texts[:3]
        if texts[0] != plate:
            wrong.append((plate, texts))
    assert len(wrong) <= 1, wrong


def test_several_threads_each_get_their_own_answer(worker: ScanWorker) -> None:
    plates = ("BK47291", "KLM4482")
    answers: dict[str, ScanResult] = {}

    def read(plate: str) -> None:
        answers[plate] = worker.read(paint_photo(plate, "CT", seed=1, view="close"), timeout_s=30)

    threads = [threading.Thread(target=read, args=(plate,)) for plate in plates]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(40)
    assert [answers[plate].candidates[0].text for plate in plates] == list(plates)


def test_a_refusal_arrives_as_an_error_of_the_person_and_the_worker_goes_on(
    worker: ScanWorker,
) -> None:
    for _ in range(2):
        with pytest.raises(PhotoRefusedError, match="This is no photo") as refused:
            worker.read(b"<html>captive portal</html>", timeout_s=20)
        assert refused.value.key == "photo.not_an_image"


def test_a_frame_whose_bytes_do_not_fit_is_refused(worker: ScanWorker) -> None:
    with pytest.raises(PhotoRefusedError, match="2 x 2 pixels need 12 bytes, it has 3"):
        worker.read_frame(b"abc", width=2, height=2, timeout_s=20)


def test_too_many_bytes_are_refused_before_anything_starts() -> None:
    with ScanWorker(["no-such-program"]) as worker:
        with pytest.raises(PhotoRefusedError, match="at most 24 MiB"):
            worker.read(bytes(MAX_PHOTO_BYTES + 1), timeout_s=1)
        with pytest.raises(PhotoRefusedError, match="at most 24 MiB"):
            worker.read_frame(bytes(MAX_PHOTO_BYTES + 1), width=1, height=1, timeout_s=1)


def test_a_program_that_cannot_start_is_told_in_words() -> None:
    worker = ScanWorker(["no-such-program"])
    with pytest.raises(ScanUnavailableError, match="could not be started"):
        worker.read(b"photo", timeout_s=1)


def test_missing_parts_are_told_in_the_workers_words() -> None:
    says_so = "take(); give(Unavailable('Not installed here.'));"
    with (
        _played(says_so + _HANGS) as worker,
        pytest.raises(ScanUnavailableError, match=r"Not installed here\."),
    ):
        worker.read(b"photo", timeout_s=20)


def test_a_slow_worker_is_killed_and_the_next_photo_gets_a_new_one(tmp_path: Path) -> None:
    slow_once = (
        "from pathlib import Path; first = Path(sys.argv[1]);"
        "tried = first.exists(); first.touch(); take();"
        "sys.stdin.buffer.read() if not tried else give(result('second'));" + _HANGS
    )
    with _played(slow_once, str(tmp_path / "first")) as worker:
        while not (tmp_path / "first").exists():
            with pytest.raises(ScanTimedOutError, match="took too long") as late:
                worker.read(b"photo", timeout_s=0.5)
            assert late.value.retry_safe
        assert worker.read(b"photo", timeout_s=20).engine == "second"


def test_waiting_for_another_threads_photo_counts_as_time() -> None:
    with _played("take();" + _HANGS) as worker:
        errors: list[BaseException] = []

        def read(timeout_s: float) -> None:
            try:
                worker.read(b"photo", timeout_s=timeout_s)
            except ScanTimedOutError as late:
                errors.append(late)

        threads = [threading.Thread(target=read, args=(0.3,)) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(20)
        assert len(errors) == 3


@pytest.mark.parametrize(
    "script",
    [
        "take(); os._exit(3)",
        "take(); os.kill(os.getpid(), 11)",
        "os._exit(0)",
        "take(); sys.stdout.buffer.write(b'Hello, I am no worker'); sys.stdout.flush();" + _HANGS,
        "take(); sys.stdout.buffer.write(b'\\0\\0\\0\\3abc'); sys.stdout.flush();" + _HANGS,
        "take(); sys.stdout.buffer.write(b'\\0\\0\\1\\0half'); sys.stdout.flush(); os._exit(0)",
        "take(); give(result('x' * 500));" + _HANGS,
    ],
    ids=["ends", "crashes", "never starts", "long", "malformed", "half", "out of bounds"],
)
def test_a_worker_that_stops_or_talks_nonsense_is_replaced(script: str) -> None:
    with _played(script) as worker:
        for _ in range(2):
            with pytest.raises(ScanStoppedError, match="Scan again or type the plate") as stopped:
                worker.read(bytes(100_000), timeout_s=20)
            assert stopped.value.retry_safe


def test_a_worker_that_died_while_idle_is_replaced_without_a_word() -> None:
    one_answer = "take(); give(result(str(os.getpid())))"
    with _played(one_answer) as worker:
        first = worker.read(b"photo", timeout_s=20).engine
        for _ in range(50):
            try:
                second = worker.read(b"photo", timeout_s=20).engine
            except ScanStoppedError:
                # It was still on its way out when the photo came.
                continue
            break
        assert first != second


def test_the_worker_knows_nothing_of_the_terminals_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PARKING_SECRET", "1234")
    with _played("take(); give(result(','.join(sorted(os.environ))));" + _HANGS) as worker:
        names = worker.warm_up(timeout_s=20).split(",")
    assert "PARKING_SECRET" not in names
    assert "HOME" not in names
    assert "PATH" in names


def test_closing_twice_is_harmless_and_a_later_read_starts_again() -> None:
    with _played("take(); give(result('here'));" + _HANGS) as worker:
        assert worker.warm_up(timeout_s=20) == "here"
        first = worker.process_id
        worker.close()
        worker.close()
        assert worker.process_id is None
        assert worker.read(b"photo", timeout_s=20).engine == "here"
        assert worker.process_id != first
