"""Joining the city: a hand-over key that the city did not sign is never kept."""

from dataclasses import dataclass, field

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.usecases.enrol_terminal import enrol_terminal
from parking.errors import UnavailableError
from parking.terminal import TerminalKind
from sync.handover import KEY_PREFIX
from sync.wire import SCHEMA_LEVEL, EnrolAnswer
from tests.fakes.secret_store import MemorySecrets
from tests.fakes.terminal import enrolment

ROOT, ONLINE = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
KEY = bytes(range(32))


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def answered(**changes: object) -> EnrolAnswer:
    signed = msgspec.structs.replace(
        enrolment(),
        city_root_key=public(ROOT),
        city_online_key=public(ONLINE),
        online_key_signature=ROOT.sign(b"stamford-online-key-1\n" + public(ONLINE)),
        hand_over_key=KEY,
        hand_over_signature=ONLINE.sign(KEY_PREFIX + KEY),
    )
    return msgspec.structs.replace(signed, **changes)


@dataclass
class Kept:
    answers: list[EnrolAnswer] = field(default_factory=list)

    def keep_identity(self, answer: EnrolAnswer) -> None:
        self.answers.append(answer)


def join(answer: EnrolAnswer) -> list[EnrolAnswer]:
    kept = Kept()
    enrol_terminal(
        MemorySecrets(),
        code="K7-4M2Q",
        kind=TerminalKind.OFFICER,
        ask=lambda _: answer,
        make_store=lambda _: kept,
        schema_level=SCHEMA_LEVEL,
    )
    return kept.answers


@pytest.mark.parametrize(
    "changes", [{}, {"hand_over_key": None, "hand_over_signature": None}], ids=["new", "older"]
)
def test_what_the_city_signed_is_kept(changes: dict[str, object]) -> None:
    answer = answered(**changes)
    assert join(answer) == [answer]


@pytest.mark.parametrize(
    "changes",
    [
        {"hand_over_key": bytes(32)},
        {"hand_over_signature": bytes(64)},
        {"hand_over_signature": None},
        {"hand_over_signature": ROOT.sign(KEY_PREFIX + KEY)},
        {"city_root_key": public(ONLINE)},
    ],
)
def test_what_it_did_not_sign_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(UnavailableError) as told:
        join(answered(**changes))
    assert told.value.key == "enrol.city_key"
