"""Validation codes: ``python -m central.vouchers issuer | issue | show``.

``issuer`` makes the key of somebody who gives codes, vouched for with the city's online key;
``issue`` prints codes, one a line, with that key alone; ``show`` says what a code gives. Nothing
here asks the database. Answers are on standard output, a refusal on standard error.
Exit status: 0 done, 1 refused, 2 wrong usage.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from uuid import uuid4

from central.clock import SystemClock
from central.identity.city_keys import read_keys
from central.vouchers.keys import holds, make_issuer, read_issuer
from parking.clockface import day_bounds
from parking.errors import UserError
from parking.money import usd
from parking.voucher import Voucher, VoucherKind
from parking.voucher_code import read_code
from sync.records import check

Arguments = argparse.Namespace
MOST_CODES = 10_000
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
    print("\n".join(lines))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m central.vouchers", description=__doc__)
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    issuer = commands.add_parser("issuer", help="Make the key of somebody who gives codes.")
    issuer.set_defaults(command=_issuer)
    issuer.add_argument("--name", required=True, help='for the receipt, e.g. "Ferguson Library"')
    issuer.add_argument("--city-keys", type=Path, required=True, help="folder of the city's keys")
    issue = commands.add_parser("issue", help="Print new codes, one a line.")
    issue.set_defaults(command=_issue)
    issue.add_argument("--kind", required=True, choices=[kind.value for kind in VoucherKind])
    issue.add_argument("--worth", type=int, required=True, help="minutes, percent or cents")
    issue.add_argument("--from", dest="since", default="", help="first day; today if unsaid")
    issue.add_argument("--zones", default="", help='by comma, e.g. 112,204; "" for all')
    issue.add_argument("--count", type=_count, default=1, help=f"1 to {MOST_CODES}")
    issue.add_argument("--many-uses", action="store_true", help="not for one purchase alone")
    for each in (issuer, issue):
        each.add_argument("--dir", type=Path, required=True, help="folder of the issuer's key")
        each.add_argument("--until", required=True, help="last day, e.g. 2027-12-31")
        each.add_argument("--time-zone", default="America/New_York", help="of the days")
    show = commands.add_parser("show", help="Say what a code gives, and whether it is genuine.")
    show.set_defaults(command=_show)
    show.add_argument("code")
    show.add_argument("--city-keys", type=Path, required=True, help="folder of the city's keys")
    return parser


def _count(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:6]) <= MOST_CODES):
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_CODES}")
    return int(text)


def _issuer(arguments: Arguments) -> list[str]:
    city = read_keys(arguments.city_keys)
    until = _end_of(arguments.until, arguments.time_zone)
    make_issuer(city, arguments.dir, name=arguments.name, until_utc=until)
    return [f"{arguments.name} can issue codes with the key in {arguments.dir}."]


def _issue(arguments: Arguments) -> list[str]:
    issuer, zone = read_issuer(arguments.dir), arguments.time_zone
    since = _start_of(arguments.since, zone) if arguments.since else _CLOCK.now().utc
    until = _end_of(arguments.until, zone)
    if until <= since:
        raise UserError("voucher.until", "--until: a day on or after --from is allowed.")
    if until > issuer.key.until_utc:
        raise UserError(
            "voucher.until", "--until: a day is allowed for which the city vouches for the issuer."
        )
    if arguments.kind == VoucherKind.PERCENT and arguments.worth > 100:
        raise UserError("voucher.worth", "--worth: 1 to 100 percent is allowed.")
    zones = tuple(each.strip() for each in arguments.zones.split(",") if each.strip())
    vouchers = [
        Voucher(
            voucher_id=uuid4(),
            issuer=issuer.key.issuer,
            kind=VoucherKind(arguments.kind),
            worth=arguments.worth,
            from_utc=since.replace(second=0, microsecond=0),
            until_utc=until,
            zone_ids=zones,
            single_use=not arguments.many_uses,
        )
        for _ in range(arguments.count)
    ]
    check(vouchers[0])
    return [issuer.code(voucher) for voucher in vouchers]


def _show(arguments: Arguments) -> list[str]:
    city = read_keys(arguments.city_keys)
    now_utc = _CLOCK.now().utc
    found = read_code(arguments.code, city_key=city.online_public, verify=holds, now_utc=now_utc)
    given = {
        VoucherKind.MINUTES: f"{found.worth} minutes",
        VoucherKind.PERCENT: f"{found.worth} percent",
        VoucherKind.AMOUNT: usd(found.worth),
    }
    where = f"zones {', '.join(found.zone_ids)}" if found.zone_ids else "all zones"
    uses = "one purchase" if found.single_use else "many purchases"
    return [
        f"{given[found.kind]} from {found.issuer}, {where}, {uses}",
        f"good from {found.from_utc:%Y-%m-%d %H:%M} to {found.until_utc:%Y-%m-%d %H:%M} UTC",
        str(found.voucher_id),
    ]


def _start_of(text: str, zone: str) -> datetime:
    return _bounds(text, zone)[0]


def _end_of(text: str, zone: str) -> datetime:
    return _bounds(text, zone)[1]


def _bounds(text: str, zone: str) -> tuple[datetime, datetime]:
    try:
        day = date.fromisoformat(text)
    except ValueError as error:
        raise UserError(
            "voucher.day", f'A day such as 2027-12-31 is allowed, not "{text}".'
        ) from error
    return day_bounds(day, zone)


if __name__ == "__main__":
    sys.exit(main())
