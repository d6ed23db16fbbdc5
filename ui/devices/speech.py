"""What a pay station says aloud: by Qt's text-to-speech, where an engine has a voice for it.

Owner thread: the GUI thread. A machine without an engine, or without the sound library that Qt's
module needs, has no voice; whoever wants to listen is then told so on screen.
"""

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from PySide6.QtTextToSpeech import QTextToSpeech

_SILENT = "mock"
"""Qt's own engine for tests: it says nothing."""
_HERE = "US"


class Voice(Protocol):
    """Something that speaks."""

    def languages(self) -> frozenset[str]:
        """Return the codes of the languages it speaks, e.g. ``en``."""

    def say(self, text: str, language: str) -> None:
        """Begin to speak; what is still being said ends."""

    def stop(self) -> None:
        """Be silent."""


class Speech:
    """Speaks where this machine can; looks for a voice when somebody first wants to listen."""

    def __init__(self) -> None:
        self._voice: Voice | None = None
        self._looked = False

    def speaks(self, language: str) -> bool:
        """Tell whether there is a voice for a language."""
        voice = self._found()
        return voice is not None and language in voice.languages()

    def say(self, text: str, language: str) -> None:
        """Say something in a language that it ``speaks``; in another one nothing."""
        if self._voice is not None and language in self._voice.languages():
            self._voice.say(text, language)

    def stop(self) -> None:
        """Be silent."""
        if self._voice is not None:
            self._voice.stop()

    def _found(self) -> Voice | None:
        if not self._looked:
            self._looked = True
            self._voice = system_voice()
        return self._voice


def system_voice() -> Voice | None:
    """Return the voice of this machine; None without an engine."""
    try:
        # Not at the top: it needs the system's sound library, and few drivers want to listen.
        from PySide6.QtTextToSpeech import QTextToSpeech
    except ImportError:
        return None
    engines = [name for name in QTextToSpeech.availableEngines() if name != _SILENT]
    return QtVoice(QTextToSpeech(engines[0])) if engines else None


class QtVoice:
    """Speaks by an engine of Qt, with a voice of this country where it has one."""

    def __init__(self, engine: "QTextToSpeech") -> None:
        self._engine = engine
        locales = engine.availableLocales()
        near = sorted(locales, key=lambda locale: _HERE in locale.bcp47Name())
        self._locales = {locale.bcp47Name().partition("-")[0]: locale for locale in near}

    def languages(self) -> frozenset[str]:
        """Return the languages of its voices."""
        return frozenset(self._locales)

    def say(self, text: str, language: str) -> None:
        """Begin to speak."""
        self._engine.stop()
        self._engine.setLocale(self._locales[language])
        self._engine.say(text)

    def stop(self) -> None:
        """Be silent."""
        self._engine.stop()
