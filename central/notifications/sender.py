"""The port through which messages leave central, and every outcome as a value. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeAlias
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message as it is sent, the same at every attempt.

    Attributes:
        notification_id: Idempotency key of a text message, name of an e-mail.
        address: An e-mail address, or a phone number in E.164 form. Never logged.
        language: Code of the language it is in.
        subject: Of an e-mail, one line.
        body: Plain text.
    """

    notification_id: UUID
    address: str
    language: str
    subject: str
    body: str
    made_utc: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """The other side took it; ``provider_ref`` is its name for it, empty when it gave none."""

    provider_ref: str = ""


@dataclass(frozen=True, slots=True)
class Refused:
    """The other side will never take it; ``why`` is a stable word."""

    why: str


@dataclass(frozen=True, slots=True)
class NotNow:
    """The other side certainly did not take it; later it may."""

    why: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """The question left us and no answer came: it may have been taken."""

    why: str


Outcome: TypeAlias = Sent | Refused | NotNow | Unknown


class Sender(Protocol):
    """One channel. Blocks; called from one thread at a time."""

    @property
    def most_doubts(self) -> int:
        """How many unknown ends a message may have before it is not sent again."""

    def send(self, message: Message) -> Outcome:
        """Hand a message over; never raises for what the other side or the line does."""

    def find(self, notification_id: UUID) -> Sent | Unknown | None:
        """Ask whether the other side has a message; None when it has not, or cannot be asked."""

    def close(self) -> None:
        """Close open connections."""
