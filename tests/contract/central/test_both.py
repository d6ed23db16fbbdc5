"""What terminals rest on, shown against the fake central and the real one alike."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from hashlib import sha256

import pytest
from msgspec import Raw

from parking.audit import GENESIS, head_bytes, next_link
from parking.errors import UserError
from sync.failures import GapError, OffsetError, ResyncError
from sync.records import encode
from sync.upload import PhotoToSend
from sync.wire import Op, PushRequest
from tests.contract.central.sides import Side, Terminal
from tests.fakes.terminal import citation, photo, save
from tests.unit.central.samples import ZONE
from tests.waiting import wait_until

JPEG = b"\xff\xd8\xff\xe0"


def push_request(terminal: Terminal, first: int, *payloads: bytes) -> PushRequest:
    """Sign citations as the operations from ``first`` on, as if the chain began there."""
    link, ops = GENESIS, []
    for seq, payload in enumerate(payloads, start=first):
        link = next_link(link, seq=seq, name="citation", payload=payload)
        ops.append(Op(seq, "citation", Raw(payload)))
    head = head_bytes(terminal_id=terminal.terminal_id, epoch=1, lane=2, seq=ops[-1].seq, link=link)
    return PushRequest(
        terminal_id=terminal.terminal_id,
        epoch=1,
        lane=2,
        schema_level=1,
        sent_utc=datetime.now(UTC),
        head_signature=terminal.sign(head),
        ops=ops,
    )


def test_what_was_saved_arrives_once_with_its_photo(side: Side, terminal: Terminal) -> None:
    made, plain = citation(terminal_id=terminal.terminal_id), JPEG + os.urandom(200_000)
    digest = terminal.store.save_photo(plain, thumbnail=JPEG)
    save(terminal.store, made, photo(made, digest, len(plain)))
    report = terminal.engine.run_once()
    assert report.error is None
    assert (report.pushed, report.photos) == (2, 1)
    assert made.citation_id in side.citations()
    assert side.photo(digest) == plain
    again = terminal.engine.run_once()
    assert (again.pushed, again.photos, again.error) == (0, 0, None)


def test_a_repeated_push_gets_its_stored_answers(side: Side, terminal: Terminal) -> None:
    made = [citation(terminal_id=terminal.terminal_id) for _ in range(3)]
    request = push_request(terminal, 1, *(encode(one) for one in made))
    first = terminal.gateway.push(request)
    assert [result.seq for result in first.results] == [1, 2, 3]
    assert terminal.gateway.push(request).results == first.results
    assert {one.citation_id for one in made} <= side.citations()


def test_a_gap_names_the_operation_to_go_on_from(terminal: Terminal) -> None:
    terminal.gateway.push(push_request(terminal, 1, encode(citation())))
    with pytest.raises(GapError) as gap:
        terminal.gateway.push(push_request(terminal, 5, encode(citation())))
    assert gap.value.next_seq == 2


def test_the_feed_goes_on_where_it_stopped(side: Side, terminal: Terminal) -> None:
    zones = [replace(ZONE, zone_id=f"C{number}", revision=1) for number in range(7)]
    for zone in zones:
        side.publish(zone)

    def all_there() -> bool:
        assert terminal.engine.run_once().error is None
        return {zone.zone_id for zone in zones} <= {one.zone_id for one in terminal.store.zones()}

    wait_until(all_there, what="the zones")
    later = replace(ZONE, zone_id="C7", name="Later")
    side.publish(later)
    wait_until(
        lambda: terminal.engine.run_once().changed and terminal.store.zone("C7"), what="the change"
    )
    assert terminal.store.zone("C7") is not None


def test_a_cursor_of_another_life_means_reading_everything_again(terminal: Terminal) -> None:
    with pytest.raises(ResyncError):
        terminal.gateway.feed("deadbeef-1:5:0")


def test_a_photo_sent_twice_is_kept_once(side: Side, terminal: Terminal) -> None:
    plain = JPEG + os.urandom(1000)
    to_send = PhotoToSend(
        sha256=sha256(plain).digest(),
        byte_length=len(plain),
        read=lambda offset, most: plain[offset : offset + most],
    )
    for _ in range(2):
        assert terminal.gateway.put_chunk(to_send, 0, plain).complete
    assert terminal.gateway.photo_place(to_send.sha256).complete
    assert side.photo(to_send.sha256) == plain


def test_a_photo_goes_on_from_the_byte_that_central_names(side: Side, terminal: Terminal) -> None:
    plain = JPEG + os.urandom(1000)
    to_send = PhotoToSend(
        sha256=sha256(plain).digest(), byte_length=len(plain), read=lambda *_: b""
    )
    assert terminal.gateway.photo_place(to_send.sha256).offset == 0
    assert terminal.gateway.put_chunk(to_send, 0, plain[:400]).offset == 400
    with pytest.raises(OffsetError) as told:
        terminal.gateway.put_chunk(to_send, 0, plain)
    assert told.value.offset == terminal.gateway.photo_place(to_send.sha256).offset == 400
    assert terminal.gateway.put_chunk(to_send, 400, plain[400:]).complete
    assert side.photo(to_send.sha256) == plain


def test_a_photo_that_arrives_damaged_is_refused_and_begun_again(
    side: Side, terminal: Terminal
) -> None:
    plain = JPEG + os.urandom(1000)
    to_send = PhotoToSend(
        sha256=sha256(plain).digest(), byte_length=len(plain), read=lambda *_: b""
    )
    with pytest.raises(UserError) as told:
        terminal.gateway.put_chunk(to_send, 0, JPEG + bytes(1000))
    assert told.value.key == "photo.hash"
    assert terminal.gateway.photo_place(to_send.sha256).offset == 0
    assert side.photo(to_send.sha256) is None
