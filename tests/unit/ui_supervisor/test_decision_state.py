from datetime import timedelta

import pytest

from app.usecases.held_citations import HeldRow
from parking.citation import CitationEvent, EventKind
from tests.fakes.clock import NOON
from tests.unit.ui_supervisor.samples import citation, held_row, hold, name, payment
from ui.supervisor.decision_state import decided_words, decision_state, reasons


def _row(paid_cents: int = 0) -> HeldRow:
    of = citation(12873, NOON)
    right = payment(1, NOON - timedelta(hours=1), NOON + timedelta(hours=1))
    paid = CitationEvent(
        citation_event_id=name("paid"),
        citation_id=of.citation_id,
        kind=EventKind.PAID,
        at_utc=NOON,
        amount_cents=paid_cents,
    )
    return held_row(of, right, hold(of, right, NOON), *([paid] if paid_cents else []))


@pytest.mark.parametrize(
    ("reason", "words", "dismiss", "release"),
    [
        ("", "", False, False),
        ("paid_late_feed", "", True, False),
        ("in_grace", "", True, False),
        ("driver_proved_it", "", True, False),
        ("not_this_car", "", False, True),
        ("not_valid_here", "", False, True),
        ("other", "  ", False, False),
        ("other", "Ambulance", True, True),
    ],
)
def test_a_reason_allows_only_what_it_speaks_for(
    reason: str, words: str, dismiss: bool, release: bool
) -> None:
    state = decision_state(_row(), reason, words)
    assert (state.dismiss.enabled, state.release.enabled) == (dismiss, release)


def test_every_reason_is_covered_and_short_enough_to_be_stored() -> None:
    for reason in reasons():
        state = decision_state(_row(), reason.key, "words")
        assert state.dismiss.enabled or state.release.enabled
        assert len(reason.key) <= 40


def test_without_a_citation_nothing_can_be_decided() -> None:
    state = decision_state(None, "other", "words")
    assert (state.effect, state.dismiss.enabled, state.release.enabled) == ("", False, False)


@pytest.mark.parametrize(
    ("reason", "paid", "words"),
    [
        ("", 0, "Choose why."),
        ("other", 0, "Say in your words"),
        ("paid_late_feed", 0, "The driver pays nothing."),
        ("paid_late_feed", 2500, "$25.00 must be paid back."),
        ("not_this_car", 0, "$25.00 is due again"),
        ("not_this_car", 1000, "$15.00 is due again"),
        ("not_this_car", 2500, "It is paid already."),
    ],
)
def test_the_effect_is_said_before_it_happens(reason: str, paid: int, words: str) -> None:
    assert words in decision_state(_row(paid), reason, "").effect


def test_with_other_both_effects_are_said() -> None:
    effect = decision_state(_row(), "other", "Ambulance").effect
    assert effect == "Dismiss: the driver pays nothing. Release: $25.00 is due again."


def test_the_field_says_when_words_are_needed() -> None:
    assert decision_state(_row(), "other", "").field.label == "In your words, needed"
    assert decision_state(_row(), "in_grace", "").field.label == "In your words"


def test_heavy_buttons_ignore_the_second_half_of_a_double_press() -> None:
    state = decision_state(_row(), "other", "x")
    assert state.dismiss.heavy
    assert state.release.heavy
    assert (state.dismiss.key, state.release.key) == ("F9", "F7")


def test_what_was_decided_is_said() -> None:
    number = _row().held.citation.number
    assert decided_words(_row(), release=False).startswith(f"{number} is dismissed.")
    assert decided_words(_row(), release=True).startswith(f"{number} stands again.")
