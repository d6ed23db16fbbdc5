"""Interleavings that chance chose; the bank book decides. ``./soak payments`` sees more."""

import pytest

from simulator.stripe.emulator import Emulator
from tests import databases
from tests.unit.central_payments.history import Tally, run_histories
from tests.unit.central_payments.town import Town

AT_ONCE = 11
SEEDS = range(1, 4 * AT_ONCE + 1)


@pytest.mark.parametrize("first", SEEDS[::AT_ONCE])
def test_no_interleaving_charges_twice_or_for_nothing(
    database: databases.Database, emulator: Emulator, first: int
) -> None:
    town, tally = Town(database.dsn(), emulator, stations=3), Tally()
    broken = run_histories(town, range(first, first + AT_ONCE), tally)
    town.close()
    assert broken == ""
    assert tally.interleavings >= 250, tally
    assert tally.ends["captured approved"] > 0, tally
