"""What a screen says to a driver who listens: everything on it, later only what is new.

Owner thread: the GUI thread.
"""

import re
from collections.abc import Iterator

from PySide6.QtWidgets import QLabel, QWidget

from app.words import language
from ui.devices.speech import Speech
from ui.widgets.reading import in_reading_order

_NUMBERS = re.compile(r"\d+")


class Aloud:
    """Reads screens to one driver at a time.

    Args:
        speech: The voice of this pay station.
    """

    def __init__(self, speech: Speech) -> None:
        self._speech = speech
        self._said: frozenset[str] = frozenset()
        self._on = False

    @property
    def on(self) -> bool:
        """Whether the driver listens."""
        return self._on

    def begin(self) -> bool:
        """Begin to read; return False where nothing can be said in the language in force."""
        self._on = self._speech.speaks(language())
        self._said = frozenset()
        return self._on

    def go_on(self, screen: QWidget) -> None:
        """Say what is on a screen, then what is new; a number that counts down is not."""
        if not self._on:
            return
        words = tuple(words_of(screen))
        new = [each for each in words if _lasting(each) not in self._said]
        self._said = frozenset(_lasting(each) for each in words)
        if new:
            self._speech.say(". ".join(each.rstrip(".") for each in new) + ".", language())

    def end(self) -> None:
        """Be silent."""
        if self._on:
            self._on = False
            self._speech.stop()


def _lasting(words: str) -> str:
    return _NUMBERS.sub("", words)


def words_of(screen: QWidget) -> Iterator[str]:
    """Yield what the parts of a screen are called, from the top, each row from the left."""
    yield from (_words(part) for part in in_reading_order(_named(screen), screen))


def _named(part: QWidget) -> Iterator[QWidget]:
    for child in part.children():
        if not isinstance(child, QWidget) or child.isHidden():
            continue
        if _words(child):
            yield child
        else:
            yield from _named(child)


def _words(part: QWidget) -> str:
    return part.accessibleName() or (part.text() if isinstance(part, QLabel) else "")
