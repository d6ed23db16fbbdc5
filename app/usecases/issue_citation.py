"""Issue a citation or a warning: look once more, seal, number and save it whole. Store lane.

The photos lie encrypted on the disk already. Citation, its check, its photos and the end of the
draft are one transaction: after a power cut there is all of it or nothing. Source: DESIGN.md 4.
"""

from dataclasses import dataclass, replace

from app.ports import Store
from app.post import Duty, Post
from app.usecases.check_plate import CheckResult, check_state, fresh_zone, looked_at
from app.usecases.keep_draft import DRAFT, CitationDraft
from app.words import _
from parking.check import Answer, PlateCheck
from parking.citation import Citation
from parking.decision import Decision
from parking.errors import UserError
from parking.ids import uuid7
from parking.officer import Act
from parking.photo import Photo
from parking.plate import check_plate_text
from parking.reason import ReasonKind
from parking.seal import sealed_bytes
from parking.violation import ViolationCode

_CITABLE = frozenset({Answer.EXPIRED, Answer.NOT_PAID})
_WARNABLE = _CITABLE | {Answer.CANNOT_KNOW, Answer.GRACE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """A saved citation with the sealed check it rests on."""

    citation: Citation
    check: PlateCheck
    decision: Decision


def issue_citation(
    post: Post, duty: Duty, draft: CitationDraft, *, is_warning: bool = False
) -> Issued:
    """Issue what the draft says, if the car may still be cited now.

    Args:
        post: This terminal.
        duty: Who issues.
        draft: The form.
        is_warning: A warning has no fine and needs no photos.

    Returns:
        The citation, durable before it is returned: only now it may be printed.

    Raises:
        UserError: ``citation.code``, ``citation.photos``, ``citation.not_now`` (the last look
            found a right, grace, data too old or a hot-list hit), ``numbers.none_left``,
            ``plate.*``, ``record.field`` naming a field.
        UnavailableError: It could not be saved; nothing of it was kept, the draft stands.
    """
    duty.allowed(Act.ISSUE_CITATION)
    key = check_plate_text(draft.plate)
    check_state(draft.plate_state)
    code = _code(post.store, draft.code)
    if not is_warning and len(draft.photos) < code.photos_needed:
        raise UserError(
            "citation.photos",
            _("This code needs {needed} photos; {have} are here.").format(
                needed=code.photos_needed, have=len(draft.photos)
            ),
        )
    zone = fresh_zone(post.store, draft.zone_id)
    look = looked_at(post, duty, plate=key, state=draft.plate_state, zone=zone, sealed=True)
    _check_citable(look.decision, code, is_warning=is_warning)
    citation = _save(post, duty, draft, look=look, code=code, is_warning=is_warning)
    return Issued(citation=citation, check=look.check, decision=look.decision)


def _save(
    post: Post,
    duty: Duty,
    draft: CitationDraft,
    *,
    look: CheckResult,
    code: ViolationCode,
    is_warning: bool,
) -> Citation:
    check = look.check
    with post.store.saving() as work:
        citation = Citation(
            citation_id=uuid7(check.observed_utc),
            number=work.next_number(),
            terminal_id=check.terminal_id,
            officer_id=check.officer_id,
            shift_id=check.shift_id,
            zone_id=check.zone_id,
            place=draft.place.strip(),
            plate=check.plate,
            plate_state=check.plate_state,
            violation_code=code.code,
            fine_cents=0 if is_warning else code.fine_cents,
            rules_version=str(code.revision),
            is_warning=is_warning,
            observed_utc=check.observed_utc,
            issued_utc=check.observed_utc,
            clock_uncertainty_ms=check.clock_uncertainty_ms,
            vehicle_make=draft.vehicle_make.strip(),
            vehicle_colour=draft.vehicle_colour.strip(),
            note_public=draft.note_public.strip(),
            photo_hashes=tuple(photo.sha256 for photo in draft.photos),
            check_id=check.check_id,
        )
        citation = replace(citation, seal=duty.sign_in.seal(sealed_bytes(citation)))
        work.add(check)
        work.add(citation)
        for photo in _photos(citation, draft):
            work.add(photo)
        work.drop_draft(DRAFT)
        work.commit()
    return citation


def _photos(citation: Citation, draft: CitationDraft) -> tuple[Photo, ...]:
    return tuple(
        Photo(
            photo_id=uuid7(citation.issued_utc),
            citation_id=citation.citation_id,
            sha256=taken.sha256,
            byte_length=taken.byte_length,
            taken_utc=taken.taken_utc,
            view=taken.view,
        )
        for taken in draft.photos
    )


def _code(store: Store, wanted: str) -> ViolationCode:
    for code in store.violation_codes():
        if code.code == wanted:
            return code
    raise UserError("citation.code", _("Choose what the car did: the violation code."))


def _check_citable(decision: Decision, code: ViolationCode, *, is_warning: bool) -> None:
    """Refuse what would be a wrongful ticket (RULES.md 17-18, 21)."""
    unsure = any(reason.kind is ReasonKind.CLOCK_UNSURE for reason in decision.reasons)
    if (code.is_safety or code.is_time_limit) and (is_warning or not unsure):
        return
    if decision.answer in (_WARNABLE if is_warning else _CITABLE):
        return
    raise UserError(
        "citation.not_now",
        _why_not(decision.answer, unsure=unsure),
        action=_("Nothing was issued. Look at the check again."),
    )


def _why_not(answer: Answer, *, unsure: bool) -> str:
    if unsure:
        return _("The clock of this device is too unsure for a citation.")
    return {
        Answer.PAID: _("A payment now covers this car."),
        Answer.PERMIT: _("A permit now covers this car."),
        Answer.GRACE: _("This car is within its grace time."),
        Answer.FREE: _("Parking is free here now."),
        Answer.HOTLIST: _("This car is on the hot list: confirm and dispatch first."),
        Answer.CANNOT_KNOW: _("A source is too old: whether this car has paid cannot be known."),
    }[answer]
