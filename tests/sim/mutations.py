"""Bugs planted in the product's own source, one line each: a test suite that misses one is no good.

A planted bug replaces a piece of a module's source that must be there exactly once. The changed
functions get the compiled code of the changed source, wherever they were imported, until the block
ends.
"""

import importlib
import types
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutation:
    """One bug.

    Attributes:
        name: Also of its case in ``cases.json``.
        module: Whose source is changed.
        old: The piece that is right.
        new: What a hurried person could have written.
        real: Needs the real store; disks in memory do not run this module.
    """

    name: str
    module: str
    old: str
    new: str
    real: bool = True


@contextmanager
def planted(mutation: Mutation) -> Iterator[None]:
    """Run the block with a bug in the product.

    Raises:
        LookupError: The source no longer has the piece, or has it more than once.
    """
    module = importlib.import_module(mutation.module)
    source = Path(str(module.__file__)).read_text(encoding="utf-8")
    if source.count(mutation.old) != 1:
        raise LookupError(f"{mutation.name}: {mutation.module} no longer has what is changed")
    changed = types.ModuleType(mutation.module)
    changed.__file__ = module.__file__
    code = compile(source.replace(mutation.old, mutation.new), str(module.__file__), "exec")
    exec(code, changed.__dict__)  # noqa: S102  # the product's own source with one line changed
    with ExitStack() as undone:
        for right, wrong in _changed_functions(vars(module), vars(changed)):
            undone.callback(setattr, right, "__code__", right.__code__)
            right.__code__ = wrong.__code__
        yield


def _changed_functions(
    right: dict[str, Any], wrong: dict[str, Any]
) -> Iterator[tuple[types.FunctionType, types.FunctionType]]:
    for name, value in right.items():
        other = wrong.get(name)
        if isinstance(value, types.FunctionType) and isinstance(other, types.FunctionType):
            if value.__module__ == wrong["__name__"] and _code(value) != _code(other):
                yield value, other
        elif isinstance(value, type) and value.__module__ == wrong["__name__"]:
            yield from _changed_functions(_methods(value, wrong), _methods(other, wrong))


def _methods(of: Any, wrong: dict[str, Any]) -> dict[str, Any]:
    found = {name: getattr(value, "fget", value) for name, value in vars(of).items()}
    return {**found, "__name__": wrong["__name__"]}


def _code(function: types.FunctionType) -> tuple[object, ...]:
    code = function.__code__
    # Line numbers move with every change; names and constants tell what differs.
    return code.co_code, code.co_names, _plain(code.co_consts)


def _plain(constants: tuple[object, ...]) -> tuple[object, ...]:
    return tuple(
        (each.co_code, each.co_names, _plain(each.co_consts))
        if isinstance(each, types.CodeType)
        else each
        for each in constants
    )


MUTATIONS = (
    Mutation(
        name="epoch_ignored_after_a_restore",
        module="sync.pull",
        old="report.again |= self._store.meet_epoch(page.feed_epoch)",
        new="report.again |= False",
        real=False,
    ),
    Mutation(
        name="sent_before_it_is_answered",
        module="sync.push",
        old="        wait = start(partial(self._gateway.push, self._request(batch)))\n",
        new="""        from sync.wire import OpResult
        done = [OpResult(op.seq, "applied") for op in batch.ops]
        now_utc = self._clock.now().utc
        self._store.settle(batch, done, durable_through=0, durability="", now_utc=now_utc)
        wait = start(partial(self._gateway.push, self._request(batch)))
""",
        real=False,
    ),
    Mutation(
        name="dropped_on_4xx",
        module="sync.push",
        old="        answer = wait()\n",
        new="""        from parking.errors import UserError
        try:
            answer = wait()
        except UserError:
            from sync.wire import OpResult
            now_utc, last = self._clock.now().utc, batch.ops[-1].seq
            gone = [OpResult(op.seq, "applied") for op in batch.ops]
            self._store.settle(
                batch, gone, durable_through=last, durability="", now_utc=now_utc
            )
            return None
""",
        real=False,
    ),
    Mutation(
        name="retry_only_on_new_write",
        module="sync.loop",
        old="self._woken.wait(backoff.next_s())",
        new="self._woken.wait()",
        real=False,
    ),
    Mutation(
        name="one_page_per_round",
        module="sync.pull",
        old="            more = page.more\n",
        new="            more = False\n",
        real=False,
    ),
    Mutation(
        name="photo_freed_too_early",
        module="sync.upload",
        old="if place.complete and place.durable:",
        new="if place.complete:",
        real=False,
    ),
    Mutation(
        name="last_clock_wins",
        module="sync.merge.fold",
        old="    return kept, _divergence(history, unit, rule, kept)\n",
        new="""    last = max(words, key=lambda word: word.version.counted_hlc)
    return last.value, None
""",
        real=False,
    ),
    Mutation(
        name="lost_conflict_entry",
        module="sync.merge.fold",
        old="        if divergence is not None:\n",
        new="        if divergence is not None and divergence.state is ConflictState.OPEN:\n",
        real=False,
    ),
    Mutation(
        name="sums_are_overwritten",
        module="sync.merge.fold",
        old="        if rule in {Rule.UNION, Rule.COUNTER}:\n",
        new="        if rule is Rule.UNION:\n",
        real=False,
    ),
    Mutation(
        name="acknowledged_edit_flickers_away",
        module="local_db.edits",
        old="        return self.revision > at_revision\n",
        new="        return False\n",
    ),
    Mutation(
        name="group_torn",
        module="local_db.batches",
        old="    return begun or end\n",
        new="    return end\n",
    ),
    Mutation(
        name="what_is_backed_up_stays",
        module="local_db.outbox",
        old="                    box.seq <= durable_through,\n",
        new="                    box.seq < durable_through,\n",
    ),
    Mutation(
        name="lane_starvation",
        module="local_db.outbox",
        old=".order_by(box.lane, box.epoch, box.seq)\n                .limit",
        new=".order_by(box.lane.desc(), box.epoch, box.seq)\n                .limit",
    ),
    Mutation(
        name="forgotten_at_ack_instead_of_durable",
        module="local_db.outbox",
        old="                    box.seq <= durable_through,\n",
        new="",
    ),
    Mutation(
        name="resync_drops_the_outbox",
        module="local_db.outbox",
        old="        self._feed.start_again(feed_epoch)\n",
        new="""        self._feed.start_again(feed_epoch)
        with self._turns.background(), self._records.writing() as connection:
            connection.execute(delete(OUTBOX))
            connection.commit()
""",
    ),
    Mutation(
        name="refused_is_not_parked",
        module="local_db.outbox",
        old="    return SendState.CLOSED if result.code == CLOSED else SendState.REFUSED\n",
        new="    return SendState.SENT\n",
    ),
    Mutation(
        name="photos_not_sent_again_after_a_restore",
        module="local_db.outbox",
        old=" + _send_again(connection, PHOTO_FILE)",
        new="",
    ),
    Mutation(
        name="epoch_noted_before_the_marks",
        module="local_db.outbox",
        old="            marked = _send_again(connection, OUTBOX)",
        new="""            _keep_setting(connection, FEED_EPOCH, value)
            connection.commit()
            connection.begin()
            marked = _send_again(connection, OUTBOX)""",
    ),
    Mutation(
        name="answers_settle_other_lanes",
        module="local_db.outbox",
        old="box.lane == batch.lane,\n                        box.seq.between",
        new="box.seq.between",
    ),
    Mutation(
        name="signs_the_head_of_another_lane",
        module="local_db.outbox",
        old="                    AUDIT_LINK.c.lane == last.lane,\n",
        new="",
    ),
    Mutation(
        name="split_outbox_transaction",
        module="local_db.work",
        old="        self._append(declared, stored(key_of(record)), encode(record))\n",
        new="""        self._connection.commit()
        self._connection.begin()
        self._append(declared, stored(key_of(record)), encode(record))
""",
    ),
    Mutation(
        name="chain_starts_again_in_each_save",
        module="local_db.work",
        old="        return (0, GENESIS) if found is None else (found.seq, found.link)\n",
        new="        return (0, GENESIS) if found is None else (found.seq, GENESIS)\n",
    ),
    Mutation(
        name="number_used_twice",
        module="local_db.work",
        old=".values(next_serial=serial + 1)",
        new=".values(next_serial=serial)",
    ),
    Mutation(
        name="cursor_moved_before_the_rows",
        module="local_db.feed",
        old="            for name, values in rows.items():\n",
        new="""            at = FeedPosition(feed_epoch=page.feed_epoch, cursor=page.cursor)
            _set_state(connection, at, generation=state.generation, catching_up=state.catching_up)
            connection.commit()
            connection.begin()
            for name, values in rows.items():
""",
    ),
    Mutation(
        name="rows_of_a_lost_life_stay",
        module="local_db.feed",
        old="        if state.catching_up:\n",
        new="        if False:\n",
    ),
)
"""Every bug, its name unique."""
