"""How it stands with sync as one JSON object, for IT and for programs. Any thread.

Described in docs/guides/sync-command.md; a field is only ever added.
"""

import json
from datetime import datetime
from typing import Any

from app.ports import NetState
from app.usecases.sync_status import Durability, SyncStatus
from parking.errors import ParkingError
from sync.records import BY_CLASS, Lane, key_of
from sync.report import SyncReport

_LANES = {Lane.ORDERS: "orders", Lane.CITATIONS: "citations", Lane.EDITS: "edits"}


def sync_report(
    status: SyncStatus, round_: SyncReport | None, *, now_utc: datetime, running: bool
) -> dict[str, Any]:
    """Return the object.

    Args:
        status: How it stands.
        round_: What the round did that was asked for; None without one.
        now_utc: By the terminal's clock.
        running: The terminal runs; False when the command opened its records itself.
    """
    lanes, news = dict(status.to_send.lanes), status.exchange.news
    measured = news is not None and news.clock_uncertainty_ms > 0
    oldest = status.to_send.oldest_utc
    return {
        "state": "unknown" if news is None else news.net.value,
        "running": running,
        "pushed": None if round_ is None else round_.pushed,
        "pulled": None if round_ is None else round_.rows,
        "photos": None if round_ is None else round_.photos,
        "waiting": {
            **{word: lanes.get(lane, 0) for lane, word in _LANES.items()},
            "photos": status.photos,
        },
        "oldest_age_s": None if oldest is None else max(0, int((now_utc - oldest).total_seconds())),
        "parked": [
            {
                "record": BY_CLASS[type(each.record)].name,
                "record_key": str(key_of(each.record)),
                "made_utc": each.made_utc.isoformat(),
                "code": each.code,
                "text": each.text,
            }
            for each in status.parked
        ],
        "photos_refused": status.photos_refused,
        "durability": "unknown"
        if status.durability is Durability.UNKNOWN
        else status.durability.value,
        "clock_offset_ms": news.clock_offset_ms if news is not None and measured else None,
        "clock_uncertainty_ms": news.clock_uncertainty_ms
        if news is not None and measured
        else None,
        "error": _error(status, round_),
    }


def failed_report(error: ParkingError, *, running: bool) -> dict[str, Any]:
    """Return the object of a command that could not even look."""
    return {"state": "unknown", "running": running, "error": error_words(error)}


def error_words(error: ParkingError) -> dict[str, str]:
    """Return the stable word and the sentence of an error."""
    return {"key": str(getattr(error, "key", "bug")), "sentence": str(error)}


def all_sent(report: dict[str, Any]) -> bool:
    """Tell whether nothing waits, nothing was refused and nothing failed."""
    waits = any(report.get("waiting", {"": 1}).values())
    refused = bool(report.get("parked")) or bool(report.get("photos_refused"))
    return not (waits or refused or report["error"])


def one_line(report: dict[str, Any]) -> str:
    """Return the object as one line of JSON."""
    return json.dumps(report, ensure_ascii=False)


def _error(status: SyncStatus, round_: SyncReport | None) -> dict[str, str] | None:
    if round_ is not None:
        return None if round_.error is None else error_words(round_.error)
    news = status.exchange.news
    if news is None or news.net is NetState.ONLINE:
        return None
    return {"key": news.net.value, "sentence": news.sentence}
