"""How a worker of a search tells what it reached: one JSON object per line."""

import sys

import msgspec


def report(totals: object) -> None:
    """Tell what was reached so far; each report replaces the last one."""
    sys.stdout.buffer.write(msgspec.json.encode(totals) + b"\n")
    sys.stdout.buffer.flush()
