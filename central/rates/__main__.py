"""The city's rate desk: ``python -m central.rates check | diff | table | car``.

``check``, ``diff`` and ``table`` work on files alone; ``car`` asks the database what one plate
would pay. The answer is on standard output, a refusal with its reason on standard error.
Exit status: 0 done, 1 refused, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from central.clock import SystemClock
from central.database import Database
from central.quotes.quote import priced_by
from central.rates.read import read_rates
from central.rates.table import DURATIONS_MINUTES, Asked, table
from central.settings import read_settings
from parking.clockface import zone_info
from parking.errors import UnavailableError, UserError
from parking.payment import QuoteRequest
from parking.plate import check_plate_text
from parking.tariff import Tariff, tariff_label
from parking.tariff_diff import differences

Arguments = argparse.Namespace
_CLOCK = SystemClock()


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        command: Callable[[Arguments], list[str]] = arguments.command
        lines = command(arguments)
    except UserError as error:
        print(f"{error.sentence} {error.action}".strip(), file=sys.stderr)
        return 1
    except UnavailableError as error:
        print(error.sentence, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m central.rates", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(
        name: str, run: Callable[[Arguments], list[str]], words: str
    ) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(command=run)
        return command

    check = add(
        "check", _check, "Say whether a rate file is right, and what is wrong on which line."
    )
    check.add_argument("file", type=Path)
    diff = add("diff", _diff, "Say in words what changes from one rate file to another.")
    diff.add_argument("old", type=Path)
    diff.add_argument("new", type=Path)
    rates = add("table", _table, "What a car would pay when, by a tariff of a rate file.")
    rates.add_argument("file", type=Path)
    rates.add_argument("tariff", help="its tariff_id")
    car = add("car", _car, "What one plate would pay now: its permits and paid time count.")
    car.add_argument("zone")
    car.add_argument("plate")
    car.add_argument("--state", default="", help="two letters; empty matches any")
    for each in (rates, car):
        each.add_argument(
            "--at", default="", help='local time, e.g. "2027-03-01 18:20"; now if unsaid'
        )
        each.add_argument("--minutes", type=_minutes, nargs="+", default=list(DURATIONS_MINUTES))
        each.add_argument("--times", type=_minutes, default=1, help="moments in the table")
        each.add_argument("--every", type=_minutes, default=60, help="minutes between them")
    return parser


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= 10_080):
        raise argparse.ArgumentTypeError("a whole number from 1 to 10080")
    return int(text)


def _check(arguments: Arguments) -> list[str]:
    tariffs = read_rates(arguments.file)
    return [f"{tariff_label(tariff)}: usable." for tariff in tariffs]


def _diff(arguments: Arguments) -> list[str]:
    told = differences(read_rates(arguments.old), read_rates(arguments.new))
    return told or ["Both say the same."]


def _table(arguments: Arguments) -> list[str]:
    found = {tariff.tariff_id: tariff for tariff in read_rates(arguments.file)}
    if arguments.tariff not in found:
        raise UserError(
            "rates.tariff", f"There is no tariff {arguments.tariff}; there are {', '.join(found)}."
        )
    tariff = found[arguments.tariff]
    return [tariff_label(tariff), *table(tariff, _asked(arguments, tariff))]


def _car(arguments: Arguments) -> list[str]:
    asked = QuoteRequest(
        zone_id=arguments.zone,
        plate=check_plate_text(arguments.plate),
        plate_state=arguments.state,
        minutes=1,
    )
    database = Database(read_settings())
    try:
        with database.reading() as connection:
            priced = priced_by(connection, asked, now_utc=_CLOCK.now().utc)
            if arguments.at:
                at_utc = _instant(arguments.at, priced.tariff)
                priced = priced_by(connection, asked, now_utc=at_utc)
    finally:
        database.close()
    lines = table(priced.tariff, _asked(arguments, priced.tariff), stay=priced.stay)
    paid = priced.stay.paid_minutes if priced.stay else 0
    return [f"{tariff_label(priced.tariff)}, {paid} minutes of the stay are paid", *lines]


def _asked(arguments: Arguments, tariff: Tariff) -> Asked:
    at_utc = _instant(arguments.at, tariff) if arguments.at else _CLOCK.now().utc
    return Asked(
        from_utc=at_utc,
        every_minutes=arguments.every,
        times=arguments.times,
        minutes=sorted(arguments.minutes),
    )


def _instant(text: str, tariff: Tariff) -> datetime:
    try:
        shown = datetime.fromisoformat(text)
    except ValueError as error:
        raise UserError(
            "rates.at", f'--at: a time such as "2027-03-01 18:20" is allowed, not "{text}".'
        ) from error
    if shown.tzinfo is None:
        shown = shown.replace(tzinfo=zone_info(tariff.time_zone))
    return shown.astimezone(UTC)


if __name__ == "__main__":
    sys.exit(main())
