"""10,000 citations from a real terminal store over HTTP to a real central, and raw rows beside it.

Ours: read from the encrypted outbox, signed, packed, sent in batches of 500; at central token,
chain, rules and late truth checked, stored with feed rows and answers; the answers stored here.
The officers' seals are checked by a worker after. Raw: psycopg's executemany of the very same rows
into an identical table, in as many transactions. Both on the same durable PostgreSQL, in turn.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import psycopg

from tests.benchmarks.issuing import CITATIONS, Issuer, RawRows, until_sealed
from tests.benchmarks.place import Place
from tests.benchmarks.table import Row, median

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Figures:
    """Seconds of each round, and the bytes of a body per citation."""

    pushed_s: list[float] = field(default_factory=list)
    again_s: list[float] = field(default_factory=list)
    raw_s: list[float] = field(default_factory=list)
    waited_s: list[float] = field(default_factory=list)
    bytes_up: list[float] = field(default_factory=list)

    @property
    def share(self) -> float:
        """Our speed as a part of the raw one."""
        return median(raw / ours for raw, ours in zip(self.raw_s, self.pushed_s, strict=True))

    @property
    def waited(self) -> float:
        """The part of a push that the terminal waited for central."""
        pairs = zip(self.waited_s, self.pushed_s, strict=True)
        return median(waited / ours for waited, ours in pairs)

    @property
    def again(self) -> float:
        """A repeated push as a part of the time of the first."""
        return median(one / first for one, first in zip(self.again_s, self.pushed_s, strict=True))


def measure(place: Place) -> list[Row]:
    figures = rounds(place)
    return [_speed(figures), _again(figures), _size(figures)]


def rounds(
    place: Place, count: int = ROUNDS, *, between: Callable[[], object] = lambda: None
) -> Figures:
    """Push, insert raw, push again, insert raw: in turn, each on a machine that rests from us.

    Args:
        place: Where.
        count: Of rounds, after one that is not counted.
        between: Called once in each counted round.
    """
    city, figures = place.city, Figures()
    terminal = Issuer(city, place.folder / "push")
    with psycopg.connect(city.stage.dsn("postgres")) as connection:
        raw = RawRows(connection)
        terminal.issue()
        terminal.push()
        until_sealed(city)
        for _ in range(count):
            first, last = terminal.issue()
            figures.pushed_s.append(terminal.push())
            figures.waited_s.append(terminal.gateway.took_s)
            until_sealed(city)
            before_s = raw.insert(terminal.terminal_id, last - first + 1)
            figures.again_s.append(terminal.push_again(first))
            after_s = raw.insert(terminal.terminal_id, last - first + 1)
            # Both sides of a push, so that what else runs here falls on all alike.
            figures.raw_s.append((before_s + after_s) / 2)
            between()
    refused = city.one("select count(*) from sync_operations where outcome <> 'applied'")
    assert refused == 0, f"{refused} operations were odd: this would be another measurement"
    figures.bytes_up.append(terminal.weigh(first))
    terminal.close()
    return figures


def _speed(figures: Figures) -> Row:
    return Row(
        what=f"push of {CITATIONS:,} citations, store to PostgreSQL",
        figure=f"{CITATIONS / median(figures.pushed_s):,.0f}/s"
        f" ({figures.waited:.0%} of it waiting for central)",
        baseline=f"raw executemany {CITATIONS / median(figures.raw_s):,.0f}/s",
        ratio=f"{figures.share:.0%}",
        bar=">= 25 %",
        met=figures.share >= 0.25,
    )


def _again(figures: Figures) -> Row:
    return Row(
        what="the same push again, all answers lost",
        figure=f"{CITATIONS / median(figures.again_s):,.0f}/s, 0 stored twice",
        baseline=f"first push {CITATIONS / median(figures.pushed_s):,.0f}/s",
        ratio=f"{figures.again:.0%} of its time",
    )


def _size(figures: Figures) -> Row:
    return Row(
        what="bytes up per citation (zstd body; 128 of them are seal and photo hash, pure noise)",
        figure=f"{figures.bytes_up[0]:.0f} B",
    )
