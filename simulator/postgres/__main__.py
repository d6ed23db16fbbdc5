"""`python -m simulator.postgres start|stop|dsn --data DIR`: a private cluster by hand."""

import argparse
import sys
from pathlib import Path

from simulator.postgres import Cluster, PostgresUnavailableError, private_folder


def main(arguments: list[str] | None = None) -> int:
    """Starts or stops a private cluster, or prints its address.

    Args:
        arguments: The command line without the program's name; None takes the process's own.

    Returns:
        0, or 1 after printing one sentence that says what is wrong.
    """
    parser = argparse.ArgumentParser(prog="python -m simulator.postgres", description=__doc__)
    parser.add_argument("action", choices=["start", "stop", "dsn"])
    parser.add_argument("--data", type=Path, metavar="DIR", help="where the cluster lives")
    parser.add_argument("--database", default="postgres", help="for dsn: which database")
    parser.add_argument("--user", default="postgres", help="for dsn: which role")
    chosen = parser.parse_args(arguments)
    try:
        cluster = Cluster(chosen.data or private_folder("tour"))
        if chosen.action == "stop":
            cluster.stop()
            return 0
        if chosen.action == "start":
            cluster.start()
    except PostgresUnavailableError as error:
        print(error.sentence, file=sys.stderr)
        return 1
    print(cluster.dsn(chosen.database, user=chosen.user))
    return 0


if __name__ == "__main__":
    sys.exit(main())
