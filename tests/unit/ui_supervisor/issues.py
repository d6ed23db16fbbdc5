"""Operations of several terminals that city hall refused."""

from datetime import datetime, timedelta

from parking.parked import ParkedOperation
from tests.fakes.memory_store import MemoryStore
from tests.unit.ui_supervisor.samples import laptop, name
from tests.unit.ui_sync.samples import LONG_WHY

_REFUSED = (
    (1, "outage_event", "outage.zone", "Zone 999 is not known at city hall."),
    (2, "citation", "citation.number", "This number was issued by another terminal."),
    (3, "plate_check", "record.field", LONG_WHY),
    (3, "edit", "edit.unknown", "There is no such record."),
)


def refused(store: MemoryStore, utc: datetime, *, times: int = 1) -> None:
    """Put refused operations into the store, the first one a matter of money."""
    store.fed_terminals = [laptop(14), laptop(9)]
    for number in range(4 * times):
        lane, what, code, text = _REFUSED[number % 4]
        store.fed_parked.append(
            ParkedOperation(
                parked_operation_id=name("parked", number),
                terminal_id=name("laptop", (14, 9, 77)[number % 3]),
                epoch=1,
                lane=lane,
                op_seq=100 + number,
                name=what,
                code=code,
                text=text,
                parked_utc=utc - timedelta(hours=40 - number, minutes=7),
            )
        )
