import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import words


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    words.use_language("en")


def _catalogue(folder: Path, code: str, entries: dict[str, str]) -> None:
    """Write a .mo file (GNU gettext manual, 10.3) with some entries."""
    entries = {"": "Content-Type: text/plain; charset=UTF-8\n", **entries}
    pairs = sorted((one.encode(), other.encode()) for one, other in entries.items())
    count, at = len(pairs), 28 + 16 * len(pairs)
    tables: list[list[int]] = [[], []]
    texts = b""
    for column in (0, 1):
        for pair in pairs:
            tables[column] += [len(pair[column]), at + len(texts)]
            texts += pair[column] + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, count, 28, 28 + 8 * count, 0, 0)
    body = struct.pack(f"<{4 * count}I", *tables[0], *tables[1])
    path = folder / code / "LC_MESSAGES" / "parking.mo"
    path.parent.mkdir(parents=True)
    path.write_bytes(head + body + texts)


def test_english_is_the_source() -> None:
    assert words._("Sign in") == "Sign in"
    assert words.ngettext("{left} try left", "{left} tries left", 2) == "{left} tries left"
    assert words.language() == "en"


def test_another_language_is_used_where_it_has_the_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    _catalogue(tmp_path, "es", {"Sign in": "Entrar"})
    assert words.languages() == ("en", "es")
    words.use_language("es")
    assert words.language() == "es"
    assert words._("Sign in") == "Entrar"
    assert words._("No shift") == "No shift"
    assert words._("") == ""


def test_an_unknown_language_is_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words.use_language("tlh")
    assert words.language() == "en"
    assert words._("Sign in") == "Sign in"
