"""Where the searches keep what they throw away."""

from pathlib import Path

_MEMORY = Path("/dev/shm")  # noqa: S108 - everybody makes a private folder below it


def memory_folder() -> Path | None:
    """Return a folder in memory, or None: what is made by the ten thousand needs no disk."""
    return _MEMORY if _MEMORY.is_dir() else None
