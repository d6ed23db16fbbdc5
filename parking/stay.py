"""Stays: what rights of one plate in one zone have paid for, joined in time. Pure, any thread.

Source: RULES.md 3-5. A stay counts paid time only: whole minutes inside enforced hours.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from parking.hours import Window, run_on, windows
from parking.right import ParkingSession
from parking.tariff import Tariff

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Part:
    """Paid time inside one window, half-open, in whole minutes."""

    window: Window
    from_utc: datetime
    until_utc: datetime

    @property
    def minutes(self) -> int:
        """Return its length."""
        return (self.until_utc - self.from_utc) // MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Stay:
    """The stay that a purchase may go on with.

    Attributes:
        parts: Its paid time in order; never empty.
        end_utc: Until when the car may stand.
        grace_until_utc: Until when an extension keeps the stay (RULES 5).
        tariff_version: Label of the tariff of its first right, which prices extensions.
    """

    parts: tuple[Part, ...]
    end_utc: datetime
    grace_until_utc: datetime
    tariff_version: str = ""

    @property
    def paid_minutes(self) -> int:
        """Return the paid whole minutes."""
        return sum(part.minutes for part in self.parts)

    @property
    def paid_until_utc(self) -> datetime:
        """Return the end of the last paid time."""
        return self.parts[-1].until_utc


class _Chain:
    """Rights joined in time; a closing that is not carried over ends one stay in it."""

    def __init__(self, from_utc: datetime) -> None:
        self.from_utc = self.end_utc = from_utc
        self.stays: list[list[Part]] = []
        self.versions: list[str] = []

    def reach_utc(self, tariff: Tariff, grace: timedelta) -> datetime:
        """Return until when another right joins: in the grace, or while no-return would bite."""
        reach_utc = self.end_utc + grace
        if self.stays:
            no_return = tariff.no_return_minutes * MINUTE
            reach_utc = max(reach_utc, self.stays[-1][-1].until_utc + no_return)
        return reach_utc

    def add(self, tariff: Tariff, right: ParkingSession) -> None:
        """Join a right that starts no earlier than those before."""
        from_utc = full_minute(max(right.start_utc, self.end_utc))
        for part in enforced_parts(tariff, from_utc, right.end_utc):
            if self.stays and runs_through(tariff, self.stays[-1][-1], part.from_utc):
                self.stays[-1].append(part)
            else:
                self.stays.append([part])
                self.versions.append(right.tariff_version)
        self.end_utc = max(self.end_utc, right.end_utc)


def running_stay(
    tariff: Tariff, rights: Sequence[ParkingSession], at_utc: datetime, *, exit_grace_s: int = 0
) -> Stay | None:
    """Return the stay that bears on a purchase, or None when nothing paid does.

    ``parking.pricing.quote`` tells whether the purchase goes on with it.

    Args:
        tariff: Of the zone; for an extension the one of the stay's first right.
        rights: Payments of one plate in one zone, in any order; refunded ones do not count.
        at_utc: Now.
        exit_grace_s: Within it after the end, and between rights, the stay goes on (RULES 5).
    """
    grace = timedelta(seconds=exit_grace_s)
    for chain in _chains(tariff, rights, grace):
        if chain.stays and chain.from_utc <= at_utc < chain.reach_utc(tariff, grace):
            return Stay(
                parts=tuple(chain.stays[-1]),
                end_utc=chain.end_utc,
                grace_until_utc=chain.end_utc + grace,
                tariff_version=chain.versions[-1],
            )
    return None


def paid_stays(
    tariff: Tariff, rights: Sequence[ParkingSession], *, exit_grace_s: int = 0
) -> list[tuple[Part, ...]]:
    """Return every stay of the rights, each paid minute once however many rights cover it."""
    chains = _chains(tariff, rights, timedelta(seconds=exit_grace_s))
    return [tuple(parts) for chain in chains for parts in chain.stays]


def _chains(tariff: Tariff, rights: Iterable[ParkingSession], grace: timedelta) -> Iterator[_Chain]:
    chain: _Chain | None = None
    kept = (right for right in rights if right.revoked_utc is None)
    for right in sorted(kept, key=lambda each: each.start_utc):
        if chain is not None and right.start_utc > chain.reach_utc(tariff, grace):
            yield chain
            chain = None
        if chain is None:
            chain = _Chain(right.start_utc)
        chain.add(tariff, right)
    if chain is not None:
        yield chain


def enforced_parts(tariff: Tariff, from_utc: datetime, until_utc: datetime) -> Iterator[Part]:
    """Yield the enforced time between two instants."""
    for window in windows(tariff, from_utc):
        if max(window.opens_utc, from_utc) >= until_utc:
            return
        yield Part(window, max(window.opens_utc, from_utc), min(window.closes_utc, until_utc))


def runs_through(tariff: Tariff, before: Part, until_utc: datetime) -> bool:
    """Tell whether no closing ends the stay between paid time and a later enforced instant."""
    for window in run_on(tariff, before.until_utc, after=before.window):
        if window.closes_utc > until_utc:
            return True
    return False


def full_minute(utc: datetime) -> datetime:
    """Return the instant itself on a full minute, else the next one (RULES 7)."""
    floor_utc = utc.replace(second=0, microsecond=0)
    return floor_utc if floor_utc == utc else floor_utc + MINUTE
