"""Small pictures of photos, so that a supervisor sees a car before its evidence has come in.

Any worker thread. Pillow reads a JPEG at a fraction of its size, which keeps a 12-megapixel photo
under a tenth of a second; where the camera was and who held it (EXIF) stays out.
"""

from io import BytesIO

from PIL import Image, ImageOps, UnidentifiedImageError

LONGEST_SIDE_PX = 320
MOST_BYTES = 12 * 1024
"""As ``sync.wire.MOST_THUMBNAIL_BYTES``."""
_PERCENTS = (70, 50, 35, 20, 10)
_NO_PICTURE = (
    OSError,
    ValueError,
    SyntaxError,
    UnidentifiedImageError,
    Image.DecompressionBombError,
    Image.DecompressionBombWarning,
)


def thumbnail_of(jpeg: bytes) -> bytes:
    """Return a JPEG of at most 320 px and 12 KiB; empty when the photo cannot be made smaller.

    The photo itself is evidence whatever this says, so no damage of it is an error here.
    """
    try:
        with Image.open(BytesIO(jpeg), formats=("JPEG",)) as photo:
            photo.draft("RGB", (LONGEST_SIDE_PX, LONGEST_SIDE_PX))
            upright = ImageOps.exif_transpose(photo).convert("RGB")
        upright.thumbnail((LONGEST_SIDE_PX, LONGEST_SIDE_PX))
        return _small(upright)
    except _NO_PICTURE:
        return b""


def _small(picture: Image.Image) -> bytes:
    for percent in _PERCENTS:
        file = BytesIO()
        picture.save(file, "JPEG", quality=percent, optimize=True)
        if file.tell() <= MOST_BYTES:
            return file.getvalue()
    return b""
