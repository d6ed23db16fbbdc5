"""How long this machine has been up, sleep included, and which start of it this is. Any thread.

What a person, a dead battery or a time server does to the wall clock does not touch these.
"""

import sys

if sys.platform == "win32":
    import ctypes
    import winreg

    _STARTS = (
        r"SYSTEM\CurrentControlSet\Control\Session Manager\Memory Management\PrefetchParameters"
    )

    def boot_id() -> str:
        """Return the name of this start of the machine; empty when Windows does not count them."""
        try:
            with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _STARTS) as key:
                return str(winreg.QueryValueEx(key, "BootId")[0])
        except OSError:
            return ""

    def since_boot_s() -> float:
        """Return the seconds since the machine was started."""
        count = ctypes.windll.kernel32.GetTickCount64
        count.restype = ctypes.c_uint64
        return float(count()) / 1000

else:
    from app.adapters.linux.boot_clock import boot_id, since_boot_s

__all__ = ("boot_id", "since_boot_s")
