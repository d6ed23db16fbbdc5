"""A program that saves citations until it is killed, and says after each COMMIT that it returned.

python -m tests.fakes.saver <folder of an enrolled store>
"""

import sys
from pathlib import Path

from local_db.store import LocalStore
from tests.fakes.clock import StillClock
from tests.fakes.terminal import KEY, citation, photo, save


def main() -> None:
    """Save for ever."""
    store = LocalStore.open(Path(sys.argv[1]), KEY, StillClock())
    for number in range(10**9):
        made = citation()
        picture = number.to_bytes(8, "big") * 9000
        digest = store.save_photo(picture)
        save(store, made, photo(made, digest, len(picture)))
        sys.stdout.write(f"{made.citation_id} {digest.hex()}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
