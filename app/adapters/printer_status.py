"""What an ESC/POS printer says of itself, and how it is asked. Pure but for ``read_state``.

Source: Epson ESC/POS command reference, DLE EOT n (real-time status): n = 2 why it is offline,
n = 3 what is broken, n = 4 the paper sensors; each answers with one byte, bits counted from 0.
"""

from pathlib import Path

from app.ports import PrinterState

ASK = b"\x10\x04\x02\x10\x04\x03\x10\x04\x04"
ANSWERS = 3
STATE_FILE = "state"
_FIXED, _FIXED_BITS = 0b10010011, 0b00010010
"""Bits that are the same in every answer; what has others is no status."""
_COVER_OPEN = 0b00000100
_BROKEN = 0b01101000
"""The cutter, a fault that no retry mends, one that heals by itself."""
_PAPER_OUT, _PAPER_LOW = 0b01100000, 0b00001100


def state_of(answer: bytes) -> PrinterState:
    """Judge the bytes that came back for ``ASK``; ``UNKNOWN`` when they are no status."""
    if len(answer) != ANSWERS or any(byte & _FIXED != _FIXED_BITS for byte in answer):
        return PrinterState.UNKNOWN
    offline, broken, paper = answer
    # An open cover hides the paper from its sensor: it is the cause, so it is said first.
    if offline & _COVER_OPEN:
        return PrinterState.OPEN
    if paper & _PAPER_OUT:
        return PrinterState.NO_PAPER
    if broken & _BROKEN:
        return PrinterState.FAULT
    return PrinterState.LOW if paper & _PAPER_LOW else PrinterState.READY


def read_state(file: Path) -> PrinterState:
    """Return the state that a file says in one word: stands in for a printer where none is.

    Ready without the file; a word that is no state is ``UNKNOWN``.
    """
    try:
        word = file.read_text(encoding="utf-8").strip()
    except FileNotFoundError:
        return PrinterState.READY
    except (OSError, UnicodeDecodeError):
        return PrinterState.UNKNOWN
    return PrinterState(word) if word in set(PrinterState) else PrinterState.UNKNOWN
