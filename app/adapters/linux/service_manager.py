"""Tells systemd that this program is up and still alive. Any thread; no effect elsewhere.

A datagram to the socket that ``NOTIFY_SOCKET`` names; ``WATCHDOG_USEC`` says how often systemd
wants to hear. ``WATCHDOG_PID`` is not looked at: a pay station's compositor is the main process
and this program its child (``NotifyAccess=all``). Source: sd_notify(3), sd_watchdog_enabled(3).
"""

import logging
import os
import socket
from collections.abc import Mapping

READY = "READY=1"
ALIVE = "WATCHDOG=1"
ENDING = "STOPPING=1"
_LOG = logging.getLogger("parking.terminal")


class ServiceManager:
    """The service manager that started this program, if one did.

    Args:
        environment: Of this process.
    """

    def __init__(self, environment: Mapping[str, str] = os.environ) -> None:
        self._place = environment.get("NOTIFY_SOCKET", "")
        self._limit_us = environment.get("WATCHDOG_USEC", "")

    @property
    def tick_ms(self) -> int:
        """How often to say ``ALIVE``, ms: three times within the limit; 0 when nobody listens."""
        if not self._place or not self._limit_us.isascii() or not self._limit_us.isdigit():
            return 0
        return int(self._limit_us) // 3_000

    def tell(self, word: str) -> None:
        """Send a word; one that cannot be sent is logged: nothing here must stop a sale."""
        if not self._place:
            return
        # A leading @ names a socket without a file (unix(7)).
        place = "\0" + self._place[1:] if self._place.startswith("@") else self._place
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as to:
                to.setblocking(False)
                to.sendto(word.encode(), place)
        except OSError as error:
            _LOG.warning("service manager did not hear %s: %s", word, error.strerror)
