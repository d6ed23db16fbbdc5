"""Card payments at the desk: the list, and one of them. Pure, any thread."""

from collections.abc import Sequence
from datetime import datetime

from app.city import DEFAULT_TIME_ZONE
from app.usecases.payments import PaymentRow, RefundRow
from app.words import _
from parking.clockface import day_date, hh_mm, local_day
from parking.money import usd
from parking.payment import PaymentPurpose, PaymentState
from parking.refund import PaymentSummary
from ui.correct.state import car_words
from ui.supervisor.record_words import place_of
from ui.supervisor.refund_state import reason_words
from ui.widgets.facts import LongFactsView
from ui.widgets.shapes import Mark
from ui.widgets.table import ColumnAlign, ColumnView, RowView, TableView, TextCell

_ROW_PX = 48


def payments_table(rows: Sequence[PaymentSummary], chosen: PaymentSummary | None) -> TableView:
    """Return the list, what a person must look at first."""
    return TableView(
        columns=(
            ColumnView(title=_("Receipt code"), share=0, strong=True),
            ColumnView(title=_("Plate"), share=0),
            ColumnView(title=_("Paid at"), share=0),
            ColumnView(title=_("State")),
            ColumnView(title=_("Back"), share=0, align=ColumnAlign.RIGHT),
            ColumnView(title=_("Amount"), share=0, align=ColumnAlign.RIGHT),
        ),
        rows=tuple(_row(row) for row in rows),
        chosen="" if chosen is None else str(chosen.payment_id),
        row_px=_ROW_PX,
    )


def scope_words(rows: Sequence[PaymentSummary], wanted: str) -> str:
    """Say what the list is."""
    tasks = sum(bool(row.task) for row in rows)
    if tasks == 1:
        return _("One payment waits for a person")
    if tasks:
        return _("{count} payments wait for a person").format(count=tasks)
    if wanted:
        return _("Found for {wanted}").format(wanted=wanted)
    return _("Today, no payment waits for a person")


def payment_facts(row: PaymentRow) -> LongFactsView:
    """Return what is known here of one payment."""
    known = row.summary
    facts = [
        (_("Bought"), bought_words(row)),
        (_("Paid at"), f"{moment(known.made_utc)}, {place_of(row.terminal)}"),
        (_("Card"), known.card or _("no card")),
        (_("Card paid"), usd(known.captured_cents)),
        (_("Given back"), usd(known.refunded_cents)),
    ]
    if known.waiting_cents:
        facts.append((_("Waiting"), usd(known.waiting_cents)))
    facts.append((_("State"), state_words(known)))
    if known.task:
        facts.append((_("Look at it"), known.task))
    facts += [(_("Asked"), refund_words(each)) for each in row.refunds[-3:]]
    return LongFactsView(facts=tuple(facts), name_px=88)


def bought_words(row: PaymentRow) -> str:
    """Say what the driver got."""
    known = row.summary
    if known.purpose is PaymentPurpose.CITATION:
        return _("Ticket {number}").format(number=row.number or _("not known here yet"))
    if row.right is None:
        return _("Parking in zone {zone}").format(zone=known.zone_id)
    times = {"zone": known.zone_id, "start": _clock(row.right.start_utc)}
    times["end"] = _clock(row.right.end_utc)
    if row.right.revoked_utc is not None:
        times["end"] = _clock(row.right.revoked_utc)
        return _("Parking in zone {zone}, {start} to {end}, ended early").format(**times)
    return _("Parking in zone {zone}, {start} to {end}").format(**times)


def refund_words(row: RefundRow) -> str:
    """Say who asked for what, and how far it came."""
    request = row.asked.request
    who = row.asker.display_name if row.asker else _("somebody")
    what = f"{usd(request.amount_cents)}, {who}, {reason_words(request.reason_code)}"
    decided = next(
        (each for each in row.asked.approvals if each.officer_id != request.officer_id), None
    )
    if decided is not None and not decided.approved:
        return _("{what}: refused by a second supervisor").format(what=what)
    if row.sending == "to_send":
        return _("{what}: not sent yet").format(what=what)
    if row.sending == "refused":
        return _("{what}: city hall refused it, see Sync issues").format(what=what)
    if row.waits:
        return _("{what}: waits for a second supervisor").format(what=what)
    return _("{what}: city hall has it").format(what=what)


def state_words(known: PaymentSummary) -> str:
    """Say how a payment stands, as city hall knows it."""
    if known.state == PaymentState.CAPTURED and not known.captured_cents:
        if known.amount_cents:
            return _("given, but the card paid nothing")
        return _("paid by a code, without a card")
    if known.state == PaymentState.CAPTURED and known.refunded_cents:
        return _("paid, a part given back")
    words = {
        PaymentState.GRANTED: _("given, the card is being charged"),
        PaymentState.CAPTURING: _("given, the card is being charged"),
        PaymentState.CAPTURED: _("paid"),
        PaymentState.REFUNDED: _("all given back"),
        PaymentState.CANCELED: _("canceled"),
        PaymentState.VOIDED: _("canceled"),
    }
    return {state.value: said for state, said in words.items()}.get(known.state, known.state)


def moment(utc: datetime) -> str:
    """Write an instant: ``14:32 Mon, Mar 1``."""
    return f"{_clock(utc)} {day_date(local_day(utc, DEFAULT_TIME_ZONE))}"


def _clock(utc: datetime) -> str:
    return hh_mm(utc, DEFAULT_TIME_ZONE)


def _row(known: PaymentSummary) -> RowView:
    mark = Mark.CAUTION if known.task else None
    return RowView(
        key=str(known.payment_id),
        cells=(
            TextCell(text=known.reference),
            TextCell(text=car_words(known.plate, known.plate_state)),
            TextCell(text=moment(known.made_utc)),
            TextCell(text=_short(known), mark=mark),
            TextCell(text=usd(known.refunded_cents) if known.refunded_cents else ""),
            TextCell(text=usd(known.amount_cents)),
        ),
    )


def _short(known: PaymentSummary) -> str:
    if known.waiting_cents:
        return _("second person needed")
    if known.due_back_cents:
        return _("paid twice")
    return _("look at it") if known.task else state_words(known)
