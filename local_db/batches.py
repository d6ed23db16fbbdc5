"""Which operations go together: whole saves in one batch, neighbours with the same answer. Pure."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any

from sync.wire import OpResult


def whole_saves(rows: Sequence[Any], most_ops: int, most_bytes: int) -> int:
    """Return how many rows go together: one lane and epoch, no gap, whole saves, within limits.

    A save that alone is more than the limits is cut, as nothing else could ever be sent after it.
    """
    run = _unbroken(rows)
    sizes = accumulate(len(row.payload) for row in rows[:run])
    fitting = sum(size <= most_bytes for size in sizes)
    end = max(1, min(run, most_ops, fitting))
    if end == run or rows[end].tx != rows[end - 1].tx:
        return end
    begun = next(at for at, row in enumerate(rows) if row.tx == rows[end].tx)
    return begun or end


def _unbroken(rows: Sequence[Any]) -> int:
    first = rows[0]
    for at, row in enumerate(rows):
        if (row.lane, row.epoch, row.seq) != (first.lane, first.epoch, first.seq + at):
            return at
    return len(rows)


def runs_alike(results: Iterable[OpResult]) -> Iterator[list[OpResult]]:
    """Yield neighbours with the same answer together: mostly that is the whole batch."""
    run: list[OpResult] = []
    for result in sorted(results, key=lambda one: one.seq):
        if run and (run[-1].seq + 1, *_answer(run[0])) != (result.seq, *_answer(result)):
            yield run
            run = []
        run.append(result)
    if run:
        yield run


def _answer(result: OpResult) -> tuple[str, str, str]:
    return result.outcome, result.code, result.text
