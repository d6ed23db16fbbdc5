"""The command ``parking-central``: migrate, serve, keys, codes, the city's data.

Exit status: 0 done, 1 not done (one plain sentence on standard error says why), 2 wrong usage. The
result itself (a code, a key, a path) is the only thing on standard output.
"""

import argparse
import logging
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from importlib import import_module
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection

from central import schema
from central.city.files import read_city
from central.city.load import load_city
from central.clock import SystemClock
from central.database import Database
from central.identity.city_keys import init_keys, read_keys, rotate_hand_over_key
from central.identity.codes import Grant, Purpose, make_code
from central.identity.enrol import service_key
from central.identity.revoked import note_revoked
from central.log import audit
from central.photos.evidence import copy_photos
from central.photos.files import PhotoFiles
from central.rights.providers import make_provider_key
from central.settings import Settings, read_dsn, read_settings
from central.store import Row, load_many, store_many, value_of
from parking.errors import UnavailableError, UserError
from parking.ids import uuid7
from parking.officer import Officer, Role
from parking.service_code import QUESTION_DIGITS, code_for
from parking.terminal import Terminal, TerminalKind
from sync.records import BY_CLASS, check

_CLOCK = SystemClock()
_ADMIN = "PARKING_DATABASE_ADMIN_URL"
_OWNER = "PARKING_DATABASE_OWNER_URL"
_SERVICE = frozenset({Role.SUPERVISOR, Role.IT})
Arguments = argparse.Namespace


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return the exit status."""
    arguments = _parser().parse_args(argv)
    try:
        command: Callable[[Arguments], None] = arguments.command
        command(arguments)
    except UserError as error:
        _say(f"{error.sentence} {error.action}".strip())
        return 1
    except UnavailableError as error:
        _say(error.sentence)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def _say(sentence: str) -> None:
    print(sentence, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="parking-central", description="The central service.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")

    def add(name: str, run: Callable[[Arguments], None], words: str) -> argparse.ArgumentParser:
        command = commands.add_parser(name, help=words, description=words)
        command.set_defaults(command=run)
        return command

    add("create-roles", _create_roles, f"Make the four database roles; needs {_ADMIN}.")
    add("migrate", _migrate, f"Bring the schema to this release; needs {_OWNER}.")
    serve = add("serve", _serve, "Serve terminals.")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=_port, default=8000, help="0 lets the system choose")
    keys = add("init-keys", _init_keys, "Make the city's keys.")
    keys.add_argument("--dir", type=Path, required=True)
    rotate = add("rotate-hand-over-key", _rotate_hand_over_key, "Make a new hand-over key.")
    rotate.add_argument("--dir", type=Path, required=True)
    _add_people(add)
    load = add("load-city", _load_city, "Load zones, tariffs, people and lists from files.")
    load.add_argument("folder", type=Path)
    load.add_argument("--accept-removals", action="store_true")
    copies = add("copy-photos", _copy_photos, "Copy new photos to another disk; run it often.")
    copies.add_argument("--to", type=Path, required=True, help="folder on the other disk")
    money = add("reconcile", _reconcile, "Compare a day of money: ledger, Stripe, what was given.")
    money.add_argument("--day", type=_day, help="like 2027-03-01; else yesterday")
    money.add_argument("--csv", type=Path, help="write the report into this file too")
    provider = add("provider-key", _provider_key, "Let a company send the rights it sells.")
    provider.add_argument("--name", required=True)
    return parser


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError("a day is written like 2027-03-01") from error


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text[:6]) <= 65_535):
        raise argparse.ArgumentTypeError("a port is a number from 0 to 65535")
    return int(text)


def _add_people(
    add: Callable[[str, Callable[[Arguments], None], str], argparse.ArgumentParser],
) -> None:
    enrol = add("enrol-code", _enrol_code, "Make a one-time code with which a device joins.")
    enrol.add_argument("--name", required=True, help="as painted on the device, e.g. T-014")
    enrol.add_argument("--kind", required=True, choices=[kind.value for kind in TerminalKind])
    enrol.add_argument("--zone", default="", help="where a kiosk stands")
    enrol.add_argument("--reader", default="", help="its card reader")
    revoke = add("revoke", _revoke, "Shut out a lost or stolen device.")
    revoke.add_argument("--name", required=True)
    scope = add("terminal", _scope, "Say whose rows a device gets: those of some zones, or all.")
    scope.add_argument("act", choices=["scope"])
    scope.add_argument("name", help="as painted on the device")
    scope.add_argument("--zones", required=True, help='by comma, e.g. 101,102; "" for all')
    service = add("service-code", _service_code, "Answer who stands at a pay station for service.")
    service.add_argument("name", help="as painted on the pay station, e.g. K-07")
    service.add_argument("--question", required=True, help="the 6 digits on its screen")
    service.add_argument("--badge", required=True, help="of whoever stands there and asks")
    officer = add("officer", _add_officer, "Add a person, or change one.")
    officer.add_argument("act", choices=["add"])
    officer.add_argument("--badge", required=True)
    officer.add_argument("--name", required=True, help='as shown, e.g. "M. Ortiz"')
    officer.add_argument("--role", default="officer", choices=[role.value for role in Role])
    activation = add("activation-code", _activation_code, "Let a person sign in on a new device.")
    activation.add_argument("--badge", required=True)


@contextmanager
def _work(settings: Settings | None = None) -> Iterator[Connection]:
    database = Database(settings or read_settings())
    try:
        with database.unit_of_work("command") as connection:
            yield connection
    finally:
        database.close()


def _needed(name: str) -> str:
    if not (found := read_dsn(os.environ, name)):
        raise UserError("settings.missing", f"{name} is not set; this command needs it.")
    return found


def _create_roles(_: Arguments) -> None:
    schema.create_roles(_needed(_ADMIN))
    _say("The four database roles exist.")


def _migrate(_: Arguments) -> None:
    _say(f"The schema is at revision {schema.migrate(_needed(_OWNER))}.")


def _serve(arguments: Arguments) -> None:
    # FastAPI takes a second to load; the other commands do without.
    from central.app import create_app
    from central.serve import listen, server

    settings = read_settings()
    logging.basicConfig(
        level=settings.log_level, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    app = create_app(settings)
    with listen(arguments.host, arguments.port) as listening:
        host, port = listening.getsockname()[:2]
        _say(f"Central answers at http://{host}:{port} - stop it with Ctrl+C.")
        server(app).run(sockets=[listening])


def _init_keys(arguments: Arguments) -> None:
    root = init_keys(arguments.dir)
    print(root)
    _say(f"Keys made. Move {root} to a safe place off this machine: it is the city's root.")


def _rotate_hand_over_key(arguments: Arguments) -> None:
    print(rotate_hand_over_key(arguments.dir).hex())
    _say("New hand-over key made; the old one is kept. Restart the service: devices hear of it.")


def _enrol_code(arguments: Arguments) -> None:
    if not 1 <= len(arguments.name) <= 20:
        raise UserError("terminal.name", "The name of a device has 1 to 20 characters.")
    grant = Grant(
        terminal_name=arguments.name,
        terminal_kind=arguments.kind,
        zone_id=arguments.zone,
        reader_id=arguments.reader,
    )
    with _work() as connection:
        now_utc = _CLOCK.now().utc
        code = make_code(connection, Purpose.ENROL, grant, now_utc=now_utc)
        detail = {"name": arguments.name, "kind": arguments.kind}
        audit(connection, "code.made", "enrol", now_utc=now_utc, detail=detail)
    print(code)
    _say(f"Type this code on {arguments.name} within 10 minutes. It works once.")


def _terminal(connection: Connection, name: str) -> Terminal:
    record = BY_CLASS[Terminal]
    statement = "select terminal_id from terminals where name = %(name)s"
    found = connection.exec_driver_sql(statement, {"name": name}).scalar()
    if found is None:
        raise UserError("terminal.unknown", f"No device is named {name}.")
    terminal: Terminal = value_of(record, load_many(connection, record, [found])[str(found)])
    return terminal


def _change_terminal(connection: Connection, terminal: Terminal, act: str) -> None:
    check(terminal)
    now_utc = _CLOCK.now().utc
    store_many(connection, BY_CLASS[Terminal], [Row(value=terminal)], received_utc=now_utc)
    audit(connection, act, str(terminal.terminal_id), now_utc=now_utc)


def _revoke(arguments: Arguments) -> None:
    settings = read_settings()
    with _work(settings) as connection:
        terminal = replace(_terminal(connection, arguments.name), revoked=True)
        _change_terminal(connection, terminal, "terminal.revoked")
    note_revoked(settings.keys_dir, terminal)
    _say(f"{arguments.name} is shut out.")


def _service_code(arguments: Arguments) -> None:
    question = arguments.question.replace(" ", "")
    if not (len(question) == QUESTION_DIGITS and question.isascii() and question.isdigit()):
        raise UserError("service.question", "--question is the 6 digits on the pay station.")
    settings = read_settings()
    keys = read_keys(settings.keys_dir)
    with _work(settings) as connection:
        terminal = _terminal(connection, arguments.name)
        _check_service(connection, terminal, arguments.badge)
        audit(
            connection,
            "service.code",
            str(terminal.terminal_id),
            now_utc=_CLOCK.now().utc,
            detail={"name": terminal.name, "badge": arguments.badge},
        )
    print(code_for(service_key(keys, terminal), question))
    _say(f"Read this code out. It answers question {question} on {terminal.name} and no other.")


def _check_service(connection: Connection, terminal: Terminal, badge: str) -> None:
    if terminal.kind is not TerminalKind.KIOSK:
        raise UserError("service.kind", f"{terminal.name} is no pay station.")
    officer_id = _officer_id(connection, badge)
    if officer_id is None:
        raise UserError("officer.unknown", f"No person has badge {badge}.")
    record = BY_CLASS[Officer]
    officer: Officer = value_of(
        record, load_many(connection, record, [officer_id])[str(officer_id)]
    )
    if not officer.active or officer.role not in _SERVICE:
        raise UserError(
            "service.role", f"Badge {badge} may not serve pay stations: a supervisor or IT may."
        )


def _scope(arguments: Arguments) -> None:
    zones = sorted({zone.strip() for zone in arguments.zones.split(",")} - {""})
    statement = "select zone_id from parking_zones where zone_id = any (%(zones)s::text[])"
    with _work() as connection:
        known = set(connection.exec_driver_sql(statement, {"zones": zones}).scalars())
        if unknown := [zone for zone in zones if zone not in known]:
            raise UserError(
                "terminal.zones", f"--zones: {unknown[0]} is no zone of this city; name known ones."
            )
        terminal = replace(_terminal(connection, arguments.name), zone_ids=tuple(zones))
        _change_terminal(connection, terminal, "terminal.scoped")
    where = f"zones {', '.join(zones)}" if zones else "all zones"
    _say(f"{arguments.name} gets the rows of {where} from its next exchange on.")


def _officer_id(connection: Connection, badge: str) -> UUID | None:
    statement = "select officer_id from users where badge = %(badge)s"
    found: UUID | None = connection.exec_driver_sql(statement, {"badge": badge}).scalar()
    return found


def _add_officer(arguments: Arguments) -> None:
    with _work() as connection:
        now_utc = _CLOCK.now().utc
        officer = Officer(
            officer_id=_officer_id(connection, arguments.badge) or uuid7(now_utc),
            badge=arguments.badge,
            display_name=arguments.name,
            role=Role(arguments.role),
        )
        check(officer)
        store_many(connection, BY_CLASS[Officer], [Row(value=officer)], received_utc=now_utc)
        audit(connection, "officer.stored", str(officer.officer_id), now_utc=now_utc)
    _say(f"Badge {arguments.badge} is stored.")


def _activation_code(arguments: Arguments) -> None:
    with _work() as connection:
        now_utc = _CLOCK.now().utc
        officer_id = _officer_id(connection, arguments.badge)
        if officer_id is None:
            raise UserError("officer.unknown", f"No person has badge {arguments.badge}.")
        grant = Grant(officer_id=officer_id)
        code = make_code(connection, Purpose.ACTIVATE, grant, now_utc=now_utc)
        audit(connection, "code.made", "activate", now_utc=now_utc)
    print(code)
    _say(f"Badge {arguments.badge} types this code on the device within 10 minutes.")


def _load_city(arguments: Arguments) -> None:
    database = Database(read_settings())
    try:
        files = read_city(arguments.folder)
        for done in load_city(database, _CLOCK, files, accept_removals=arguments.accept_removals):
            _say(
                f"{done.name}: {done.read} read, {done.changed} changed, {done.ended} ended,"
                f" {done.held} citations held"
            )
    finally:
        database.close()


def _copy_photos(arguments: Arguments) -> None:
    settings = read_settings()
    database = Database(settings)
    try:
        files = PhotoFiles(settings.photo_dir)
        copied = copy_photos(database, _CLOCK, files, arguments.to)
    finally:
        database.close()
    _say(f"{copied} photos copied to {arguments.to}.")


def _reconcile(arguments: Arguments) -> None:
    # Only this command needs Stripe's library, which is slow to load.
    command = import_module("central.reconcile.command")
    command.run(_CLOCK, day=arguments.day, csv_file=arguments.csv)


def _provider_key(arguments: Arguments) -> None:
    if not 1 <= len(arguments.name) <= 40:
        raise UserError("provider.name", "The name of a provider has 1 to 40 characters.")
    with _work() as connection:
        key = make_provider_key(connection, arguments.name, _CLOCK.now().utc)
    print(key)
    _say("This key is shown only now. Send it to the provider by a safe way.")


if __name__ == "__main__":
    sys.exit(main())
