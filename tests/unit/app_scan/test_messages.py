"""Two processes understand each other, and distrust each other's lengths."""

import io

import msgspec
import pytest

from app.scan.messages import (
    Answer,
    Box,
    Candidate,
    Frame,
    Photo,
    Refused,
    Request,
    ScanResult,
    Unavailable,
    WarmUp,
    receive,
    send,
)

_BOX = Box(x=-3, y=10, width=120, height=40)
_CANDIDATE = Candidate(
    text="AB12345", score=0.91, box=_BOX, usual_in=("CT",), note="fits CT", uncertain=(1, 2)
)


def _sent(message: Request | Answer) -> io.BytesIO:
    pipe = io.BytesIO()
    send(pipe, message)
    pipe.seek(0)
    return pipe


@pytest.mark.parametrize(
    "request_", [Photo(b"\xff\xd8"), Frame(width=1, height=1, rgb=b"abc"), WarmUp()]
)
def test_a_request_arrives_as_it_was_sent(request_: Request) -> None:
    content = receive(_sent(request_), limit=1000)
    assert content is not None
    assert msgspec.msgpack.decode(content, type=Request) == request_


@pytest.mark.parametrize(
    "answer",
    [
        ScanResult(candidates=(_CANDIDATE,), engine="one", elapsed_ms=12),
        Refused("photo.truncated", "The photo is cut short."),
        Unavailable("Not installed."),
    ],
)
def test_an_answer_arrives_as_it_was_sent(answer: Answer) -> None:
    content = receive(_sent(answer), limit=1000)
    assert content is not None
    assert msgspec.msgpack.decode(content, type=Answer) == answer


def test_messages_follow_each_other() -> None:
    pipe = io.BytesIO()
    for content in (b"one", b"two"):
        send(pipe, Photo(content))
    pipe.seek(0)
    first, second = receive(pipe, limit=100), receive(pipe, limit=100)
    assert first is not None
    assert second is not None
    assert (b"one" in first, b"two" in second) == (True, True)
    assert receive(pipe, limit=100) is None


def test_a_pipe_that_closes_anywhere_in_a_message_gives_none() -> None:
    whole = _sent(Photo(b"photo")).getvalue()
    for length in range(len(whole)):
        assert receive(io.BytesIO(whole[:length]), limit=100) is None


def test_a_message_longer_than_allowed_is_not_read() -> None:
    with pytest.raises(ValueError, match="longer than 10"):
        receive(_sent(Photo(bytes(100))), limit=10)


@pytest.mark.parametrize(
    "change",
    [
        {"text": "ab12"},
        {"text": "A" * 11},
        {"text": "A; DROP"},
        {"score": 1.5},
        {"score": float("nan")},
        {"uncertain": (11,)},
    ],
)
def test_an_answer_that_no_reader_gives_is_refused(change: dict[str, object]) -> None:
    odd = msgspec.structs.replace(_CANDIDATE, **change)
    content = receive(
        _sent(ScanResult(candidates=(odd,), engine="one", elapsed_ms=1)), limit=10_000
    )
    assert content is not None
    with pytest.raises(msgspec.ValidationError):
        msgspec.msgpack.decode(content, type=Answer)
