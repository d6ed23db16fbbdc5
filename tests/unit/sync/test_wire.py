"""Packing of bodies: whole, small enough, and nothing behind."""

import pytest
import zstandard

from parking.errors import UserError
from sync.wire import MOST_BODY_BYTES, Problem, pack, unpack

_TOO_MUCH = bytes(MOST_BODY_BYTES + 1)


def test_a_message_unpacks_to_its_json() -> None:
    assert unpack(pack(Problem(key="a", sentence="b"))) == (
        b'{"key":"a","sentence":"b","action":"","next_seq":0,"offset":0,"form":"","action_form":"","values":{}}'
    )


def test_the_largest_body_passes() -> None:
    assert unpack(zstandard.compress(bytes(MOST_BODY_BYTES))) == bytes(MOST_BODY_BYTES)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"plain",
        zstandard.compress(b"whole")[:-1],
        zstandard.compress(b"whole") + b"more",
        zstandard.compress(_TOO_MUCH),
        zstandard.ZstdCompressor(write_content_size=False).compress(_TOO_MUCH),
    ],
    ids=["empty", "plain", "cut", "more behind", "promised too much", "too much"],
)
def test_any_other_body_is_refused_in_one_sentence(body: bytes) -> None:
    with pytest.raises(UserError, match="cut, too large, or not compressed") as told:
        unpack(body)
    assert told.value.key == "wire.compression"
