"""The order in which the steps of the story are played."""

from collections.abc import Callable
from dataclasses import dataclass

from simulator.city.steps import (
    check,
    cite,
    cut_and_kill,
    enrol,
    late_truth,
    pay,
    pay_a_ticket,
    report,
    scan,
    sign_in,
    two_plates,
)
from simulator.city.story import Scene


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the story."""

    number: int
    play: Callable[[Scene], None]

    @property
    def title(self) -> str:
        """Return what happens, in a sentence."""
        return (self.play.__doc__ or "").split("\n", maxsplit=1)[0]


STEPS = tuple(
    Step(number, play)
    for number, play in enumerate(
        (
            *(enrol, sign_in, scan, check, pay, cite, cut_and_kill, late_truth, two_plates),
            *(report, pay_a_ticket),
        ),
        start=1,
    )
)
