"""The three families of errors, told apart by who can act. Must not import anything of ours.

Exception
└── ParkingError
    ├── UserError          the person can fix it (key, plain sentence, action)
    ├── UnavailableError   network, reader or disk; says whether a retry is safe
    └── BugError           ours: logged, reported, safe screen
"""


class ParkingError(Exception):
    """Root of every error that crosses a package border of ours."""


class UserError(ParkingError):
    """The person in front of the screen can fix this.

    Attributes:
        key: Stable name of the message, for translation and tests.
        sentence: One clear sentence in plain English that names the field and what is allowed.
        action: What to do next, in words; empty when the sentence already says it.
    """

    def __init__(self, key: str, sentence: str, *, action: str = "") -> None:
        super().__init__(sentence)
        self.key = key
        self.sentence = sentence
        self.action = action


class UnavailableError(ParkingError):
    """A thing outside our code is not there now: network, reader, disk, printer.

    Attributes:
        key: Stable name of the message.
        sentence: One clear sentence in plain English.
        retry_safe: True when doing the same again cannot do it twice.
    """

    def __init__(self, key: str, sentence: str, *, retry_safe: bool) -> None:
        super().__init__(sentence)
        self.key = key
        self.sentence = sentence
        self.retry_safe = retry_safe


class BugError(ParkingError):
    """Something that our own code promised does not hold."""
