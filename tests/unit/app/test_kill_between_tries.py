"""A terminal killed right after a PIN was typed gives no extra try. Real files, real SIGKILL."""

import subprocess
import sys
from pathlib import Path

from app.pin import MOST_TRIES

_PROGRAM = """
import os, signal, sys
from pathlib import Path

import app.usecases.sign_in as sign_in_module
from app.adapters.linux.credential_secrets import CREDENTIAL, CredentialSecrets
from app.officer_key import PinCost
from app.usecases.activate_officer import Activation, activate_officer
from app.usecases.sign_in import sign_in
from local_db.store import LocalStore
from parking.errors import UserError
from tests.fakes.central_desk import FakeDesk
from tests.fakes.clock import StillClock
from tests.fakes.memory_store import MemoryStore
from tests.fakes.terminal import KEY, enrolment

folder = Path(sys.argv[1])
credentials = folder / "credentials"
credentials.mkdir()
(credentials / CREDENTIAL).write_bytes(bytes(32))


def parts():
    secrets = CredentialSecrets(folder / "secrets.sealed", credentials=credentials)
    return LocalStore.create(folder / "store", KEY, StillClock()), secrets


def at_once(name, work):
    return work()


def die(*args, **words):
    os.kill(os.getpid(), signal.SIGKILL)


def apart(work):
    # A process of its own, as a terminal is; the parent has no thread and no open file.
    child = os.fork()
    if not child:
        try:
            work()
        finally:
            os._exit(9)
    return os.waitpid(child, 0)[1]


def join():
    store, secrets = parts()
    store.keep_identity(enrolment())
    desk = FakeDesk(StillClock())
    desk.codes["4F7K-2M9Q"] = MemoryStore().officer_by_badge("0417")
    wish = Activation(badge="0417", code="4F7K-2M9Q", pin="284917")
    cost = PinCost(memory_kib=8, passes=1)
    activate_officer(store, secrets, at_once, central=desk, wish=wish, cost=cost)
    store.close()


def try_and_die():
    store, secrets = parts()
    sign_in_module.unwrapped = die
    sign_in(store, secrets, at_once, badge="0417", pin="284917")


def try_the_right_pin():
    store, secrets = parts()
    try:
        sign_in(store, secrets, at_once, badge="0417", pin="284917")
    except UserError as error:
        print("then", error.key, flush=True)
    else:
        print("then signed in", flush=True)


apart(join)
print("killed", [os.WTERMSIG(apart(try_and_die)) for _ in range(int(sys.argv[2]))], flush=True)
apart(try_the_right_pin)
"""


def _played(folder: Path, kills: int) -> list[str]:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM, str(folder), str(kills)],
        capture_output=True,
        text=True,
        check=False,
        timeout=50,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def test_ten_kills_between_typing_and_judging_use_all_tries(tmp_path: Path) -> None:
    killed, then = _played(tmp_path, MOST_TRIES)
    assert killed == f"killed {[9] * MOST_TRIES}"
    assert then == "then sign_in.disabled"


def test_after_nine_the_right_pin_still_works(tmp_path: Path) -> None:
    _killed, then = _played(tmp_path, MOST_TRIES - 1)
    assert then == "then signed in"
