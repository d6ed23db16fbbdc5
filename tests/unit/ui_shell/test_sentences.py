import pytest

from parking.errors import BugError, UnavailableError, UserError
from ui import sentences

_SPANISH = {
    "Enter {least} to {most} minutes.": "Escriba de {least} a {most} minutos.",
    "Ask at {place}.": "Pregunte en {place}.",
    "Try again.": "Intente otra vez.",
    "The reader is silent.": "El lector no responde.",
    "Free until {weekday}, {month} {day}, {zone}.": "Gratis hasta {weekday} {day} {month}, {zone}.",
    "Sun": "dom",
    "May": "may",
}


@pytest.fixture(autouse=True)
def _spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sentences, "_", lambda text: _SPANISH.get(text, text))


def test_the_form_is_translated_and_the_values_come_after() -> None:
    error = UserError(
        "a",
        "Enter {least} to {most} minutes.",
        action="Ask at {place}.",
        least=1,
        most=90,
        place="K7",
    )
    assert sentences.said(error) == "Escriba de 1 a 90 minutos."
    assert sentences.sentence(error) == "Escriba de 1 a 90 minutos. Pregunte en K7."
    assert (error.sentence, error.action) == ("Enter 1 to 90 minutes.", "Ask at K7.")


def test_of_the_values_only_days_and_months_are_words_of_a_language() -> None:
    error = UserError(
        "d",
        "Free until {weekday}, {month} {day}, {zone}.",
        weekday="Sun",
        month="May",
        day="2",
        zone="Sun",
    )
    assert sentences.said(error) == "Gratis hasta dom 2 may, Sun."


def test_what_may_be_tried_again_says_so_once() -> None:
    silent = UnavailableError("b", "The reader is silent.", retry_safe=True)
    assert sentences.sentence(silent) == "El lector no responde. Intente otra vez."
    again = UnavailableError("b", "Try again.", retry_safe=True)
    assert sentences.sentence(again) == "Intente otra vez."


def test_a_sentence_without_values_may_hold_any_character() -> None:
    assert sentences.said(UserError("c", "A plate {is} 100% plain.")) == "A plate {is} 100% plain."


def test_our_own_fault_says_what_it_is() -> None:
    assert sentences.sentence(BugError("not reached")) == "not reached"
