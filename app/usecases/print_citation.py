"""Print a citation that is saved, and record that the paper exists. I/O lane.

It prints what was sealed, read back from the store: nothing that is not durable reaches paper.
"""

from uuid import UUID

from app.city import city_name, fine_rules, ticket_notices
from app.ports import Printer, PrintOutcome
from app.post import Duty, OnStore, Post
from app.usecases.check_plate import fresh_zone
from app.usecases.request_void import add_event, known_citation
from app.words import _
from parking.citation import Citation, EventKind
from parking.errors import BugError
from parking.receipt import Ticket, ticket_lines


def print_citation(
    post: Post, duty: Duty, on_store: OnStore, *, printer: Printer, citation_id: UUID
) -> PrintOutcome:
    """Print and record it.

    Args:
        post: This terminal.
        duty: Who prints.
        on_store: Runs writes.
        printer: The ticket printer.
        citation_id: A citation known here.

    Raises:
        UserError: ``citation.unknown``.
        UnavailableError: ``printer.unavailable`` with what to do; the citation stands, print again.
    """
    citation = known_citation(post, citation_id)
    lines = ticket_lines(_ticket(post, citation), _=_)
    outcome = printer.print_ticket(citation.number, lines, qr=citation.number)
    on_store(
        "record_printed",
        lambda: add_event(
            post,
            duty,
            citation_id=citation_id,
            kind=EventKind.PRINTED,
            reason_code=outcome.value,
            text="",
        ),
    )
    return outcome


def _ticket(post: Post, citation: Citation) -> Ticket:
    zone = fresh_zone(post.store, citation.zone_id)
    for code in post.store.violation_codes():
        if code.code == citation.violation_code:
            return Ticket(
                city=city_name(),
                citation=citation,
                code=code,
                zone=zone,
                rules=fine_rules(zone),
                check=post.store.plate_check(citation.check_id),
                notices=ticket_notices(),
            )
    raise BugError(f"the code of citation {citation.citation_id} is not known here")
