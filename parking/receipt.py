"""What a printed ticket and a pay station's receipt say, line by line, without layout. Pure.

The caller hands in its gettext function as ``_``; English is the source (docs/glossary.md: drivers
read "ticket" and "pay station"). Money is always US dollars. Any thread.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from parking.bill import Bill
from parking.check import PlateCheck
from parking.citation import Citation, FineRules, late_total_cents
from parking.clockface import Say, am_pm, hh_mm_ss, local_day, us_date, zone_abbreviation
from parking.money import usd
from parking.payment import Payment, Quote
from parking.plate import plate_key, spaced
from parking.pricing import OfferReason
from parking.violation import ViolationCode
from parking.zone import Zone


class LineKind(StrEnum):
    """What a line is for; the printer decides how it looks."""

    TITLE = "title"
    NUMBER = "number"
    PLATE = "plate"
    AMOUNT = "amount"
    FACT = "fact"
    TEXT = "text"
    SMALL = "small"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of paper; a ``FACT`` has a label and its value."""

    kind: LineKind
    text: str
    value: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """All that a printed citation or warning tells.

    Attributes:
        city: The issuer, e.g. ``City of Stamford``.
        check: The sealed check; None on a reprint where it is not known.
        notices: The city's own sentences on paying and appealing, printed last.
    """

    city: str
    citation: Citation
    code: ViolationCode
    zone: Zone
    rules: FineRules
    check: PlateCheck | None = None
    notices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """All that the receipt of a parking payment tells.

    Attributes:
        station: The pay station, e.g. ``K-07``.
        paid_utc: When the card was approved.
    """

    city: str
    station: str
    zone: Zone
    quote: Quote
    payment: Payment
    paid_utc: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class BillSale:
    """All that the receipt of a paid ticket tells.

    Attributes:
        station: The pay station, e.g. ``K-07``.
        time_zone: IANA name, in which times are told.
        paid_utc: When the card was approved.
    """

    city: str
    station: str
    time_zone: str
    bill: Bill
    payment: Payment
    paid_utc: datetime


def ticket_lines(ticket: Ticket, *, _: Say = str) -> tuple[Line, ...]:
    """Return the lines of a citation or warning from top to bottom."""
    citation = ticket.citation
    heading = _("Warning: nothing to pay") if citation.is_warning else _("Parking ticket")
    return (
        Line(LineKind.SMALL, ticket.city),
        Line(LineKind.TITLE, heading),
        Line(LineKind.NUMBER, citation.number),
        _plate(citation.plate, citation.plate_state),
        Line(LineKind.TEXT, f"{ticket.code.code} {ticket.code.title}"),
        *_texts(LineKind.SMALL, ticket.code.ordinance),
        *(() if citation.is_warning else _owed(ticket, _)),
        *_observation(ticket, _),
        *_texts(LineKind.TEXT, citation.note_public),
        *_known_until(ticket, _),
        *_texts(LineKind.TEXT, *ticket.notices),
    )


def _owed(ticket: Ticket, _: Say) -> Iterator[Line]:
    citation, rules = ticket.citation, ticket.rules
    issued = local_day(citation.issued_utc, rules.time_zone)
    first = us_date(issued + timedelta(days=rules.double_after_days), _=_)
    second = us_date(issued + timedelta(days=rules.triple_after_days), _=_)
    doubled, tripled = (late_total_cents(citation.fine_cents, times, rules) for times in (2, 3))
    yield Line(LineKind.AMOUNT, usd(citation.fine_cents))
    yield Line(LineKind.FACT, _("Pay by"), first)
    yield Line(LineKind.FACT, _("After {date}").format(date=first), usd(doubled))
    yield Line(LineKind.FACT, _("After {date}").format(date=second), usd(tripled))


def _observation(ticket: Ticket, _: Say) -> Iterator[Line]:
    citation, zone = ticket.citation, ticket.zone
    yield Line(LineKind.FACT, _("Zone"), f"{zone.zone_id} {zone.name}")
    if citation.place:
        yield Line(LineKind.FACT, _("Where"), citation.place)
    yield Line(LineKind.FACT, _("Seen"), _moment(citation.observed_utc, zone.time_zone, _))
    yield Line(LineKind.FACT, _("Clock"), f"+-{citation.clock_uncertainty_ms / 1000:.1f} s")
    car = " ".join(filter(None, (citation.vehicle_colour, citation.vehicle_make)))
    if car:
        yield Line(LineKind.FACT, _("Car"), car)
    if citation.photo_hashes:
        yield Line(LineKind.FACT, _("Photos"), str(len(citation.photo_hashes)))


def _known_until(ticket: Ticket, _: Say) -> Iterator[Line]:
    """Yield until when each source was known at the last look: it may speak for the driver."""
    check = ticket.check
    if check is None:
        return
    for source, as_of_utc in (
        (_("Pay stations known until"), check.pay_station_as_of_utc),
        (_("App payments known until"), check.app_as_of_utc),
        (_("Permits known until"), check.permit_as_of_utc),
    ):
        known = hh_mm_ss(as_of_utc, ticket.zone.time_zone) if as_of_utc else _("not known")
        yield Line(LineKind.FACT, source, known)


def sale_lines(sale: Sale, *, _: Say = str) -> tuple[Line, ...]:
    """Return the lines of a pay station's receipt from top to bottom."""
    quote, payment, zone = sale.quote, sale.payment, sale.zone
    paid = _("Paid {amount}").format(amount=usd(payment.amount_cents))
    return (
        Line(LineKind.SMALL, sale.city),
        Line(LineKind.TITLE, _("Parking receipt")),
        _plate(quote.plate, quote.plate_state),
        Line(LineKind.AMOUNT, paid),
        *_validity(sale, _),
        *_code(quote, _),
        Line(LineKind.FACT, _("Zone"), f"{zone.zone_id} {zone.name}"),
        Line(LineKind.FACT, _("Pay station"), sale.station),
        Line(LineKind.FACT, _("Paid at"), _moment(sale.paid_utc, zone.time_zone, _)),
        *([Line(LineKind.FACT, _("Card"), payment.card)] if payment.card else ()),
        *_texts(LineKind.SMALL, *payment.receipt),
        Line(LineKind.FACT, _("Receipt code"), payment.reference),
        Line(LineKind.SMALL, _("Rates {version}").format(version=quote.tariff_version)),
        Line(LineKind.TEXT, _("Nothing to put on the dashboard. Officers see your plate.")),
    )


def _code(quote: Quote, _: Say) -> Iterator[Line]:
    if quote.discount_cents:
        given = f"{quote.code_issuer} -{usd(quote.discount_cents)}"
        yield Line(LineKind.FACT, _("Validation code"), given)


def bill_lines(sale: BillSale, *, _: Say = str) -> tuple[Line, ...]:
    """Return the lines of the receipt of a paid ticket from top to bottom."""
    bill, payment = sale.bill, sale.payment
    paid = _("Paid {amount}").format(amount=usd(payment.amount_cents))
    return (
        Line(LineKind.SMALL, sale.city),
        Line(LineKind.TITLE, _("Ticket receipt")),
        Line(LineKind.NUMBER, bill.number),
        _plate(bill.plate, bill.plate_state),
        Line(LineKind.AMOUNT, paid),
        Line(LineKind.TEXT, bill.violation),
        Line(LineKind.FACT, _("Issued"), _moment(bill.issued_utc, sale.time_zone, _)),
        Line(LineKind.FACT, _("Pay station"), sale.station),
        Line(LineKind.FACT, _("Paid at"), _moment(sale.paid_utc, sale.time_zone, _)),
        *([Line(LineKind.FACT, _("Card"), payment.card)] if payment.card else ()),
        *_texts(LineKind.SMALL, *payment.receipt),
        Line(LineKind.FACT, _("Receipt code"), payment.reference),
    )


def _validity(sale: Sale, _: Say) -> Iterator[Line]:
    quote, zone = sale.quote, sale.zone.time_zone
    end_utc = sale.payment.end_utc or quote.end_utc
    yield Line(LineKind.FACT, _("Park until"), _moment(end_utc, zone, _))
    if quote.paid_from_utc - quote.start_utc >= timedelta(minutes=1):
        yield Line(LineKind.FACT, _("Paid time starts"), _moment(quote.paid_from_utc, zone, _))
    if OfferReason.MAX_STAY in quote.reasons:
        yield Line(LineKind.TEXT, _("This is the longest stay here."))
    if OfferReason.CLOSING in quote.reasons:
        yield Line(LineKind.TEXT, _("Paid to the end of paid hours; free until they start again."))
    if OfferReason.LAST_STEP in quote.reasons:
        yield Line(LineKind.TEXT, _("The last step is shorter but is charged whole."))
    if OfferReason.FLAT_RATE in quote.reasons:
        yield Line(LineKind.TEXT, _("These hours have one price; all of them are paid."))


def _plate(plate: str, state: str) -> Line:
    return Line(LineKind.PLATE, f"{state} {spaced(plate_key(plate), state)}".strip())


def _moment(utc: datetime, time_zone: str, _: Say) -> str:
    day = us_date(local_day(utc, time_zone), _=_)
    return f"{am_pm(utc, time_zone)} {zone_abbreviation(utc, time_zone)}, {day}"


def _texts(kind: LineKind, *texts: str) -> Iterator[Line]:
    return (Line(kind, text) for text in texts if text)
