"""PouchDB beside us: the same work through its public interface, in turn with ours.

Not part of this product: the scripts and the npm packages (pouchdb, express, express-pouchdb) lie
in a folder that whoever measures gives by ``--peers``. It does not fsync each commit; we do.
"""

import json
import os
import subprocess
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from simulator.city.stage import free_port
from tests.waiting import wait_until

_NEEDED = (
    *("sync_pouch_server.js", "sync_pouch_client.js"),
    *("violations.json", "permits.json", "node_modules"),
)
_LIMIT_S = 300


class PeerError(Exception):
    """The peer cannot be measured; the text says what is missing."""


class Pouch:
    """A PouchDB server process, and clients that are run one after another.

    Args:
        folder: Holds the scripts, their data and ``node_modules``.
        scratch: For the databases; made here.
    """

    def __init__(self, folder: Path, scratch: Path) -> None:
        missing = [name for name in _NEEDED if not (folder / name).exists()]
        if missing:
            raise PeerError(f"{folder} has no {', '.join(missing)}.")
        self._folder, self._scratch = folder.resolve(), scratch
        self._port, self._admin = free_port(), free_port()
        self._clients = 0

    def __enter__(self) -> Self:
        self._scratch.mkdir(parents=True)
        with (self._scratch / "server.log").open("wb") as log:
            self._server = subprocess.Popen(
                ["node", self._folder / "sync_pouch_server.js"],
                env=self._environment(DIR=str(self._scratch / "server"), PORT=str(self._port)),
                stdout=log,
                stderr=log,
            )
        wait_until(self._answers, limit_s=30, what="PouchDB to answer")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.terminate()
        self._server.wait(20)

    def push_per_s(self) -> float:
        """Push 10,000 documents; return how many a second."""
        return float(self._measured("A", "A push")["per_s"])

    def pull_per_s(self) -> float:
        """Pull 100,000 rows for the first time; return how many a second."""
        return float(self._measured("B", "B first pull")["per_s"])

    def conflicts_s(self) -> float:
        """Merge 1,000 conflicting edits until both agree; return the seconds."""
        return float(self._measured("D", "D detect")["ms"]) / 1000

    def _measured(self, what: str, name: str) -> Mapping[str, Any]:
        self._clients += 1
        client = self._scratch / f"client-{self._clients}"
        done = subprocess.run(
            ["node", self._folder / "sync_pouch_client.js", what],
            env=self._environment(
                DIR=str(client), DATA=str(self._folder), URL=f"http://127.0.0.1:{self._port}"
            ),
            capture_output=True,
            text=True,
            check=True,
            timeout=_LIMIT_S,
        )
        found: list[dict[str, Any]] = [json.loads(line) for line in done.stdout.splitlines()]
        return next(one for one in found if one["name"].startswith(name))

    def _environment(self, **more: str) -> dict[str, str]:
        return {
            **os.environ,
            "NODE_PATH": str(self._folder / "node_modules"),
            "ADMIN": str(self._admin),
            "ADMINURL": f"http://127.0.0.1:{self._admin}",
            **more,
        }

    def _answers(self) -> bool:
        try:
            address = f"http://127.0.0.1:{self._admin}/stat"
            with urllib.request.urlopen(address, timeout=1) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False
