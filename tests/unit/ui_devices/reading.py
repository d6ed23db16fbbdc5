"""Reads PDF files back: their words, their pages, their pictures."""

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QSize, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtPdf import QPdfDocument


def pages_of(pdf: bytes) -> list[str]:
    """Return the text of each page."""
    document, _kept = _opened(pdf)
    pages = [document.getAllText(number).text() for number in range(document.pageCount())]
    document.close()
    return pages


def size_mm(pdf: bytes) -> tuple[float, float]:
    """Return width and height of the first page."""
    document, _kept = _opened(pdf)
    size = document.pagePointSize(0)
    document.close()
    return size.width() / 72 * 25.4, size.height() / 72 * 25.4


def picture_of(pdf: bytes, width_px: int) -> QImage:
    """Return the first page on white."""
    document, _kept = _opened(pdf)
    size = document.pagePointSize(0)
    picture = document.render(0, QSize(width_px, round(width_px * size.height() / size.width())))
    document.close()
    white = QImage(picture.size(), QImage.Format.Format_RGB32)
    white.fill(Qt.GlobalColor.white)
    painter = QPainter(white)
    painter.drawImage(0, 0, picture)
    painter.end()
    return white.convertToFormat(QImage.Format.Format_Grayscale8)


def _opened(pdf: bytes) -> tuple[QPdfDocument, QBuffer]:
    buffer = QBuffer()
    buffer.setData(QByteArray(pdf))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    document = QPdfDocument()
    document.load(buffer)
    return document, buffer
