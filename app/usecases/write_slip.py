"""A slip for a driver who wants to pay while this pay station cannot take it. I/O lane.

The slip is stored before it is printed, like everything that officers and hearings rest on. What it
protects is the zone's rule. Source: DESIGN.md 5, ``Zone.could_not_pay_minutes``.
"""

import secrets as random
from dataclasses import dataclass, replace
from datetime import timedelta

from app.city import city_name
from app.ports import Printer, PrintOutcome, Secrets
from app.post import OnStore, Post
from app.usecases.check_plate import check_state, fresh_zone
from app.usecases.write_hand_over import device_sign
from app.words import _
from parking.errors import UnavailableError, UserError
from parking.ids import uuid7
from parking.plate import check_plate_text
from parking.slip import CouldNotPay
from parking.slip_paper import Slip, qr_text, signed_bytes, slip_lines
from parking.zone import Zone

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenSlip:
    """A stored slip.

    Attributes:
        paper: What became of the printing; None when the printer does not work.
        trouble: Why it is not on paper, in a sentence; empty when it is.
    """

    slip: CouldNotPay
    paper: PrintOutcome | None = None
    trouble: str = ""


def write_slip(post: Post, on_store: OnStore, *, plate: str, state: str, cause: str) -> CouldNotPay:
    """Store that a driver could not pay; asked again while one protects the car, it is that one.

    Args:
        post: This pay station.
        on_store: Runs writes.
        plate: As entered.
        state: Two-letter code, ``XX`` for elsewhere.
        cause: As ``OutageEvent.cause``.

    Raises:
        UserError: ``plate.*``; ``slip.zone`` where the zone gives none; ``slip.clock`` when the
            clock is too unsure for a time that others rely on (RULES 18).
        UnavailableError: The disk is full or fails; nothing was promised.
    """
    key = check_plate_text(plate)
    check_state(state)
    zone = _zone(post)
    now = post.clock.now()
    if now.uncertainty_ms > zone.uncertainty_limit_ms:
        raise UserError("slip.clock", _("The clock here is not sure enough to write a slip."))
    for earlier in post.store.slips_of(key):
        same = (earlier.plate_state, earlier.zone_id) == (state, zone.zone_id)
        if same and earlier.at_utc <= now.utc < earlier.until_utc:
            return earlier
    slip = CouldNotPay(
        slip_id=uuid7(now.utc),
        code=_code(),
        terminal_id=post.terminal.terminal_id,
        zone_id=zone.zone_id,
        plate=key,
        plate_state=state,
        at_utc=now.utc,
        until_utc=now.utc + timedelta(minutes=zone.could_not_pay_minutes),
        cause=cause,
        clock_uncertainty_ms=now.uncertainty_ms,
    )

    def save() -> None:
        with post.store.saving() as work:
            work.add(slip)
            work.commit()

    on_store("write_slip", save)
    return slip


def print_slip(post: Post, secrets: Secrets, printer: Printer, slip: CouldNotPay) -> WrittenSlip:
    """Print a stored slip with the device's signature; without paper its code still counts."""
    written = WrittenSlip(slip=slip)
    zone = fresh_zone(post.store, slip.zone_id)
    paper = Slip(city=city_name(), station=post.terminal.name, phone="", zone=zone, slip=slip)
    try:
        qr = qr_text(slip, device_sign(secrets)(signed_bytes(slip)))
        outcome = printer.print_ticket(slip.code, slip_lines(paper, _=_), qr=qr)
    except (UnavailableError, UserError) as error:
        return replace(written, trouble=error.sentence)
    return replace(written, paper=outcome)


def _zone(post: Post) -> Zone:
    if not post.terminal.zone_id:
        raise UserError("kiosk.zone", _("This pay station belongs to no zone yet. Call for help."))
    zone = fresh_zone(post.store, post.terminal.zone_id)
    if not zone.could_not_pay_minutes:
        raise UserError("slip.zone", _("In this zone pay another way, or wait until cards work."))
    return zone


def _code() -> str:
    letters = [random.choice(_LETTERS) for _place in range(6)]
    return f"S-{''.join(letters[:4])}-{''.join(letters[4:])}"
