"""Why an offer is not simply what was asked, in sentences. Pure, any thread; no widgets."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.words import _
from parking.clockface import am_pm
from parking.pricing import OfferReason
from parking.tariff import Tariff
from ui.kiosk.phrases import day_time, short, span_words
from ui.kiosk.time_line import closing_utc

_SOON = timedelta(minutes=1)


def runs_on(start_utc: datetime, now_utc: datetime) -> bool:
    """Tell whether an offer adds to time that is paid already."""
    return start_utc - now_utc > _SOON


def reason_words(
    tariff: Tariff,
    *,
    start_utc: datetime,
    paid_from_utc: datetime,
    reasons: Sequence[str],
    now_utc: datetime,
) -> list[str]:
    """Say why an offer is not simply what was asked, each reason in a sentence.

    Args:
        tariff: In force.
        start_utc: From when the car may stand.
        paid_from_utc: When paid time starts.
        reasons: As central or our copy of the rule named them.
        now_utc: Now.
    """
    sentences = []
    if runs_on(start_utc, now_utc):
        paid = day_time(start_utc, tariff.time_zone, now_utc=now_utc)
        sentences.append(_("You have paid until {time}. This adds to it.").format(time=paid))
    elif paid_from_utc - now_utc > _SOON:
        opens = day_time(paid_from_utc, tariff.time_zone, now_utc=now_utc)
        sentences.append(_("Free until {time}. Your paid time starts then.").format(time=opens))
    said = (_reason(tariff, reason, paid_from_utc) for reason in reasons)
    return [*sentences, *(sentence for sentence in said if sentence)]


def _reason(tariff: Tariff, reason: str, paid_from_utc: datetime) -> str:
    if reason == OfferReason.MAX_STAY and tariff.max_stay_minutes is not None:
        span = span_words(tariff.max_stay_minutes)
        return _("The longest stay here is {span}.").format(span=span)
    if reason == OfferReason.CLOSING:
        closes_utc = closing_utc(tariff, paid_from_utc)
        if closes_utc is None:
            return _("This is good until parking costs money again.")
        closes = short(am_pm(closes_utc, tariff.time_zone))
        return _("Parking is free after {time}.").format(time=closes)
    if reason == OfferReason.LARGEST_PURCHASE:
        span = span_words(tariff.largest_purchase_minutes)
        return _("At most {span} can be bought at once.").format(span=span)
    if reason == OfferReason.LAST_STEP:
        return _("The last {n} minutes count as a whole step.").format(n=tariff.increment_minutes)
    if reason == OfferReason.FLAT_RATE:
        return _("These hours have one price, so you get all of them.")
    return ""
