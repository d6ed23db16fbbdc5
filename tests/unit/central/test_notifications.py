"""Messages leave the outbox once, whatever the other side, the line and the machine do.

The sinks are the oracle: what mailboxes and phones really got.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from central.database import Database
from central.notifications.adapters.sms import TextSender
from central.notifications.adapters.smtp import MailSender
from central.notifications.courier import Courier
from central.notifications.outbox import (
    FIRST_PAUSE,
    LEASE,
    LONGEST_PAUSE,
    MOST_ATTEMPTS,
    Outbox,
    queue,
)
from central.notifications.sender import Message, Sender
from parking.notification import Channel
from simulator.notifications.faults import Fault
from simulator.notifications.mail import MailSink
from simulator.notifications.texts import TextSink
from tests import databases
from tests.unit.central.service import TestClock
from tests.waiting import wait_until

ROOT = Path(__file__).resolve().parents[3]
TIMEOUT_S = 10.0
ADDRESSES = {Channel.EMAIL: "ana@example.com", Channel.SMS: "+12035550142"}


@dataclass(frozen=True)
class Outside:
    """Where messages end, and the ways there."""

    mails: MailSink
    texts: TextSink
    senders: dict[Channel, Sender]


class Post:
    """An outbox, its couriers, and where their messages end."""

    def __init__(self, store: Database, owner_url: str, outside: Outside) -> None:
        self.clock = TestClock()
        self.outbox = Outbox(store, self.clock)
        self.mails, self.texts, self.senders = outside.mails, outside.texts, outside.senders
        self._store, self._owner_url = store, owner_url

    def put(self, channel: Channel) -> Message:
        """Queue a message."""
        message = Message(
            notification_id=uuid4(),
            address=ADDRESSES[channel],
            language="es",
            subject="Recibo de estacionamiento",
            body="Pagado $2.50\n.\nHasta las 6:30 p. m.",
            made_utc=self.clock.now().utc,
        )
        with self._store.unit_of_work("test") as connection:
            queue(connection, message, channel=channel, payment_id=uuid4(), terminal_id=uuid4())
        return message

    def run(self, channel: Channel) -> bool:
        return Courier(self.outbox, channel, self.senders[channel]).run()

    def row(self, message: Message) -> Any:
        with self._store.reading() as connection:
            return connection.exec_driver_sql(
                "select * from notifications where notification_id = %(id)s",
                {"id": message.notification_id},
            ).one()

    def alarms(self, message: Message) -> list[str]:
        with self._store.reading() as connection:
            found = connection.exec_driver_sql(
                "select code from alarms where subject = %(id)s",
                {"id": str(message.notification_id)},
            )
            return list(found.scalars())

    def forget(self) -> None:
        """Let nothing that another test left be due."""
        with psycopg.connect(self._owner_url, autocommit=True) as connection:
            connection.execute("delete from notifications")

    def arrived(self, message: Message) -> int:
        """Return how often a mailbox or phone got it."""
        name = f"<{message.notification_id}@stamford.example>"
        mails = [message_from_bytes(each.text)["Message-ID"] for each in self.mails.mails]
        keys = [UUID(each.key) for each in self.texts.messages]
        return mails.count(name) + keys.count(message.notification_id)


@pytest.fixture(scope="module")
def outside() -> Iterator[Outside]:
    with ExitStack() as stack:
        mails = stack.enter_context(MailSink())
        texts = stack.enter_context(TextSink(secret="s3cret"))
        by_mail = MailSender(
            f"smtp+plain://127.0.0.1:{mails.port}",
            password="",
            mail_from="parking@stamford.example",
            timeout_s=TIMEOUT_S,
        )
        by_text = TextSender(texts.url, secret="s3cret", sms_from="12036", timeout_s=TIMEOUT_S)
        stack.callback(by_text.close)
        yield Outside(mails, texts, {Channel.EMAIL: by_mail, Channel.SMS: by_text})


@pytest.fixture
def post(store: Database, shared_database: databases.Database, outside: Outside) -> Post:
    outside.mails.forget()
    outside.texts.forget()
    found = Post(store, shared_database.dsn("parking_owner"), outside)
    found.forget()
    return found


@pytest.mark.parametrize("channel", list(Channel))
def test_a_message_is_sent_once_and_its_address_wiped_later(post: Post, channel: Channel) -> None:
    message = post.put(channel)

    assert post.run(channel)
    assert not post.run(channel)

    row = post.row(message)
    assert (row.state, row.attempts, post.arrived(message)) == ("sent", 1, 1)
    post.clock.ahead = timedelta(days=6)
    post.outbox.wipe(days=7)
    assert post.row(message).address == ADDRESSES[channel]
    post.clock.ahead = timedelta(days=8)
    post.outbox.wipe(days=7)
    row = post.row(message)
    assert (row.address, row.subject, row.body, row.state) == ("", "", "", "sent")


def test_a_mail_says_what_was_queued(post: Post) -> None:
    message = post.put(Channel.EMAIL)
    post.run(Channel.EMAIL)

    (kept,) = post.mails.mails
    mail = message_from_bytes(kept.text, policy=policy.default)
    assert (kept.sender, kept.recipient) == ("parking@stamford.example", "ana@example.com")
    assert mail["Subject"] == message.subject
    assert mail["Content-Language"] == "es"
    assert mail.get_content().splitlines() == message.body.splitlines()


def test_a_text_message_says_what_was_queued(post: Post) -> None:
    message = post.put(Channel.SMS)
    post.run(Channel.SMS)

    (kept,) = post.texts.messages
    assert (kept.to, kept.sender, kept.text) == ("+12035550142", "12036", message.body)
    assert post.row(message).provider_ref == f"sms-{kept.key[:8]}"


@dataclass(frozen=True)
class Bad:
    """A fault, and what the message is after the attempt and after the next one."""

    channel: Channel
    fault: Fault
    state: str
    why: str
    arrives: int = 1


@pytest.mark.parametrize(
    "bad",
    [
        Bad(Channel.EMAIL, Fault(step="connect"), "queued", "SMTPServerDisconnected"),
        Bad(Channel.EMAIL, Fault(step="mail", code=530), "queued", "smtp_530"),
        Bad(Channel.EMAIL, Fault(step="rcpt", code=451), "queued", "smtp_451"),
        Bad(Channel.EMAIL, Fault(step="rcpt", code=550), "failed", "smtp_550", 0),
        Bad(Channel.EMAIL, Fault(step="data", code=421), "queued", "smtp_421"),
        Bad(Channel.EMAIL, Fault(step="end", code=452), "queued", "smtp_452"),
        Bad(Channel.EMAIL, Fault(step="end", code=554), "failed", "smtp_554", 0),
        Bad(Channel.EMAIL, Fault(step="end"), "sending", "SMTPServerDisconnected"),
        # The honest limit: taken, the answer lost, and nobody to ask.
        Bad(Channel.EMAIL, Fault(step="end", taken=True), "sending", "SMTPServerDisconnected", 2),
        Bad(Channel.SMS, Fault(step="post"), "sending", "RemoteProtocolError"),
        Bad(Channel.SMS, Fault(step="post", taken=True), "sending", "RemoteProtocolError"),
        Bad(Channel.SMS, Fault(step="post", code=500, taken=True), "sending", "http_500"),
        Bad(Channel.SMS, Fault(step="post", code=500), "sending", "http_500"),
        Bad(Channel.SMS, Fault(step="post", code=409), "sending", "http_409"),
        Bad(Channel.SMS, Fault(step="post", code=429), "queued", "http_429"),
        Bad(Channel.SMS, Fault(step="post", code=401), "queued", "http_401"),
        Bad(Channel.SMS, Fault(step="post", code=302), "queued", "http_302"),
        Bad(Channel.SMS, Fault(step="post", code=400), "failed", "http_400", 0),
    ],
    ids=lambda bad: f"{bad.channel}-{bad.why}-{'taken' if bad.fault.taken else 'not'}",
)
def test_a_fault_ends_in_one_message_or_none(
    post: Post, bad: Bad, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    sink = post.mails if bad.channel is Channel.EMAIL else post.texts
    sink.fail(bad.fault)
    message = post.put(bad.channel)

    post.run(bad.channel)
    row = post.row(message)
    assert (row.state, row.why) == (bad.state, bad.why)
    assert not post.run(bad.channel), "it waits for its pause"

    post.clock.ahead += FIRST_PAUSE
    assert post.run(bad.channel) == (bad.state != "failed")
    assert post.arrived(message) == bad.arrives
    assert post.row(message).state == ("sent" if bad.arrives else "failed")
    assert post.alarms(message) == []
    told = caplog.text
    assert str(message.notification_id) in told
    assert message.address not in told
    assert message.body.splitlines()[0] not in told


def test_a_text_message_is_asked_for_before_it_is_sent_again(post: Post) -> None:
    post.texts.fail(Fault(step="post", code=500, taken=True))
    post.texts.fail(Fault(step="get", code=503))
    post.texts.fail(Fault(step="get"))
    message = post.put(Channel.SMS)
    post.run(Channel.SMS)

    for pauses in (1, 2):
        post.clock.ahead += pauses * FIRST_PAUSE
        post.run(Channel.SMS)
        assert (post.row(message).state, post.texts.posts) == ("sending", 1)
    post.clock.ahead += 4 * FIRST_PAUSE
    post.run(Channel.SMS)

    assert (post.row(message).state, post.texts.posts) == ("sent", 1)
    assert post.row(message).provider_ref


def test_a_mail_that_always_ends_in_doubt_arrives_three_times_at_most(post: Post) -> None:
    for _ in range(9):
        post.mails.fail(Fault(step="end", taken=True))
    message = post.put(Channel.EMAIL)

    for _ in range(9):
        post.run(Channel.EMAIL)
        post.clock.ahead += LONGEST_PAUSE

    assert post.arrived(message) == 1 + MailSender.most_doubts == 3
    assert len({each.text for each in post.mails.mails}) == 1, "the same mail to the byte"
    assert (post.row(message).state, post.row(message).why) == ("failed", "in_doubt")
    assert post.alarms(message) == ["notification.failed"]


def test_pauses_grow_and_the_last_attempt_raises_an_alarm(post: Post) -> None:
    message = post.put(Channel.SMS)
    for _ in range(MOST_ATTEMPTS):
        post.texts.fail(Fault(step="post", code=429))
    pauses = []
    while post.row(message).state == "queued":
        post.run(Channel.SMS)
        after = post.row(message)
        if after.next_try_utc:
            pause = round((after.next_try_utc - post.clock.now().utc) / FIRST_PAUSE)
            pauses.append(pause)
            post.clock.ahead += FIRST_PAUSE * pause + timedelta(seconds=1)

    assert pauses == [1, 2, 4, 8, 16, 32, 64, 120, 120]
    assert (post.row(message).state, post.row(message).attempts) == ("failed", MOST_ATTEMPTS)
    assert post.alarms(message) == ["notification.failed"]


def test_a_provider_that_names_nothing_has_taken_it_all_the_same(post: Post) -> None:
    post.texts.fail(Fault(step="post", code=204, taken=True))
    message = post.put(Channel.SMS)
    post.run(Channel.SMS)
    assert (post.row(message).state, post.row(message).provider_ref) == ("sent", "")


def test_a_channel_that_is_away_takes_nothing_and_loses_nothing(post: Post) -> None:
    gone = {Channel.EMAIL: MailSink(), Channel.SMS: TextSink(secret="")}
    for sink in gone.values():
        sink.server_close()
    nobody: dict[Channel, Sender] = {
        Channel.EMAIL: MailSender(
            f"smtp+plain://127.0.0.1:{gone[Channel.EMAIL].server_address[1]}",
            password="",
            mail_from="parking@stamford.example",
        ),
        Channel.SMS: TextSender(
            f"http://127.0.0.1:{gone[Channel.SMS].server_address[1]}", secret="", sms_from=""
        ),
    }
    for channel, sender in nobody.items():
        message = post.put(channel)
        Courier(post.outbox, channel, sender).run()
        sender.close()
        assert (post.row(message).state, post.row(message).doubts) == ("queued", 0)


def test_a_message_that_nobody_can_send_any_more_is_wiped_too(post: Post) -> None:
    message = post.put(Channel.SMS)
    post.clock.ahead = timedelta(days=8)
    post.outbox.wipe(days=7)
    row = post.row(message)
    assert (row.address, row.body, row.state, row.why) == ("", "", "failed", "too_old")
    assert not post.run(Channel.SMS)


def test_a_late_note_of_success_is_true_and_any_other_late_note_is_not(post: Post) -> None:
    message = post.put(Channel.SMS)
    slow = post.outbox.claim(Channel.SMS)
    post.clock.ahead += LEASE
    quick = post.outbox.claim(Channel.SMS)
    assert slow is not None
    assert quick is not None
    assert (quick.attempts, quick.doubts) == (2, 1)

    post.outbox.refuse(slow, "late")
    assert post.row(message).state == "sending"
    post.outbox.sent(slow, "first")
    post.outbox.refuse(quick, "late")
    post.outbox.sent(quick, "second")
    assert (post.row(message).state, post.row(message).provider_ref) == ("sent", "first")


_DOOMED = """
import sys
import threading
from central.clock import SystemClock
from central.database import Database
from central.notifications.adapters.sms import TextSender
from central.notifications.adapters.smtp import MailSender
from central.notifications.courier import Courier
from central.notifications.outbox import Outbox
from central.settings import read_settings
from parking.notification import Channel

mail_url, text_url, secret = sys.argv[1:]
mail = MailSender(mail_url, password="", mail_from="parking@stamford.example")
texts = TextSender(text_url, secret=secret, sms_from="12036")
outbox = Outbox(Database(read_settings()), SystemClock())
for channel, sender in ((Channel.EMAIL, mail), (Channel.SMS, texts)):
    threading.Thread(target=Courier(outbox, channel, sender).run).start()
"""


def test_a_process_killed_between_send_and_note_makes_no_second_text_message(
    post: Post, shared_database: databases.Database
) -> None:
    by_mail, by_text = post.put(Channel.EMAIL), post.put(Channel.SMS)
    post.mails.fail(Fault(step="end", taken=True, hold=True))
    post.texts.fail(Fault(step="post", taken=True, hold=True))
    mail_url = f"smtp+plain://127.0.0.1:{post.mails.port}"
    child = subprocess.Popen(
        [sys.executable, "-c", _DOOMED, mail_url, post.texts.url, post.texts.secret],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": shared_database.dsn()},
    )
    try:
        wait_until(
            lambda: post.arrived(by_mail) + post.arrived(by_text) == 2,
            limit_s=40,
            what="both messages",
        )
    finally:
        child.send_signal(signal.SIGKILL)
        child.wait()
        post.mails.faults.release()
        post.texts.faults.release()
    states = {post.row(each).state for each in (by_mail, by_text)}
    assert states == {"sending"}, "written ahead"

    assert not post.run(Channel.SMS), "the dead process's lease still runs"
    post.clock.ahead = LEASE
    assert post.run(Channel.EMAIL)
    assert post.run(Channel.SMS)

    assert (post.row(by_text).state, post.arrived(by_text), post.texts.posts) == ("sent", 1, 1)
    # A mail server cannot be asked: it goes again, and is the same mail to the byte.
    assert (post.row(by_mail).state, post.arrived(by_mail)) == ("sent", 2)
    first, second = (each.text for each in post.mails.mails)
    assert first == second


def test_two_couriers_never_send_the_same_message(post: Post) -> None:
    messages = [post.put(Channel.SMS) for _ in range(3)]
    claimed = [post.outbox.claim(Channel.SMS) for _ in range(4)]
    assert [each and each.message for each in claimed] == [
        *(replace(each) for each in messages),
        None,
    ]
