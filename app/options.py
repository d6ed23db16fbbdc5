"""Options that every command of a terminal has. Imported before the first window."""

import argparse
from pathlib import Path
from typing import NoReturn

from app.profile import SecretsKind
from parking.terminal import TerminalKind


class Options(argparse.ArgumentParser):
    """Options of a command; says what is wrong in one sentence instead of a usage dump."""

    def error(self, message: str) -> NoReturn:
        """End the program with 2 and a sentence."""
        self.exit(2, f"{self.prog}: {message}. {self.prog} --help lists the options.\n")

    def ask_for_data(self) -> None:
        """Ask where this terminal's data are."""
        self.add_argument("--data", type=Path, required=True, help="folder of this terminal's data")

    def ask_for_central(self) -> None:
        """Ask for the address of central and what this terminal is used for."""
        self.add_argument("--central", required=True, help="address of central, https://...")
        self.add_argument(
            "--kind", type=TerminalKind, choices=list(TerminalKind), default=TerminalKind.OFFICER
        )

    def ask_for_secrets(self) -> None:
        """Ask where the keys are."""
        self.add_argument(
            "--secrets",
            type=SecretsKind,
            choices=list(SecretsKind),
            default=SecretsKind.KEYRING,
            help="where the keys of this device lie",
        )
