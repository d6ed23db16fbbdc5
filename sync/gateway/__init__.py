"""How a terminal speaks with central over HTTP: the only importer of httpx on the terminal.

I/O lane and sync thread. Imports ``sync.wire`` and ``parking`` only.
"""

from sync.gateway.central import HTTPGateway
from sync.gateway.token import Device

__all__ = ("Device", "HTTPGateway")
