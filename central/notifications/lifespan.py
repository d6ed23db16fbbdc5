"""Starts and stops the sending of messages with the service."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager

from central import workers
from central.context import Central
from central.notifications.adapters.sms import TextSender
from central.notifications.adapters.smtp import MailSender
from central.notifications.courier import Courier
from central.notifications.outbox import Outbox
from central.notifications.sender import Sender
from central.settings import Settings
from parking.notification import Channel

LOOK_EVERY_S, WIPE_EVERY_S = 1.0, 3600.0


def senders(settings: Settings) -> dict[Channel, Sender]:
    """Return the ways out that are switched on."""
    found: dict[Channel, Sender] = {}
    if settings.smtp_url:
        found[Channel.EMAIL] = MailSender(
            settings.smtp_url, password=settings.smtp_password, mail_from=settings.mail_from
        )
    if settings.sms_url:
        found[Channel.SMS] = TextSender(
            settings.sms_url, secret=settings.sms_secret, sms_from=settings.sms_from
        )
    return found


@asynccontextmanager
async def running(central: Central) -> AsyncIterator[None]:
    """Send messages while the block lasts; old addresses are wiped with every channel off too."""
    outbox = Outbox(central.database, central.clock)

    def wipe() -> bool:
        outbox.wipe(days=central.settings.notification_days)
        return False

    jobs = [workers.Job("notifications-wipe", WIPE_EVERY_S, wipe)]
    with ExitStack() as stack:
        for channel, sender in senders(central.settings).items():
            stack.callback(sender.close)
            courier = Courier(outbox, channel, sender)
            jobs.append(workers.Job(f"notifications-{channel}", LOOK_EVERY_S, courier.run))
        async with workers.running(jobs):
            yield
