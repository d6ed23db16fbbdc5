"""QR codes as plain rows of modules, for screens and prints. Any thread."""

from functools import lru_cache

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

CLEAR_MODULES = 4
"""Modules that must stay clear on every side, or readers do not find the code (ISO 18004)."""


@lru_cache(maxsize=64)
def qr_modules(text: str) -> tuple[tuple[bool, ...], ...]:
    """Return the code of a text, up to 500 characters; True is dark, the clear edge is not in it.

    Args:
        text: What a reader gets.
    """
    code = QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    return tuple(tuple(bool(module) for module in row) for row in code.modules)
