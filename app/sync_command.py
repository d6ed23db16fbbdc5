"""``parking-terminal sync``: one exchange with city hall, or only a look, for IT. Without Qt.

Asks the running terminal through its control socket; when none runs it takes the lock of the data
folder and does the work itself. Main thread; ends with 0 when everything is at city hall, 1 when
something waits, was refused or failed, 2 when the options are wrong.
"""

import sys
from collections.abc import Sequence
from contextlib import closing
from typing import Any

from app.acts.sync import ROUND_S
from app.adapters.control_socket import ask_terminal
from app.bootstrap import build, not_joined, opened_records
from app.lanes import Lanes
from app.last_exchange import Exchange
from app.options import Options
from app.post import Post
from app.profile import TerminalProfile
from app.sync_report import all_sent, failed_report, one_line, sync_report
from app.terminal_app import TerminalApp
from app.usecases.sync_status import sync_status
from app.words import _
from parking.errors import ParkingError

_ANSWER_S = 30.0
"""More than a round may take, so that the terminal's own word arrives first."""


def main(arguments: Sequence[str]) -> int:
    """Do what the words after ``sync`` say; returns the exit status."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if not options.central.startswith(("https://", "http://")):
        parser.error("--central is an address like https://parking.example")
    profile = TerminalProfile(
        data=options.data.expanduser().resolve(),
        central_url=options.central,
        kind=options.kind,
        secrets=options.secrets,
    )
    report = _report(profile, once=options.once)
    sys.stdout.write((one_line(report) if options.json else _in_words(report)) + "\n")
    return 0 if all_sent(report) else 1


def _parser() -> Options:
    parser = Options(
        prog="parking-terminal sync",
        description="Exchange with city hall once, or only say how it stands.",
    )
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--once", action="store_true", help="run one whole exchange")
    what.add_argument("--status", action="store_true", help="only look, send nothing")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of words")
    parser.ask_for_data()
    parser.ask_for_central()
    parser.ask_for_secrets()
    return parser


def _report(profile: TerminalProfile, *, once: bool) -> dict[str, Any]:
    wish = {"do": "sync" if once else "status", "timeout_s": ROUND_S}
    try:
        answer = ask_terminal(profile.data, wish, timeout_s=ROUND_S + _ANSWER_S)
    except ParkingError as error:
        return failed_report(error, running=True)
    if answer is not None:
        return answer
    try:
        return _round(profile) if once else _look(profile)
    except ParkingError as error:
        return failed_report(error, running=False)


def _look(profile: TerminalProfile) -> dict[str, Any]:
    with opened_records(profile) as (store, clock, terminal):
        status = sync_status(Post(store=store, clock=clock, terminal=terminal), Exchange())
        return sync_report(status, None, now_utc=clock.now().utc, running=False)


def _round(profile: TerminalProfile) -> dict[str, Any]:
    if not profile.has_joined:
        raise not_joined()
    lanes = Lanes(io_workers=1)
    try:
        with closing(build(profile, lanes)) as device:
            if not isinstance(device, TerminalApp):
                raise not_joined()
            return {**device.sync.answer({"do": "sync"}), "running": False}
    finally:
        lanes.stop()


def _in_words(report: dict[str, Any]) -> str:
    if report["error"]:
        return str(report["error"]["sentence"])
    waiting = ", ".join(f"{count} {name}" for name, count in report["waiting"].items() if count)
    lines = [
        _("Waiting here: {what}.").format(what=waiting) if waiting else _("Nothing waits here.")
    ]
    lines += [f"{each['record']} {each['record_key']}: {each['text']}" for each in report["parked"]]
    return "\n".join(lines)
