"""What stands in place of the body for a while: help, or the question whether somebody is there.

Owner thread: the GUI thread.
"""

from dataclasses import dataclass

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.words import _
from ui.kiosk.attention import Attention
from ui.kiosk.parts import FactList, FactView, Lines, RowCard, title_lines
from ui.kiosk.phrases import clock_left
from ui.kiosk.station import Station
from ui.widgets.cards import CardKind
from ui.widgets.kiosk_pay import CountdownRing, CountdownView
from ui.widgets.panels import LineView
from ui.widgets.shapes import Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class AsideView:
    """A title over facts, or over a countdown.

    Attributes:
        facts: What helps; empty for none.
        ring: The time left; None for none.
        lines: What stands beside the ring.
    """

    title: str
    facts: tuple[FactView, ...] = ()
    ring: CountdownView | None = None
    lines: tuple[LineView, ...] = ()


def help_view(lines: tuple[tuple[str, str], ...], station: Station) -> AsideView:
    """Show what helps on a screen, then whom to tell what."""
    facts = [
        FactView(heading=heading, text=text, number=place)
        for place, (heading, text) in enumerate(lines, start=1)
    ]
    where = _("Say that you stand at pay station {name}.").format(name=station.identity.name)
    if station.lot is not None:
        words = _("Say that you stand at pay station {name} in zone {zone}.")
        where = words.format(name=station.identity.name, zone=station.lot.zone.zone_id)
    call = _("The number to call is on the front of this pay station.")
    told = FactView(heading=_("Talk to a person"), text=f"{call} {where}", mark=Mark.INFO)
    return AsideView(title=_("Help"), facts=(*facts, told))


def still_there_view(seen: Attention) -> AsideView:
    """Ask whether somebody is still there."""
    return AsideView(
        title=_("Are you still there?"),
        ring=CountdownView(share=seen.share, words=clock_left(seen.left_s)),
        lines=(
            LineView(
                text=_("This screen starts over in {n} seconds.").format(n=seen.left_s),
                use="kiosk.strong",
            ),
            LineView(text=_("What you entered is then cleared. You have not been charged.")),
        ),
    )


class Aside(QWidget):
    """Draws an ``AsideView``."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._title = Lines((), self)
        self._title.setObjectName("aside_title")
        self._facts = FactList((), self)
        self._facts.setObjectName("help_text")
        self._ring = CountdownRing(CountdownView(share=1.0, words="0:00"), 192, self)
        self._lines = Lines((), self)
        self._row = RowCard(self._ring, self._lines, kind=CardKind.STRONG, parent=self)
        self._row.setObjectName("still_there")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(24)
        for part in (self._title, self._row, self._facts):
            column.addWidget(part)
        column.addStretch(1)

    def set_view(self, view: AsideView) -> None:
        """Show another one."""
        self._title.set_view(title_lines(view.title))
        self._facts.setVisible(bool(view.facts))
        self._facts.set_view(view.facts)
        self._row.setVisible(view.ring is not None)
        if view.ring is not None:
            self._ring.set_view(view.ring)
            self._lines.set_view(view.lines)
            self._row.setAccessibleName(self._lines.accessibleName())
