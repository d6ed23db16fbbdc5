import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.officer_key import PinCost, new_key, public_half, signer, tuned_cost, unwrapped, wrapped

CHEAP = PinCost(memory_kib=8, passes=1)
SECRET = bytes(range(32))


def test_pin_and_secret_bring_the_key_back() -> None:
    key = new_key()
    wrap = wrapped(key, pin="284917", secret=SECRET, cost=CHEAP)
    assert unwrapped(wrap, pin="284917", secret=SECRET) == key


@pytest.mark.parametrize(
    ("pin", "secret"), [("284918", SECRET), ("284917", bytes(32)), ("", SECRET)]
)
def test_neither_pin_nor_secret_alone_is_enough(pin: str, secret: bytes) -> None:
    wrap = wrapped(new_key(), pin="284917", secret=SECRET, cost=CHEAP)
    assert unwrapped(wrap, pin=pin, secret=secret) is None


def test_the_wrap_shows_nothing_of_the_key() -> None:
    key = new_key()
    wrap = wrapped(key, pin="284917", secret=SECRET, cost=CHEAP)
    assert key not in wrap.sealed
    assert wrapped(key, pin="284917", secret=SECRET, cost=CHEAP).sealed != wrap.sealed


def test_the_key_signs_for_its_public_half() -> None:
    key = new_key()
    Ed25519PublicKey.from_public_bytes(public_half(key)).verify(signer(key)(b"seal"), b"seal")


@pytest.mark.parametrize(
    ("one_pass_s", "expected"),
    [
        (0.05, PinCost(memory_kib=65_536, passes=10)),
        (0.4, PinCost(memory_kib=65_536, passes=1)),
        (1.2, PinCost(memory_kib=32_768, passes=1)),
    ],
)
def test_the_cost_fits_the_device(one_pass_s: float, expected: PinCost) -> None:
    def measured(cost: PinCost) -> float:
        return one_pass_s * cost.passes * cost.memory_kib / 65_536

    cost = tuned_cost(measured=measured)
    assert cost == expected
    assert 0.25 <= measured(cost) <= 0.75


def test_the_real_cost_is_measured_on_this_device() -> None:
    cost = tuned_cost(memory_kib=8192, least_s=0.02, most_s=0.06)
    assert cost.memory_kib == 8192
    assert cost.passes >= 1
