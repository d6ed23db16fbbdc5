"""The gateway over real HTTP: each route, the token, the clock, every way an answer goes bad."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
import msgspec
import pytest
import zstandard
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from parking.errors import UnavailableError, UserError
from parking.numbers import NumberLease
from parking.officer import Officer, Role
from parking.payment import Payment, PaymentOrder, PaymentState, Quote, QuoteRequest, Told
from sync.failures import BusyError, GapError, OffsetError, ResyncError, TooLargeError
from sync.gateway import Device, HTTPGateway
from sync.upload import PhotoToSend
from sync.wire import (
    LANE_HEADER,
    MOST_BODY_BYTES,
    ActivateAnswer,
    ActivateRequest,
    EnrolRequest,
    FeedPage,
    LeaseRequest,
    Op,
    PhotoPlace,
    Problem,
    PushAnswer,
    PushRequest,
    pack,
    unpack,
)
from tests.fakes.clock import NOON, StillClock
from tests.fakes.terminal import TERMINAL_ID, enrolment
from tests.unit.sync.answering import Reply, Request, Server, json_reply, problem

KEY = Ed25519PrivateKey.generate()
PORTAL = Reply(b"<html><body>Accept the terms</body></html>", media_type="text/html")


@pytest.fixture
def server() -> Iterator[Server]:
    with Server().running() as running:
        yield running


@pytest.fixture
def clock() -> StillClock:
    return StillClock()


def made_gateway(server: Server, clock: StillClock) -> Iterator[HTTPGateway]:
    """Yield a gateway, then close it."""
    device = Device(terminal_id=TERMINAL_ID, sign=KEY.sign)
    made = HTTPGateway(server.url, clock, device=device)
    yield made
    made.close()


@pytest.fixture
def gateway(server: Server, clock: StillClock) -> Iterator[HTTPGateway]:
    yield from made_gateway(server, clock)


def feed_page(server_utc: datetime = NOON) -> FeedPage:
    return FeedPage(
        feed_epoch="life-1",
        cursor="life-1:3",
        rows=[],
        more=False,
        as_of={"app": NOON},
        server_utc=server_utc,
    )


def push_request() -> PushRequest:
    return PushRequest(
        lane=2,
        terminal_id=TERMINAL_ID,
        epoch=1,
        schema_level=1,
        sent_utc=NOON,
        head_signature=bytes(64),
        ops=[Op(1, "citation", msgspec.Raw(b'{"a":1}'))],
    )


def payment(payment_id: UUID, **changes: object) -> Payment:
    fields: dict[str, object] = {
        "payment_id": payment_id,
        "state": PaymentState.CREATED,
        "told": Told.WAITING,
        "amount_cents": 125,
        "reference": "K7-4M2Q-88",
        "version": 3,
    }
    return Payment(**(fields | changes))  # type: ignore[arg-type]  # each has its type


def test_a_push_goes_up_compressed_and_comes_back_typed(
    server: Server, gateway: HTTPGateway
) -> None:
    answer = PushAnswer(results=[], durable_through=7, server_utc=NOON)
    server.answer = lambda _: Reply(pack(answer), headers={"Content-Encoding": "zstd"})
    assert gateway.push(push_request()) == answer
    (request,) = server.requests
    assert (request.method, request.path) == ("POST", "/sync/v1/push")
    assert request.headers["Content-Encoding"] == "zstd"
    assert request.headers[LANE_HEADER] == "2"
    assert msgspec.json.decode(unpack(request.body), type=PushRequest) == push_request()


def test_the_feed_is_asked_for_by_its_cursor(server: Server, gateway: HTTPGateway) -> None:
    server.answer = lambda _: json_reply(feed_page())
    assert gateway.feed("life-1:3 &x") == feed_page()
    assert server.requests[0].path == "/sync/v1/feed?cursor=life-1%3A3+%26x&level=2"


PHOTO = PhotoToSend(sha256=bytes(range(32)), byte_length=500_000, read=lambda *_: b"")


def test_the_place_of_a_photo_is_asked_for(server: Server, gateway: HTTPGateway) -> None:
    place = PhotoPlace(offset=262_144)
    server.answer = lambda _: json_reply(place)
    assert gateway.photo_place(PHOTO.sha256) == place
    (request,) = server.requests
    path = f"/sync/v1/photos/{PHOTO.sha256.hex()}/place"
    assert (request.method, request.path) == ("GET", path)


def test_a_chunk_goes_up_with_its_place(server: Server, gateway: HTTPGateway) -> None:
    server.answer = lambda _: json_reply(PhotoPlace(offset=262_144 + 9))
    assert gateway.put_chunk(PHOTO, 262_144, b"some bytes").offset == 262_144 + 9
    (request,) = server.requests
    assert (request.method, request.body) == ("PATCH", b"some bytes")
    assert request.path == f"/sync/v1/photos/{PHOTO.sha256.hex()}"
    assert request.headers["Upload-Offset"] == "262144"
    assert request.headers["Upload-Length"] == "500000"
    assert "Transfer-Encoding" not in request.headers


def test_a_refusal_with_values_can_be_said_in_another_language(
    server: Server, gateway: HTTPGateway
) -> None:
    server.answer = lambda _: json_reply(
        Problem(
            key="tariff.minutes",
            sentence="Minutes: 1 to 90 allowed.",
            form="Minutes: 1 to {most} allowed.",
            values={"most": "90"},
        ),
        400,
    )
    with pytest.raises(UserError) as told:
        gateway.put_thumbnail(PHOTO.sha256, b"small")
    assert (told.value.form, told.value.values) == (
        "Minutes: 1 to {most} allowed.",
        {"most": "90"},
    )
    assert told.value.sentence == "Minutes: 1 to 90 allowed."


def test_another_place_than_ours_is_told(server: Server, gateway: HTTPGateway) -> None:
    other = Problem(key="upload.offset", sentence="Central goes on from byte 7.", offset=7)
    server.answer = lambda _: json_reply(other, 409)
    with pytest.raises(OffsetError) as told:
        gateway.put_chunk(PHOTO, 0, b"x")
    assert told.value.offset == 7


def test_a_thumbnail_goes_up_whole(server: Server, gateway: HTTPGateway) -> None:
    server.answer = lambda _: Reply(status=204, media_type="")
    gateway.put_thumbnail(PHOTO.sha256, b"small")
    (request,) = server.requests
    path = f"/sync/v1/photos/{PHOTO.sha256.hex()}/thumbnail"
    assert (request.method, request.path, request.body) == ("PUT", path, b"small")


def test_enrolment_needs_no_token(server: Server, clock: StillClock) -> None:
    server.answer = lambda _: json_reply(enrolment())
    gateway = HTTPGateway(server.url, clock)
    request = EnrolRequest(code="K7-4M2Q", public_key=bytes(32), proof=bytes(64), schema_level=1)
    assert gateway.enrol(request) == enrolment()
    gateway.close()
    (got,) = server.requests
    assert (got.method, got.path) == ("POST", "/v1/enrolments")
    assert "Authorization" not in got.headers
    assert msgspec.json.decode(got.body, type=EnrolRequest) == request


def test_an_officer_is_activated(server: Server, gateway: HTTPGateway) -> None:
    officer = Officer(officer_id=uuid4(), badge="0417", display_name="M. Ortiz", role=Role.OFFICER)
    server.answer = lambda _: json_reply(ActivateAnswer(officer=officer, officer_key_id=uuid4()))
    assert gateway.activate("0417", "CODE", bytes(32)) == officer
    assert server.requests[0].path == "/v1/activations"
    asked = msgspec.json.decode(server.requests[0].body, type=ActivateRequest)
    assert (asked.badge, asked.code) == ("0417", "CODE")


def test_numbers_are_leased(server: Server, gateway: HTTPGateway) -> None:
    lease = NumberLease(
        lease_id=uuid4(), terminal_id=TERMINAL_ID, series=4, first_serial=1, last_serial=9
    )
    server.answer = lambda _: json_reply(lease)
    assert gateway.lease_numbers(lease.lease_id, 9) == lease
    assert server.requests[0].path == "/v1/number-leases"
    asked = msgspec.json.decode(server.requests[0].body, type=LeaseRequest)
    assert asked == LeaseRequest(lease_id=lease.lease_id, count=9)


def test_a_price_is_asked(server: Server, gateway: HTTPGateway) -> None:
    quote = Quote(
        quote_id=uuid4(),
        zone_id="112",
        plate="AB12345",
        plate_state="CT",
        start_utc=NOON,
        paid_from_utc=NOON,
        end_utc=NOON + timedelta(hours=1),
        billed_minutes=60,
        price_cents=125,
        tariff_version="street 1",
        expires_utc=NOON,
    )
    server.answer = lambda _: json_reply(quote)
    asked = QuoteRequest(zone_id="112", plate="AB12345", plate_state="CT", minutes=60)
    assert gateway.quote(asked) == quote
    assert server.requests[0].path == "/v1/quotes"
    assert msgspec.json.decode(server.requests[0].body, type=QuoteRequest) == asked


def test_a_payment_is_started_awaited_and_called_off(server: Server, gateway: HTTPGateway) -> None:
    order = PaymentOrder(payment_id=uuid4(), quote_id=uuid4(), shown_price_cents=125)
    told = payment(order.payment_id)
    server.answer = lambda _: json_reply(told)
    assert gateway.put_payment(order) == told
    assert gateway.payment(order.payment_id, version=3, wait_s=20) == told
    assert gateway.cancel_payment(order.payment_id) == told
    assert gateway.present_again(order.payment_id) == told
    path = f"/v1/payments/{order.payment_id}"
    assert [(request.method, request.path) for request in server.requests] == [
        ("PUT", path),
        ("GET", f"{path}?wait_s=20&version=3"),
        ("POST", f"{path}/cancel"),
        ("POST", f"{path}/present-again"),
    ]
    assert msgspec.json.decode(server.requests[0].body, type=PaymentOrder) == order


def test_every_request_has_its_own_id(server: Server, gateway: HTTPGateway) -> None:
    server.answer = lambda _: json_reply(feed_page())
    gateway.feed("")
    gateway.feed("")
    ids = {UUID(request.headers["X-Request-Id"]) for request in server.requests}
    assert len(ids) == 2


def claims_of(request: Request) -> dict[str, object]:
    """Check a token as central does; return what it claims."""
    scheme, token = request.headers["Authorization"].split()
    assert scheme == "Bearer"
    assert jwt.get_unverified_header(token)["kid"] == str(TERMINAL_ID)
    claims: dict[str, object] = jwt.decode(
        token,
        KEY.public_key(),
        algorithms=["EdDSA"],
        audience="parking-central",
        options={"verify_exp": False, "verify_iat": False},
    )
    return claims


def test_the_token_is_signed_by_the_device_and_used_until_a_minute_before_its_end(
    server: Server, gateway: HTTPGateway, clock: StillClock
) -> None:
    server.answer = lambda _: json_reply(feed_page())
    gateway.feed("")
    clock.pass_by(minutes=3)
    gateway.feed("")
    clock.pass_by(seconds=1)
    gateway.feed("")
    first, second, third = (claims_of(request) for request in server.requests)
    now = int(NOON.timestamp())
    assert first == {
        "sub": str(TERMINAL_ID),
        "aud": "parking-central",
        "iat": now,
        "exp": now + 240,
    }
    assert second == first
    assert third["iat"] == now + 181


def test_a_wrong_clock_here_signs_by_centrals_time(
    server: Server, gateway: HTTPGateway, clock: StillClock
) -> None:
    clock.utc = datetime(2017, 1, 1, tzinfo=UTC)

    def answer(request: Request) -> Reply:
        if claims_of(request)["iat"] != int(NOON.timestamp()):
            return problem(401, "token.clock", Date="Mon, 01 Mar 2027 17:00:00 GMT")
        return json_reply(feed_page())

    server.answer = answer
    assert gateway.feed("") == feed_page()
    assert gateway.feed("") == feed_page()
    assert len(server.requests) == 3


@pytest.mark.parametrize("date", ["", "yesterday", "Mon, 01 Mar 2027 17:00:00 -0000"])
def test_without_centrals_date_the_clock_cannot_be_helped(
    server: Server, gateway: HTTPGateway, date: str
) -> None:
    server.answer = lambda _: problem(401, "token.clock", Date=date)
    with pytest.raises(UserError) as told:
        gateway.feed("")
    assert told.value.key == "token.clock"
    assert len(server.requests) == 1


def test_an_enrolment_is_not_signed_again(server: Server, clock: StillClock) -> None:
    server.answer = lambda _: problem(401, "token.clock", Date="Mon, 01 Mar 2027 17:00:00 GMT")
    gateway = HTTPGateway(server.url, clock)
    with pytest.raises(UserError):
        gateway.feed("")
    gateway.close()
    assert len(server.requests) == 1


def test_the_clock_offset_is_half_a_round_trip_sure(server: Server, gateway: HTTPGateway) -> None:
    before = gateway.clock_offset
    server.answer = lambda _: json_reply(feed_page(NOON + timedelta(seconds=90)))
    gateway.feed("")
    offset = gateway.clock_offset
    assert before is None
    assert offset is not None
    assert abs(offset.offset_ms - 90_000) <= offset.uncertainty_ms
    assert 1 <= offset.uncertainty_ms < 5000
    assert offset.measured_utc == NOON


def test_centrals_refusal_comes_in_its_own_words(server: Server, gateway: HTTPGateway) -> None:
    server.answer = lambda _: problem(409, "code.used", "This code was used before.")
    with pytest.raises(UserError, match="This code was used before") as told:
        gateway.activate("0417", "CODE", bytes(32))
    assert (told.value.key, told.value.action) == ("code.used", "Ask IT.")


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (problem(413, "body.too_large"), TooLargeError),
        (problem(410, "feed.resync"), ResyncError),
        (problem(503, "push.full", Retry_After="7"), BusyError),
        (problem(429, "push.fast", Retry_After="soon"), BusyError),
        (Reply(b"<h1>503</h1>", 503, media_type="text/html"), BusyError),
    ],
)
def test_refusals_with_a_meaning_for_sync_have_their_own_class(
    server: Server, gateway: HTTPGateway, reply: Reply, kind: type[UnavailableError]
) -> None:
    server.answer = lambda _: reply
    with pytest.raises(kind) as told:
        gateway.push(push_request())
    assert told.value.retry_safe


@pytest.mark.parametrize(
    ("asked", "kept_s"), [("7", 7), ("soon", 0), ("-5", 0), ("9999999", 3600), ("nan", 0)]
)
def test_the_wait_central_asks_for_is_kept_within_reason(
    server: Server, gateway: HTTPGateway, asked: str, kept_s: float
) -> None:
    server.answer = lambda _: problem(503, "push.full", Retry_After=asked)
    with pytest.raises(BusyError) as told:
        gateway.push(push_request())
    assert told.value.retry_after_s == kept_s


def test_a_gap_names_the_operation_to_go_on_from(server: Server, gateway: HTTPGateway) -> None:
    gap = Problem(key="push.gap", sentence="Go on from 5.", next_seq=5)
    server.answer = lambda _: json_reply(gap, 409)
    with pytest.raises(GapError) as told:
        gateway.push(push_request())
    assert told.value.next_seq == 5


_WHOLE = msgspec.json.encode(feed_page())


@pytest.mark.parametrize(
    ("reply", "key"),
    [
        (PORTAL, "network.not_central"),
        (Reply(PORTAL.body, 403, media_type="text/html"), "network.not_central"),
        (Reply(status=302, headers={"Location": "/login"}), "network.not_central"),
        (Reply(_WHOLE, media_type=""), "network.not_central"),
        (Reply(b" " * (MOST_BODY_BYTES + 1)), "network.not_central"),
        (Reply(b'{"key": 1}', 404), "network.not_central"),
        (Reply(b"", headers={"Content-Encoding": "gzip"}), "network.not_central"),
        (Reply(_WHOLE, cut_after=20), "central.cut"),
        (Reply(_WHOLE, cut_after=0), "central.cut"),
        (Reply(_WHOLE[:-9]), "central.cut"),
        (Reply(b"\xff\xfe"), "central.cut"),
        (Reply(_WHOLE, headers={"Content-Encoding": "zstd"}), "central.cut"),
        (
            Reply(zstandard.compress(_WHOLE)[:-9], headers={"Content-Encoding": "zstd"}),
            "central.cut",
        ),
        (Reply(b'{"version": 9}'), "central.version"),
        (Reply(b"[]"), "central.version"),
        (problem(500, "fault"), "central.trouble"),
        (Reply(b"<h1>502</h1>", 502, media_type="text/html"), "central.trouble"),
    ],
)
def test_a_bad_answer_is_one_clear_sentence(
    server: Server, gateway: HTTPGateway, reply: Reply, key: str
) -> None:
    server.answer = lambda _: reply
    with pytest.raises(UnavailableError) as told:
        gateway.feed("")
    assert (told.value.key, told.value.retry_safe) == (key, True)
    assert told.value.sentence.count(". ") <= 3
    server.answer = lambda _: json_reply(feed_page())
    assert gateway.feed("") == feed_page()


def test_a_value_out_of_range_is_an_unknown_version(server: Server, gateway: HTTPGateway) -> None:
    server.answer = lambda _: json_reply(payment(uuid4(), amount_cents=-1))
    with pytest.raises(UnavailableError) as told:
        gateway.payment(uuid4(), version=0, wait_s=0)
    assert told.value.key == "central.version"


def test_nobody_there_is_told(clock: StillClock) -> None:
    with Server().running() as gone:
        url = gone.url
    gateway = HTTPGateway(url, clock)
    with pytest.raises(UnavailableError) as told:
        gateway.feed("")
    assert told.value.key == "network.down"
    with pytest.raises(UnavailableError) as told:
        gateway.wake(lambda: None)
    assert told.value.key == "network.down"
    gateway.close()


@pytest.mark.parametrize("drip_s", [0.02, 5.0], ids=["byte by byte", "silent"])
def test_an_answer_has_a_deadline_as_a_whole(
    server: Server, clock: StillClock, drip_s: float
) -> None:
    server.answer = lambda _: Reply(_WHOLE, drip_s=drip_s)
    gateway = HTTPGateway(server.url, clock, deadline_s=0.2)
    with pytest.raises(UnavailableError) as told:
        gateway.feed("")
    server.hang_up.set()
    gateway.close()
    assert told.value.key == "network.timeout"
