"""G1, G2 and the first half of G7: 10,000 citations up; how fast, how heavy, how cheap again."""

from tests.benchmarks.issuing import CITATIONS
from tests.benchmarks.place import Place
from tests.benchmarks.push import Figures, rounds
from tests.benchmarks.sync.peers import Pouch
from tests.benchmarks.table import Row, median

_ROUNDS = 3
_SEAL_BYTES, _HASH_BYTES, _SIGNATURE_BYTES, _BATCH = 64, 32, 64, 500
_NOISE_BYTES = _SEAL_BYTES + 2 * _HASH_BYTES + _SIGNATURE_BYTES / _BATCH


def measure(place: Place, peer: Pouch | None) -> list[Row]:
    peer_per_s: list[float] = []

    def between() -> None:
        if peer:
            peer_per_s.append(peer.push_per_s())

    figures = rounds(place, count=_ROUNDS, between=between)
    return [_speed(figures), *_beside(figures, peer_per_s), _bytes(figures), _again(figures)]


def _speed(figures: Figures) -> Row:
    return Row(
        what=f"G1 push of {CITATIONS:,} citations, store to PostgreSQL",
        figure=f"{CITATIONS / median(figures.pushed_s):,.0f}/s",
        baseline=f"raw executemany {CITATIONS / median(figures.raw_s):,.0f}/s",
        ratio=f"{figures.share:.0%}",
        bar=">= 50 %",
        met=figures.share >= 0.5,
    )


def _beside(figures: Figures, peer_per_s: list[float]) -> list[Row]:
    if not peer_per_s:
        return []
    times = median(
        CITATIONS / ours / theirs for ours, theirs in zip(figures.pushed_s, peer_per_s, strict=True)
    )
    row = Row(
        what="G1 the same beside PouchDB",
        figure=f"{CITATIONS / median(figures.pushed_s):,.0f}/s",
        baseline=f"PouchDB {median(peer_per_s):,.0f}/s",
        ratio=f"{times:.1f}x",
        bar=">= 5x",
        met=times >= 5,
    )
    return [row]


def _bytes(figures: Figures) -> Row:
    whole = figures.bytes_up[0]
    rest = whole - _NOISE_BYTES
    return Row(
        what="G2 bytes up per citation, without seal, two photo hashes and its part of a signature",
        figure=f"{rest:.1f} B ({whole:.1f} B with them)",
        bar="<= 80 B",
        met=rest <= 80,
    )


def _again(figures: Figures) -> Row:
    return Row(
        what="G7 the same push again, all answers lost",
        figure=f"{CITATIONS / median(figures.again_s):,.0f}/s, 0 stored twice",
        baseline=f"first push {CITATIONS / median(figures.pushed_s):,.0f}/s",
        ratio=f"{figures.again:.0%} of its time",
        bar="<= 35 %",
        met=figures.again <= 0.35,
    )
