"""What the story plays with: the stage, three terminals, pictures, figures, and a look at truth.

Steps drive real terminals through their drive sockets and look into PostgreSQL, the bank book and
the files to see that they held. A step that does not hold raises ``StepFailed``.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from simulator.city.remote import Remote, StepFailed
from simulator.city.stage import Stage
from simulator.city.terminals import PlayedTerminal

LIMIT_S = 20.0


@dataclass
class Scene:
    """Everything a step may use.

    Attributes:
        pictures: Folder of the pictures.
        photos: Folder that stands in for the officer's camera.
        figures: Measured seconds by name, for the end of the tour.
        notes: What later steps need of earlier ones.
    """

    stage: Stage
    officer: PlayedTerminal
    kiosk: PlayedTerminal
    desk: PlayedTerminal
    pictures: Path
    photos: Path
    figures: dict[str, list[float]] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    shots: int = 0
    held: list[str] = field(default_factory=list)

    def picture(self, terminal: PlayedTerminal, name: str) -> None:
        """Save a picture of a terminal's window, numbered in the order of the story."""
        self.shots += 1
        terminal.remote.grab(self.pictures / f"{self.shots:02d}-{terminal.kind}-{name}.png")

    def measured(self, name: str, seconds: float) -> None:
        """Keep a figure."""
        self.figures.setdefault(name, []).append(seconds)

    def holds(self, sentence: str) -> None:
        """Note something that was seen to be true; the tour prints it."""
        self.held.append(sentence)

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """Look into central's PostgreSQL with the read-only role."""
        with psycopg.connect(self.stage.dsn()) as connection:
            return connection.execute(query.encode(), values).fetchall()

    def until(self, what: str, condition: Callable[[], bool], limit_s: float = LIMIT_S) -> float:
        """Wait for a condition; return how long it took.

        Raises:
            StepFailed: When it does not hold in time.
        """
        began = time.monotonic()
        while not condition():
            if time.monotonic() - began > limit_s:
                raise StepFailed(f"not within {limit_s:.0f} s: {what}")
            threading.Event().wait(0.05)
        return time.monotonic() - began


def must(holds: object, sentence: str) -> None:
    """Raise ``StepFailed`` with the sentence unless it holds."""
    if not holds:
        raise StepFailed(sentence)


def until_shows(remote: Remote, name: str, text: str, *, limit_s: float = LIMIT_S) -> str:
    """Wait until a control shows a text; return all it shows."""
    return remote.wait(name, text=text, limit_s=limit_s)
