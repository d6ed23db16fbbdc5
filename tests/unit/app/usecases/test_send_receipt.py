"""A driver has the receipt sent, once, and finds it again by its code."""

from collections.abc import Iterator
from uuid import UUID, uuid4

import pytest

from app.words import use_language
from parking.errors import UnavailableError, UserError
from parking.notification import Channel, FoundReceipt
from parking.payment import Payment, Told
from parking.receipt import Line, LineKind
from parking.terminal import TerminalKind
from tests.fakes.terminal_app import FakeTerminal, fake_terminal

EMAIL = "ana@example.com"


@pytest.fixture
def kiosk() -> Iterator[FakeTerminal]:
    with fake_terminal(TerminalKind.KIOSK) as made:
        yield made


@pytest.fixture
def paid(kiosk: FakeTerminal) -> Payment:
    acts = kiosk.app.kiosk
    quote = kiosk.lanes.run(acts.quote("AB12345", "CT", 60))
    payment = kiosk.lanes.run(acts.buy(quote))
    kiosk.central.move(payment.payment_id, Told.APPROVED)
    return kiosk.lanes.run(acts.follow(payment))


def _send(kiosk: FakeTerminal, payment: Payment, address: str = EMAIL) -> UUID:
    task = kiosk.app.kiosk.send_receipt(payment, Channel.EMAIL, address)
    return kiosk.lanes.run(task).notification_id


def test_the_wish_names_payment_address_and_language(kiosk: FakeTerminal, paid: Payment) -> None:
    use_language("es")
    try:
        asked = _send(kiosk, paid, " Ana@EXAMPLE.com ")
    finally:
        use_language("en")
    payment_id, wish = kiosk.central.wishes[asked]
    assert payment_id == paid.payment_id
    assert (wish.channel, wish.address, wish.language) == (Channel.EMAIL, "Ana@example.com", "es")


def test_asked_again_after_a_lost_answer_it_is_the_same_message(
    kiosk: FakeTerminal, paid: Payment
) -> None:
    kiosk.central.lose_answers = True
    with pytest.raises(UnavailableError):
        _send(kiosk, paid)
    kiosk.central.lose_answers = False
    again, elsewhere = _send(kiosk, paid), _send(kiosk, paid, "ana@work.example.com")
    assert again != elsewhere
    assert set(kiosk.central.wishes) == {again, elsewhere}

    kiosk.lanes.run(kiosk.app.kiosk.finish(paid))
    assert _send(kiosk, paid) not in {again, elsewhere}, "nothing is remembered of who has gone"


def test_a_nonsense_address_asks_nobody(kiosk: FakeTerminal, paid: Payment) -> None:
    with pytest.raises(UserError, match="one @ and a domain with a dot"):
        _send(kiosk, paid, "ana at example")
    with pytest.raises(UserError, match="10 digits"):
        kiosk.lanes.run(kiosk.app.kiosk.send_receipt(paid, Channel.SMS, "911"))
    assert "send_receipt" not in kiosk.central.asked


def test_ways_are_hidden_while_central_is_away(kiosk: FakeTerminal) -> None:
    kiosk.central.channels = (Channel.SMS,)
    assert kiosk.lanes.run(kiosk.app.kiosk.receipt_channels()) == (Channel.SMS,)
    kiosk.central.away = True
    assert kiosk.lanes.run(kiosk.app.kiosk.receipt_channels()) == ()


def test_a_receipt_is_found_by_its_code_and_printed(kiosk: FakeTerminal) -> None:
    lines = (Line(LineKind.TITLE, "Parking receipt"),)
    found = FoundReceipt(payment_id=uuid4(), reference="P-4M2Q-88", lines=lines)
    kiosk.central.receipts[found.reference] = found
    acts = kiosk.app.kiosk
    assert kiosk.lanes.run(acts.find_receipt("p4m2q88")) == found
    kiosk.lanes.run(acts.print_found(found))
    assert kiosk.printer.tickets == [("P-4M2Q-88", lines, "P-4M2Q-88")]
    for code, key in (("P-9999-99", "receipt.unknown"), ("my receipt", "receipt.code")):
        with pytest.raises(UserError) as refused:
            kiosk.lanes.run(acts.find_receipt(code))
        assert refused.value.key == key
