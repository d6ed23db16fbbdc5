"""Text messages by a provider's HTTP interface (docs/notifications.md tells its form).

The notification's id is the idempotency key: the provider takes a message once per key, answers a
repetition with the first answer, and can be asked by it.
"""

from typing import Any
from uuid import UUID

import httpx

from central.notifications.sender import Message, NotNow, Outcome, Refused, Sent, Unknown

TIMEOUT_S = 20.0
_NOT_TAKEN = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_LATER = frozenset({401, 403, 429})
"""Nothing was taken, and the fault is not the message's: our secret, or too many at once."""
_IN_DOUBT = frozenset({408, 409})
"""The provider is at it under this key, or stopped waiting for us."""
_LONGEST_REF = 80


class TextSender:
    """Sends through one provider.

    Args:
        url: Where messages are posted.
        secret: Bearer token.
        sms_from: The number or name that the driver sees.
        timeout_s: Of each step of a request.
    """

    most_doubts = 1000
    """The key guards against a second message, so only the attempts are limited."""

    def __init__(
        self, url: str, *, secret: str, sms_from: str, timeout_s: float = TIMEOUT_S
    ) -> None:
        self._url, self._from = url.rstrip("/"), sms_from
        self._client = httpx.Client(
            timeout=timeout_s, headers={"Authorization": f"Bearer {secret}"}
        )

    def send(self, message: Message) -> Outcome:
        """Hand a text message over to the provider."""
        key = str(message.notification_id)
        wanted = {"to": message.address, "from": self._from, "text": message.body}
        try:
            answer = self._client.post(self._url, json=wanted, headers={"Idempotency-Key": key})
        except _NOT_TAKEN as error:
            return NotNow(type(error).__name__)
        except httpx.HTTPError as error:
            return Unknown(type(error).__name__)
        return _outcome(answer)

    def find(self, notification_id: UUID) -> Sent | Unknown | None:
        """Ask the provider for the message with this key."""
        try:
            answer = self._client.get(f"{self._url}/{notification_id}")
        except httpx.HTTPError as error:
            return Unknown(type(error).__name__)
        if answer.status_code == 404:
            return None
        return Sent(_ref(answer)) if answer.is_success else Unknown(f"http_{answer.status_code}")

    def close(self) -> None:
        """Close the connections to the provider."""
        self._client.close()


def _outcome(answer: httpx.Response) -> Outcome:
    code, word = answer.status_code, f"http_{answer.status_code}"
    if answer.is_success:
        return Sent(_ref(answer))
    if code in _IN_DOUBT or code >= 500:
        return Unknown(word)
    return Refused(word) if code >= 400 and code not in _LATER else NotNow(word)


def _ref(answer: httpx.Response) -> str:
    try:
        found: Any = answer.json()
    except ValueError:
        return ""
    return str(found.get("id", ""))[:_LONGEST_REF] if isinstance(found, dict) else ""
