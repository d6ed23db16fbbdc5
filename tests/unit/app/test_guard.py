import threading

import pytest

from app.guard import guard_against_this_thread, guarded, no_guard
from parking.errors import BugError


class _Store:
    name = "records"

    def zones(self) -> tuple[str, ...]:
        return ("112",)


def test_the_painting_thread_is_refused_and_every_other_is_not() -> None:
    store = guarded(_Store(), guard_against_this_thread())
    with pytest.raises(BugError, match="paints the screen"):
        store.zones()
    with pytest.raises(BugError, match="paints the screen"):
        assert store.name
    got: list[tuple[str, ...]] = []
    worker = threading.Thread(target=lambda: got.append(store.zones()))
    worker.start()
    worker.join()
    assert got == [("112",)]


def test_bundles_have_no_guard() -> None:
    store = _Store()
    assert guarded(store, no_guard) is store
    no_guard()
