"""An app provider: sells rights elsewhere and tells central, as its feed would. Own thread.

Talks HTTP to central with its provider key, like any other party; shares no code with central but
the wire's messages.
"""

import threading
import urllib.request
from collections.abc import Sequence
from datetime import UTC, datetime

import msgspec

from parking.right import ParkingSession
from sync.wire import RightsAnswer, RightsNotice

HEARTBEAT_S = 2.0
_TIMEOUT_S = 5.0


class Provider:
    """The feed of one app.

    Args:
        central_url: Where central answers.
        key: The provider key IT made.
    """

    def __init__(self, central_url: str, key: str) -> None:
        self._url = f"{central_url}/v1/rights"
        self._key = key
        self._speaking = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="app-provider", daemon=True)

    def start(self) -> None:
        """Send what is known, then a sign of life every two seconds."""
        self.tell([])
        self._speaking.set()
        self._thread.start()

    def silence(self) -> None:
        """Stop the feed; central's knowledge of the app grows old from now on."""
        self._speaking.clear()

    def speak(self) -> None:
        """Go on."""
        self._speaking.set()

    def stop(self) -> None:
        """End the thread."""
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def tell(self, rights: Sequence[ParkingSession]) -> RightsAnswer:
        """Send rights; returns how many were new and how many citations they held.

        Raises:
            OSError: When central does not answer or refuses.
        """
        notice = RightsNotice(
            source="app", complete_through_utc=datetime.now(UTC), rights=list(rights)
        )
        request = urllib.request.Request(  # noqa: S310 - our own address
            self._url,
            data=msgspec.json.encode(notice),
            headers={
                "Authorization": f"Bearer {self._key}",
                "Content-Type": "application/json",
            },
            method="POST",
        )
        with urllib.request.urlopen(request, timeout=_TIMEOUT_S) as answer:  # noqa: S310 - ours
            return msgspec.json.decode(answer.read(), type=RightsAnswer)

    def _beat(self) -> None:
        while not self._ended.wait(HEARTBEAT_S):
            if not self._speaking.is_set():
                continue
            try:
                self.tell([])
            except OSError:
                continue
