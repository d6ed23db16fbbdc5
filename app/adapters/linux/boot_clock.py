"""How long this Linux machine has been up, sleep included, and which start of it this is."""

import time
from pathlib import Path

_BOOT_ID = Path("/proc/sys/kernel/random/boot_id")
"""Another UUID at each start of the kernel (proc_sys_kernel(5))."""


def boot_id() -> str:
    """Return the name of this start of the machine."""
    return _BOOT_ID.read_text(encoding="ascii").strip()


def since_boot_s() -> float:
    """Return the seconds since the machine was started."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
