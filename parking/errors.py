"""The three families of errors, told apart by who can act. Must not import anything of ours.

Exception
└── ParkingError
    ├── UserError          the person can fix it (key, plain sentence, action)
    ├── UnavailableError   network, reader or disk; says whether a retry is safe
    └── BugError           ours: logged, reported, safe screen
"""

from collections.abc import Mapping


def filled(form: str, values: Mapping[str, object]) -> str:
    """Return a sentence with its values put in; one without values may hold any characters."""
    return form.format_map(values) if values else form


class ParkingError(Exception):
    """Root of every error that crosses a package border of ours."""


class _SentenceError(ParkingError):
    """An error that people read: a form in plain English and the values that it is about.

    A screen shows the form in its language with the values put in; logs and other programs take
    ``sentence``.

    Attributes:
        key: Stable name of the message, for tests and other programs.
        form: The sentence with ``{names}`` in place of the values.
        values: What stands in these places.
    """

    def __init__(self, key: str, form: str, values: Mapping[str, object]) -> None:
        self.key = key
        self.form = form
        self.values = dict(values)
        super().__init__(self.sentence)

    @property
    def sentence(self) -> str:
        """The whole sentence in English."""
        return filled(self.form, self.values)


class UserError(_SentenceError):
    """The person in front of the screen can fix this.

    Attributes:
        form: One clear sentence that names the field and what is allowed.
        action_form: What to do next, in words; empty when the sentence already says it.
    """

    def __init__(self, key: str, form: str, /, *, action: str = "", **values: object) -> None:
        super().__init__(key, form, values)
        self.action_form = action

    @property
    def action(self) -> str:
        """What to do next, in English."""
        return filled(self.action_form, self.values)


class UnavailableError(_SentenceError):
    """A thing outside our code is not there now: network, reader, disk, printer.

    Attributes:
        retry_safe: True when doing the same again cannot do it twice.
    """

    def __init__(self, key: str, form: str, /, *, retry_safe: bool, **values: object) -> None:
        super().__init__(key, form, values)
        self.retry_safe = retry_safe


class BugError(ParkingError):
    """Something that our own code promised does not hold."""
