"""Reading bodies and writing answers: size limits, zstd, msgspec, the records' own checks.

Runs on the event loop; only decompression and decoding of at most a few megabytes happen here.
"""

from typing import TypeVar

import msgspec
from fastapi import Request
from starlette.responses import Response

from central.problems import RefusedError
from sync.records import check
from sync.wire import pack, unpack

T = TypeVar("T")
_JSON = "application/json"


async def read_body(request: Request, *, most_bytes: int) -> bytes:
    """Return the whole body, decompressed where ``Content-Encoding: zstd`` says so.

    Raises:
        RefusedError: 413 ``body.too_large``, 415 ``body.encoding``.
        UserError: ``wire.compression``.
    """
    chunks, length = [], 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > most_bytes:
            raise too_large(most_bytes)
        chunks.append(chunk)
    encoding = request.headers.get("content-encoding", "identity").lower()
    if encoding == "zstd":
        return unpack(b"".join(chunks))
    if encoding != "identity":
        raise RefusedError(415, "body.encoding", "A body is sent plain or compressed with zstd.")
    return b"".join(chunks)


def too_large(most_bytes: int) -> RefusedError:
    """Return the refusal of a body above its limit."""
    return RefusedError(413, "body.too_large", f"The body may have at most {most_bytes} bytes.")


def decode(body: bytes, of: type[T]) -> T:
    """Read a message and check the markers of every record in it.

    Raises:
        RefusedError: 400 ``body.malformed``, naming the field.
        UserError: ``record.field``.
    """
    try:
        message = msgspec.json.decode(body, type=of)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RefusedError(
            400, "body.malformed", f"The body is no {of.__name__}: {error}."[:500]
        ) from error
    if hasattr(of, "__dataclass_fields__"):
        check(message)
    return message


async def read_message(request: Request, of: type[T]) -> T:
    """Read and decode the body of a request; as ``read_body`` and ``decode``."""
    most_bytes: int = request.app.state.central.settings.most_body_bytes
    return decode(await read_body(request, most_bytes=most_bytes), of)


def reply(message: object, request: Request, *, status: int = 200) -> Response:
    """Answer with JSON, compressed when the caller reads zstd."""
    if "zstd" in request.headers.get("accept-encoding", ""):
        headers = {"Content-Encoding": "zstd", "Vary": "Accept-Encoding"}
        return Response(pack(message), status, headers, media_type=_JSON)
    return Response(msgspec.json.encode(message), status, media_type=_JSON)
