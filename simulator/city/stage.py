"""Central's side of the demonstration: PostgreSQL, keys, sample city, Stripe emulator, central.

Every part is a process of its own and the real thing, except Stripe and the app provider. The
services are started with the commands that operations use. One thread.
"""

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from pathlib import Path

import psycopg

from central import schema
from simulator.city.provider import Provider
from simulator.postgres import Cluster, private_folder
from simulator.stripe.launch import StripeEmulator, launch

ROOT = Path(__file__).resolve().parents[2]
SAMPLE_CITY = ROOT / "resources" / "sample_city"
STRIPE_KEY = "sk_test_sample_city"
WEBHOOK_SECRETS = ("whsec_sample_payments", "whsec_sample_readers")
_DATABASE = "parking"
_START_S = 30.0


class StageError(Exception):
    """The demonstration cannot start; the text says what is wrong and what mends it."""


class Stage:
    """Everything the three terminals need.

    Attributes:
        home: Folder of this demonstration; all its files are below.
        central_url: Where central answers.
        port: Its port on 127.0.0.1.
        stripe: The emulator.
        provider: The app provider; started by ``open``.
        reader_id: The card reader of the pay station.
    """

    def __init__(self, *, name: str = "tour", port: int = 0, keep: bool = False) -> None:
        """Prepare.

        Args:
            name: Names the folder, so that several demonstrations can run beside each other.
            port: Central's port on 127.0.0.1, 0 for any free one.
            keep: True keeps the data of the last demonstration.
        """
        self.home = private_folder(name)
        self._keep = keep
        self.port = port or free_port()
        self.central_url = f"http://127.0.0.1:{self.port}"
        self._cluster = Cluster(self.home / "postgres")
        self._central: subprocess.Popen[bytes] | None = None
        self.stripe: StripeEmulator
        self.provider: Provider
        self.reader_id = ""

    def start_database(self) -> None:
        """Start the private cluster; make it at the first start."""
        self.home.mkdir(mode=0o711, exist_ok=True)
        self._cluster.start()

    def make_database(self) -> bool:
        """Make central's database with its four roles and tables; True when it is new."""
        if not self._keep:
            self._cluster.drop_database(_DATABASE)
        new = not self._exists()
        if new:
            self._cluster.create_database(_DATABASE)
            schema.create_roles(self._dsn("postgres"))
        schema.migrate(self._dsn("parking_owner"))
        return new

    def _exists(self) -> bool:
        with psycopg.connect(self._cluster.dsn()) as connection:
            found = connection.execute(
                "select 1 from pg_database where datname = %s", (_DATABASE,)
            ).fetchone()
        return found is not None

    def load_city(self) -> None:
        """Make the city's keys and load the sample city."""
        (self.home / "central").mkdir(exist_ok=True)
        if not self.keys.exists():
            self.command("init-keys", "--dir", str(self.keys))
        self.command("load-city", str(SAMPLE_CITY))

    def start_stripe(self) -> None:
        """Start the Stripe emulator and register the pay station's reader."""
        hooks = f"{self.central_url}/stripe/webhooks"
        self.stripe = launch(
            webhook=(f"{hooks}/payments", WEBHOOK_SECRETS[0]),
            reader_webhook=(f"{hooks}/readers", WEBHOOK_SECRETS[1]),
        )
        location = self._stripe_post(
            "terminal/locations",
            {
                "display_name": "Bell Street Garage",
                "address[line1]": "888 Washington Blvd",
                "address[city]": "Stamford",
                "address[state]": "CT",
                "address[postal_code]": "06901",
                "address[country]": "US",
            },
        )
        reader = self._stripe_post(
            "terminal/readers",
            {"registration_code": "simulated-wpe", "location": location, "label": "K-07"},
        )
        self.reader_id = reader

    def start_central(self) -> None:
        """Start central and wait until it says it is well.

        Raises:
            StageError: When it does not within 30 s.
        """
        log = (self.home / "central" / "central.log").open("ab")
        with log:
            self._central = subprocess.Popen(
                [*_CENTRAL, "serve", "--host", "127.0.0.1", "--port", str(self.port)],
                env=self._environment(),
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + _START_S
        while not _answers(f"{self.central_url}/healthz"):
            if self._central.poll() is not None or time.monotonic() > until:
                raise StageError(f"central did not start; its log is {log.name}")
            threading.Event().wait(0.05)

    @property
    def central_pid(self) -> int:
        """Return central's process id, 0 when it does not run."""
        return 0 if self._central is None else self._central.pid

    def stop_central(self) -> None:
        """Stop central as operations would."""
        if self._central is not None:
            self._central.terminate()
            self._central.wait(20)
            self._central = None

    def start_provider(self) -> None:
        """Make a provider key and start the app's feed."""
        self.provider = Provider(self.central_url, self.command("provider-key", "--name", "app"))
        self.provider.start()

    def command(self, *words: str) -> str:
        """Run a ``parking-central`` command as operations would and return what it printed.

        Raises:
            StageError: With the command's own sentence when it refuses.
        """
        done = subprocess.run(
            [*_CENTRAL, *words],
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise StageError(f"parking-central {words[0]}: {done.stderr.strip() or done.stdout}")
        return done.stdout.strip()

    def close(self) -> None:
        """Stop everything; the data stays until the next start."""
        if hasattr(self, "provider"):
            self.provider.stop()
        self.stop_central()
        if hasattr(self, "stripe"):
            self.stripe.stop()
        self._cluster.stop()

    def remove(self) -> None:
        """Delete everything this demonstration made; call after ``close``."""
        self._cluster.remove()
        shutil.rmtree(self.home, ignore_errors=True)

    @property
    def keys(self) -> Path:
        """Return the folder of the city's keys."""
        return self.home / "central" / "keys"

    def dsn(self, user: str = "parking_read") -> str:
        """Return central's database address for looking into it."""
        return self._dsn(user)

    def _dsn(self, user: str) -> str:
        return self._cluster.dsn(_DATABASE, user=user)

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "DATABASE_URL": self._dsn("parking_app"),
            "PARKING_DATABASE_OWNER_URL": self._dsn("parking_owner"),
            "PARKING_KEYS_DIR": str(self.keys),
            "PARKING_PHOTO_DIR": str(self.home / "central" / "photos"),
            "STRIPE_SECRET_KEY": STRIPE_KEY,
            "STRIPE_WEBHOOK_SECRET": ",".join(WEBHOOK_SECRETS),
            "PARKING_STRIPE_API_BASE": self.stripe.api_url if hasattr(self, "stripe") else "",
        }

    def _stripe_post(self, path: str, form: dict[str, str]) -> str:
        request = urllib.request.Request(  # noqa: S310 - the emulator's own address
            f"{self.stripe.api_url}/v1/{path}",
            data=urllib.parse.urlencode(form).encode(),
            headers={
                "Authorization": f"Bearer {STRIPE_KEY}",
                "Stripe-Version": _stripe_version(),
                "Idempotency-Key": f"sample-city-{path}",
            },
        )
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            return str(json.loads(answer.read())["id"])


_CENTRAL = (sys.executable, "-m", "central.cli")


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody uses now."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=1) as answer:  # noqa: S310 - our own address
            return bool(answer.status == 200)
    except OSError:
        return False


def _stripe_version() -> str:
    description = ROOT / "simulator" / "stripe" / "openapi-terminal.json"
    return str(json.loads(description.read_text(encoding="utf-8"))["info"]["version"])
