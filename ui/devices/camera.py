"""The officer's camera. A folder of photos stands in for it in demonstrations and trainings.

A shot is taken and decoded on an I/O lane; screens only ask for it.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QImageReader, QImageWriter

from app.lanes import Lane, Task, Ticket
from app.words import _
from parking.errors import UnavailableError

_SHOOT_S = 10.0
_JPEG_ENDINGS = frozenset({".jpg", ".jpeg"})
_ENDINGS = _JPEG_ENDINGS | {".png"}
_JPEG_PERCENT = 95
_SHOWN_PX = QSize(1280, 960)
"""No pane or tile of a screen is larger."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shot:
    """A picture as the camera gave it, and what it calls itself.

    Attributes:
        photo: The bytes that are evidence, as they came.
        name: What the camera calls it.
        image: The same to be shown, decoded and made smaller; null when the bytes are no picture.
        size: Of the whole picture in px.
    """

    photo: bytes
    name: str
    image: QImage
    size: QSize


def shot_of(photo: bytes, name: str = "") -> Shot:
    """Decode a photo for the screens: off the GUI thread, where it would be felt."""
    buffer = QBuffer()
    buffer.setData(QByteArray(photo))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer)
    size = reader.size()
    if size.width() > _SHOWN_PX.width() or size.height() > _SHOWN_PX.height():
        reader.setScaledSize(size.scaled(_SHOWN_PX, Qt.AspectRatioMode.KeepAspectRatio))
    return Shot(photo=photo, name=name, image=reader.read(), size=size)


def kept_shot(task: Task[bytes]) -> Task[Shot]:
    """Return a task that also decodes the photo which another one reads."""
    return Task(
        name=task.name,
        lane=task.lane,
        deadline_s=task.deadline_s,
        work=lambda ticket: shot_of(task.work(ticket)),
    )


class Camera(Protocol):
    """Takes pictures."""

    def shoot(self) -> Task[Shot]:
        """Take a picture.

        Raises:
            UnavailableError: ``camera.none`` in the task, when there is no camera;
                ``camera.empty``, ``camera.unreadable`` for a folder that stands in for one.
        """
        ...


class NoCamera:
    """This laptop has no camera: everything else works by keyboard."""

    def shoot(self) -> Task[Shot]:
        """Say so."""

        def work(_ticket: Ticket) -> Shot:
            raise UnavailableError(
                "camera.none",
                _("No camera is connected. Type the plate instead."),
                retry_safe=True,
            )

        return Task(name="shoot", lane=Lane.IO, deadline_s=_SHOOT_S, work=work)


class FolderCamera:
    """Gives the photos of a folder in the order of their names, each once, then the last again.

    Args:
        folder: Photos that may still be added while it runs. It gives JPEG like a camera: other
            pictures are turned into it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._given: set[str] = set()

    def shoot(self) -> Task[Shot]:
        """Take the next photo."""

        def work(_ticket: Ticket) -> Shot:
            path = self._next()
            try:
                photo = path.read_bytes()
            except OSError as error:
                raise UnavailableError(
                    "camera.unreadable",
                    _("The photo {name} cannot be read.").format(name=path.name),
                    retry_safe=True,
                ) from error
            return shot_of(
                photo if path.suffix.lower() in _JPEG_ENDINGS else _jpeg(photo), path.name
            )

        return Task(name="shoot", lane=Lane.IO, deadline_s=_SHOOT_S, work=work)

    def _next(self) -> Path:
        found = sorted(path for path in self._folder.glob("*") if path.suffix.lower() in _ENDINGS)
        if not found:
            raise UnavailableError(
                "camera.empty",
                _("The photo folder is empty. Type the plate instead."),
                retry_safe=True,
            )
        path = next((one for one in found if one.name not in self._given), found[-1])
        self._given.add(path.name)
        return path


def _jpeg(photo: bytes) -> bytes:
    """Return a picture as JPEG; bytes that are no picture as they are."""
    image = QImage.fromData(photo)
    if image.isNull():
        return photo
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QImageWriter(buffer, QByteArray(b"jpg"))
    writer.setQuality(_JPEG_PERCENT)
    writer.write(image)
    return bytes(buffer.data().data())
