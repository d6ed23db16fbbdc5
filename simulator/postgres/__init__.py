"""A private PostgreSQL cluster: made, started and stopped beside the product, never as root.

For the tour, the tests and the benchmarks. Any thread; calls block until PostgreSQL answers.
Imports psycopg and `parking.errors`; must not import anything else of ours.
"""

from simulator.postgres.cluster import Cluster, private_folder
from simulator.postgres.server import PostgresUnavailableError

__all__ = ["Cluster", "PostgresUnavailableError", "private_folder"]
