"""``parking-terminal hand-over``: what this terminal holds into one sealed file, for IT. No Qt.

Needs no network and no sign-in; the screens must be closed. Main thread; prints the file's path and
ends with 0, with 1 and one sentence when it could not be written, 2 when the options are wrong.
"""

import sys
from collections.abc import Sequence
from pathlib import Path

from app.bootstrap import opened_records, secrets_of
from app.options import Options
from app.post import Post
from app.profile import TerminalProfile
from app.usecases.write_hand_over import HandOverWritten, device_sign, write_hand_over
from app.words import _
from parking.errors import UnavailableError, UserError
from parking.terminal import TerminalKind


def main(arguments: Sequence[str]) -> int:
    """Do what the words after ``hand-over`` say; returns the exit status."""
    options = _parser().parse_args(arguments)
    profile = TerminalProfile(
        data=options.data.expanduser().resolve(),
        central_url="",
        kind=TerminalKind.OFFICER,
        secrets=options.secrets,
    )
    try:
        done = _write(profile, options.out.expanduser().resolve())
    except UserError as error:
        sys.stderr.write(f"{error.sentence} {error.action}".strip() + "\n")
        return 1
    except UnavailableError as error:
        sys.stderr.write(f"{error.sentence}\n")
        return 1
    sys.stdout.write(f"{done.path}\n")
    sys.stderr.write(_in_words(done) + "\n")
    return 0


def _parser() -> Options:
    parser = Options(
        prog="parking-terminal hand-over",
        description="Write what this terminal holds into a sealed file, to be taken in at a desk.",
    )
    parser.ask_for_data()
    parser.add_argument("--out", type=Path, required=True, help="folder for the file, on a stick")
    parser.ask_for_secrets()
    return parser


def _write(profile: TerminalProfile, folder: Path) -> HandOverWritten:
    with opened_records(profile) as (store, clock, terminal):
        post = Post(store=store, clock=clock, terminal=terminal)
        return write_hand_over(post, device_sign(secrets_of(profile)), folder)


def _in_words(done: HandOverWritten) -> str:
    words = _("{operations} records and {photos} photos are in the file.").format(
        operations=done.operations, photos=done.photos
    )
    if done.unreadable_photos:
        words += " " + _("{count} photos could not be read on this device any more.").format(
            count=done.unreadable_photos
        )
    return words
