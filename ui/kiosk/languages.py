"""The languages a driver can choose from. Owner thread: the GUI thread."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ui.widgets.gridrow import GridRow
from ui.widgets.kiosk_pay import ChoiceTile, TileChoiceView

_OWN_NAMES = {"en": "English", "es": "Español", "ht": "Kreyòl ayisyen", "pl": "Polski"}


class LanguageRow(GridRow):
    """A button for each language with a catalogue; not there while there is only one.

    Signals:
        language_pressed: Its code.
    """

    language_pressed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._tiles: dict[str, ChoiceTile] = {}
        self.hide()

    def set_codes(self, codes: tuple[str, ...], chosen: str) -> None:
        """Show a button for each code."""
        self.setVisible(len(codes) > 1)
        if len(codes) > 1:
            self.set_parts([(self._shown(code, code == chosen), 1) for code in codes])

    def _shown(self, code: str, chosen: bool) -> ChoiceTile:
        view = TileChoiceView(words=_OWN_NAMES.get(code, code), chosen=chosen)
        tile = self._tiles.get(code)
        if tile is None:
            tile = self._tiles[code] = ChoiceTile(view, self)
            tile.setObjectName(f"language_{code}")
            tile.clicked.connect(lambda: self.language_pressed.emit(code))
        tile.set_view(view)
        return tile
