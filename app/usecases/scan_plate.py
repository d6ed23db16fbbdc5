"""Read plates from a photo: suggestions only, the officer confirms. I/O lane."""

from app.ports import PlateRead, Reader

LONGEST_S = 8.0


def scan_plate(reader: Reader, photo: bytes, *, left_s: float) -> tuple[PlateRead, ...]:
    """Return candidates, best first; empty when nothing in the photo looks like a plate.

    Args:
        reader: The scan worker.
        photo: JPEG or PNG bytes.
        left_s: Seconds until nobody waits any more.

    Raises:
        UserError: ``photo.*`` when the bytes are no photo.
        UnavailableError: ``scan.*`` when this terminal cannot scan, or not now: type the plate.
    """
    return reader.read(photo, timeout_s=min(LONGEST_S, left_s))
