"""`python -m simulator.gallery FOLDER`: every part on sheets, in every theme, as PNG.

Owner thread: the GUI thread. Needs no display.
"""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtWidgets import QApplication, QWidget

from simulator.gallery import desk, kiosk, officer
from simulator.gallery.samples import Sample, longer
from ui.theme import Theme, apply_theme, look
from ui.widgets.layout_check import faults

PLACES = {
    "officer": (officer.samples, (Theme.DAY, Theme.NIGHT)),
    "kiosk": (kiosk.samples, (Theme.DAY, Theme.CONTRAST)),
    "desk": (desk.samples, (Theme.DESK,)),
}
_GAP = 16


def sheet(samples: tuple[Sample, ...], width: int, *, long_words: bool) -> QImage:
    """All samples flowed onto one picture of `width` px."""
    parts: list[tuple[QWidget, QPoint]] = []
    left = top = _GAP
    row_high = 0
    for sample in samples:
        part = sample.part(longer(sample.view) if long_words else None)
        if left > _GAP and left + part.width() > width:
            left, top, row_high = _GAP, top + row_high + _GAP, 0
        parts.append((part, QPoint(left, top)))
        left += part.width() + _GAP
        row_high = max(row_high, part.height())
    image = QImage(width + _GAP, top + row_high + _GAP, QImage.Format.Format_RGB32)
    image.fill(QColor(look().palette.page))
    painter = QPainter(image)
    for part, corner in parts:
        painter.drawPixmap(corner, part.grab())
    painter.end()
    return image


def main(folder: Path) -> int:
    """Paint every sheet; returns the number of faults that the layout check finds."""
    app = QApplication([])
    folder.mkdir(parents=True, exist_ok=True)
    count = 0
    for place, (samples, themes) in PLACES.items():
        for theme in themes:
            for name, scale, long_words in (
                ("", 1.0, False),
                ("_long", 1.0, True),
                ("_200", 2.0, False),
            ):
                apply_theme(app, theme, profile=place, text_scale=scale, reduced_motion=True)
                made = samples()
                path = folder / f"{place}_{theme.value}{name}.png"
                sheet(made, 1312 if place != "kiosk" else 1080, long_words=long_words).save(
                    str(path)
                )
                print(path)
                for sample in made:
                    view = longer(sample.view) if long_words else None
                    for fault in faults(sample.part(view), grid=False):
                        count += 1
                        print(f"  {sample.name}: {fault}")
    return count


if __name__ == "__main__":
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.exit(min(1, main(Path(sys.argv[1]))))
