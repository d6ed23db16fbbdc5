"""What the terminal and the scan worker say to each other over two pipes, and what can go wrong.

Each message is four bytes of length (big endian) and that many bytes of MessagePack. Both sides
distrust the other: lengths are capped and fields have bounds. Any thread. Must not import numpy,
OpenCV or onnxruntime: the terminal imports this module.

    UserError
    └── PhotoRefusedError       no image, too large, cut short
    UnavailableError
    ├── ScanUnavailableError    the optional libraries or network files are not here
    ├── ScanTimedOutError       no answer in time; the worker was killed
    └── ScanStoppedError        the worker ended in the middle of a photo
"""

import struct
from typing import IO, Annotated

import msgspec

from parking.errors import UnavailableError, UserError

MAX_PHOTO_BYTES = 24 * 1024 * 1024
"""Largest photo file and largest raw frame that is looked at."""

MAX_REQUEST_BYTES = MAX_PHOTO_BYTES + 1024
MAX_ANSWER_BYTES = 64 * 1024
_LENGTH = struct.Struct(">I")

Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
Pixel = Annotated[int, msgspec.Meta(ge=-100_000, le=100_000)]
Words = Annotated[str, msgspec.Meta(max_length=400)]


class PhotoRefusedError(UserError):
    """The picture cannot be looked at; the sentence says why."""


class ScanUnavailableError(UnavailableError):
    """Plate reading is not installed on this machine; plates are typed."""

    def __init__(self, sentence: str) -> None:
        super().__init__("scan.unavailable", sentence, retry_safe=False)


class ScanTimedOutError(UnavailableError):
    """The worker gave no answer in time and was killed; the next photo starts a new one."""

    def __init__(self) -> None:
        super().__init__(
            "scan.timed_out",
            "Reading the photo took too long. Scan again or type the plate.",
            retry_safe=True,
        )


class ScanStoppedError(UnavailableError):
    """The worker ended in the middle of a photo; the next photo starts a new one."""

    def __init__(self) -> None:
        super().__init__(
            "scan.stopped",
            "Reading the photo stopped. Scan again or type the plate.",
            retry_safe=True,
        )


class Photo(msgspec.Struct, frozen=True, tag=True):
    """Asks to read a JPEG or PNG file, at most `MAX_PHOTO_BYTES` long."""

    content: bytes


class Frame(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """Asks to read one camera frame.

    Attributes:
        width: Pixels in a row, >= 1.
        height: Rows, >= 1.
        rgb: width x height x 3 bytes, red-green-blue, rows from the top without padding.
    """

    width: int
    height: int
    rgb: bytes


class WarmUp(msgspec.Struct, frozen=True, tag=True):
    """Asks to load the networks and answer with no candidates."""


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """An upright rectangle in the photo after its own rotation note was applied, in pixels."""

    x: Pixel
    y: Pixel
    width: Pixel
    height: Pixel


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One suggestion; a person confirms it.

    Attributes:
        text: A-Z and 0-9 only, 2 to 10 characters: a plate key.
        score: How sure the reader is, 0..1; the scores of one photo sum to at most 1.
        box: Where it stands in the photo.
        usual_in: Two-letter codes of states whose usual plates are arranged like this.
        note: What the arrangement says, in plain English.
        uncertain: Positions in `text`, from 0, that other reads of the photo contradict.
    """

    text: Annotated[str, msgspec.Meta(pattern="^[A-Z0-9]{2,10}$")]
    score: Share
    box: Box
    usual_in: tuple[Annotated[str, msgspec.Meta(max_length=2)], ...]
    note: Words
    uncertain: tuple[Annotated[int, msgspec.Meta(ge=0, le=9)], ...]


class ScanResult(msgspec.Struct, frozen=True, tag=True, kw_only=True):
    """What was read from one photo.

    Attributes:
        candidates: Best first; empty when nothing looks like a plate.
        engine: Name and versions of everything that decided the read, for the audit trail.
        elapsed_ms: Time inside the worker, decoding included.
    """

    candidates: Annotated[tuple[Candidate, ...], msgspec.Meta(max_length=10)]
    engine: Words
    elapsed_ms: Annotated[int, msgspec.Meta(ge=0)]


class Refused(msgspec.Struct, frozen=True, tag=True):
    """The worker's word that the picture cannot be looked at."""

    key: Words
    sentence: Words


class Unavailable(msgspec.Struct, frozen=True, tag=True):
    """The worker's word that a library or network file is missing."""

    sentence: Words


Request = Photo | Frame | WarmUp
Answer = ScanResult | Refused | Unavailable


def send(pipe: IO[bytes], message: Request | Answer) -> None:
    """Write one message and flush.

    Raises:
        OSError: When the other side is gone.
    """
    content = msgspec.msgpack.encode(message)
    pipe.write(_LENGTH.pack(len(content)))
    pipe.write(content)
    pipe.flush()


def receive(pipe: IO[bytes], *, limit: int) -> bytes | None:
    """Read the content of one message; blocks.

    Args:
        pipe: A buffered pipe.
        limit: Longest content in bytes that is taken.

    Returns:
        The content, or None when the other side closed, also in the middle of a message.

    Raises:
        ValueError: When a longer message is announced; the pipe is then of no more use.
    """
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > limit:
        raise ValueError(f"a message of {length} bytes is longer than {limit}")
    content = pipe.read(length)
    return content if len(content) == length else None
