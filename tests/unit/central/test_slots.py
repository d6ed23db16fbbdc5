"""The line for a place at central: the most urgent first, and nobody keeps a place who left."""

import asyncio
from collections.abc import Sequence
from contextlib import ExitStack

import pytest

from central.problems import RefusedError
from central.slots import Slots

_LONG_S, _SHORT_S = 60.0, 0.001


async def _take(slots: Slots, share: float, served: list[float]) -> None:
    async with slots.waited_place(share, most_s=_LONG_S):
        served.append(share)


async def _until_all_wait() -> None:
    for _ in range(3):
        await asyncio.sleep(0)


def _served(shares: Sequence[float]) -> list[float]:
    served: list[float] = []

    async def run() -> None:
        slots = Slots(1, line=10)
        with ExitStack() as held:
            held.enter_context(slots.place())
            tasks = [asyncio.create_task(_take(slots, share, served)) for share in shares]
            await _until_all_wait()
            assert served == []
        await asyncio.gather(*tasks)
        with slots.place():
            assert slots.busy

    asyncio.run(run())
    return served


def test_the_most_urgent_in_the_line_goes_first() -> None:
    assert _served([0.5, 0.75, 1.0, 0.5]) == [1.0, 0.75, 0.5, 0.5]


def test_a_free_place_is_taken_at_once() -> None:
    async def run() -> None:
        slots = Slots(1, line=0)
        async with slots.waited_place(most_s=_SHORT_S):
            with pytest.raises(RefusedError, match="busy"):
                slots.check()
        slots.check()

    asyncio.run(run())


def test_who_waits_too_long_is_told_to_come_back() -> None:
    async def run() -> None:
        slots = Slots(1, line=1)
        with slots.place(), pytest.raises(RefusedError, match="busy"):
            async with slots.waited_place(most_s=_SHORT_S):
                pass
        slots.check()

    asyncio.run(run())


def test_a_full_line_refuses_at_once_the_less_urgent_sooner() -> None:
    async def run() -> None:
        slots, served = Slots(1, line=2), list[float]()
        with slots.place():
            slots.check_line(0.5)
            first = asyncio.create_task(_take(slots, 1.0, served))
            await _until_all_wait()
            slots.check_line(1.0)
            with pytest.raises(RefusedError, match="busy"):
                slots.check_line(0.5)
            with pytest.raises(RefusedError, match="busy"):
                await _take(slots, 0.5, served)
        await first
        assert served == [1.0]

    asyncio.run(run())


@pytest.mark.parametrize("called", [False, True], ids=["waiting", "called already"])
def test_who_leaves_the_line_keeps_no_place(called: bool) -> None:
    async def run() -> None:
        slots, served = Slots(1, line=1), list[float]()
        with ExitStack() as held:
            held.enter_context(slots.place())
            gone = asyncio.create_task(_take(slots, 1.0, served))
            await _until_all_wait()
            if called:
                held.close()
            gone.cancel()
            with pytest.raises(asyncio.CancelledError):
                await gone
        slots.check()
        assert served == []

    asyncio.run(run())
