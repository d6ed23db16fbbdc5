"""Uses of validation codes that come in at sync: a second use is found, and nobody is charged."""

from typing import Any
from uuid import uuid4

import pytest

from central.push.vouchers import USED_TWICE
from parking.terminal import TerminalKind
from parking.voucher import VoucherUse
from sync.wire import OpResult
from tests.unit.central.device import Device
from tests.unit.central.service import Service


@pytest.fixture
def kiosks(service: Service) -> list[Device]:
    return [service.enrol_new(TerminalKind.KIOSK) for _ in range(2)]


def use(service: Service, kiosk: Device, **changed: Any) -> VoucherUse:
    made: dict[str, Any] = {
        "voucher_use_id": uuid4(),
        "voucher_id": uuid4(),
        "issuer": "Ferguson Library",
        "single_use": True,
        "terminal_id": kiosk.terminal.terminal_id,
        "zone_id": "Z12",
        "plate": "AB-12345",
        "plate_state": "CT",
        "used_utc": service.now_utc,
        "discount_cents": 125,
    }
    return VoucherUse(**{**made, **changed})


def pushed(service: Service, kiosk: Device, *uses: VoucherUse) -> list[OpResult]:
    return kiosk.push(service.client, *uses).results


def flags(service: Service, *uses: VoucherUse) -> int:
    statement = "select count(*) from flags where key = any (%(keys)s) and code = %(code)s"
    keys = [str(each.voucher_use_id) for each in uses]
    return int(service.one(statement, keys=keys, code=USED_TWICE))


def test_the_second_use_of_a_single_use_code_is_stored_and_flagged(
    service: Service, kiosks: list[Device]
) -> None:
    one, other = kiosks
    first = use(service, one)
    second = use(service, other, voucher_id=first.voucher_id)

    assert [each.outcome for each in pushed(service, one, first)] == ["applied"]
    [answer] = pushed(service, other, second)
    assert (answer.outcome, answer.code) == ("flagged", USED_TWICE)
    assert "the driver owes nothing" in answer.text
    assert (flags(service, first), flags(service, second)) == (0, 1)
    both = "select count(*) from voucher_use where voucher_id = %(id)s"
    assert service.one(both, id=first.voucher_id) == 2


def test_codes_for_many_uses_and_different_codes_are_not_flagged(
    service: Service, kiosks: list[Device]
) -> None:
    kiosk = kiosks[0]
    often = use(service, kiosk, single_use=False)
    again = use(service, kiosk, single_use=False, voucher_id=often.voucher_id)
    different = use(service, kiosk)

    answers = pushed(service, kiosk, often, again, different)
    assert [each.outcome for each in answers] == ["applied"] * 3
    assert flags(service, often, again, different) == 0
