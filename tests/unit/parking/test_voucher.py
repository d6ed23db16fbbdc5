"""Validation codes: signed, checked without a network, good for a part of one purchase."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from hypothesis import given
from hypothesis import strategies as st

from parking.errors import UserError
from parking.pricing import quote
from parking.stay import running_stay
from parking.tariff import Tier
from parking.voucher import Voucher, VoucherKind, check_voucher, discount_cents
from parking.voucher_code import IssuerKey, issuer_bytes, read_code, voucher_bytes, write_code
from tests.unit.parking.samples import local, session, span, tariff, uid

NOW = local("2027-03-01 10:00")
CITY, MERCHANT = (Ed25519PrivateKey.from_private_bytes(bytes([n]) * 32) for n in (1, 2))


def public(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def holds(key: bytes, seal: bytes, signed: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(seal, signed)
    except InvalidSignature:
        return False
    return True


def voucher(**changes: Any) -> Voucher:
    made = Voucher(
        voucher_id=uid(77),
        issuer="Ferguson Library",
        kind=VoucherKind.MINUTES,
        worth=60,
        from_utc=NOW - timedelta(hours=1),
        until_utc=NOW + timedelta(hours=1),
        zone_ids=("112", "204"),
    )
    return replace(made, **changes)


KEY = IssuerKey(
    issuer="Ferguson Library", public_key=public(MERCHANT), until_utc=NOW + timedelta(days=9)
)


def code(
    given_: Voucher, *, key: IssuerKey = KEY, city: Ed25519PrivateKey = CITY, by: Any = MERCHANT
) -> str:
    seal, city_seal = by.sign(voucher_bytes(given_)), city.sign(issuer_bytes(key))
    return write_code(given_, key, seal=seal, city_seal=city_seal)


def read(text: str, now_utc: datetime = NOW) -> Voucher:
    return read_code(text, city_key=public(CITY), verify=holds, now_utc=now_utc)


@pytest.mark.parametrize("kind", VoucherKind)
def test_a_code_comes_back_as_it_was_signed(kind: VoucherKind) -> None:
    for one in (voucher(kind=kind), voucher(kind=kind, zone_ids=(), single_use=False)):
        text = code(one)
        assert text.isalnum()
        assert read(text) == one
        assert read(" ".join(text.lower())) == one


def test_the_longest_code_can_be_read() -> None:
    longest = voucher(
        issuer="\N{EURO SIGN}" * 40, zone_ids=tuple(f"zone-{n:05}" for n in range(20))
    )

    assert read(code(longest, key=replace(KEY, issuer=longest.issuer))) == longest


@pytest.mark.parametrize(
    "text",
    [
        "",
        "hello",
        "1" * 40,
        "A" * 200,
        "A" * 4001,
        code(voucher())[:-9],
        code(voucher()) + "AAAAAAAA",
    ],
    ids=["empty", "a word", "no base32", "zeros", "too long", "cut off", "more"],
)
def test_what_is_no_code_is_said_to_be_none(text: str) -> None:
    with pytest.raises(UserError, match="no validation code") as caught:
        read(text)
    assert caught.value.key == "voucher.unreadable"


@pytest.mark.parametrize(
    ("text", "now_utc"),
    [
        (code(voucher(), city=MERCHANT), NOW),
        (code(voucher(), by=CITY), NOW),
        (code(voucher(), key=replace(KEY, public_key=public(CITY))), NOW),
        (code(voucher()), KEY.until_utc),
    ],
    ids=["not vouched for", "another signer", "another key", "no longer vouched for"],
)
def test_an_issuer_the_city_does_not_vouch_for_is_unknown(text: str, now_utc: datetime) -> None:
    with pytest.raises(UserError, match="does not know who") as caught:
        read(text, now_utc)
    assert caught.value.key == "voucher.unknown"


@given(st.integers(0), st.sampled_from("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"))
def test_one_changed_character_is_never_another_code(place: int, letter: str) -> None:
    text = code(voucher())
    place %= len(text)
    changed = text[:place] + letter + text[place + 1 :]
    try:
        found = read(changed)
    except UserError:
        return
    # The last character has bits that mean nothing.
    assert found == voucher()


@dataclass(frozen=True)
class Case:
    name: str
    key: str
    words: str
    number: int = 77
    now_utc: datetime = NOW
    zone_id: str = "112"


CASES = (
    Case("early", "voucher.early", "good from 9:00 AM today on", now_utc=NOW - timedelta(hours=2)),
    Case("expired", "voucher.expired", "was good until 11:00 AM today",
         now_utc=NOW + timedelta(hours=1)),
    Case("zone", "voucher.zone", "is for zone 112, 204, not for zone 114", zone_id="114"),
    Case("used", "voucher.used", "has been used already", number=1),
)  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_code_that_is_not_good_says_why(case: Case) -> None:
    with pytest.raises(UserError, match=case.words) as caught:
        check_voucher(
            voucher(voucher_id=uid(case.number)),
            zone_id=case.zone_id,
            time_zone="America/New_York",
            now_utc=case.now_utc,
            used_here={uid(1)},
        )
    assert caught.value.key == case.key


def test_a_code_is_good_in_its_zones_and_again_where_it_may_be_used_often() -> None:
    for one, zone_id in (
        (voucher(), "204"),
        (voucher(zone_ids=()), "114"),
        (voucher(voucher_id=uid(1), single_use=False), "112"),
    ):
        check_voucher(
            one, zone_id=zone_id, time_zone="America/New_York", now_utc=NOW, used_here=[uid(1)]
        )


@pytest.mark.parametrize(
    ("kind", "worth", "cents"),
    [
        (VoucherKind.MINUTES, 60, 100),
        (VoucherKind.MINUTES, 600, 250),
        (VoucherKind.PERCENT, 50, 125),
        (VoucherKind.PERCENT, 33, 83),
        (VoucherKind.PERCENT, 100, 250),
        (VoucherKind.AMOUNT, 40, 40),
        (VoucherKind.AMOUNT, 900, 250),
    ],
)
def test_what_a_code_pays(kind: VoucherKind, worth: int, cents: int) -> None:
    tiers = (Tier(from_minute=60, rate_cents_per_hour=150),)
    ours = tariff(spans=(replace(span("08:00", "19:00"), tiers=tiers),))
    offer = quote(ours, NOW, 120)

    assert offer.price_cents == 250
    assert discount_cents(voucher(kind=kind, worth=worth), ours, NOW, offer) == cents


def test_an_extension_costs_what_it_costs_without_the_code() -> None:
    bought = session(start_utc=NOW, end_utc=local("2027-03-01 11:00"), price_cents=0)
    later = local("2027-03-01 10:30")
    stay = running_stay(tariff(), [bought], later)
    offer = quote(tariff(), later, 60, stay=stay)

    assert offer.price_cents == 100
    assert discount_cents(voucher(worth=30), tariff(), later, offer, stay=stay) == 50
