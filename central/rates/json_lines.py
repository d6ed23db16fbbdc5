"""On which line of a JSON text each value stands. Pure, any thread."""

import json
import re

from parking.errors import UserError

_SPACE = re.compile(r"[ \t\n\r]*")
_SCALAR = re.compile(r'"(?:[^"\\]|\\.)*"|[^\s,\]}]+')


def lines_of(text: str) -> dict[str, int]:
    """Return the line, from 1, of every value by its path, e.g. ``[0].spans[1].days``.

    Raises:
        UserError: ``json.malformed`` with line and column, ``json.twice`` for a name given twice
            in one object, where readers would silently take the last.
    """
    try:
        json.loads(text)
    except RecursionError as error:
        raise UserError("json.malformed", "The text is nested too deeply.") from error
    except json.JSONDecodeError as error:
        raise UserError(
            "json.malformed", f"line {error.lineno}, column {error.colno}: {error.msg}."
        ) from error
    walk = _Walk(text)
    walk.value("", 0)
    return walk.lines


class _Walk:
    """One pass over a text that is known to be JSON."""

    def __init__(self, text: str) -> None:
        self.lines: dict[str, int] = {}
        self._text = text
        self._line, self._counted = 1, 0

    def value(self, path: str, at: int) -> int:
        """Note where a value starts; return the place behind it."""
        at = self._skip(at)
        self.lines[path] = self._line_at(at)
        match self._text[at]:
            case "{":
                return self._members(path, at)
            case "[":
                return self._items(path, at)
        return at + len(self._scalar(at))

    def _members(self, path: str, at: int) -> int:
        names = set()
        at = self._skip(at + 1)
        while self._text[at] != "}":
            written = self._scalar(at)
            name = json.loads(written)
            at = self.value(f"{path}.{name}", self._skip(at + len(written)) + 1)
            if name in names:
                line = self.lines[f"{path}.{name}"]
                raise UserError("json.twice", f"line {line}: {name} is given twice.")
            names.add(name)
            at = self._behind(at)
        return at + 1

    def _items(self, path: str, at: int) -> int:
        place, at = 0, self._skip(at + 1)
        while self._text[at] != "]":
            at = self._behind(self.value(f"{path}[{place}]", at))
            place += 1
        return at + 1

    def _scalar(self, at: int) -> str:
        found = _SCALAR.match(self._text, at)
        return found[0] if found else ""

    def _behind(self, at: int) -> int:
        at = self._skip(at)
        return self._skip(at + 1) if self._text[at] == "," else at

    def _skip(self, at: int) -> int:
        found = _SPACE.match(self._text, at)
        return found.end() if found else at

    def _line_at(self, at: int) -> int:
        self._line += self._text.count("\n", self._counted, at)
        self._counted = at
        return self._line
