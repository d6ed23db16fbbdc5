"""Keeping the feed: partitions made ahead and dropped whole, and an eye on what holds it back.

A terminal that was away for longer than the feed is kept gets ``feed.resync`` and starts over; what
it has to send stays with it. Nothing is ever deleted row by row.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from central.database import Database
from central.feed.epoch import feed_epoch
from central.log import alarm
from central.metrics import Metrics

WIDTH = 2**20
"""Transactions of one partition: a day of a large city, some weeks of a small one."""
AHEAD = 2
LONGEST_WRITER_S = 5.0
"""An open write holds the feed back for everybody; beyond this somebody must look."""
_LOCK_WAIT = "set local lock_timeout = '500ms'"
_AHEAD = "select feed_ahead(%(width)s, %(ahead)s)"
_DROP = "select feed_drop(%(epoch)s, %(now)s, make_interval(days => %(days)s))"
_OLDEST = """
select pid, coalesce(backend_xid::text, ''),
    extract(epoch from clock_timestamp() - xact_start)::float8 as open_s
from pg_stat_activity
where backend_xid is not null and pid <> pg_backend_pid() and xact_start is not null
order by xact_start limit 1
"""


def keep_partitions(database: Database, *, now_utc: datetime, days: int) -> int:
    """Make the next partitions, and drop those full for longer than ``days``; return how many.

    Raises:
        UnavailableError: ``database.busy`` when the feed is in use just now: call again.
    """
    with database.unit_of_work("worker:feed") as connection:
        connection.exec_driver_sql(_LOCK_WAIT)
        connection.exec_driver_sql(_AHEAD, {"width": WIDTH, "ahead": AHEAD})
    with database.unit_of_work("worker:feed") as connection:
        connection.exec_driver_sql(_LOCK_WAIT)
        where = {"epoch": feed_epoch(connection), "now": now_utc, "days": days}
        return int(connection.exec_driver_sql(_DROP, where).scalar_one())


@dataclass(slots=True)
class OldestWriter:
    """Watches the oldest open write transaction; one per process, one thread.

    Attributes:
        alarmed: The transaction that the last alarm was about.
    """

    database: Database
    metrics: Metrics
    alarmed: tuple[int, str] = field(default=(0, ""))

    def look(self, now_utc: datetime) -> timedelta:
        """Measure it, tell Prometheus, and raise one alarm per transaction that is too old.

        Raises:
            UnavailableError: As ``Database.unit_of_work``.
        """
        with self.database.reading() as connection:
            found = connection.exec_driver_sql(_OLDEST).first()
        pid, xid, open_s = found or (0, "", 0.0)
        self.metrics.oldest_writer.set(open_s)
        if open_s > LONGEST_WRITER_S and self.alarmed != (pid, xid):
            self.alarmed = (pid, xid)
            text = f"A write is open for {open_s:.0f} s (process {pid}); no terminal gets news."
            with self.database.unit_of_work("worker:feed") as connection:
                alarm(connection, "feed.held_back", f"process:{pid}", text, now_utc)
            self.metrics.alarms.labels(code="feed.held_back").inc()
        return timedelta(seconds=open_s)
