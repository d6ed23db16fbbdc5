"""The frame of every pay-station screen: top, steps, what is asked, foot, help, the idle warning.

Owner thread: the GUI thread. A screen below fills ``body`` and gives its foot; the frame keeps
the clock, watches whether somebody is there, and shows help in place of the body.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QVBoxLayout, QWidget

from app.acts.kiosk import Lot
from app.ports import TerminalNews
from app.words import _
from parking.clock import Reading
from parking.clockface import am_pm, day_date, local_day
from ui.kiosk.aside import Aside, AsideView, help_view, still_there_view
from ui.kiosk.attention import Attention, attention
from ui.kiosk.errand import Errand, steps_of
from ui.kiosk.foot import Foot, FootButton, FootView, wishes
from ui.kiosk.sells import SellsTime
from ui.kiosk.station import Station
from ui.screen import Screen
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.kiosk_frame import KioskTop, KioskTopView, StepsBar, StepsView
from ui.widgets.reading import in_reading_order

HOME = "kiosk_home"


class KioskScreen(Screen):
    """One screen of a pay station.

    Attributes:
        step: Index of its step in the purchase; None outside of one.
        spacing: Between the parts of the body, px.
    """

    step: ClassVar[int | None] = None
    spacing: ClassVar[int] = 16

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks)
        self._kiosk = kiosk
        self._station = station
        self._touched_utc = station.now.utc
        self._helping = False
        self._warned = False
        self._mute = False
        self._placed: QWidget | None = None
        self._parts: tuple[QWidget, ...] = ()
        self._controls: frozenset[QWidget] = frozenset()
        self._top = KioskTop(self._top_view(), self)
        self._steps = StepsBar(self._steps_view(), self)
        self._steps.setVisible(self.step is not None)
        self._content = QWidget(self)
        self._body = QVBoxLayout(self._content)
        self._body.setContentsMargins(0, 0, 0, 0)
        self._body.setSpacing(self.spacing)
        self._aside = Aside(self)
        self._aside.hide()
        self._foot = Foot(self)
        self._foot.button_pressed.connect(self._on_foot_pressed)
        self._lay_out()

    def _lay_out(self) -> None:
        margin = look().tokens.margin["kiosk"]
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(self._top)
        inside = QVBoxLayout()
        inside.setContentsMargins(margin, 16 if self.step is not None else 24, margin, 8)
        inside.setSpacing(16)
        inside.addWidget(self._steps)
        inside.addWidget(self._content, 1)
        inside.addWidget(self._aside, 1)
        inside.addWidget(self._foot)
        whole.addLayout(inside, 1)

    # --- what a screen gives ----------------------------------------------------------------

    def compose(self, parts: Sequence[QWidget], *, controls: Sequence[QWidget] = ()) -> None:
        """Fill the body from the top; free space lies below, or above the controls when low."""
        self._parts, self._controls = tuple(parts), frozenset(controls)
        self._arrange()

    def foot(self) -> FootView:
        """Return what stands at the foot now."""
        raise NotImplementedError

    def acts(self) -> dict[str, Callable[[], None]]:
        """Return what the buttons of the foot do, by name."""
        return {}

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """Return what helps on this screen: a heading and a sentence each."""
        raise NotImplementedError

    def errand(self) -> Errand:
        """Return what the driver came for; it decides the steps at the top."""
        return Errand.PARK

    def redraw(self) -> None:
        """Draw the body anew, e.g. in another language."""
        raise NotImplementedError

    def may_forget(self) -> bool:
        """Tell whether what was entered is forgotten when nobody is there any more."""
        return True

    def main_control(self) -> QAbstractButton | None:
        """Return the control of the one primary action; None where there is only waiting."""
        return self._foot.main

    def nobody_there(self) -> None:
        """Nobody touched anything for long; the first screen forgets what was entered."""
        self.go(HOME)

    # --- what a screen calls ----------------------------------------------------------------

    def appear(self) -> None:
        """Draw everything at the beginning of a visit."""
        self._helping = self._warned = self._mute = False
        self._touched_utc = self._station.now.utc
        self._arrange()
        self.refresh()

    def refresh(self) -> None:
        """Draw top, steps, body and foot from what is known now."""
        ours = self._placed is not None and self.window().focusWidget() is self._placed
        self._top.set_view(self._top_view())
        self._steps.set_view(self._steps_view())
        self.redraw()
        self._draw_aside()
        if ours:
            self._focus()

    def touched(self) -> None:
        """Somebody is there."""
        self._touched_utc = self._station.now.utc
        if self._warned:
            self._warned = False
            self._draw_aside()
            self._focus()

    def close_help(self) -> None:
        """Show the body again: something happened that must be seen."""
        if self._helping:
            self._helping = False
            self._draw_aside()

    @property
    def aside_shown(self) -> bool:
        """Whether help or the question stands in place of the body."""
        return self._helping or self._warned

    @property
    def now(self) -> Reading:
        """The last look at the clock."""
        return self._station.now

    @property
    def time_zone(self) -> str:
        """Zone whose wall time is shown."""
        return self._station.time_zone

    # --- what the shell calls ---------------------------------------------------------------

    def default_focus(self) -> QWidget:
        """The safest useful action; it moves with what is drawn until the driver moves it."""
        self._placed = (self._foot.main if self.aside_shown else None) or self.safest()
        return self._placed

    def safest(self) -> QWidget:
        """Return the main control, else the first of the row."""
        main = self.main_control()
        if main is not None and main.isEnabled():
            return main
        first = self._foot.button(self._foot.view.row[0].name) if self._foot.view.row else None
        return first or self._foot

    def keys(self) -> dict[str, Callable[[], None]]:
        """F1 helps, Esc goes back or closes help, Enter and F9 press the main control."""
        if self._warned:
            return dict.fromkeys(("F1", "Esc", "Enter", "F9"), self.touched)
        return {
            "F1": self._on_help_pressed,
            "Esc": self._on_escape,
            "Enter": self._on_main_key,
            "F9": self._on_main_key,
        }

    def heard(self, news: TerminalNews) -> None:
        """Sync brought something: the network, or another rate."""
        self._station.hear(news)
        if news.sync.changed & {"zone", "tariff", "terminal"}:
            self.ask(self._kiosk.lot(), self._on_lot, failed=lambda _error: None)

    def ticked(self, now: Reading) -> None:
        """A second has passed."""
        self._station.now = now
        self._top.set_view(self._top_view())
        self._station.aloud.go_on(self)
        if self.may_forget():
            self._watch(attention(self._touched_utc, now.utc, self._station.limits))

    def focusNextPrevChild(self, onwards: bool) -> bool:
        """Qt: the Tab key goes through the controls as they are read, wherever they stand now."""
        found = in_reading_order(self._controls_shown(), self)
        if found:
            here = self.window().focusWidget()
            at = found.index(here) if here in found else -1 if onwards else 0
            place = (at + (1 if onwards else -1)) % len(found)
            reason = Qt.FocusReason.TabFocusReason
            found[place].setFocus(reason if onwards else Qt.FocusReason.BacktabFocusReason)
        return bool(found)

    def _controls_shown(self) -> Iterator[QWidget]:
        for part in self.findChildren(QWidget):
            tabs = part.focusPolicy() & Qt.FocusPolicy.TabFocus
            if tabs and part.isEnabled() and part.isVisibleTo(self):
                yield part

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Qt: a touch beside the controls shows that somebody is there."""
        self.touched()
        super().mousePressEvent(event)

    # --- inside -----------------------------------------------------------------------------

    def _on_lot(self, lot: Lot) -> None:
        self._station.lot = lot
        self.refresh()

    def _watch(self, seen: Attention) -> None:
        if seen.over:
            self._warned = self._helping = False
            self.nobody_there()
        elif seen.warn:
            first, self._warned = not self._warned, True
            self._draw_aside(seen)
            if first:
                self._focus()

    def _focus(self) -> None:
        self.default_focus().setFocus(Qt.FocusReason.OtherFocusReason)

    def _draw_aside(self, seen: Attention | None = None) -> None:
        view: AsideView | None = None
        if self._warned:
            seen = seen or attention(self._touched_utc, self.now.utc, self._station.limits)
            view = still_there_view(seen)
        elif self._helping:
            view = help_view(self.help_lines(), self._station)
        self._content.setVisible(view is None)
        self._aside.setVisible(view is not None)
        if view is not None:
            self._aside.set_view(view)
        foot = self._foot_view()
        if self._mute:
            foot = replace(foot, hint=_("This pay station cannot speak in this language."))
        self._foot.set_view(foot, self._wish_row())

    def _wish_row(self) -> tuple[FootButton, ...]:
        if self._warned:
            return ()
        # What can be moved down is on few screens; elsewhere the button would do nothing.
        shown = any(not part.isHidden() for part in self._controls)
        movable = shown and not self._helping
        station = self._station
        return wishes(
            contrast=station.contrast,
            listening=station.aloud.on,
            low=station.low,
            movable=movable,
        )

    def _foot_view(self) -> FootView:
        if self._warned:
            stay = ButtonView(label=_("I am still here"), icon=Icon.CHECK, role=ButtonRole.MAIN)
            return FootView(main=FootButton(name="stay_button", view=stay), row=())
        if self._helping:
            close = ButtonView(label=_("Close help"), icon=Icon.CHECK, role=ButtonRole.MAIN)
            return FootView(main=FootButton(name="close_help_button", view=close), row=())
        return self.foot()

    def _on_foot_pressed(self, name: str) -> None:
        self.touched()
        acts = {
            "help_button": self._on_help_pressed,
            "close_help_button": self._on_help_closed,
            "start_over_button": lambda: self.go(HOME),
            "contrast_button": self._on_contrast_pressed,
            "listen_button": self._on_listen_pressed,
            "move_down_button": self._on_move_down_pressed,
            "stay_button": lambda: None,
            **self.acts(),
        }
        acts[name]()

    def _on_help_pressed(self) -> None:
        self.touched()
        self._helping = True
        self._draw_aside()
        self._focus()

    def _on_help_closed(self) -> None:
        self.close_help()
        self._focus()

    def _on_escape(self) -> None:
        if self._helping:
            self._on_help_closed()
        elif self._foot.button("back_button") is not None:
            self._on_foot_pressed("back_button")

    def _on_main_key(self) -> None:
        main = self._foot.main if self.aside_shown else self.main_control()
        if main is not None:
            main.click()

    def _on_contrast_pressed(self) -> None:
        self._station.set_contrast(not self._station.contrast)
        self.refresh()

    def _on_listen_pressed(self) -> None:
        aloud = self._station.aloud
        if aloud.on:
            aloud.end()
        else:
            self._mute = not aloud.begin()
        self.refresh()
        # After the button shows that somebody listens: it is read as it stands then.
        aloud.go_on(self)

    def _on_move_down_pressed(self) -> None:
        self._station.low = not self._station.low
        self._arrange()
        self.refresh()

    def _arrange(self) -> None:
        while self._body.count():
            self._body.takeAt(0)
        low = self._station.low and self._controls
        above = [part for part in self._parts if not (low and part in self._controls)]
        below = [part for part in self._parts if part not in above]
        for part in above:
            self._add(part)
        self._body.addStretch(1)
        for part in below:
            self._add(part)

    def _add(self, part: QWidget) -> None:
        if part.sizePolicy().horizontalPolicy() is QSizePolicy.Policy.Fixed:
            self._body.addWidget(part, 0, Qt.AlignmentFlag.AlignHCenter)
        else:
            self._body.addWidget(part)

    def _top_view(self) -> KioskTopView:
        station = self._station
        lot, utc = station.lot, station.now.utc
        name = station.identity.name
        if lot is None:
            where = _("Pay station {name}").format(name=name)
        else:
            words = _("Zone {zone} · Pay station {name}")
            where = words.format(zone=lot.zone.zone_id, name=name)
        return KioskTopView(
            place=lot.zone.name if lot is not None else _("Stamford Parking"),
            station=where,
            clock=am_pm(utc, station.time_zone),
            date=day_date(local_day(utc, station.time_zone), _=_),
        )

    def _steps_view(self) -> StepsView:
        return StepsView(steps=steps_of(self.errand()), current=self.step or 0)
