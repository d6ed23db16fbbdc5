"""Hand-over files in folders that people carry. Reads only, I/O lane."""

from collections.abc import Iterable
from pathlib import Path

from sync.handover import ENDING

_MOST_FILES = 20


def hand_over_files(folders: Iterable[Path]) -> tuple[Path, ...]:
    """Return the hand-over files that lie in folders, not below them, the newest first.

    A folder that cannot be read has none: the stick was pulled out meanwhile.
    """
    found: list[tuple[float, Path]] = []
    for folder in folders:
        try:
            found += [
                (path.stat().st_mtime, path)
                for path in folder.iterdir()
                if path.name.endswith(ENDING) and not path.name.startswith(".")
            ]
        except OSError:
            continue
    return tuple(path for _time, path in sorted(found, reverse=True)[:_MOST_FILES])
