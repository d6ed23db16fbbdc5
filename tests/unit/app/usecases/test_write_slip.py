"""A driver who cannot pay here leaves with proof that it was tried, before anything is printed."""

from base64 import urlsafe_b64decode
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from app.usecases.enrol_terminal import DEVICE_KEY
from app.usecases.write_slip import WrittenSlip
from parking.errors import UnavailableError, UserError
from parking.slip import CouldNotPay
from parking.slip_paper import signed_bytes
from parking.terminal import TerminalKind
from tests.fakes.terminal_app import FakeTerminal, fake_terminal

KEY = Ed25519PrivateKey.generate()


@pytest.fixture
def station() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.KIOSK) as made:
        made.secrets.put(DEVICE_KEY, KEY.private_bytes_raw())
        yield made


def slip(station: FakeTerminal, plate: str = "ab-123", state: str = "CT") -> WrittenSlip:
    return station.lanes.run(station.app.kiosk.slip(plate, state, "network"))


def test_the_slip_is_stored_signed_and_printed(station: FakeTerminal) -> None:
    written = slip(station)
    made = written.slip
    assert station.store.all_of(CouldNotPay) == [made]
    assert (made.plate, made.plate_state, made.cause) == ("AB123", "CT", "network")
    assert made.until_utc - made.at_utc == timedelta(minutes=60)
    [(name, lines, qr)] = station.printer.tickets
    assert name == made.code
    said = {line.text: line.value for line in lines}
    assert {"Could not pay here", made.code, "CT AB 123"} <= said.keys() | {"CT AB 123"}
    assert "Protected until" in said
    form, code, zone_id, state, plate, *_, signature = qr.split(" ")
    assert (form, code, zone_id, state, plate) == ("SLIP1", made.code, "204", "CT", "AB123")
    sign = urlsafe_b64decode(signature + "=" * (-len(signature) % 4))
    KEY.public_key().verify(sign, signed_bytes(made))


def test_asked_again_it_is_the_same_slip_until_it_has_ended(station: FakeTerminal) -> None:
    first = slip(station).slip
    station.clock.pass_by(minutes=59)
    assert slip(station, "AB 123").slip == first
    assert slip(station, "AB 123", "NY").slip != first
    station.clock.pass_by(minutes=1)
    assert slip(station, "AB 123").slip != first


def test_without_paper_the_code_still_counts(station: FakeTerminal) -> None:
    station.printer.out_of_paper = True
    written = slip(station)
    assert (written.paper, written.trouble) == (None, "Load paper.")
    assert station.store.all_of(CouldNotPay) == [written.slip]


@pytest.mark.parametrize(
    ("plate", "state", "key"), [("", "CT", "plate.empty"), ("AB1", "QQ", "plate.state")]
)
def test_bad_input_is_one_sentence(station: FakeTerminal, plate: str, state: str, key: str) -> None:
    with pytest.raises(UserError) as refused:
        slip(station, plate, state)
    assert refused.value.key == key
    assert station.store.all_of(CouldNotPay) == []


def test_a_zone_may_give_none(station: FakeTerminal) -> None:
    station.store.change_zone("204", could_not_pay_minutes=0)
    with pytest.raises(UserError) as refused:
        slip(station)
    assert refused.value.key == "slip.zone"


def test_an_unsure_clock_writes_no_times(station: FakeTerminal) -> None:
    station.clock.uncertainty_ms = 30_001
    with pytest.raises(UserError) as refused:
        slip(station)
    assert refused.value.key == "slip.clock"


def test_a_full_disk_promises_nothing(station: FakeTerminal) -> None:
    station.store.disk_full = True
    with pytest.raises(UnavailableError):
        slip(station)
    assert station.printer.tickets == []
