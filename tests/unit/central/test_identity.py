"""Who may speak: tokens, enrolment codes, activation of officers. Each refusal is one sentence."""

from dataclasses import replace
from datetime import timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import httpx
import jwt
import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from central.identity.city_keys import ONLINE_SIGNATURE, init_keys, online_key_bytes, read_keys
from central.identity.codes import Grant, Purpose, make_code
from central.settings import Settings
from parking.errors import UserError
from parking.officer import Officer, Role
from parking.terminal import Terminal, TerminalKind
from sync.wire import ActivateAnswer, ActivateRequest, EnrolAnswer
from tests.unit.central.device import Device
from tests.unit.central.samples import OFFICER
from tests.unit.central.service import Service, TestClock, problem, running


def ask(service: Service, token: str) -> httpx.Response:
    return service.client.get("/sync/v1/feed", headers={"Authorization": token})


def test_a_device_gets_what_it_must_keep(service: Service) -> None:
    device, keys = Device(), service.central.keys
    code = service.code("K-90", TerminalKind.KIOSK, zone_id="Z12", reader_id="tmr_1")
    answer = device.enrol(service.client, code)
    assert (answer.terminal.name, answer.terminal.kind) == ("K-90", TerminalKind.KIOSK)
    assert (answer.terminal.zone_id, answer.terminal.reader_id) == ("Z12", "tmr_1")
    assert answer.terminal.public_key == device.public_key
    assert (answer.terminal.epoch, answer.terminal.revision) == (1, 1)
    root = Ed25519PublicKey.from_public_bytes(answer.city_root_key)
    root.verify(answer.online_key_signature, online_key_bytes(answer.city_online_key))
    assert answer.city_online_key == keys.online_public


def test_series_are_never_given_twice(service: Service) -> None:
    series = [service.enrol_new().terminal.series for _ in range(5)]
    assert len(set(series)) == 5


def test_a_code_may_be_typed_carelessly(service: Service) -> None:
    code = service.code("T-91", TerminalKind.OFFICER)
    careless = f" {code.lower().replace('0', 'o').replace('1', 'l').replace('-', ' ')} "
    assert Device().enrol(service.client, careless).terminal.name == "T-91"


def enrol(service: Service, code: str, **changed: Any) -> httpx.Response:
    request = msgspec.structs.replace(Device().enrol_request(code), **changed)
    return service.client.post("/v1/enrolments", content=msgspec.json.encode(request))


def wrong(code: str) -> str:
    return code[:-1] + ("A" if code[-1] != "A" else "B")


@pytest.mark.parametrize(
    "typed", ["4F7K", "4F7K-2M9Q-1", "4F7K-2M9U", "ZZZZ-ZZZZ", "caf\u00e9-4F7K"]
)
def test_a_code_that_was_never_made_is_refused(service: Service, typed: str) -> None:
    answer = enrol(service, typed)
    assert (answer.status_code, problem(answer).key) == (403, "code.unknown")
    assert "4F7K-2M9Q" in problem(answer).sentence


def test_a_code_works_once(service: Service) -> None:
    code = service.code("T-92", TerminalKind.OFFICER)
    assert enrol(service, code).status_code == 200
    answer = enrol(service, code)
    assert (answer.status_code, problem(answer).key) == (403, "code.used")


def test_a_code_ends_after_ten_minutes(fresh_service: Service) -> None:
    code = fresh_service.code("T-93", TerminalKind.OFFICER)
    clock = fresh_service.central.clock
    assert isinstance(clock, TestClock)
    clock.ahead = timedelta(minutes=10)
    answer = enrol(fresh_service, code)
    assert (answer.status_code, problem(answer).key) == (403, "code.expired")


def test_a_code_is_spent_after_five_wrong_tries_even_for_the_right_one(service: Service) -> None:
    code = service.code("T-94", TerminalKind.OFFICER)
    keys = [problem(enrol(service, wrong(code))).key for _ in range(5)]
    assert keys == ["code.unknown"] * 4 + ["code.spent"]
    assert problem(enrol(service, code)).key == "code.spent"


def test_codes_are_kept_only_as_hashes(service: Service) -> None:
    code = service.code("T-95", TerminalKind.OFFICER)
    rows = service.rows("select * from one_time_codes where code_id = %(id)s", id=code[:4])
    assert code[5:] not in str(rows)


def test_a_device_must_prove_that_it_holds_its_key(service: Service) -> None:
    code = service.code("T-96", TerminalKind.OFFICER)
    for changed in ({"proof": bytes(64)}, {"public_key": Device().public_key}):
        answer = enrol(service, code, **changed)
        assert (answer.status_code, problem(answer).key) == (400, "enrol.proof")
    assert enrol(service, code).status_code == 200


def test_an_enrolment_code_activates_nobody(service: Service) -> None:
    device = service.enrol_new()
    code = service.code("T-97", TerminalKind.OFFICER)
    assert problem(activate(service, device, "0417", code)).key == "code.unknown"


def test_the_last_series_is_said_in_words(fresh_service: Service) -> None:
    device = fresh_service.enrol()
    fresh_service.store(replace(device.terminal, series=9999))
    answer = enrol(fresh_service, fresh_service.code("T-98", TerminalKind.OFFICER))
    assert (answer.status_code, problem(answer).key) == (409, "enrol.series")


@pytest.mark.parametrize(
    ("authorization", "key"),
    [
        ("", "token.missing"),
        ("Bearer", "token.missing"),
        ("Basic dTpw", "token.missing"),
        ("Bearer x.y.z", "token.invalid"),
        ("Bearer " + jwt.encode({}, "k" * 32, headers={"kid": "no uuid"}), "token.invalid"),
        ("Bearer " + jwt.encode({}, "k" * 32, headers={"kid": "0" * 32}), "terminal.unknown"),
    ],
)
def test_without_a_devices_token_nothing_is_told(
    service: Service, authorization: str, key: str
) -> None:
    answer = ask(service, authorization)
    assert (answer.status_code, problem(answer).key) == (401, key)
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another"},
        {"sub": "01a203e6-b32d-723e-b68a-16305fe79d3f"},
        {"exp": "soon"},
        {"iat": 1e300},
        {"iat": 0},
    ],
)
def test_a_token_that_says_something_else_is_refused(
    service: Service, claims: dict[str, Any]
) -> None:
    device = service.enrol_new()
    answer = ask(service, f"Bearer {device.token(service.now_utc, **claims)}")
    assert (answer.status_code, problem(answer).key) == (401, "token.invalid")


def test_a_token_of_another_key_is_refused(service: Service) -> None:
    device = service.enrol_new()
    device.key = Ed25519PrivateKey.generate()
    answer = ask(service, f"Bearer {device.token(service.now_utc)}")
    assert problem(answer).key == "token.invalid"


@pytest.mark.parametrize("skew", [timedelta(hours=2), -timedelta(hours=2)])
def test_a_device_with_a_wrong_clock_can_sign_again_by_the_date(
    service: Service, skew: timedelta
) -> None:
    device = service.enrol_new()
    answer = ask(service, f"Bearer {device.token(service.now_utc + skew)}")
    assert (answer.status_code, problem(answer).key) == (401, "token.clock")
    told = parsedate_to_datetime(answer.headers["date"])
    assert len(answer.headers.get_list("date")) == 1
    assert ask(service, f"Bearer {device.token(told)}").status_code == 200


def test_a_revoked_device_is_shut_out(service: Service) -> None:
    device = service.enrol_new()
    token = f"Bearer {device.token(service.now_utc)}"
    assert ask(service, token).status_code == 200
    service.store(replace(device.terminal, revoked=True))
    answer = ask(service, token)
    assert (answer.status_code, problem(answer).key) == (403, "terminal.revoked")


def activation_code(service: Service, officer: Officer = OFFICER) -> str:
    with service.central.database.unit_of_work("test") as connection:
        grant = Grant(officer_id=officer.officer_id)
        return make_code(connection, Purpose.ACTIVATE, grant, now_utc=service.now_utc)


def activate(service: Service, device: Device, badge: str, code: str) -> httpx.Response:
    key = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    body = msgspec.json.encode(ActivateRequest(badge=badge, code=code, officer_public_key=key))
    return service.client.post("/v1/activations", content=body, headers=device.headers())


def test_an_officer_is_bound_to_a_device_once_per_code(service: Service) -> None:
    device, code = service.enrol_new(), activation_code(service)
    answer = activate(service, device, "0417", code)
    assert answer.status_code == 200, answer.text
    found = msgspec.json.decode(answer.content, type=ActivateAnswer)
    assert replace(found.officer, revision=0) == OFFICER
    keys = [
        msgspec.json.decode(row.data)["officer_key_id"]
        for row in service.feed_until(device, "officer_key")
    ]
    assert str(found.officer_key_id) in keys
    assert problem(activate(service, device, "0417", code)).key == "code.used"


def test_a_wrong_badge_costs_a_try_not_the_code(service: Service) -> None:
    device, code = service.enrol_new(), activation_code(service)
    answer = activate(service, device, "0999", code)
    assert (answer.status_code, problem(answer).key) == (403, "activate.badge")
    assert activate(service, device, "0417", code).status_code == 200


def test_who_left_the_service_is_not_activated(service: Service) -> None:
    gone = Officer(
        officer_id=device_id(service),
        badge="0666",
        display_name="A. Gone",
        role=Role.OFFICER,
        active=False,
    )
    service.store(gone)
    answer = activate(service, service.enrol_new(), "0666", activation_code(service, gone))
    assert (answer.status_code, problem(answer).key) == (403, "activate.inactive")


def device_id(service: Service) -> Any:
    return service.enrol_new().terminal.terminal_id


def test_nobody_signs_in_on_a_kiosk(service: Service) -> None:
    device = service.enrol_new(TerminalKind.KIOSK)
    answer = activate(service, device, "0417", activation_code(service))
    assert (answer.status_code, problem(answer).key) == (403, "activate.kiosk")


def test_keys_are_readable_by_their_owner_alone(settings: Settings) -> None:
    for path in settings.keys_dir.iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_broken_keys_stop_the_service_with_the_file_named(settings: Settings) -> None:
    signature = settings.keys_dir / ONLINE_SIGNATURE
    for content, words in (
        ("00" * 64, "not signed by the root"),
        ("xy", "cannot be read"),
        ("00", "64 bytes"),
    ):
        signature.write_text(content)
        with pytest.raises(UserError, match=words), running(settings, TestClock()):
            pass
    signature.unlink()
    with pytest.raises(UserError, match="is missing") as missing:
        read_keys(settings.keys_dir)
    assert "init-keys" in missing.value.action


def test_keys_cannot_be_made_where_nothing_can_be_written(settings: Settings) -> None:
    with pytest.raises(UserError, match="already holds keys"):
        init_keys(settings.keys_dir)
    with pytest.raises(UserError, match="cannot be written"):
        init_keys(settings.keys_dir / ONLINE_SIGNATURE)


def test_types_of_the_answers_are_those_of_the_wire() -> None:
    assert EnrolAnswer.__annotations__["terminal"] is Terminal
