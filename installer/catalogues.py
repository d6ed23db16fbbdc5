"""Collects what people read into one gettext catalogue per language, and compiles them.

    python -m installer.catalogues update     # after words changed: new ones appear untranslated
    python -m installer.catalogues compile    # after a translation: writes the .mo files

The sources are only read, never imported. Single thread.
"""

import argparse
import ast
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "i18n"
DOMAIN = "parking"
_SOURCES = ("parking", "sync", "app", "ui", "central")
_SPOKEN = {"_": (0,), "ngettext": (0, 1), "try_later": (1,), "RefusedError": (2,)}
"""Where a call has its words; every other error of ours has its form behind the key."""
_FORM_PLACE = (1,)
_NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Said:
    """Words of one place in the source.

    Attributes:
        words: The sentence; with a second one for more than one of a thing.
        file: Path from the root, with ``/``.
    """

    words: tuple[str, ...]
    file: str


@cache
def collect() -> tuple[Said, ...]:
    """Return everything that people may read, file by file; the sources are read once."""
    return tuple(_collected())


def _collected() -> Iterator[Said]:
    for folder in _SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            file = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Call):
                    yield from (Said(words, file) for words in _words(node))


def _words(call: ast.Call) -> Iterator[tuple[str, ...]]:
    name = getattr(call.func, "id", getattr(call.func, "attr", ""))
    is_error = name.endswith("Error")
    places = _SPOKEN.get(name, _FORM_PLACE if is_error else ())
    found = [_texts(call.args[place]) for place in places if place < len(call.args)]
    yield from zip(*found, strict=False)
    if is_error:
        actions = (keyword.value for keyword in call.keywords if keyword.arg == "action")
        yield from ((text,) for action in actions for text in _texts(action))


def _texts(node: ast.expr) -> list[str]:
    """Return the words an argument may be: one sentence, or one of two by a condition."""
    if isinstance(node, ast.IfExp):
        return [*_texts(node.body), *_texts(node.orelse)]
    text = node.value if isinstance(node, ast.Constant) else ""
    return [text] if isinstance(text, str) and text else []


def template() -> Catalog:
    """Return all words of the product, each with the files it stands in."""
    catalogue = Catalog(project="Stamford Parking", charset="utf-8", fuzzy=False)
    for said in collect():
        words = said.words if len(said.words) > 1 else said.words[0]
        catalogue.add(words, locations=[(said.file, 1)])
    return catalogue


def po_path(language: str) -> Path:
    """Return where the translations of a language are written."""
    return FOLDER / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def languages() -> tuple[str, ...]:
    """Return the codes that have a catalogue."""
    return tuple(sorted(path.parents[1].name for path in FOLDER.glob(f"*/LC_MESSAGES/{DOMAIN}.po")))


def load(language: str) -> Catalog:
    """Return the translations of a language."""
    with po_path(language).open("rb") as file:
        catalogue = read_po(file, locale=language, domain=DOMAIN)
    # Else the moment of compiling stands in the .mo file, and it is never twice the same.
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    return catalogue


def updated(language: str) -> Catalog:
    """Return a language's catalogue with exactly the words of the sources; none is guessed."""
    catalogue = load(language)
    catalogue.update(template(), no_fuzzy_matching=True, update_creation_date=False)
    catalogue.obsolete.clear()
    return catalogue


def po_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as it is stored: sorted, with file names, without dates."""
    out = io.BytesIO()
    write_po(out, catalogue, sort_output=True, include_lineno=False, width=100, omit_header=True)
    head = f'msgid ""\nmsgstr ""\n"Language: {catalogue.locale_identifier}\\n"\n'
    head += '"Content-Type: text/plain; charset=utf-8\\n"\n'
    head += f'"Plural-Forms: {catalogue.plural_forms}\\n"\n\n'
    return head.encode() + out.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """Return a catalogue as programs read it; untranslated words stay English."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def main() -> None:
    """Update or compile all catalogues."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("what", choices=("update", "compile"))
    what = parser.parse_args().what
    for language in languages():
        path = po_path(language)
        if what == "update":
            path.write_bytes(po_bytes(updated(language)))
        path.with_suffix(".mo").write_bytes(mo_bytes(load(language)))


if __name__ == "__main__":
    main()
