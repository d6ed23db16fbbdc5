"""The outbox of messages to drivers: queue, claim, note, wipe.

A message is queued in the transaction of the request for it. A worker claims it by writing
``sending`` and the end of its lease first, sends it outside any transaction, and notes the outcome.
A process that dies between the two leaves ``sending`` behind; when the lease has run out the next
worker sees that as a doubt (``doubts``) and asks the other side before it sends again.

What that can do: a text message arrives once, because the provider knows its key. An e-mail whose
answer was lost may arrive again, ``1 + most_doubts`` times at most, each with the same Message-ID.

Every function is one short transaction; blocking, any worker thread.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, text

from central.database import Database
from central.log import alarm
from central.notifications.sender import Message
from parking.clock import Clock
from parking.notification import Channel

ACTOR = "worker:notifications"
LEASE = timedelta(minutes=5)
"""Longer than the slowest attempt; the message of a killed worker is free again after it."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
MOST_ATTEMPTS = 10
"""With the pauses about three hours: within the day for which a provider remembers a key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """A message that this worker sends now.

    Attributes:
        attempts: How often it was begun, this time included.
        doubts: How often nobody knows what came of it.
    """

    message: Message
    attempts: int
    doubts: int


def queue(
    connection: Connection,
    message: Message,
    *,
    channel: Channel,
    payment_id: UUID,
    terminal_id: UUID,
) -> bool:
    """Put a message into the outbox, inside the caller's transaction; False when it is there."""
    done = connection.execute(
        _QUEUE,
        {
            "notification_id": message.notification_id,
            "payment_id": payment_id,
            "terminal_id": terminal_id,
            "channel": channel.value,
            "address": message.address,
            "language": message.language,
            "subject": message.subject,
            "body": message.body,
            "now": message.made_utc,
        },
    )
    return done.rowcount == 1


class Outbox:
    """The messages of all processes of central.

    Args:
        database: Central's.
        clock: The time.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def claim(self, channel: Channel) -> Claimed | None:
        """Take the message of a channel that waits longest; None when none is due."""
        now = self._clock.now().utc
        where = {"channel": channel.value, "now": now, "until": now + LEASE}
        with self._database.unit_of_work(ACTOR) as connection:
            found = connection.execute(_CLAIM, where).mappings().first()
        return _claimed(found) if found is not None else None

    def sent(self, claimed: Claimed, provider_ref: str) -> None:
        """Note that the other side has it; true whichever attempt found out."""
        self._note(_SENT, claimed, provider_ref=provider_ref)

    def again(self, claimed: Claimed, why: str, *, in_doubt: bool) -> bool:
        """Put it off with a growing pause, or give it up after the last attempt.

        Args:
            claimed: The attempt that ended.
            why: A stable word.
            in_doubt: The other side may have it: it stays ``sending``.

        Returns:
            False when it was given up.
        """
        if claimed.attempts >= MOST_ATTEMPTS:
            self.give_up(claimed, why)
            return False
        pause = min(FIRST_PAUSE * 2 ** (claimed.attempts - 1), LONGEST_PAUSE)
        state = "sending" if in_doubt else "queued"
        self._note(_AGAIN, claimed, why=why, state=state, later=self._clock.now().utc + pause)
        return True

    def refuse(self, claimed: Claimed, why: str) -> None:
        """Note that the other side will never take it: the address, not us."""
        self._note(_FAILED, claimed, why=why)

    def give_up(self, claimed: Claimed, why: str) -> None:
        """Note that it could not be sent, with an alarm: drivers get no receipts."""
        self._note(_FAILED, claimed, why=why, alarmed=True)

    def wipe(self, *, days: int) -> int:
        """Empty address and text of messages that ended, or came to a stand, so many days ago."""
        now = self._clock.now().utc
        with self._database.unit_of_work(ACTOR) as connection:
            where = {"now": now, "before": now - timedelta(days=days)}
            return connection.execute(_WIPE, where).rowcount

    def _note(
        self, statement: Any, claimed: Claimed, *, alarmed: bool = False, **values: object
    ) -> None:
        now, subject = self._clock.now().utc, str(claimed.message.notification_id)
        where = {"id": claimed.message.notification_id, "attempts": claimed.attempts, "now": now}
        with self._database.unit_of_work(ACTOR) as connection:
            moved = connection.execute(statement, {**where, **values}).rowcount
            if alarmed and moved:
                alarm(connection, "notification.failed", subject, _GAVE_UP, now)


def _claimed(found: Mapping[Any, Any]) -> Claimed:
    values = dict(found)
    attempts, doubts = values.pop("attempts"), values.pop("doubts")
    return Claimed(message=Message(**values), attempts=attempts, doubts=doubts)


_GAVE_UP = "A receipt could not be sent to a driver; look whether the mail or text service works."
_FIELDS = ", ".join(Message.__dataclass_fields__)
_QUEUE = text(
    "INSERT INTO notifications (notification_id, payment_id, terminal_id, channel, address,"
    " language, subject, body, next_try_utc, made_utc, state_since_utc) VALUES"
    " (:notification_id, :payment_id, :terminal_id, :channel, :address,"
    " :language, :subject, :body, :now, :now, :now) ON CONFLICT (notification_id) DO NOTHING"
)
# ``next_try_utc`` of a message that is being sent is the end of its lease. One that is found
# in ``sending`` was left by a dead worker, or its last attempt ended in doubt.
_CLAIM = text(
    "UPDATE notifications SET state = 'sending', attempts = attempts + 1, next_try_utc = :until,"  # noqa: S608 - constant names
    " state_since_utc = :now, doubts = doubts + CASE state WHEN 'sending' THEN 1 ELSE 0 END"
    " WHERE notification_id = (SELECT notification_id FROM notifications"
    " WHERE channel = :channel AND next_try_utc <= :now"
    " ORDER BY next_try_utc LIMIT 1 FOR UPDATE SKIP LOCKED)"
    f" RETURNING {_FIELDS}, attempts, doubts"
)
_SENT = text(
    "UPDATE notifications SET state = 'sent', provider_ref = :provider_ref, why = '',"
    " next_try_utc = NULL, state_since_utc = :now"
    " WHERE notification_id = :id AND state <> 'sent'"
)
_AGAIN = text(
    "UPDATE notifications SET state = :state, why = :why, next_try_utc = :later,"
    " state_since_utc = :now"
    " WHERE notification_id = :id AND state = 'sending' AND attempts = :attempts"
)
_FAILED = text(
    "UPDATE notifications SET state = 'failed', why = :why, next_try_utc = NULL,"
    " state_since_utc = :now"
    " WHERE notification_id = :id AND state = 'sending' AND attempts = :attempts"
)
_WIPE = text(
    "UPDATE notifications SET address = '', subject = '', body = '', next_try_utc = NULL,"
    " state = CASE state WHEN 'sent' THEN state ELSE 'failed' END,"
    " why = CASE WHEN state IN ('sent', 'failed') THEN why ELSE 'too_old' END"
    " WHERE address <> '' AND state_since_utc <= :before"
)
