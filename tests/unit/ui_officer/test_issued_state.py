import pytest

from app.ports import PrintOutcome
from app.usecases.shift_citations import CitationRow
from parking.citation import EventKind
from tests.unit.parking.samples import event, uid
from tests.unit.ui_officer.checked import row
from ui.officer.issued_state import IssuedState, issued_state
from ui.widgets.shapes import Mark


def _shown(
    of: CitationRow, printed: PrintOutcome | None = PrintOutcome.PRINTED, trouble: str = ""
) -> IssuedState:
    return issued_state(of, printed=printed, trouble=trouble, time_zone="America/New_York")


def _fact(state: IssuedState, name: str) -> str:
    return dict(state.facts.facts)[name]


def test_a_saved_citation_shows_its_number_amount_and_time() -> None:
    state = _shown(row(photo_hashes=(b"1", b"2")))
    assert state.title == "Citation saved · SC-4-0012873"
    assert _fact(state, "Amount") == "$25.00"
    assert _fact(state, "Observed") == "12:30:00"
    assert _fact(state, "Photos") == "2"
    assert state.plate.number == "AB-12345"
    assert state.mark is Mark.OK


def test_a_warning_is_called_so() -> None:
    state = _shown(row(is_warning=True, fine_cents=0))
    assert state.title.startswith("Warning saved")
    assert _fact(state, "Amount") == "$0.00"


@pytest.mark.parametrize(
    ("sending", "line", "mark"),
    [
        ("to_send", "Saved on this laptop, waits for the network", Mark.OK),
        ("sent", "Received at central", Mark.OK),
        ("", "Received at central", Mark.OK),
        (
            "refused",
            "Central refused it; a supervisor looks at it. It is kept here",
            Mark.CAUTION,
        ),
    ],
)
def test_it_says_where_the_citation_is_now(sending: str, line: str, mark: Mark) -> None:
    state = _shown(row(sending=sending))
    assert (state.line, state.mark) == (line, mark)


@pytest.mark.parametrize(
    ("of", "printed", "trouble", "paper"),
    [
        (row(), None, "", "printing"),
        (row(), PrintOutcome.PRINTED, "", "printed"),
        (row(), PrintOutcome.TO_FILE, "", "no printer: kept as a file to print later"),
        (row(), None, "Load paper.", "Load paper."),
        (row(event(EventKind.PRINTED)), None, "", "printed"),
    ],
)
def test_it_says_what_became_of_the_paper(
    of: CitationRow, printed: PrintOutcome | None, trouble: str, paper: str
) -> None:
    state = _shown(of, printed, trouble)
    assert _fact(state, "Paper") == paper
    assert (state.mark is Mark.CAUTION) is bool(trouble)


@pytest.mark.parametrize(
    ("kinds", "words", "may_void"),
    [
        ((), "issued", True),
        ((EventKind.PRINTED, EventKind.SERVED), "issued", True),
        ((EventKind.VOID_REQUESTED,), "issued, a supervisor was asked to void it", False),
        ((EventKind.VOID_REQUESTED, EventKind.VOIDED), "voided", False),
        ((EventKind.HELD,), "held: a payment covers it", False),
        ((EventKind.DISMISSED,), "dismissed", False),
    ],
)
def test_it_says_what_has_become_of_the_citation(
    kinds: tuple[EventKind, ...], words: str, may_void: bool
) -> None:
    events = (
        event(kind, number, right_id=uid(0x51) if kind is EventKind.HELD else None)
        for number, kind in enumerate(kinds)
    )
    state = _shown(row(*events))
    assert _fact(state, "State") == words
    assert state.may_void is may_void
