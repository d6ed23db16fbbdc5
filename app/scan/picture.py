"""Turns the bytes of a photo or a camera frame into pixels.

Runs in the scan worker process only, on its one thread. Must not import storage, sync, keys or Qt.
"""

import cv2
import numpy as np

from app.scan.detect import Pixels
from app.scan.messages import Frame, PhotoRefusedError
from app.scan.photo import PhotoSize, check_photo, check_size, not_an_image

_ENOUGH_PX = 4096
_SMALLER = {
    1: cv2.IMREAD_COLOR,
    2: cv2.IMREAD_REDUCED_COLOR_2,
    4: cv2.IMREAD_REDUCED_COLOR_4,
}


def open_photo(content: bytes) -> tuple[Pixels, int]:
    """Decode a JPEG or PNG file and turn it upright by its own rotation note.

    Args:
        content: The file.

    Returns:
        The pixels, blue-green-red, and by how much they are fewer than the photo's, 1, 2 or 4:
        more than 4096 pixels a side read no better and take memory.

    Raises:
        PhotoRefusedError: When the bytes are no whole photo of a size we look at.
    """
    size = check_photo(content)
    longest = max(size.width, size.height)
    fewer = next((factor for factor in (1, 2) if longest <= _ENOUGH_PX * factor), 4)
    try:
        pixels = cv2.imdecode(np.frombuffer(content, dtype=np.uint8), _SMALLER[fewer])
    except cv2.error as broken:
        raise not_an_image() from broken
    if pixels is None:
        raise not_an_image()
    return pixels.astype(np.uint8, copy=False), fewer


def open_frame(frame: Frame) -> Pixels:
    """Take the pixels of a camera frame.

    Raises:
        PhotoRefusedError: ``photo.frame_size`` when the bytes are not width x height x 3, or what
            `check_size` refuses.
    """
    check_size(PhotoSize(frame.width, frame.height))
    if len(frame.rgb) != frame.width * frame.height * 3:
        raise PhotoRefusedError(
            "photo.frame_size",
            f"The camera frame is damaged: {frame.width} x {frame.height} pixels need"
            f" {frame.width * frame.height * 3} bytes, it has {len(frame.rgb)}.",
        )
    rows = np.frombuffer(frame.rgb, dtype=np.uint8).reshape(frame.height, frame.width, 3)
    return np.ascontiguousarray(rows[:, :, ::-1])
