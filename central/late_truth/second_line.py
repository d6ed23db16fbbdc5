"""The second line of late truth: judge everything again from the feed, and alarm on a miss.

The first line (``judge`` inside every writer's transaction) must have held every covered citation
already. What this finds is a fault of ours or of a person's SQL, so it is held and alarmed.
"""

from sqlalchemy import Connection

from central.database import Database
from central.feed.read import read_rows
from central.late_truth.judge import judge, lock_plates
from central.log import alarm
from central.metrics import Metrics
from central.store import load_many
from parking.citation import Citation
from parking.clock import Clock
from parking.edit import PlateCorrection
from parking.plate import plate_key
from parking.right import ParkingSession, Permit
from parking.slip import CouldNotPay
from sync.records import BY_CLASS, BY_NAME

_WORKER = "late_truth"
_JUDGED = (Citation, ParkingSession, Permit, PlateCorrection, CouldNotPay)
_NAMES = [BY_CLASS[of].name for of in _JUDGED]
_CURSOR = "select xid::text, seq from worker_cursors where worker = %(worker)s for update"
_START = """
insert into worker_cursors (worker, xid, seq) values (%(worker)s, '0', 0) on conflict do nothing
"""
_MOVE = """
update worker_cursors set xid = %(xid)s::text::xid8, seq = %(seq)s where worker = %(worker)s
"""
_MISSED = "A right covered this citation and the first look missed it; it is held now."


def judge_again(database: Database, clock: Clock, metrics: Metrics, *, most: int = 500) -> bool:
    """Judge the plates of the next feed rows again.

    Returns:
        True when there is more to do at once.

    Raises:
        UnavailableError: As ``Database.unit_of_work``; nothing was moved.
    """
    now_utc = clock.now().utc
    with database.unit_of_work(f"worker:{_WORKER}") as connection:
        connection.exec_driver_sql(_START, {"worker": _WORKER})
        xid, seq = connection.exec_driver_sql(_CURSOR, {"worker": _WORKER}).one()
        rows = read_rows(connection, int(xid), seq, _NAMES, most=most)
        plates = _plates(connection, rows.told)
        lock_plates(connection, plates)
        missed = judge(connection, plates, now_utc=now_utc)
        for event in missed:
            alarm(
                connection, "late_truth.missed", f"citation:{event.citation_id}", _MISSED, now_utc
            )
        place = {"worker": _WORKER, "xid": str(rows.end_xid), "seq": rows.end_seq}
        connection.exec_driver_sql(_MOVE, place)
    metrics.holds.labels(line="second").inc(len(missed))
    metrics.alarms.labels(code="late_truth.missed").inc(len(missed))
    return rows.more


def _plates(connection: Connection, told: list[tuple[str, str]]) -> list[str]:
    keys: dict[str, set[str]] = {}
    for name, key in told:
        keys.setdefault(name, set()).add(key)
    return [
        plate_key(row["plate"])
        for name, wanted in keys.items()
        for row in load_many(connection, BY_NAME[name], wanted).values()
    ]
