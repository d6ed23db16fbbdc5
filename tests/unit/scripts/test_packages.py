"""What ./run and ./test ask of a machine, tried against machines that are played by scripts."""

import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[3] / "scripts"
QT = (
    "libGL.so.1",
    "libEGL.so.1",
    "libxkbcommon.so.0",
    "libfontconfig.so.1",
    "libglib-2.0.so.0",
    "libdbus-1.so.3",
)


@dataclass
class Machine:
    """A machine with some libraries, a PostgreSQL and some packages to install.

    Attributes:
        folder: Holds the programs that play it, first on the PATH.
        libraries: What the linker knows.
        postgres: What `postgres --version` answers.
        known: What apt can install.
        user: Number of who is there; 0 is root.
    """

    folder: Path
    libraries: tuple[str, ...] = QT
    postgres: str = "postgres (PostgreSQL) 15.8 (Debian 15.8-0+deb12u1)"
    known: tuple[str, ...] = ("libglib2.0-0", "postgresql-15")
    user: int = 0
    settings: dict[str, str] = field(default_factory=dict)

    def sh(self, script: str) -> subprocess.CompletedProcess[str]:
        """Runs a piece of shell with scripts/packages.sh loaded."""
        listed = "\n".join(f"\\t{name} (libc6,x86-64) => /lib/{name}" for name in self.libraries)
        candidates = "|".join(self.known) or "none"
        self._program("ldconfig", f"printf '{listed}\\n'")
        self._program("postgres", f"echo '{self.postgres}'")
        self._program("id", f"echo {self.user}")
        self._program(
            "apt-cache",
            f'case $2 in {candidates}) echo "  Candidate: 1.0" ;; *) echo "  Candidate: (none)";; '
            "esac",
        )
        self._program("apt-get", 'echo "apt-get $*" >>"$(dirname "$0")/asked"')
        setup = f"""
            die() {{ echo "$*" >&2; exit 69; }}
            step() {{ shift; "$@"; }}
            can_make=1 version=3.11.7
            . {SCRIPTS}/packages.sh
            # The PostgreSQL of the machine that runs this test does not count.
            has_postgres() {{ [ "$(postgres --version | cut -d' ' -f3 | cut -d. -f1)" -ge 15 ]; }}
            {script}
        """
        environment = {"PATH": f"{self.folder}:/usr/bin:/bin"} | self.settings
        return subprocess.run(
            ["sh", "-euc", setup], capture_output=True, text=True, check=False, env=environment
        )

    def missing(self) -> str:
        """What has to be installed."""
        answer = self.sh("missing_packages")
        assert answer.returncode == 0, answer.stderr
        return answer.stdout.strip()

    def asked(self) -> str:
        """What apt-get was told to do."""
        return (self.folder / "asked").read_text()

    def _program(self, name: str, body: str) -> None:
        path = self.folder / name
        path.write_text(f"#!/bin/sh\n{body}\n")
        path.chmod(0o755)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_a_complete_machine_misses_nothing(machine: Machine) -> None:
    assert machine.missing() == ""


def test_a_bare_machine_misses_qt_and_postgres(machine: Machine) -> None:
    machine.libraries = ("libc.so.6",)
    machine.postgres = "postgres (PostgreSQL) 14.2"
    assert machine.missing() == (
        "libgl1 libegl1 libxkbcommon0 libfontconfig1 libglib2.0-0 libdbus-1-3 postgresql-15"
    )


def test_newer_systems_have_newer_names(machine: Machine) -> None:
    machine.libraries = QT[:4] + QT[5:]
    machine.postgres = "postgres (PostgreSQL) 13.1"
    machine.known = ("libglib2.0-0t64", "postgresql-17", "postgresql-16")
    assert machine.missing() == "libglib2.0-0t64 postgresql-17"


def test_a_display_needs_the_libraries_of_x(machine: Machine) -> None:
    machine.settings = {"DISPLAY": ":0"}
    assert machine.missing().split() == [
        "libxcb-cursor0",
        "libxcb-icccm4",
        "libxcb-keysyms1",
        "libxcb-shape0",
        "libxkbcommon-x11-0",
    ]


def test_a_wayland_display_needs_its_libraries(machine: Machine) -> None:
    machine.settings = {"WAYLAND_DISPLAY": "wayland-0"}
    assert machine.missing() == "libwayland-client0 libwayland-cursor0 libwayland-egl1"


def test_a_check_that_shows_a_window_needs_the_libraries_of_a_display(machine: Machine) -> None:
    missing = machine.sh("tools='Xvfb=xvfb'; needed_libraries").stdout
    assert "libxcb-cursor0" in missing
    assert "libxcb-cursor0" not in machine.sh("needed_libraries").stdout


def test_a_python_that_cannot_make_environments_misses_a_package(machine: Machine) -> None:
    assert machine.sh("can_make=0; missing_packages").stdout.strip() == "python3.11-venv"


def test_the_checks_miss_their_tools_too(machine: Machine) -> None:
    tools = "tools='sh=dash no-such-tracer=tracer no-such-checker=checker'"
    assert machine.sh(f"{tools}; missing_packages").stdout.strip() == "tracer checker"


@pytest.mark.parametrize(
    ("command", "programs"),
    [
        ("run", []),
        ("bench", []),
        ("test", ["strace", "Xvfb", "openbox", "xdotool"]),
        ("soak", ["strace", "spin", "gcc"]),
    ],
)
def test_only_who_checks_asks_for_the_tools_of_the_checks(
    command: str, programs: list[str]
) -> None:
    before, found, _ = (SCRIPTS.parent / command).read_text().partition('. "$root/scripts/boot')
    assert found
    asked = re.findall(r'^tools="(.*)"$', before, re.MULTILINE)
    assert [tool.partition("=")[0] for words in asked for tool in words.split()] == programs


def test_root_gets_exactly_what_is_missing(machine: Machine) -> None:
    machine.libraries = QT[1:]
    answer = machine.sh('missing=$(missing_packages); install_packages; echo "$can_make"')
    assert answer.returncode == 0, answer.stderr
    assert machine.asked().splitlines() == [
        "apt-get update",
        "apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends libgl1",
    ]


def test_anybody_else_gets_the_line_to_type(machine: Machine) -> None:
    machine.user = 1000
    answer = machine.sh('missing="libgl1 libegl1"; install_packages')
    assert answer.returncode == 69
    assert answer.stderr.endswith("  sudo apt-get install -y libgl1 libegl1\n")
    assert not (machine.folder / "asked").exists()


def test_without_python_one_line_says_how_to_get_it(machine: Machine) -> None:
    def line() -> str:
        return machine.sh("python_advice").stdout.splitlines()[-1].strip()

    assert line() == "apt-get install -y python3 python3-venv"
    machine.known = ("python3.11", "python3")
    assert line() == "apt-get install -y python3.11 python3.11-venv"
    machine.user = 1000
    assert line() == "sudo apt-get install -y python3.11 python3.11-venv"
