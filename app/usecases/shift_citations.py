"""Citations with their folded state, as lists show them. Reads only."""

from dataclasses import dataclass
from uuid import UUID

from app.city import fine_rules
from app.post import Duty, Post
from app.words import _
from parking.citation import Citation, CitationEvent, CitationState, fold
from parking.errors import UserError
from parking.numbers import read_citation_number
from parking.plate import check_plate_text


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationRow:
    """One citation.

    Attributes:
        state: Folded now.
        sending: ``to_send``, ``sent`` or ``refused`` for one made here, empty for others.
    """

    citation: Citation
    events: tuple[CitationEvent, ...]
    state: CitationState
    sending: str


def shift_citations(post: Post, duty: Duty) -> tuple[CitationRow, ...]:
    """Return the citations of the running shift, newest first; empty without a shift."""
    if duty.shift is None:
        return ()
    rows = [
        _row(post, citation, events)
        for citation, events in post.store.shift_citations(duty.shift.shift_id)
    ]
    return tuple(sorted(rows, key=lambda row: row.citation.issued_utc, reverse=True))


def one_citation(post: Post, citation_id: UUID) -> CitationRow:
    """Return one citation known here.

    Raises:
        UserError: ``citation.unknown``.
    """
    found = post.store.citation(citation_id)
    if found is None:
        raise UserError("citation.unknown", _("This citation is not known on this device."))
    return _row(post, *found)


def find_citations(post: Post, text: str) -> tuple[CitationRow, ...]:
    """Return the citations with a number, or of a plate as it was issued, newest first.

    Args:
        post: This terminal.
        text: A citation number (``SC-4-0012873``) or a plate; blanks and case do not count.

    Raises:
        UserError: ``number.form``, ``number.check_digit``, ``plate.empty``, ``plate.characters``,
            ``plate.too_long``.
    """
    text = "".join(text.split()).upper()
    if text.startswith("SC-") and text.count("-") > 1:
        read_citation_number(text)
        found = post.store.numbered_citations(text)
    else:
        found = post.store.plate_citations(check_plate_text(text))
    rows = [_row(post, citation, events) for citation, events in found]
    return tuple(sorted(rows, key=lambda row: row.citation.issued_utc, reverse=True))


def _row(post: Post, citation: Citation, events: tuple[CitationEvent, ...]) -> CitationRow:
    rules = fine_rules(post.store.zone(citation.zone_id))
    return CitationRow(
        citation=citation,
        events=events,
        state=fold(citation, events, as_of_utc=post.clock.now().utc, rules=rules),
        sending=post.store.sending(citation.citation_id),
    )
