from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.usecases.issue_citation import Issued
from app.usecases.keep_draft import CitationDraft
from app.usecases.photos import TakenPhoto
from parking.check import Answer, PlateCheck
from parking.citation import Citation, CitationEvent, EventKind
from parking.errors import UnavailableError, UserError
from parking.numbers import read_citation_number
from parking.photo import Photo
from parking.seal import sealed_bytes
from parking.zone import Source
from tests.fakes.terminal_app import FakeTerminal, fake_terminal
from tests.unit.app.usecases.test_check_plate import paid
from tests.waiting import wait_until

JPEG = b"\xff\xd8\xff\xe0" + b"car" * 100 + b"\xff\xd9"


@pytest.fixture
def terminal() -> Iterator[FakeTerminal]:
    with fake_terminal() as made:
        made.on_beat()
        yield made


def photos(terminal: FakeTerminal, count: int = 2) -> tuple[TakenPhoto, ...]:
    """Take photos."""
    take = terminal.app.officer.take_photo
    return tuple(terminal.lanes.run(take(JPEG + bytes([n]) + b"\xff\xd9")) for n in range(count))


def draft(terminal: FakeTerminal, **changes: object) -> CitationDraft:
    """Write a form that can be issued."""
    fields: dict[str, object] = {
        "plate": "ZZ99999",
        "plate_state": "CT",
        "zone_id": "112",
        "code": "101",
        "place": " 140 Summer St ",
        "photos": photos(terminal),
        **changes,
    }
    return CitationDraft(**fields)  # type: ignore[arg-type]  # a test's own fields


def issue(terminal: FakeTerminal, form: CitationDraft) -> Issued:
    return terminal.lanes.run(terminal.app.officer.issue_citation(form))


def _refused(terminal: FakeTerminal, form: CitationDraft) -> UserError:
    with pytest.raises(UserError) as caught:
        issue(terminal, form)
    assert terminal.store.all_of(Citation) == []
    return caught.value


def test_a_citation_is_saved_whole_and_sealed_by_the_officers_key(terminal: FakeTerminal) -> None:
    form = draft(terminal)
    terminal.lanes.run(terminal.app.officer.keep_draft(form))
    issued = issue(terminal, form)
    citation = issued.citation
    assert terminal.store.all_of(Citation) == [citation]
    assert read_citation_number(citation.number) == (4, 1)
    assert (citation.fine_cents, citation.place) == (2500, "140 Summer St")
    assert citation.photo_hashes == tuple(photo.sha256 for photo in form.photos)
    assert [one.citation_id for one in terminal.store.all_of(Photo)] == [citation.citation_id] * 2
    key = terminal.central.keys[citation.officer_id]
    Ed25519PublicKey.from_public_bytes(key).verify(citation.seal, sealed_bytes(citation))
    assert terminal.lanes.run(terminal.app.officer.draft()) is None


def test_the_last_look_is_sealed_in(terminal: FakeTerminal) -> None:
    issued = issue(terminal, draft(terminal))
    (check,) = terminal.store.all_of(PlateCheck)
    assert check.sealed
    assert check.check_id == issued.citation.check_id
    assert check.answer is Answer.NOT_PAID


def test_a_payment_that_came_meanwhile_stops_it(terminal: FakeTerminal) -> None:
    form = draft(terminal)
    paid(terminal, "ZZ99999")
    error = _refused(terminal, form)
    assert error.key == "citation.not_now"
    assert "payment now covers" in error.sentence
    assert "Nothing was issued" in error.action


@pytest.mark.parametrize("source", [Source.APP, Source.PAY_STATION, Source.PERMIT])
def test_old_data_stops_it(terminal: FakeTerminal, source: Source) -> None:
    terminal.store.as_of[source] = terminal.clock.utc - timedelta(days=2)
    assert "cannot be known" in _refused(terminal, draft(terminal)).sentence


def test_a_clock_too_unsure_stops_it_even_for_safety(terminal: FakeTerminal) -> None:
    terminal.clock.uncertainty_ms = 60_000
    safety = next(code.code for code in terminal.store.fed_codes if code.is_safety)
    for code in ("101", safety):
        assert "clock" in _refused(terminal, draft(terminal, code=code)).sentence


def test_a_safety_violation_does_not_ask_for_payments(terminal: FakeTerminal) -> None:
    paid(terminal, "ZZ99999")
    safety = next(code.code for code in terminal.store.fed_codes if code.is_safety)
    assert issue(terminal, draft(terminal, code=safety)).citation.violation_code == safety


def test_a_hot_list_hit_is_dispatched_not_cited(terminal: FakeTerminal) -> None:
    assert "hot list" in _refused(terminal, draft(terminal, plate="AC70518")).sentence


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"code": ""}, "citation.code"),
        ({"code": "999"}, "citation.code"),
        ({"plate": ""}, "plate.empty"),
        ({"plate_state": "QQ"}, "plate.state"),
        ({"zone_id": "999"}, "zone.unknown"),
        ({"photos": ()}, "citation.photos"),
        ({"note_public": "x" * 501}, "record.field"),
    ],
)
def test_what_is_missing_is_named(
    terminal: FakeTerminal, changes: dict[str, object], key: str
) -> None:
    assert _refused(terminal, draft(terminal, **changes)).key == key


def test_a_full_disk_keeps_the_draft_and_the_number(terminal: FakeTerminal) -> None:
    form = draft(terminal)
    terminal.lanes.run(terminal.app.officer.keep_draft(form))
    terminal.store.disk_full = True
    with pytest.raises(UnavailableError):
        issue(terminal, form)
    terminal.store.disk_full = False
    assert terminal.lanes.run(terminal.app.officer.draft()) == form
    assert issue(terminal, form).citation.number.startswith("SC-4-000001")


def test_a_supervisor_may_not_issue() -> None:
    with fake_terminal() as terminal:
        terminal.on_beat()
        form = draft(terminal)
        boss = next(one for one in terminal.store.fed_officers if one.role == "supervisor")
        terminal.store.fed_officers.append(boss)
        with pytest.raises(UserError) as caught:
            terminal.sign_in(boss.badge)
        assert caught.value.key == "sign_in.role"
        assert form.code == "101"


def test_a_warning_has_no_fine_and_needs_no_photos(terminal: FakeTerminal) -> None:
    terminal.store.as_of[Source.APP] = None
    form = draft(terminal, photos=())
    issued = terminal.lanes.run(terminal.app.officer.warn_instead(form))
    assert issued.citation.is_warning
    assert issued.citation.fine_cents == 0
    counts = terminal.lanes.run(terminal.app.officer.counts())
    assert (counts.issued, counts.warnings) == (0, 1)


def test_a_paid_car_is_not_warned_either(terminal: FakeTerminal) -> None:
    paid(terminal, "ZZ99999")
    with pytest.raises(UserError, match="payment now covers"):
        terminal.lanes.run(terminal.app.officer.warn_instead(draft(terminal)))


def test_it_prints_after_it_is_saved_and_remembers_that(terminal: FakeTerminal) -> None:
    citation = issue(terminal, draft(terminal)).citation
    terminal.lanes.run(terminal.app.officer.print_citation(citation.citation_id))
    ((name, lines, _qr),) = terminal.printer.tickets
    assert name == citation.number
    assert any("$25.00" in line.text for line in lines)
    (event,) = terminal.store.all_of(CitationEvent)
    assert (event.kind, event.reason_code) == (EventKind.PRINTED, "to_file")
    (row,) = terminal.lanes.run(terminal.app.officer.shift_citations())
    assert row.state.printed


def test_out_of_paper_the_citation_stands(terminal: FakeTerminal) -> None:
    citation = issue(terminal, draft(terminal)).citation
    terminal.printer.out_of_paper = True
    with pytest.raises(UnavailableError, match="Load paper"):
        terminal.lanes.run(terminal.app.officer.print_citation(citation.citation_id))
    assert terminal.store.all_of(CitationEvent) == []


def test_nothing_unknown_is_printed(terminal: FakeTerminal) -> None:
    with pytest.raises(UserError, match="not known"):
        terminal.lanes.run(terminal.app.officer.print_citation(UUID(int=1)))


def test_numbers_are_leased_before_they_run_out(terminal: FakeTerminal) -> None:
    terminal.store.numbers = (98, 100)
    issue(terminal, draft(terminal))
    wait_until(lambda: terminal.store.numbers_left() == 100)
    assert terminal.store.setting("lease_asked") is None


def test_a_lost_lease_is_asked_for_again_by_its_id(terminal: FakeTerminal) -> None:
    terminal.store.numbers = (101, 100)
    terminal.central.lose_answers = True
    terminal.news()
    wait_until(lambda: terminal.central.asked.count("lease_numbers") == 1)
    with pytest.raises(UserError, match="No citation numbers"):
        issue(terminal, draft(terminal))
    terminal.central.lose_answers = False

    def leased() -> bool:
        terminal.news()
        return terminal.store.numbers_left() == 100

    wait_until(leased)
    assert len(terminal.central.leases) == 1


def test_a_void_is_asked_for_with_a_reason(terminal: FakeTerminal) -> None:
    citation = issue(terminal, draft(terminal)).citation
    void = terminal.app.officer.request_void
    with pytest.raises(UserError, match="reason"):
        terminal.lanes.run(void(citation.citation_id, " ", ""))
    terminal.lanes.run(void(citation.citation_id, "wrong_plate", "typed 8 for B"))
    (event,) = terminal.store.all_of(CitationEvent)
    assert (event.kind, event.text) == (EventKind.VOID_REQUESTED, "typed 8 for B")
    assert event.actor_id == terminal.officer().officer_id


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (b"", "photo.not_an_image"),
        (b"<html>no picture</html>", "photo.not_an_image"),
        (JPEG[:50], "photo.not_an_image"),
        (b"\xff\xd8\xff" + bytes(25_165_824), "photo.too_large"),
    ],
)
def test_a_photo_that_is_no_image_is_refused(
    terminal: FakeTerminal, content: bytes, key: str
) -> None:
    with pytest.raises(UserError) as caught:
        terminal.lanes.run(terminal.app.officer.take_photo(content))
    assert caught.value.key == key
    assert terminal.store.photos == {}
