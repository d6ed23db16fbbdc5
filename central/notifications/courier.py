"""Carries one channel's messages from the outbox to its sender. A worker's thread."""

import logging

from central.notifications.outbox import Claimed, Outbox
from central.notifications.sender import NotNow, Outcome, Refused, Sender, Sent, Unknown
from parking.notification import Channel

_log = logging.getLogger("central.notifications")


class Courier:
    """Sends what is due, one message per run.

    Args:
        outbox: Where messages wait.
        channel: Which of them are carried.
        sender: The way out.
    """

    def __init__(self, outbox: Outbox, channel: Channel, sender: Sender) -> None:
        self._outbox = outbox
        self._channel = channel
        self._sender = sender

    def run(self) -> bool:
        """Send the next message that is due; True when there was one."""
        claimed = self._outbox.claim(self._channel)
        if claimed is None:
            return False
        self._note(claimed, self._deliver(claimed))
        return True

    def _deliver(self, claimed: Claimed) -> Outcome | None:
        """Return how the attempt ended; None when it must not be sent once more."""
        if claimed.doubts:
            found = self._sender.find(claimed.message.notification_id)
            if found is not None:
                return found
            if claimed.doubts > self._sender.most_doubts:
                return None
        return self._sender.send(claimed.message)

    def _note(self, claimed: Claimed, outcome: Outcome | None) -> None:
        match outcome:
            case Sent(provider_ref=ref):
                self._outbox.sent(claimed, ref)
            case Refused(why=why):
                self._outbox.refuse(claimed, why)
                self._say(claimed, "refused", why)
            case NotNow(why=why) | Unknown(why=why):
                more = self._outbox.again(claimed, why, in_doubt=isinstance(outcome, Unknown))
                self._say(claimed, "again later" if more else "given up", why)
            case None:
                self._outbox.give_up(claimed, "in_doubt")
                self._say(claimed, "given up", "in_doubt")

    def _say(self, claimed: Claimed, what: str, why: str) -> None:
        """Log without address and text."""
        _log.warning(
            "channel=%s notification_id=%s attempt=%d %s why=%s",
            *(self._channel, claimed.message.notification_id, claimed.attempts, what, why),
        )
