"""The routes from which a terminal starts; satisfies ``sync.starting.StartGateway``.

Sync thread.
"""

from typing import cast

import httpx

from sync.failures import cut_short, not_central
from sync.gateway.exchange import Ask, Exchange, decoded
from sync.wire import SCHEMA_LEVEL, DigestAnswer, DigestRequest, SnapshotOffer, pack

_PART_DEADLINE_S = 30.0
_COMPARE_DEADLINE_S = 30.0
_BYTES = "application/octet-stream"


class StartingGateway:
    """Speaks with one central for one terminal."""

    def __init__(self, exchange: Exchange) -> None:
        """Use the connections of a gateway."""
        self._exchange = exchange

    def digests(self, request: DigestRequest) -> DigestAnswer:
        """Say what is held; hear what differs."""
        body = pack(request)
        ask = Ask(
            method="POST",
            path="/sync/v1/digests",
            headers={"Content-Type": "application/json", "Content-Encoding": "zstd"},
            content=lambda: body,
            deadline_s=_COMPARE_DEADLINE_S,
        )
        return cast("DigestAnswer", decoded(self._exchange.ask(ask), DigestAnswer))

    def snapshot(self) -> SnapshotOffer:
        """Ask for a file to start from."""
        ask = Ask(method="GET", path="/sync/v1/snapshot", query={"level": SCHEMA_LEVEL})
        return cast("SnapshotOffer", decoded(self._exchange.ask(ask), SnapshotOffer))

    def snapshot_part(self, snapshot_id: str, at: int, most: int) -> bytes:
        """Fetch at most ``most`` bytes of it, at least one.

        Raises:
            UserError: ``snapshot.gone``: ask for another one.
            UnavailableError: See ``sync.failures``.
        """
        told = self._exchange.ask(
            Ask(
                method="GET",
                path=f"/sync/v1/snapshot/{snapshot_id}",
                headers={"Range": f"bytes={at}-{at + most - 1}", "Accept": _BYTES},
                deadline_s=_PART_DEADLINE_S,
            )
        )
        if not told.headers.get("content-type", "").startswith(_BYTES):
            raise not_central()
        if told.status != httpx.codes.PARTIAL_CONTENT:
            raise cut_short()
        if not told.headers.get("content-range", "").startswith(f"bytes {at}-"):
            raise cut_short()
        return told.body
