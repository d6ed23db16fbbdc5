"""Rows of ``refunds`` and what a decision rests on. Runs inside the caller's unit of work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from central.store import load_many, value_of
from parking.money import usd
from parking.officer import Role
from parking.payment import PaymentState
from parking.refund import RefundApproval, RefundRequest, RefundState, RefundVerdict
from sync.records import BY_CLASS

TO_DECIDE = """
select r.refund_id from refund_request r left join refunds w using (refund_id)
where w.refund_id is null or (w.state = 'waiting' and exists (
    select from refund_approval a where a.refund_id = r.refund_id))
order by r.requested_utc limit 100
"""
_UNDECIDED = """
select not exists (select from refunds where refund_id = %(refund_id)s and state <> 'waiting')
"""
DUE = """
select refund_id from refunds where look_again_utc <= %(now)s order by look_again_utc limit 100
"""
WAKE = "update refunds set look_again_utc = %(now)s where stripe_id = %(stripe_id)s"
SENT = """
select exists (select from stripe_calls where payment_id = %(payment_id)s and op = %(op)s)
"""
_LOCK = "select state from payments where payment_id = %(payment_id)s for update"
# Refunds on their way count as given back: two at once must not exceed what was captured.
_LEFT = """
select coalesce((select sum(amount_cents) from transactions where payment_id = %(payment_id)s), 0)
    - coalesce((select sum(amount_cents) from refunds where payment_id = %(payment_id)s
        and state = 'sending'), 0)
"""
_APPROVALS = "select refund_approval_id from refund_approval where refund_id = %(refund_id)s"
_PEOPLE = "select officer_id from users where active and role = any (%(roles)s::text[])"
# What a person must know of a payment's refunds, the gravest first.
_TASK = """
select state, why, (select coalesce(sum(amount_cents), 0)::bigint from refunds
    where payment_id = %(payment_id)s and state = 'waiting') as waiting_cents
from refunds where payment_id = %(payment_id)s
order by array_position(array['failed', 'waiting', 'refused'], state), state_since_utc desc limit 1
"""
_WRITE = """
insert into refunds (refund_id, payment_id, amount_cents, ends_right, officer_id, state, why,
    look_again_utc, made_utc, state_since_utc)
values (%(refund_id)s, %(payment_id)s, %(amount_cents)s, %(ends_right)s, %(officer_id)s, %(state)s,
    %(why)s, %(look_again)s, %(now)s, %(now)s)
on conflict (refund_id) do update set state = excluded.state, why = excluded.why,
    look_again_utc = excluded.look_again_utc, state_since_utc = excluded.state_since_utc
"""
_READ = """
select refund_id, payment_id, amount_cents, ends_right, officer_id, state, stripe_id, made_utc
from refunds where refund_id = %(refund_id)s
"""
_MOVE = """
update refunds set state = %(state)s, look_again_utc = %(look_again)s,
    why = case when %(why)s = '' then why else %(why)s end,
    stripe_id = case when %(stripe_id)s = '' then stripe_id else %(stripe_id)s end,
    state_since_utc = case when state = %(state)s then state_since_utc else %(now)s end
where refund_id = %(refund_id)s
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RefundRow:
    """A refund that was decided.

    Attributes:
        officer_id: Who asked for it; None when central gives back what it must not keep.
        stripe_id: Stripe's name for it; empty until it has one.
    """

    refund_id: UUID
    payment_id: UUID
    amount_cents: int
    ends_right: bool
    officer_id: UUID | None
    state: RefundState
    stripe_id: str
    made_utc: datetime

    @property
    def booked(self) -> bool:
        """Whether the ledger has it."""
        return bool(self.stripe_id)

    @property
    def amount(self) -> str:
        """The amount for people."""
        return usd(self.amount_cents)


def request(connection: Connection, refund_id: UUID) -> RefundRequest:
    """Return what a supervisor asked for."""
    found: RefundRequest = _load(connection, RefundRequest, [refund_id])[0]
    return found


def approvals(connection: Connection, refund_id: UUID) -> list[RefundApproval]:
    """Return what was said of it."""
    ids = connection.exec_driver_sql(_APPROVALS, {"refund_id": refund_id}).scalars().all()
    return _load(connection, RefundApproval, ids)


def undecided(connection: Connection, refund_id: UUID) -> bool:
    """Tell whether no process has decided it; asked once more under the lock of the payment."""
    parameters = {"refund_id": refund_id}
    return bool(connection.exec_driver_sql(_UNDECIDED, parameters).scalar_one())


def lock_payment(connection: Connection, payment_id: UUID) -> PaymentState | None:
    """Lock the payment until the transaction ends; None when there is none of this id."""
    found = connection.exec_driver_sql(_LOCK, {"payment_id": payment_id}).scalar()
    return PaymentState(found) if found is not None else None


def left_cents(connection: Connection, payment_id: UUID) -> int:
    """Return what was captured and is neither given back nor on its way."""
    return int(connection.exec_driver_sql(_LEFT, {"payment_id": payment_id}).scalar_one())


def people(connection: Connection, roles: Sequence[Role]) -> frozenset[UUID]:
    """Return the active people of some roles."""
    parameters = {"roles": [role.value for role in roles]}
    return frozenset(connection.exec_driver_sql(_PEOPLE, parameters).scalars())


def task(connection: Connection, payment_id: UUID) -> tuple[int, str]:
    """Return the cents that wait for a second person, and what a person must know; often empty."""
    found = connection.exec_driver_sql(_TASK, {"payment_id": payment_id}).one_or_none()
    if found is None:
        return 0, ""
    words = {
        RefundState.FAILED: found.why,
        RefundState.WAITING: "A refund waits for a second supervisor.",
        RefundState.REFUSED: f"A refund was not made. {found.why}",
    }
    return found.waiting_cents, words.get(RefundState(found.state), "")[:300]


def write(
    connection: Connection, asked: RefundRequest, verdict: RefundVerdict, *, now_utc: datetime
) -> None:
    """Store what was decided; a refund that goes on is due at once."""
    row = {name: getattr(asked, name) for name in ("refund_id", "payment_id", "amount_cents")}
    row |= {"ends_right": asked.ends_right, "officer_id": asked.officer_id, "now": now_utc}
    row |= {"state": verdict.state.value, "why": verdict.why}
    row["look_again"] = now_utc if verdict.state is RefundState.SENDING else None
    connection.exec_driver_sql(_WRITE, row)


def read(connection: Connection, refund_id: UUID) -> RefundRow:
    """Return a refund that was decided."""
    found = connection.exec_driver_sql(_READ, {"refund_id": refund_id}).mappings().one()
    return RefundRow(**{**found, "state": RefundState(found["state"])})


def move(
    connection: Connection,
    row: RefundRow,
    state: RefundState,
    *,
    look_again: datetime | None,
    now_utc: datetime,
    stripe_id: str = "",
    why: str = "",
) -> None:
    """Store how a refund stands now."""
    parameters: dict[str, Any] = {"refund_id": row.refund_id, "state": state.value}
    parameters |= {"look_again": look_again, "now": now_utc, "stripe_id": stripe_id}
    parameters["why"] = why
    connection.exec_driver_sql(_MOVE, parameters)


def _load(connection: Connection, of: type[Any], keys: Sequence[UUID]) -> list[Any]:
    record = BY_CLASS[of]
    return [value_of(record, row) for row in load_many(connection, record, keys).values()]
