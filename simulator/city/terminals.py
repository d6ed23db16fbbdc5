"""The terminals of the demonstration: each its own process, started by ``parking-terminal``.

What the service manager of a real device does is done here: a folder with the credential that
wraps the device's secrets (see ``app.adapters.linux.credential_secrets``). One thread.
"""

import os
import secrets
import signal
import subprocess
import sys
from pathlib import Path

from parking.terminal import TerminalKind
from simulator.city.network import Network
from simulator.city.remote import Remote

_STOP_S = 20.0


class PlayedTerminal:
    """One terminal with its data, its network and the socket that plays it.

    Attributes:
        name: As painted on it.
        network: Between it and central.
    """

    def __init__(
        self, home: Path, name: str, kind: TerminalKind, *, central_port: int, photos: Path
    ) -> None:
        """Prepare its folder and its network; ``start`` starts it."""
        self.name = name
        self.kind = kind
        self.network = Network(central_port)
        self._home = home / name
        self._photos = photos
        self._process: subprocess.Popen[bytes] | None = None
        self._remote: Remote | None = None
        credentials = self._home / "credentials"
        credentials.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = credentials / "parking-terminal"
        if not key.exists():
            key.write_bytes(secrets.token_bytes(32))
            key.chmod(0o400)

    def printed(self) -> list[Path]:
        """Return the tickets and receipts that went to files."""
        return sorted((self.data / "printed").rglob("*.*"))

    @property
    def data(self) -> Path:
        """Return the folder of its encrypted databases."""
        return self._home / "data"

    @property
    def log(self) -> Path:
        """Return its log file."""
        return self._home / "terminal.log"

    @property
    def remote(self) -> Remote:
        """Return the hand that plays it; connects at the first use after a start."""
        if self._remote is None:
            self._remote = Remote(self.name, self._socket)
        return self._remote

    @property
    def _socket(self) -> Path:
        return self._home / "drive"

    @property
    def pid(self) -> int:
        """Return its process id, 0 when it does not run."""
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Start the terminal as its owner would."""
        self._socket.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "ui.main"),
                    *("--kind", self.kind, "--data", str(self.data)),
                    *("--central", f"http://127.0.0.1:{self.network.port}"),
                    *("--secrets", "systemd", "--printer", "file"),
                    *("--photos", str(self._photos), "--drive", str(self._socket)),
                    # Pictures of a screen that is still fading in would show the one before.
                    *(("--still",) if os.environ.get("QT_QPA_PLATFORM") == "offscreen" else ()),
                ],
                env={**os.environ, "CREDENTIALS_DIRECTORY": str(self._home / "credentials")},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def kill(self) -> None:
        """Kill it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Close it as a person would."""
        self._end(signal.SIGTERM)

    def close(self) -> None:
        """Stop it and its network."""
        self.stop()
        self.network.close()

    def runs(self) -> bool:
        """Tell whether its process lives."""
        return self._process is not None and self._process.poll() is None

    def _end(self, number: signal.Signals) -> None:
        if self._remote is not None:
            self._remote.close()
            self._remote = None
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(number)
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None
