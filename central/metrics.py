"""Counters and timings of one process, for Prometheus; names follow the deployment guide.

``violations.issued`` is ``violations_issued_total`` here. No label ever carries a plate, a token or
a name. Any thread.
"""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest


class Metrics:
    """The numbers of one process, in a registry of their own."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self.violations_issued = self._counter("violations_issued", "Citations stored.")
        self.rights_created = self._counter("parking_sessions_created", "Parking rights stored.")
        self.payments_processed = self._counter("payments_processed", "Payments captured.")
        self.operations = self._counter("sync_operations", "Operations of terminals.", "outcome")
        self.alarms = self._counter("alarms", "Alarms raised.", "code")
        self.holds = self._counter("late_truth_holds", "Citations held.", "line")
        self.transactions = self._counter(
            "database_transactions", "Transactions begun, by who acts.", "actor"
        )
        self.response_time = Histogram(
            "api_response_time_seconds",
            "Time to answer.",
            ["route", "status"],
            registry=self._registry,
        )
        self.oldest_writer = Gauge(
            "feed_oldest_writer_seconds",
            "How long the oldest open write has run; it holds the feed back.",
            registry=self._registry,
        )
        self.wake_channels = Gauge(
            "wake_channels", "Terminals that listen now.", registry=self._registry
        )

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self._registry)

    def text(self) -> bytes:
        """Return everything in Prometheus' text form."""
        return generate_latest(self._registry)
