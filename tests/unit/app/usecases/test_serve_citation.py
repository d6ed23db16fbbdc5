"""How a citation reached the driver is a fact; late fees run from it."""

from datetime import timedelta

import pytest

from app.city import fine_rules
from app.usecases.keep_draft import CitationDraft
from app.usecases.serve_citation import Service
from parking.citation import Citation, Display, fold
from tests.fakes.terminal_app import FakeTerminal, fake_terminal


def _issued(terminal: FakeTerminal) -> Citation:
    terminal.on_beat(zone_id="204")
    draft = CitationDraft(plate="ZZ99999", plate_state="CT", zone_id="204", code="101")
    return terminal.lanes.run(terminal.app.officer.warn_instead(draft)).citation


@pytest.mark.parametrize("service", list(Service))
def test_service_is_recorded_with_its_way(service: Service) -> None:
    with fake_terminal() as terminal:
        citation = _issued(terminal)
        terminal.lanes.run(terminal.app.officer.serve(citation.citation_id, service))

        row = terminal.lanes.run(terminal.app.officer.citation(citation.citation_id))
        assert [event.reason_code for event in row.events] == [service]


def test_an_unserved_citation_never_becomes_overdue() -> None:
    with fake_terminal() as terminal:
        citation = _issued(terminal)
        later = terminal.clock.utc + timedelta(days=400)

        state = fold(citation, [], as_of_utc=later, rules=fine_rules(None))
        assert state.display is not Display.OVERDUE
