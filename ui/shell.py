"""The window of a terminal: stack of screens, officer's top bar, notices, keys, fade.

Owner thread: the GUI thread. Must not import storage, network or crypto: it is on screen before
those are loaded.
"""

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, Qt, QTimer, QVariantAnimation, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QAbstractButton, QStackedWidget, QWidget

from app.words import _
from parking.errors import BugError
from ui.screen import Notice, Screen
from ui.tasks import Tasks
from ui.theme.look import look
from ui.widgets.topbar import TopBar, TopBarView

if TYPE_CHECKING:
    from app.ports import TerminalNews
    from parking.clock import Clock
    from ui.notices import NoticePlace

BAR_PX = 72
_TICK_MS = 1000


class Shell(QWidget):
    """One window of the fixed layout size of its place.

    Args:
        tasks: The bridge; its slow tasks and news are shown here.

    Signals:
        screen_shown: The name of the screen now in front.
        fault_shown: A ``BugError`` was met; the safe screen is in front.
        ticked: A second has passed, with the ``Reading`` of the clock.
        sign_out_chosen: The person on duty is done.
        bar_pressed: The cells of the officer's top bar were touched.
        first_painted: The window's first picture has been painted.
    """

    screen_shown = Signal(str)
    fault_shown = Signal(object)
    ticked = Signal(object)
    sign_out_chosen = Signal()
    bar_pressed = Signal()
    first_painted = Signal()

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.tasks = tasks
        self._screens: dict[str, Screen] = {}
        self._clock: Clock | None = None
        self._safe = ""
        self._painted = False
        profile = look().profile
        self.setFixedSize(profile.width_px, profile.height_px)
        top = BAR_PX if profile.place == "officer" else 0
        self._stack = QStackedWidget(self)
        self._stack.setGeometry(0, top, self.width(), self.height() - top)
        self._bar = TopBar(
            TopBarView(beat=_("Stamford Parking"), shift=_("Nobody signed in"), cells=()), self
        )
        self._bar.setObjectName("top_bar")
        self._bar.setGeometry(0, 0, self.width(), top)
        self._bar.setVisible(bool(top))
        self._bar.cells_pressed.connect(self.bar_pressed)
        self._notices: NoticePlace | None = None
        self._fade = _Fade(self)
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_second)
        tasks.slow_changed.connect(self._on_slow_changed)
        tasks.news_arrived.connect(self._on_news)

    # --- screens ----------------------------------------------------------------------------

    def add(self, screen: Screen) -> None:
        """Put a screen on the stack; its intents are heard from now on."""
        if not screen.name or screen.name in self._screens:
            raise BugError(f"a screen has no name of its own: {screen.name!r}")
        self._screens[screen.name] = screen
        self._stack.addWidget(screen)
        screen.screen_chosen.connect(self._on_screen_chosen)
        screen.notice_raised.connect(self.show_notice)
        screen.fault_raised.connect(self.show_fault)
        screen.sign_out_chosen.connect(self.sign_out_chosen)

    def remove(self, name: str) -> None:
        """Take a screen off the stack for good."""
        screen = self._screens.pop(name)
        self._stack.removeWidget(screen)
        screen.deleteLater()

    @property
    def current(self) -> Screen:
        """The screen in front."""
        screen = self._stack.currentWidget()
        if not isinstance(screen, Screen):
            raise BugError("the shell has no screen yet")
        return screen

    def has(self, name: str) -> bool:
        """Tell whether a screen of this name is on the stack."""
        return name in self._screens

    def screen_named(self, name: str) -> Screen:
        """Return a screen of the stack."""
        return self._screens[name]

    def show_screen(self, name: str, **values: object) -> None:
        """Bring a screen to the front and give it its values.

        Raises:
            BugError: There is no such screen.
        """
        if name not in self._screens:
            raise BugError(f"no screen is called {name}")
        before = self._stack.currentWidget()
        if isinstance(before, Screen) and self.isVisible():
            self._fade.start(self.grab())
            before.left()
            before.end_visit()
        if self._notices is not None:
            self._notices.clear()
        screen = self._screens[name]
        screen.begin_visit()
        self._stack.setCurrentWidget(screen)
        screen.entered(**values)
        self._focus(screen)
        self.screen_shown.emit(name)

    def _focus(self, screen: Screen) -> None:
        wanted = screen.default_focus()
        if wanted is not None:
            wanted.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            screen.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_screen_chosen(self, name: str, values: dict[str, object]) -> None:
        self.show_screen(name, **values)

    # --- what is said -----------------------------------------------------------------------

    def show_notice(self, notice: Notice) -> None:
        """Say something in its place on the screen in front."""
        self._notice_place().show_notice(notice, self._notice_room())

    def _on_slow_changed(self, words: str) -> None:
        self._notice_place().show_progress(words)

    def _notice_place(self) -> "NoticePlace":
        if self._notices is None:
            # Made when something is said for the first time: the first window must not wait.
            from ui.notices import NoticePlace

            self._notices = NoticePlace(self)
        return self._notices

    def _notice_room(self) -> QRect:
        """Where notices may lie: the screen's own wish, else above the lowest row of controls."""
        room = self.current.notice_room()
        return room.translated(0, self._stack.y())

    def set_safe_screen(self, screen: Screen) -> None:
        """Name the screen that is shown after a fault of ours."""
        self.add(screen)
        self._safe = screen.name

    def show_fault(self, error: BugError) -> None:
        """Show the safe screen: nothing saved is lost, and what to do."""
        if self._safe:
            self.show_screen(self._safe, error=error)
        self.fault_shown.emit(error)

    # --- time, news, bar --------------------------------------------------------------------

    def start_clock(self, clock: "Clock") -> None:
        """Tick from now on, once a second."""
        self._clock = clock
        self._timer.start()
        self._on_second()

    def set_bar(self, view: TopBarView) -> None:
        """Draw the officer's top bar."""
        self._bar.set_view(view)

    def _on_second(self) -> None:
        if self._clock is None:
            return
        now = self._clock.now()
        self.ticked.emit(now)
        self.current.ticked(now)

    def _on_news(self, news: "TerminalNews") -> None:
        self.current.heard(news)

    def event(self, event: QEvent) -> bool:
        """Qt: note the first painting."""
        if event.type() == QEvent.Type.Paint and not self._painted:
            self._painted = True
            QTimer.singleShot(0, self.first_painted.emit)
        return super().event(event)

    # --- keys -------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Qt: keys that no control took; a held key does nothing."""
        name = key_name(event)
        answer = None if event.isAutoRepeat() else self.current.keys().get(name)
        if answer is None:
            event.ignore()
            return
        event.accept()
        focused = self.focusWidget()
        if name == "Enter" and isinstance(focused, QAbstractButton):
            focused.click()
        else:
            answer()


def key_name(event: QKeyEvent) -> str:
    """Return the name of a key as it stands on key caps, e.g. ``F9``, ``Enter``, ``Esc``."""
    key = Qt.Key(event.key())
    if key in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
        return "Enter"
    return {Qt.Key.Key_Escape: "Esc"}.get(key, key.name.removeprefix("Key_"))


class _Fade(QWidget):
    """The last screen, fading out over the new one; still when motion is reduced."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._over = parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setProperty("floats", True)
        self._picture = QPixmap()
        self._share = 0.0
        self._run = QVariantAnimation(self)
        self._run.setStartValue(1.0)
        self._run.setEndValue(0.0)
        self._run.valueChanged.connect(self._on_step)
        self._run.finished.connect(self.hide)
        self.hide()

    def start(self, picture: QPixmap) -> None:
        """Fade from a picture of the window."""
        if look().reduced_motion:
            return
        self._picture = picture
        self.setGeometry(self._over.rect())
        self.raise_()
        self.show()
        self._run.setDuration(look().tokens.motion["fade_ms"])
        self._run.start()

    def _on_step(self, share: float) -> None:
        self._share = share
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Qt: paint what is left of the last screen."""
        painter = QPainter(self)
        painter.setOpacity(self._share)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()
