"""What a sample is, and how its words are made longer.

Owner thread: the GUI thread.
"""

from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from enum import Enum
from typing import Any

from PySide6.QtWidgets import QWidget

from ui.widgets.layout_check import settle

ViewMaker = Callable[[Any], QWidget]
_NEVER_LONGER = frozenset(
    ("key", "use", "value_use", "name_use", "title_use", "kind", "plate", "number", "score", "rows")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """A part with a view.

    Attributes:
        name: File-safe and unique.
        view: The frozen view.
        make: Makes the part from a view.
        width: Width it is shown at; 0 lets it choose.
        height: Height it is shown at; 0 lets it choose.
    """

    name: str
    view: Any
    make: ViewMaker
    width: int = 0
    height: int = 0

    def part(self, view: Any = None) -> QWidget:
        """The part at its size, with its own view or another."""
        widget = self.make(self.view if view is None else view)
        hint = widget.sizeHint()
        widget.resize(self.width or hint.width(), self.height or hint.height())
        if not self.height:
            settle(widget)
            widget.resize(widget.width(), widget.sizeHint().height())
        settle(widget)
        return widget


def longer(view: Any, share: float = 0.35) -> Any:
    """The same view with every text about `share` longer, as another language would be.

    Keys, plates and names of styles stay. Numbers stay: they do not grow in translation.
    """
    if isinstance(view, str):
        return _longer_text(view, share)
    if isinstance(view, tuple):
        return tuple(longer(part, share) for part in view)
    if is_dataclass(view) and not isinstance(view, type):
        changes = {
            field.name: longer(getattr(view, field.name), share)
            for field in fields(view)
            if field.name not in _NEVER_LONGER
        }
        return replace(view, **changes)
    return view


def _longer_text(text: str, share: float) -> str:
    if isinstance(text, Enum) or not any(letter.islower() for letter in text):
        return text
    words = text.split(" ")
    out, extra = [], round(len(text) * share)
    for word in words:
        more = min(extra, max(1, round(len(word) * share))) if word.isalpha() and extra > 0 else 0
        out.append(word + "e" * min(more, 5))
        extra -= more
    return " ".join(out)
