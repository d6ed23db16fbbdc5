"""What a desk knows of refused operations: those nobody closed, neither there nor here."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

from local_db.store import LocalStore
from parking.parked import ParkedClosing, ParkedOperation
from tests.fakes.clock import NOON
from tests.fakes.terminal import OFFICER_ID, TERMINAL_ID, save
from tests.unit.local_db.test_feed import page, row


def _parked(number: int) -> ParkedOperation:
    return ParkedOperation(
        parked_operation_id=UUID(int=number),
        terminal_id=TERMINAL_ID,
        epoch=1,
        lane=2,
        op_seq=number,
        name="citation",
        code="citation.number",
        text="This number was issued by another terminal.",
        parked_utc=NOON - timedelta(minutes=number),
        revision=number,
    )


def test_operations_closed_there_or_here_do_not_wait(store: LocalStore) -> None:
    one, two, three = map(_parked, (1, 2, 3))
    closed = replace(three, closed_utc=NOON)
    store.outbox.apply_page(page(*map(row, (one, two, closed))))
    assert store.open_parked() == (two, one)
    save(
        store,
        ParkedClosing(
            parked_closing_id=UUID(int=9),
            parked_operation_id=two.parked_operation_id,
            reason="entered again",
            officer_id=OFFICER_ID,
            terminal_id=TERMINAL_ID,
            closed_utc=NOON,
        ),
    )
    assert store.open_parked() == (one,)
