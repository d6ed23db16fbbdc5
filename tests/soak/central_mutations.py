"""Bugs to plant in central, and the tests on a real PostgreSQL of which one must then fail."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class CentralMutation:
    """One bug of central.

    Attributes:
        module: Whose source is changed.
        old: The piece that is right; exactly once in the source.
        new: What a hurried person could have written.
        tests: Of pytest.
    """

    name: str
    module: str
    old: str
    new: str
    tests: tuple[str, ...]


_UNIT = "tests/unit/central"
_PUSH = (f"{_UNIT}/test_push.py", f"{_UNIT}/test_push_lanes.py")
CENTRAL_MUTATIONS = (
    CentralMutation(
        name="naive_cursor",
        module="central.feed.read",
        old=" and xid < (select low from horizon)",
        new="",
        tests=(f"{_UNIT}/test_cursor_trap.py",),
    ),
    CentralMutation(
        name="replay_is_executed_again",
        module="central.push.intake",
        old="            elif op.seq > verified.last_seq:\n",
        new="            elif True:\n",
        tests=_PUSH,
    ),
    CentralMutation(
        name="same_key_other_payload_is_dropped",
        module="central.push.chain",
        old="            return place\n",
        new="            continue\n",
        tests=_PUSH,
    ),
    CentralMutation(
        name="durable_before_it_is_archived",
        module="central.push.answers",
        old='_ARCHIVED if durability == "archived" else _COMMITTED',
        new="_COMMITTED",
        tests=_PUSH,
    ),
    CentralMutation(
        name="plates_are_not_locked",
        module="central.late_truth.judge",
        old="pg_advisory_xact_lock(%(class)s, bucket)",
        new="%(class)s + bucket",
        tests=(f"{_UNIT}/test_late_truth.py",),
    ),
    CentralMutation(
        name="conflict_is_not_stored",
        module="central.edits.take",
        old="list(conflicts_of(folded.values(), known, now_utc))",
        new="[]",
        tests=(f"{_UNIT}/test_edits.py",),
    ),
)
