"""Why an exchange with central did not work, beyond what ``parking.errors`` can say.

UnavailableError       network.down, network.timeout, network.not_central (a captive portal),
│                      central.cut, central.version, central.trouble, sync.slow
├── BusyError          central asked to come back later
├── TooLargeError      the request was too large; a smaller one may pass
├── ResyncError        the feed must be read from its beginning
├── GapError           central goes on from another operation
└── OffsetError        central goes on from another byte of an upload

What central refuses by its own words (4xx with a Problem) is a ``UserError`` with those words.
"""

from parking.errors import UnavailableError

UNREACHABLE = frozenset({"network.down", "network.timeout", "network.not_central"})
"""Keys of errors after which no other exchange would fare better."""


class BusyError(UnavailableError):
    """Central has no room now.

    Attributes:
        retry_after_s: Seconds to wait as central asked, >= 0.
    """

    def __init__(self, sentence: str, *, retry_after_s: float) -> None:
        super().__init__("central.busy", sentence, retry_safe=True)
        self.retry_after_s = retry_after_s


class TooLargeError(UnavailableError):
    """The request had more bytes than central takes at once."""

    def __init__(self, sentence: str) -> None:
        super().__init__("central.too_large", sentence, retry_safe=True)


class ResyncError(UnavailableError):
    """Central cannot go on from our cursor, as after a restore."""

    def __init__(self, sentence: str) -> None:
        super().__init__("feed.resync", sentence, retry_safe=True)


class GapError(UnavailableError):
    """Central's last operation of ours is not the one before the batch, as after a restore.

    Attributes:
        next_seq: The operation from which central can go on, >= 1.
    """

    def __init__(self, sentence: str, *, next_seq: int) -> None:
        super().__init__("push.gap", sentence, retry_safe=True)
        self.next_seq = next_seq


class OffsetError(UnavailableError):
    """Central has more or fewer bytes of an upload than we believed.

    Attributes:
        offset: The byte from which central goes on, >= 0.
    """

    def __init__(self, sentence: str, *, offset: int) -> None:
        super().__init__("upload.offset", sentence, retry_safe=True)
        self.offset = offset


def no_network() -> UnavailableError:
    """Return the error of an exchange that found nobody."""
    return UnavailableError(
        "network.down",
        "City hall cannot be reached. Everything is kept on this terminal and sent later.",
        retry_safe=True,
    )


def too_slow() -> UnavailableError:
    """Return the error of an answer that did not come within its deadline."""
    return UnavailableError(
        "network.timeout",
        "City hall did not answer in time. Everything is kept on this terminal and sent later.",
        retry_safe=True,
    )


def not_central() -> UnavailableError:
    """Return the error of an answer that came from somebody else."""
    return UnavailableError(
        "network.not_central",
        "Something else answered instead of city hall, perhaps a Wi-Fi sign-in page. "
        "Everything is kept on this terminal and sent later.",
        retry_safe=True,
    )


def cut_short() -> UnavailableError:
    """Return the error of an answer that ended in the middle."""
    return UnavailableError(
        "central.cut",
        "The answer of city hall was cut in the middle. "
        "Everything is kept on this terminal and sent later.",
        retry_safe=True,
    )


def unknown_version() -> UnavailableError:
    """Return the error of a whole answer that this version cannot read."""
    return UnavailableError(
        "central.version",
        "City hall answered in a form this version does not know. "
        "Everything is kept on this terminal and sent later. Update this terminal.",
        retry_safe=True,
    )


def still_exchanging() -> UnavailableError:
    """Return the error of a wait for a round that has not ended in time."""
    return UnavailableError(
        "sync.slow",
        "The exchange with city hall goes on. Everything is kept on this terminal and sent later.",
        retry_safe=True,
    )


def in_trouble(status: int) -> UnavailableError:
    """Return the error of a failure at central."""
    return UnavailableError(
        "central.trouble",
        "City hall has a fault ({status}). Everything is kept on this terminal and sent later.",
        retry_safe=True,
        status=status,
    )


def clock_jumped(jump_ms: int) -> str:
    """Return the sentence about a wall clock that jumped by so many milliseconds, > 0."""
    for unit_ms, unit in ((86_400_000, "days"), (3_600_000, "hours"), (60_000, "minutes")):
        if jump_ms >= 2 * unit_ms:
            span = f"{jump_ms // unit_ms} {unit}"
            break
    else:
        span = f"{jump_ms // 1000} seconds"
    return (
        f"The clock of this device jumped by {span}. "
        "Its times are unsure by as much until city hall is reached."
    )
