"""``./run``: the whole product on this machine, started and played.

A private PostgreSQL, central, the Stripe emulator, the sample city and three terminals. With a
display the terminals are windows and stay open after the story; without one the story plays
offscreen and ends. Exit status 0 only if every step held.
"""

import argparse
import fcntl
import math
import os
import shutil
import signal
import socket
import statistics
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import FrameType

from parking.errors import UnavailableError
from parking.terminal import TerminalKind
from simulator.city.order import STEPS, Step
from simulator.city.remote import StepFailed
from simulator.city.stage import ROOT, Stage, StageError
from simulator.city.story import Scene
from simulator.city.terminals import PlayedTerminal
from simulator.postgres import private_folder

_NAMES = {
    TerminalKind.OFFICER: "T-014",
    TerminalKind.KIOSK: "K-07",
    TerminalKind.SUPERVISOR: "D-01",
}
_STOPPED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Start everything and play; returns the exit status."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stop)
    try:
        with ExitStack() as closing:
            closing.enter_context(_alone(options.name))
            return _run(options, closing)
    except KeyboardInterrupt:
        print("\nStopped. Nothing is left running.")
        return _STOPPED
    except (StageError, StepFailed, UnavailableError) as error:
        print(f"\n{error}", file=sys.stderr)
        return 1


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="./run",
        description="Starts the whole product on this machine and plays its story. With a display"
        " the terminals open as windows and stay open; without one the story plays offscreen and"
        " every screen is saved as a picture under out/tour.",
    )
    parser.add_argument(
        "--only",
        choices=[kind.value for kind in TerminalKind],
        help="open one terminal only, joined to the city of the last run, and no story",
    )
    parser.add_argument(
        "--keep", action="store_true", help="keep the data of the last run; no story"
    )
    parser.add_argument("--port", type=_port, default=0, help="central's port; any free one")
    parser.add_argument(
        "--photos", type=Path, help="folder of plate photos to walk through with F2; no story"
    )
    parser.add_argument(
        "--offscreen", action="store_true", help="play offscreen also where there is a display"
    )
    parser.add_argument(
        "--name", default="tour", help="name of this demonstration, to run several side by side"
    )
    parser.add_argument(
        "--remove", action="store_true", help="delete everything this demonstration made at its end"
    )
    parser.add_argument(
        "--out", type=Path, default=ROOT / "out" / "tour", help="where the pictures go"
    )
    return parser


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 1024 <= int(text[:6]) <= 65_535):
        raise argparse.ArgumentTypeError("a port is a number from 1024 to 65535")
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", int(text))) == 0:
            raise argparse.ArgumentTypeError(
                f"port {text} is in use; leave --port out and a free one is taken"
            )
    return int(text)


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """Hold the lock of the demonstration's folder.

    Raises:
        StageError: When another one runs.
    """
    home = private_folder(name)
    home.mkdir(mode=0o711, exist_ok=True)
    with (home / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StageError(
                "The tour runs already. Stop it with Ctrl+C, or: pkill -f simulator.city.tour"
            ) from error
        yield


def _run(options: argparse.Namespace, closing: ExitStack) -> int:
    began = time.monotonic()
    shown = bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    offscreen = options.offscreen or not shown
    if offscreen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        if not options.offscreen:
            print("No display here: the story plays offscreen; pictures go to", options.out)
    again = options.keep or options.only
    stage = Stage(name=options.name, port=options.port, keep=bool(again))
    if options.remove:
        closing.callback(stage.remove)
    closing.callback(stage.close)
    _raise_stage(stage)
    terminals = _terminals(stage, options, fresh=not again)
    for terminal in terminals.values():
        closing.callback(terminal.close)
        terminal.start()
    if again or options.photos:
        return _leave_open(stage, terminals, offscreen=offscreen)
    scene = _scene(stage, terminals, options)
    for terminal in terminals.values():
        terminal.remote.screen()
    print(f"  ready in {time.monotonic() - began:.1f} s\n")
    status = _play(scene)
    if offscreen or status:
        return status
    return _leave_open(stage, terminals, offscreen=False)


def _raise_stage(stage: Stage) -> None:
    _timed("PostgreSQL in a private cluster", stage.start_database)
    _timed("database with its four roles and tables", stage.make_database)
    _timed("Stripe emulator and card reader", stage.start_stripe)
    _timed("keys of the city, sample city", stage.load_city)
    _timed("central", stage.start_central)


def _timed(words: str, work: object) -> None:
    began = time.monotonic()
    print(f"  {words:<48}", end="", flush=True)
    if callable(work):
        work()
    print(f" {time.monotonic() - began:5.1f} s")


def _terminals(
    stage: Stage, options: argparse.Namespace, *, fresh: bool
) -> dict[TerminalKind, PlayedTerminal]:
    home = stage.home / "terminals"
    if fresh:
        shutil.rmtree(home, ignore_errors=True)
    photos = options.photos or home / "photos"
    photos.mkdir(parents=True, exist_ok=True)
    kinds = [TerminalKind(options.only)] if options.only else list(TerminalKind)
    return {
        kind: PlayedTerminal(home, _NAMES[kind], kind, central_port=stage.port, photos=photos)
        for kind in kinds
    }


def _scene(
    stage: Stage, terminals: dict[TerminalKind, PlayedTerminal], options: argparse.Namespace
) -> Scene:
    shutil.rmtree(options.out, ignore_errors=True)
    options.out.mkdir(parents=True)
    return Scene(
        stage=stage,
        officer=terminals[TerminalKind.OFFICER],
        kiosk=terminals[TerminalKind.KIOSK],
        desk=terminals[TerminalKind.SUPERVISOR],
        pictures=options.out,
        photos=stage.home / "terminals" / "photos",
    )


def _play(scene: Scene) -> int:
    began = time.monotonic()
    for step in STEPS:
        if not _played(step, scene):
            return 1
    print(f"\nEvery step held, in {time.monotonic() - began:.0f} s.")
    for name, seconds in scene.figures.items():
        print(f"  {name:<48} {_figures(seconds)}")
    print(f"  {scene.shots} pictures in {scene.pictures}")
    return 0


def _played(step: Step, scene: Scene) -> bool:
    began = time.monotonic()
    print(f"{step.number}. {step.title}", flush=True)
    try:
        step.play(scene)
    except StepFailed as error:
        print(f"   did not hold after {time.monotonic() - began:.1f} s: {error}", file=sys.stderr)
        for terminal in (scene.officer, scene.kiosk, scene.desk):
            _last_look(scene, terminal)
        return False
    for sentence in scene.held:
        print(f"   {sentence}")
    scene.held.clear()
    print(f"   {time.monotonic() - began:.1f} s")
    return True


def _last_look(scene: Scene, terminal: PlayedTerminal) -> None:
    """Show where a terminal stood when a step did not hold."""
    if not terminal.runs():
        print(f"   {terminal.name} does not run; its log is {terminal.log}", file=sys.stderr)
        return
    try:
        screen = terminal.remote.screen()
        scene.picture(terminal, "when-it-failed")
    except StepFailed as error:
        print(f"   {error}; its log is {terminal.log}", file=sys.stderr)
        return
    print(f"   {terminal.name} shows '{screen}'; its log is {terminal.log}", file=sys.stderr)


def _figures(seconds: Sequence[float]) -> str:
    if len(seconds) == 1:
        return f"{seconds[0]:.2f} s"
    ordered = sorted(seconds)
    p95 = ordered[math.ceil(0.95 * len(ordered)) - 1]
    return f"median {statistics.median(ordered):.2f} s, p95 {p95:.2f} s of {len(ordered)}"


def _leave_open(
    stage: Stage, terminals: dict[TerminalKind, PlayedTerminal], *, offscreen: bool
) -> int:
    print(f"\nCentral answers at {stage.central_url}; present cards at {stage.stripe.control_url}")
    print("Codes for more devices and people: parking-central enrol-code, activation-code")
    if offscreen:
        print("The terminals run without a display; there is nothing to see here.")
    print("Ctrl+C ends everything.")
    while any(terminal.runs() for terminal in terminals.values()):
        time.sleep(0.5)
    print("All windows are closed.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
