"""The public test vectors: every row of FIELD.md C1 and every line of RULES.md 1-11."""

from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest

from parking.errors import UserError
from parking.price import overlap_refund_cents
from parking.pricing import TariffQuote, quote
from parking.right import ParkingSession
from parking.stay import running_stay
from parking.tariff import Tariff
from parking.tariff_check import check_tariff
from tests.unit.parking.samples import session, uid

FILE = Path(__file__).parents[3] / "resources" / "rules" / "tariff_vectors.json"
VECTORS: dict[str, Any] = msgspec.json.decode(FILE.read_bytes())
CASES: list[dict[str, Any]] = VECTORS["cases"]


@cache
def tariffs() -> dict[str, Tariff]:
    found = msgspec.convert(VECTORS["tariffs"], list[Tariff])
    return {tariff.tariff_id: tariff for tariff in found}


def instant(text: str) -> datetime:
    return msgspec.convert(text, datetime)


def rights(case: dict[str, Any]) -> list[ParkingSession]:
    return [
        session(
            parking_session_id=uid(place),
            start_utc=instant(paid["start"]),
            end_utc=instant(paid["end"]),
            price_cents=paid.get("price_cents", 0),
            revoked_utc=instant(paid["start"]) if paid.get("refunded") else None,
        )
        for place, paid in enumerate(case.get("paid", ()), 1)
    ]


def told(offer: TariffQuote) -> dict[str, Any]:
    return {
        "start": offer.start_utc,
        "paid_from": offer.paid_from_utc,
        "end": offer.end_utc,
        "granted": offer.granted_minutes,
        "billed": offer.billed_minutes,
        "price_cents": offer.price_cents,
        "reasons": list(offer.reasons),
    }


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case['rule']}: {case['what']}")
def test_vector(case: dict[str, Any]) -> None:
    tariff, at_utc, expected = tariffs()[case["tariff"]], instant(case["at"]), case["expect"]
    grace_s = case.get("exit_grace_s", 0)
    stay = running_stay(tariff, rights(case), at_utc, exit_grace_s=grace_s)
    if "refused" in expected:
        with pytest.raises(UserError) as caught:
            quote(tariff, at_utc, case["minutes"], stay=stay)
        assert caught.value.key == expected["refused"]
        assert caught.value.action == expected.get("action", caught.value.action)
        return
    offer = quote(tariff, at_utc, case["minutes"], stay=stay)
    found = told(offer)
    found["refund_cents"] = overlap_refund_cents(tariff, rights(case), exit_grace_s=grace_s)
    found["valid"] = {
        text: offer.start_utc <= instant(text) < offer.end_utc for text in expected.get("valid", ())
    }
    times = {
        name: instant(expected[name]) for name in ("start", "paid_from", "end") if name in expected
    }
    assert {name: found[name] for name in expected} == {**expected, **times}


def test_every_row_and_every_rule_has_a_vector() -> None:
    named = {case["rule"] for case in CASES}

    assert named == {f"C1.{row}" for row in range(1, 17)} | {f"RULES {n}" for n in range(1, 12)}


def test_the_tariffs_of_the_vectors_are_usable() -> None:
    assert {name: check_tariff(tariff) for name, tariff in tariffs().items()} == dict.fromkeys(
        tariffs(), ()
    )
