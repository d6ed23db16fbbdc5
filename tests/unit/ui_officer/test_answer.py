"""The answer of a check: what may follow it, and how it renews itself."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest

from app.ports import NetState
from parking.check import Answer, Candidates
from parking.errors import UnavailableError
from tests.fakes.clock import NOON
from tests.unit.ui_officer.laptop import Laptop
from tests.unit.ui_officer.laptop import read as plate_read
from ui.widgets.reasons import AgesCard

SUNDAY = NOON - timedelta(days=1)


def _nothing(_laptop: Laptop) -> None:
    """The city as it is."""


def _old(laptop: Laptop) -> None:
    laptop.terminal.store.fresh(laptop.terminal.clock.utc - timedelta(minutes=52))


def _sunday(laptop: Laptop) -> None:
    laptop.terminal.clock.utc = SUNDAY
    laptop.terminal.store.fresh(SUNDAY)


@dataclass(frozen=True, slots=True)
class Case:
    """How an answer comes about, and what may follow it."""

    answer: Answer
    prepare: Callable[[Laptop], None]
    plate: str
    word: str
    issue: bool = False
    warn: bool = False


CASES = (
    Case(Answer.PAID, lambda it: it.pay("BK47291"), "BK47291", "PAID. until 12:50"),
    Case(Answer.PERMIT, _nothing, "CT80117", "PERMIT. until Jan 1, 2028"),
    Case(Answer.FREE, _sunday, "BK47291", "FREE NOW"),
    Case(Answer.HOTLIST, _nothing, "AC70518", "HOT LIST. Reported stolen"),
    Case(
        Answer.GRACE,
        lambda it: it.pay("BK47291", ago_min=62),
        "BK47291",
        "IN GRACE. Wait until 12:03",
        warn=True,
    ),
    Case(Answer.CANNOT_KNOW, _old, "BK47291", "CANNOT KNOW. No payment found", warn=True),
    Case(
        Answer.EXPIRED,
        lambda it: it.pay("BK47291", ago_min=78),
        "BK47291",
        "EXPIRED. 18 min ago",
        issue=True,
        warn=True,
    ),
    Case(Answer.NOT_PAID, _nothing, "BK47291", "NOT PAID", issue=True, warn=True),
)


def test_every_answer_is_tried() -> None:
    assert {case.answer for case in CASES} == set(Answer)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.answer)
def test_only_what_the_answer_allows_can_follow(laptop: Laptop, case: Case) -> None:
    case.prepare(laptop)
    laptop.check(case.plate)
    assert laptop.says("answer").startswith(case.word)
    assert laptop.checks()[-1].answer is case.answer
    assert laptop.can_press("issue_button") is case.issue
    assert laptop.can_press("warn_button") is case.warn
    assert laptop.has_focus("issue_button" if case.issue else "next_button")
    for key, leads in (("F9", case.issue), ("F7", case.warn)):
        laptop.press(key)
        assert laptop.screen == ("citation" if leads else "checked")
        if leads:
            laptop.press("Esc")
    assert laptop.citations() == []


def test_the_next_plate_begins_empty(laptop: Laptop) -> None:
    for key in ("F2", "Enter"):
        laptop.terminal.store.rights.clear()
        laptop.pay("AB12345")
        laptop.check("AB12345")
        laptop.press(key)
        assert (laptop.screen, laptop.plate()) == ("check", "")


def test_a_wrong_plate_can_be_corrected(laptop: Laptop) -> None:
    laptop.check("AB1234S")
    laptop.press("Esc")
    assert (laptop.screen, laptop.plate()) == ("check", "AB1234S")


# --- renewal --------------------------------------------------------------------------------


def test_a_payment_turns_the_open_answer_to_paid_without_asking(laptop: Laptop) -> None:
    laptop.check("AB12345")
    laptop.pay("AB12345")
    assert laptop.says("answer").startswith("NOT PAID")
    laptop.news("parking_session")
    assert laptop.says("answer").startswith("PAID")
    assert not laptop.can_press("issue_button")
    assert laptop.has_focus("next_button")
    assert [check.answer for check in laptop.checks()] == [Answer.NOT_PAID, Answer.PAID]
    laptop.press("F9")
    assert laptop.screen == "checked"


def test_a_right_that_is_taken_back_turns_it_too(laptop: Laptop) -> None:
    laptop.pay("AB12345")
    laptop.check("AB12345")
    laptop.terminal.store.rights.clear()
    laptop.news("parking_session")
    assert laptop.says("answer").startswith("NOT PAID")
    assert laptop.has_focus("issue_button")


def test_news_without_change_stores_nothing_and_keeps_the_focus(laptop: Laptop) -> None:
    laptop.check("AB12345")
    for _number in range(3):
        laptop.news("zone", "parking_session")
    assert len(laptop.checks()) == 1
    assert laptop.has_focus("issue_button")


def test_a_source_that_grows_too_old_turns_the_answer_to_cannot_know(laptop: Laptop) -> None:
    laptop.check("AB12345")
    laptop.pass_by(110)
    assert laptop.says("answer").startswith("NOT PAID")
    laptop.pass_by(20)
    assert laptop.says("answer").startswith("CANNOT KNOW")
    assert not laptop.can_press("issue_button")
    laptop.terminal.store.fresh(laptop.terminal.clock.utc)
    laptop.news(net=NetState.ONLINE)
    assert laptop.says("answer").startswith("NOT PAID")


def test_ages_grow_while_the_answer_is_open(laptop: Laptop) -> None:
    laptop.check("AB12345")
    laptop.pass_by(30)
    ages = laptop.find(AgesCard, "ages").view.ages
    assert {one.age for one in ages} == {"30 s"}
    assert len(laptop.checks()) == 1


def test_news_during_a_look_is_looked_at_too(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.check("AB12345")
    store = laptop.terminal.store
    read = store.candidates

    def read_then_paid(key: str) -> Candidates:
        found = read(key)
        if not store.rights:
            laptop.pay("AB12345")
            laptop.terminal.news("parking_session")
        return found

    monkeypatch.setattr(store, "candidates", read_then_paid)
    laptop.terminal.news("permit")
    laptop.wait(lambda: laptop.says("answer").startswith("PAID"))
    assert [check.answer for check in laptop.checks()] == [Answer.NOT_PAID, Answer.PAID]


def test_an_answer_that_cannot_be_renewed_stays_and_says_so(
    laptop: Laptop, monkeypatch: pytest.MonkeyPatch
) -> None:
    laptop.pay("AB12345")
    laptop.check("AB12345")

    def fail(_key: str) -> Candidates:
        raise UnavailableError("database.busy", "The records are busy.", retry_safe=True)

    monkeypatch.setattr(laptop.terminal.store, "candidates", fail)
    laptop.press("F3")
    assert laptop.notice() == "The records are busy."
    assert laptop.says("answer").startswith("PAID")


# --- the car --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("plate", "words"),
    [
        ("AB12345", "Plate typed by hand, Compare with the car"),
        ("A812345", "Is it AB-12345?, Look-alike of usual form: compare"),
    ],
)
def test_a_typed_plate_is_compared_with_the_car(laptop: Laptop, plate: str, words: str) -> None:
    laptop.check(plate)
    assert laptop.says("car") == words


def test_the_photo_of_a_scanned_car_stands_beside_its_answer_only(laptop: Laptop) -> None:
    laptop.add_photos(1)
    laptop.terminal.reader.reads = (plate_read("BK47291"),)
    laptop.press("F2", "Enter")
    assert laptop.says("car") == "Plate read from a photo, Confirmed by you"
    laptop.press("F2")
    laptop.check("AB12345")
    assert laptop.says("car").startswith("Plate typed by hand")


def test_a_payment_in_another_zone_is_a_reason_to_see(laptop: Laptop) -> None:
    laptop.pay("AB12345", zone_id="114")
    laptop.check("AB12345")
    assert "Paid in zone 114" in laptop.words()


def test_the_zone_of_the_check_is_looked_at_as_it_stands_now(laptop: Laptop) -> None:
    store = laptop.terminal.store
    laptop.pay("AB12345", ago_min=66)
    laptop.check("AB12345")
    assert laptop.says("answer").startswith("EXPIRED")
    store.fed_zones = [replace(zone, exit_grace_s=1200) for zone in store.fed_zones]
    laptop.news("zone")
    assert laptop.says("answer").startswith("IN GRACE")
