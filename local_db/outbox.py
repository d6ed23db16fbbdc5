"""The terminal's side of sync: what to send, what was answered, what the feed brings.

Satisfies ``sync.engine.SyncStore``. Sync thread; every write waits until no person is saving.
"""

from collections.abc import Collection, Iterable
from datetime import datetime

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    and_,
    delete,
    exists,
    func,
    not_,
    null,
    select,
    update,
)
from sqlalchemy.dialects.sqlite import insert

from local_db.batches import runs_alike, whole_saves
from local_db.edits import keep_edit_answers
from local_db.feed import Feed
from local_db.opening import EncryptedFile
from local_db.photo_outbox import PhotoOutbox
from local_db.photos import PhotoFolder
from local_db.rows import instant, micros
from local_db.tables import AUDIT_LINK, FACT_TABLES, OUTBOX, PHOTO_FILE, SETTING, SendState
from local_db.turns import Turns
from parking.parked import CLOSED, FINAL_REFUSALS
from sync.news import ToSend
from sync.pull import FeedPosition
from sync.push import Batch
from sync.wire import STORED, FeedPage, Op, OpResult

FEED_EPOCH = "feed_epoch"
"""Setting with the life of central's database that our sent operations belong to."""
DURABILITY = "durability"
"""Setting with central's word for what its acknowledgements are worth."""
_PEOPLE_FIRST_S = 1.0

_PHOTO = FACT_TABLES["photo"].c


class LocalOutbox:
    """What waits to be sent, and what central answered.

    Attributes:
        photos: The photos beside it.
    """

    def __init__(
        self, records: EncryptedFile, feed: Feed, photos: PhotoFolder, turns: Turns
    ) -> None:
        """Work on the open files of a store."""
        self._records = records
        self._feed = feed
        self._turns = turns
        self.photos = PhotoOutbox(records, photos, turns)

    def next_batch(
        self,
        *,
        most_ops: int,
        most_bytes: int,
        but: Collection[int] = (),
        behind: Batch | None = None,
    ) -> Batch | None:
        """Return the oldest operations of the lowest lane that has any, without gaps, or None.

        What one save put into a lane stays together, unless that alone is more than the limits.

        Args:
            most_ops: Largest number of operations, >= 1.
            most_bytes: Largest sum of payload bytes; one operation is given whatever its size.
            but: Lanes to leave out.
            behind: On its way; its operations are left out.
        """
        box = OUTBOX.c
        waiting = [box.state == SendState.TO_SEND, box.lane.not_in(but)]
        if behind is not None:
            first, last_seq = behind.ops[0].seq, behind.ops[-1].seq
            sent = box.epoch == behind.epoch, box.lane == behind.lane
            waiting.append(not_(and_(*sent, box.seq.between(first, last_seq))))
        with self._records.reading() as connection:
            rows = connection.execute(
                select(box.lane, box.epoch, box.seq, box.tx, box.name, box.payload)
                .where(*waiting)
                .order_by(box.lane, box.epoch, box.seq)
                .limit(most_ops + 1)
            ).all()
            if not rows:
                return None
            chosen = rows[: whole_saves(rows, most_ops, most_bytes)]
            last = chosen[-1]
            link = connection.execute(
                select(AUDIT_LINK.c.link).where(
                    AUDIT_LINK.c.epoch == last.epoch,
                    AUDIT_LINK.c.lane == last.lane,
                    AUDIT_LINK.c.seq == last.seq,
                )
            ).scalar_one()
        ops = tuple(Op(row.seq, row.name, msgspec.Raw(row.payload)) for row in chosen)
        return Batch(epoch=last.epoch, lane=last.lane, ops=ops, link=link)

    def settle(
        self,
        batch: Batch,
        results: Iterable[OpResult],
        *,
        durable_through: int,
        durability: str = "",
        now_utc: datetime,
    ) -> None:
        """Store central's answers; forget what its backups hold.

        Args:
            batch: What was sent.
            results: Answers to operations of the batch, any number of them.
            durable_through: Highest number of the epoch and lane that central's backup horizon has
                passed.
            durability: Which horizon that is, in central's word; empty leaves the last one.
            now_utc: Dates the answers.
        """
        box, results = OUTBOX.c, list(results)
        with self._turns.background(), self._records.writing() as connection:
            keep_edit_answers(connection, batch.ops, results)
            for run in runs_alike(results):
                connection.execute(
                    update(OUTBOX)
                    .where(
                        box.epoch == batch.epoch,
                        box.lane == batch.lane,
                        box.seq.between(run[0].seq, run[-1].seq),
                        box.state == SendState.TO_SEND,
                    )
                    .values(
                        state=_state_after(run[0]),
                        code=run[0].code,
                        text=run[0].text,
                        answered_utc=micros(now_utc),
                    )
                )
            connection.execute(
                delete(OUTBOX).where(
                    box.epoch == batch.epoch,
                    box.lane == batch.lane,
                    box.seq <= durable_through,
                    box.state == SendState.SENT,
                )
            )
            if durability:
                _keep_setting(connection, DURABILITY, durability.encode())
            connection.commit()

    def send_parked_again(self) -> int:
        """Mark refused operations as to send, but for those that no version of central will take.

        They go as they are, the same bytes under the same number in the same chain; central judges
        them once more. Any worker thread.

        Returns:
            How many were marked.
        """
        box = OUTBOX.c
        may_pass = box.state == SendState.REFUSED, box.code.not_in(FINAL_REFUSALS)
        with self._turns.background(), self._records.writing() as connection:
            marked = _send_again(connection, OUTBOX, *may_pass)
            connection.commit()
        return marked

    def durability(self) -> str:
        """Return what an acknowledgement of central is worth: ``archived``, ``committed`` or "".

        Empty before the first answer. Any worker thread.
        """
        setting = SETTING.c
        with self._records.reading() as connection:
            kept = connection.execute(
                select(setting.value).where(setting.name == DURABILITY)
            ).scalar()
        return "" if kept is None else bytes(kept).decode()

    def feed_position(self) -> FeedPosition:
        """Return where the feed goes on."""
        return self._feed.position()

    def apply_page(self, page: FeedPage) -> frozenset[str]:
        """Bring a page of the feed in; return the names of the records it had."""
        self._turns.let_people_go_first(_PEOPLE_FIRST_S)
        return self._feed.apply(page)

    def unread(self) -> int:
        """Return how many rows of the feed this version could not read."""
        return self._feed.unread()

    def start_feed_again(self, feed_epoch: str) -> None:
        """Fetch everything anew; rows here stay usable until then, the outbox is untouched."""
        self._feed.start_again(feed_epoch)

    def send_from(self, epoch: int, lane: int, next_seq: int) -> bool:
        """Mark kept operations of a lane from ``next_seq`` on as to send; False if it is gone."""
        box = OUTBOX.c
        chain = box.epoch == epoch, box.lane == lane
        with self._turns.background(), self._records.writing() as connection:
            known = connection.execute(select(box.seq).where(*chain, box.seq == next_seq)).first()
            if known is not None:
                _send_again(connection, OUTBOX, *chain, box.seq >= next_seq)
                connection.commit()
        return known is not None

    def meet_epoch(self, feed_epoch: str) -> bool:
        """Take note of central's feed epoch; after a restore, send again what it may have lost.

        What was answered before the first epoch was known may belong to an earlier one too. Central
        answers what it still has from its stored answers, so nothing happens twice.

        Returns:
            True when operations and photos were marked to send again.
        """
        setting, value = SETTING.c, feed_epoch.encode()
        with self._records.reading() as connection:
            known = connection.execute(
                select(setting.value).where(setting.name == FEED_EPOCH)
            ).scalar()
        if known == value:
            return False
        with self._turns.background(), self._records.writing() as connection:
            marked = _send_again(connection, OUTBOX) + _send_again(connection, PHOTO_FILE)
            connection.execute(
                update(PHOTO_FILE)
                .where(PHOTO_FILE.c.thumb_state == SendState.SENT)
                .values(thumb_state=SendState.TO_SEND)
            )
            _keep_setting(connection, FEED_EPOCH, value)
            connection.commit()
        return marked > 0

    def to_send(self) -> ToSend:
        """Return what waits for the network."""
        box, file = OUTBOX.c, PHOTO_FILE.c
        counts = (
            select(box.state, func.count(), func.min(box.made_utc), box.lane)
            .group_by(box.state, box.lane)
            .order_by(box.lane)
        )
        # A photo waits once a save named it, but with a refused record it waits for a person.
        with_people = exists().where(
            box.record_id == _PHOTO.photo_id,
            box.state.in_([SendState.REFUSED, SendState.CLOSED]),
        )
        photos = (
            select(file.state, func.count(), func.min(file.kept_utc), null())
            .where(
                file.state.in_([SendState.TO_SEND, SendState.REFUSED]),
                exists().where(_PHOTO.sha256 == file.sha256, ~with_people),
            )
            .group_by(file.state)
        )
        with self._records.reading() as connection:
            rows = [*connection.execute(counts), *connection.execute(photos)]
        waiting = [row for row in rows if row[0] == SendState.TO_SEND]
        oldest = min((row[2] for row in waiting), default=None)
        return ToSend(
            count=sum(row[1] for row in waiting),
            oldest_utc=None if oldest is None else instant(oldest),
            parked=sum(row[1] for row in rows if row[0] == SendState.REFUSED),
            lanes=tuple((row[3], row[1]) for row in waiting if row[3] is not None),
        )


def _state_after(result: OpResult) -> SendState:
    if result.outcome in STORED:
        return SendState.SENT
    return SendState.CLOSED if result.code == CLOSED else SendState.REFUSED


def _keep_setting(connection: Connection, name: str, value: bytes) -> None:
    row = {"name": name, "value": value}
    connection.execute(
        insert(SETTING).values(row).on_conflict_do_update(index_elements=[SETTING.c.name], set_=row)
    )


def _send_again(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    answered = table.c.state.in_([SendState.SENT, SendState.REFUSED, SendState.CLOSED])
    return connection.execute(
        update(table).where(answered, *where).values(state=SendState.TO_SEND, answered_utc=None)
    ).rowcount
