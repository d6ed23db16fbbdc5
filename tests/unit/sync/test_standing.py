"""When a terminal asks how it stands, and what it gives back to a central that was restored."""

from dataclasses import dataclass, field

import pytest

from parking.errors import UnavailableError, UserError
from sync.engine import SyncEngine
from sync.failures import no_network
from sync.report import SyncReport
from sync.standing import ASK_EVERY_S, ASK_WHILE_KEEPING_S, StandingLeg
from sync.vouching import UNKNOWN, ComeBack, ComeBackAnswer, SignedCertificate, Standing
from tests.fakes.clock import NOON

SIGNED = SignedCertificate(
    said=b"{}", signature=bytes(64), online_key=bytes(32), online_key_signature=bytes(64)
)
STANDING = Standing(
    durable=[],
    durability="archived",
    certificate=SIGNED,
    hand_over_key=bytes(32),
    hand_over_signature=bytes(64),
    server_utc=NOON,
)


@dataclass
class City:
    """Both sides of the leg, and its clock."""

    given: ComeBack | None = None
    keeps: bool = False
    dated: bool = False
    refusal: UserError | UnavailableError | None = None
    now_s: float = 0.0
    told: list[str] = field(default_factory=list)

    def keeps_answered(self) -> bool:
        return self.keeps

    def is_dated(self) -> bool:
        return self.dated

    def keep(self, standing: Standing) -> None:
        assert standing is STANDING

    def to_give_back(self, *, unknown: bool) -> ComeBack | None:
        return self.given if unknown else None

    def gave_back(self) -> None:
        self.told.append("gave back")

    def standing(self) -> Standing:
        self.told.append("standing")
        return STANDING

    def come_back(self, given: ComeBack) -> ComeBackAnswer:
        if self.refusal is not None:
            raise self.refusal
        return ComeBackAnswer(terminals=1, officer_keys=0, leases=len(given.leases))

    def leg(self) -> StandingLeg:
        return StandingLeg(self, self, lambda: self.now_s)


@pytest.mark.parametrize(
    ("keeps", "dated", "wait_s"),
    [
        (False, False, ASK_EVERY_S),
        (True, False, ASK_WHILE_KEEPING_S),
        (False, True, 0.0),
    ],
)
def test_it_asks_at_once_and_then_when_there_is_a_reason(
    keeps: bool, dated: bool, wait_s: float
) -> None:
    city = City(keeps=keeps, dated=dated)
    leg = city.leg()

    def asked() -> int:
        leg.run(SyncReport(), lambda _: None, lambda: False)
        return city.told.count("standing")

    assert asked() == 1
    city.now_s = wait_s - 0.5
    assert asked() == 1 + (wait_s == 0)
    city.now_s = wait_s
    assert asked() == 2 + (wait_s == 0)


class Forgetful:
    """A central that does not know the device, some times."""

    def __init__(self, times: int) -> None:
        self.times = times

    def run(self, *_: object, **__: object) -> None:
        self.times -= 1
        if self.times >= 0:
            raise UserError(UNKNOWN, "Not known.", action="Enrol this device again.")


def rounds(engine: SyncEngine, city: City, *, unknown: int, count: int) -> list[SyncReport]:
    engine._standing = city.leg()
    engine._pushing = engine._pulling = Forgetful(0)  # type: ignore[assignment]  # legs that only fail
    engine._pushing = Forgetful(unknown)  # type: ignore[assignment]  # likewise
    return [engine.run_once() for _ in range(count)]


def test_a_device_that_is_not_known_comes_back_and_goes_on(engine: SyncEngine) -> None:
    city = City(given=ComeBack(certificate=SIGNED, leases=[]))
    first, second = rounds(engine, city, unknown=1, count=2)
    assert (first.error, first.again) == (None, True)
    assert second.error is None
    assert city.told == ["gave back", "standing"]


@pytest.mark.parametrize(
    ("given", "refusal", "key"),
    [
        (None, None, UNKNOWN),
        (SIGNED, UserError("terminal.revoked", "Revoked."), "terminal.revoked"),
        (SIGNED, no_network(), "network.down"),
    ],
)
def test_where_it_cannot_come_back_a_person_is_told_why(
    engine: SyncEngine,
    given: SignedCertificate | None,
    refusal: UserError | UnavailableError | None,
    key: str,
) -> None:
    back = None if given is None else ComeBack(certificate=given, leases=[])
    (report,) = rounds(engine, City(given=back, refusal=refusal), unknown=1, count=1)
    assert getattr(report.error, "key", "") == key
    assert not report.again


def test_where_coming_back_does_not_help_it_is_not_tried_for_ever(engine: SyncEngine) -> None:
    city = City(given=ComeBack(certificate=SIGNED, leases=[]))
    *_, last = rounds(engine, city, unknown=2, count=2)
    assert getattr(last.error, "key", "") == UNKNOWN
    assert city.told == ["gave back"]
