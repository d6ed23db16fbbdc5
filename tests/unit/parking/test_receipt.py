"""What paper says: tickets and receipts."""

from dataclasses import replace
from typing import Any

import pytest

from parking.check import Answer
from parking.citation import FineRules
from parking.payment import Payment, PaymentState, Quote, Told
from parking.pricing import OfferReason
from parking.receipt import Line, LineKind, Sale, Ticket, sale_lines, ticket_lines
from parking.violation import ViolationCode
from tests.unit.parking.samples import citation, local, minutes, plate_check, uid, zone

CODE = ViolationCode(
    code="101",
    title="Expired meter",
    ordinance="Stamford sample ordinance, section 101",
    fine_class="I",
    fine_cents=2500,
)
RULES = FineRules(
    version="2027-01",
    double_after_days=15,
    triple_after_days=30,
    cap_total_cents=25_000,
    time_zone="America/New_York",
)
AT = local("2027-03-01 14:32:07")


def ticket(**changes: Any) -> Ticket:
    seen = citation(observed_utc=AT, issued_utc=AT, clock_uncertainty_ms=400, **changes)
    return Ticket(city="City of Stamford", citation=seen, code=CODE, zone=zone(), rules=RULES)


def sale(*reasons: OfferReason, **changes: Any) -> Sale:
    quote = Quote(
        quote_id=uid(1),
        zone_id="112",
        plate="ab 12345",
        plate_state="CT",
        start_utc=AT,
        paid_from_utc=local("2027-03-01 14:33"),
        end_utc=local("2027-03-01 16:33"),
        billed_minutes=120,
        price_cents=250,
        reasons=reasons,
        tariff_version="street-125 2026-11 v4 7c1e90ab0d51",
        expires_utc=AT + minutes(5),
    )
    payment = Payment(
        payment_id=uid(2),
        state=PaymentState.CAPTURED,
        told=Told.APPROVED,
        amount_cents=250,
        reference="K7-4M2Q-88",
        card="Visa 4242",
        receipt=("AID A0000000031010", "Application Visa Credit"),
    )
    made = Sale(
        city="City of Stamford",
        station="K-07",
        zone=zone(),
        quote=quote,
        payment=payment,
        paid_utc=AT,
    )
    return replace(made, **changes)


def facts(lines: tuple[Line, ...]) -> dict[str, str]:
    return {line.text: line.value for line in lines if line.kind is LineKind.FACT}


def texts(lines: tuple[Line, ...], kind: LineKind) -> list[str]:
    return [line.text for line in lines if line.kind is kind]


def test_ticket_says_what_where_when_and_how_much() -> None:
    lines = ticket_lines(ticket())

    assert texts(lines, LineKind.TITLE) == ["Parking ticket"]
    assert texts(lines, LineKind.NUMBER) == ["SC-4-0012873"]
    assert texts(lines, LineKind.PLATE) == ["CT AB-12345"]
    assert texts(lines, LineKind.AMOUNT) == ["$25.00"]
    assert texts(lines, LineKind.TEXT) == ["101 Expired meter"]
    assert texts(lines, LineKind.SMALL) == [
        "City of Stamford",
        "Stamford sample ordinance, section 101",
    ]
    assert facts(lines) == {
        "Pay by": "Mar 16, 2027",
        "After Mar 16, 2027": "$50.00",
        "After Mar 31, 2027": "$75.00",
        "Zone": "112 Summer St",
        "Seen": "2:32 PM EST, Mar 1, 2027",
        "Clock": "+-0.4 s",
    }


def test_ticket_says_all_it_knows() -> None:
    full = ticket(
        place="100-199 Summer St",
        vehicle_make="Toyota Camry",
        vehicle_colour="Blue",
        note_public="Sign visible.",
        photo_hashes=(b"1" * 32, b"2" * 32),
    )
    check = plate_check(1, Answer.EXPIRED, pay_station_as_of_utc=AT - minutes(1))
    lines = ticket_lines(replace(full, check=check, notices=("Appeal within 15 days.",)))

    found = facts(lines)
    assert (found["Where"], found["Car"], found["Photos"]) == (
        "100-199 Summer St",
        "Blue Toyota Camry",
        "2",
    )
    assert found["Pay stations known until"] == "14:31:07"
    assert found["App payments known until"] == found["Permits known until"] == "not known"
    assert texts(lines, LineKind.TEXT)[1:] == ["Sign visible.", "Appeal within 15 days."]


def test_a_warning_asks_for_no_money() -> None:
    lines = ticket_lines(ticket(is_warning=True, fine_cents=0))

    assert texts(lines, LineKind.TITLE) == ["Warning: nothing to pay"]
    assert texts(lines, LineKind.AMOUNT) == []
    assert "Pay by" not in facts(lines)


def test_a_plate_without_a_state() -> None:
    assert texts(ticket_lines(ticket(plate_state="")), LineKind.PLATE) == ["AB12345"]


def test_receipt_says_what_was_bought() -> None:
    lines = sale_lines(sale())
    assert "Validation code" not in facts(lines)
    helped = replace(sale().quote, discount_cents=60, code_issuer="Cafe")
    told = facts(sale_lines(replace(sale(), quote=helped)))
    assert told["Validation code"] == "Cafe -$0.60"

    assert texts(lines, LineKind.AMOUNT) == ["Paid $2.50"]
    assert texts(lines, LineKind.PLATE) == ["CT AB-12345"]
    assert texts(lines, LineKind.SMALL) == [
        "City of Stamford",
        "AID A0000000031010",
        "Application Visa Credit",
        "Rates street-125 2026-11 v4 7c1e90ab0d51",
    ]
    assert facts(lines) == {
        "Park until": "4:33 PM EST, Mar 1, 2027",
        "Zone": "112 Summer St",
        "Pay station": "K-07",
        "Paid at": "2:32 PM EST, Mar 1, 2027",
        "Card": "Visa 4242",
        "Receipt code": "K7-4M2Q-88",
    }


def test_receipt_tells_the_end_that_central_granted_and_a_later_start() -> None:
    bought = sale()
    later = replace(bought.quote, paid_from_utc=local("2027-03-02 08:00"))
    granted = replace(bought.payment, end_utc=local("2027-11-07 01:30*"), card="")
    found = facts(sale_lines(replace(bought, quote=later, payment=granted)))

    assert found["Park until"] == "1:30 AM EST, Nov 7, 2027"
    assert found["Paid time starts"] == "8:00 AM EST, Mar 2, 2027"
    assert "Card" not in found


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        (OfferReason.MAX_STAY, "longest stay"),
        (OfferReason.CLOSING, "free until"),
        (OfferReason.LAST_STEP, "charged whole"),
    ],
)
def test_receipt_says_why_it_is_not_what_was_asked(reason: OfferReason, words: str) -> None:
    assert any(words in text for text in texts(sale_lines(sale(reason)), LineKind.TEXT))


def test_paper_speaks_the_language_of_its_caller() -> None:
    def said(text: str) -> str:
        return f"[{text}]"

    assert texts(sale_lines(sale(), _=said), LineKind.TITLE) == ["[Parking receipt]"]
    assert texts(ticket_lines(ticket(), _=said), LineKind.TITLE) == ["[Parking ticket]"]
    assert facts(sale_lines(sale(), _=said))["[Card]"] == "Visa 4242"
