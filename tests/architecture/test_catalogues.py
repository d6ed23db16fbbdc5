"""Every word that a driver can meet stands in every language of the pay station."""

import string
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Message

from installer import catalogues

KIOSK = (
    *("ui/kiosk/", "ui/kiosk_life/closed", "ui/widgets/", "ui/state_names.py"),
    *("ui/sentences.py", "app/acts/kiosk.py"),
    *("ui/devices/speech.py", "ui/safe_screen.py", "ui/start_screen.py", "app/lanes.py"),
    *("app/usecases/buy_parking.py", "parking/receipt.py", "parking/plate.py", "parking/bill.py"),
    *("parking/clockface.py", "parking/price", "parking/pricing.py", "parking/voucher"),
    *("parking/slip_paper.py", "parking/notification.py", "parking/numbers.py"),
    *("app/usecases/write_slip.py", "app/usecases/send_receipt.py"),
    *("central/bills/", "central/payments/", "central/quotes/", "central/notifications/"),
)
"""Where words stand that a driver reads at a pay station."""


def _is_for_drivers(message: Message) -> bool:
    return any(file.startswith(KIOSK) for file, _ in message.locations)


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Yield a source form and each translated form that stands for it."""
    source = message.id if isinstance(message.id, str) else message.id[1]
    forms = [message.string] if isinstance(message.string, str) else message.string or ()
    yield from ((source, form) for form in forms)


def _names(form: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(form) if name}


@pytest.mark.parametrize("language", ["es", "ht", "pl"])
def test_drivers_read_every_word_in_their_language(language: str) -> None:
    missing = [
        str(message.id)
        for message in catalogues.load(language)
        if message.id and _is_for_drivers(message) and not all(form for _, form in _pairs(message))
    ]
    assert missing == []


@pytest.mark.parametrize("language", catalogues.languages())
def test_a_translation_has_the_same_values_as_its_source(language: str) -> None:
    wrong = [
        (source, form)
        for message in catalogues.load(language)
        if message.id
        for source, form in _pairs(message)
        if form and _names(form) - {"n"} != _names(source) - {"n"}
    ]
    assert wrong == []


@pytest.mark.parametrize("language", catalogues.languages())
def test_the_catalogue_has_exactly_the_words_of_the_sources(language: str) -> None:
    told = "python -m installer.catalogues update"
    stored = catalogues.po_path(language).read_bytes()
    assert stored == catalogues.po_bytes(catalogues.updated(language)), told


@pytest.mark.parametrize("language", catalogues.languages())
def test_programs_read_the_newest_translation(language: str) -> None:
    told = "python -m installer.catalogues compile"
    compiled = catalogues.po_path(language).with_suffix(".mo").read_bytes()
    assert compiled == catalogues.mo_bytes(catalogues.load(language)), told


@pytest.mark.parametrize(
    "words",
    [
        ("What would you like to do?",),
        ("{n} hour", "{n} hours"),
        ("This code has been used already.",),
        ("Nothing to pay until {time} today: parking is free.",),
        ("You can pay from {sold_from}.",),
        ("Ask for a new price.",),
    ],
    ids=["sentence", "many", "error", "one of two", "action by a condition", "action"],
)
def test_each_way_to_say_something_is_collected(words: tuple[str, ...]) -> None:
    assert words in {said.words for said in catalogues.collect()}
