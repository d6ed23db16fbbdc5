"""Nobody leaves a pay station by keys, buttons or the window manager. Real X server, real program.

The same attack closes a plain window: what does not open the one would open the other.
"""

from pathlib import Path

import pytest

from simulator.city.remote import Remote
from tests.unit.ui_kiosk_life.panel import (
    HIGH,
    MISSING,
    WIDE,
    Panel,
    panel,
    pay_station,
    plain_window,
)
from tests.waiting import wait_until

pytestmark = pytest.mark.skipif(
    bool(MISSING),
    reason=f"not installed: {', '.join(MISSING)} (apt-get install xvfb openbox xdotool)",
)
_KEYS = (
    "alt+F4",
    "alt+Tab",
    "alt+Escape",
    "super+d",
    "super+e",
    "ctrl+alt+Left",
    "ctrl+alt+Delete",
    "ctrl+q",
    "ctrl+w",
    "alt+space",
    "shift+F10",
    "F11",
    "Menu",
    "Escape",
)


def _attack(on: Panel, window: str) -> None:
    """Everything that a person with a keyboard, a mouse or another program can try."""
    on.do("key", *_KEYS)
    middle = (str(WIDE // 2), str(HIGH // 2))
    on.do("mousemove", *middle, "click", "3", "click", "2", "click", "--repeat", "3", "5")
    # Dragged with Alt, windows move; dragged over the edge, desktops change.
    on.do("keydown", "alt", "mousedown", "1", "mousemove", "5", "5", "mouseup", "1", "keyup", "alt")
    on.do("key", "Escape")
    on.do("windowminimize", window)


def test_an_attack_that_closes_a_plain_window_leaves_a_pay_station_as_it_was(
    tmp_path: Path,
) -> None:
    with panel() as on, plain_window(on) as plain:
        under = on.window_of(plain)
        with pay_station(on, tmp_path) as (locked, socket):
            window = on.window_of(locked)
            wait_until(lambda: on.active() == window, what="the pay station in front")
            remote = Remote("the pay station", socket)
            _attack(on, window)
            wait_until(lambda: on.active() == window, what="the pay station in front again")
            assert on.fills(window)
            # The next key of a person arrives where it belongs, after all those of the attack.
            on.do("key", "7")
            remote.wait("code", text="7")
            assert remote.screen() == "enrol"
            assert plain.poll() is None
            remote.close()
            locked.terminate()
            assert locked.wait(20) == 0
        on.do("windowactivate", under)
        wait_until(lambda: on.active() == under, what="the plain window in front")
        _attack(on, under)
        assert plain.wait(20) == 0
