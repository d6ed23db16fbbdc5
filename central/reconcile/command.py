"""``parking-central reconcile``: a treasurer's report of one day. Blocking."""

import sys
from datetime import date, timedelta
from pathlib import Path

from central.database import Database
from central.payments.processor import Processor
from central.reconcile.day import reconcile
from central.reconcile.paper import as_csv, as_text
from central.settings import read_settings
from parking.clock import Clock
from parking.clockface import local_day
from parking.errors import UserError


def run(clock: Clock, *, day: date | None, csv_file: Path | None) -> None:
    """Compare a day, yesterday by default, and print what was found.

    Raises:
        UserError: ``reconcile.findings`` when something needs a person, after the report;
            ``settings.missing``.
        UnavailableError: ``stripe.unavailable``.
    """
    settings = read_settings()
    if not settings.stripe_key:
        raise UserError("settings.missing", "STRIPE_SECRET_KEY is not set; it names the account.")
    yesterday = local_day(clock.now().utc, settings.time_zone) - timedelta(days=1)
    database = Database(settings)
    try:
        stripe = Processor(settings.stripe_key, api_url=settings.stripe_api_base or None)
        told = reconcile(database, stripe, day or yesterday, settings.time_zone)
    finally:
        database.close()
    sys.stdout.write(as_text(told))
    if csv_file is not None:
        csv_file.write_text(as_csv(told), encoding="utf-8")
    if told.findings:
        count = len(told.findings)
        raise UserError("reconcile.findings", "{count} findings need a person.", count=count)
