"""Hand-over files: writing one in the street, taking one in at a desk. Owner thread: the GUI's.

A laptop without a network writes what it holds onto a stick; a desk takes it to city hall.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtWidgets import QWidget

from app.lanes import Task
from app.usecases.take_hand_over import HandOverFile, HandOverTaken
from app.usecases.write_hand_over import HandOverWritten
from app.words import _, ngettext
from parking.errors import ParkingError
from ui.devices.sticks import Stick
from ui.screen import NoticeKind, Screen
from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonSize, ButtonView
from ui.widgets.choosing import Choice, ChoiceList
from ui.widgets.motion import ProgressView

_LIST_PX = 520


class FindsSticks(Protocol):
    """What both ask of the device (``ui.devices.sticks.Sticks``)."""

    def find(self) -> Task[tuple[Stick, ...]]:
        """Return the sticks that can be written to."""
        ...

    def files(self) -> Task[tuple[Path, ...]]:
        """Return the hand-over files on all sticks."""
        ...


class WritesHandOver(Protocol):
    """What writing asks of the terminal (``app.acts.people.PeopleActs``)."""

    def write_hand_over(self, folder: Path) -> Task[HandOverWritten]:
        """Write what this terminal holds into a sealed file."""
        ...


class TakesHandOver(Protocol):
    """What taking asks of the terminal (``app.acts.desk.DeskActs``)."""

    def read_hand_over(self, path: Path) -> Task[HandOverFile]:
        """Read what a file says of itself."""
        ...

    def take_hand_over(
        self, found: HandOverFile, progress: Callable[[int, int], None]
    ) -> Task[HandOverTaken]:
        """Send it to central, which takes in what it holds; safe to repeat."""
        ...


class HandOverWriter:
    """A button that writes a hand-over file onto a stick.

    Args:
        screen: Where it stands; asks and tells for it.
        people: Writes.
        sticks: Finds where to.

    Attributes:
        button: The screen places it among its actions.
    """

    def __init__(self, screen: Screen, people: WritesHandOver, sticks: FindsSticks) -> None:
        self._screen = screen
        self._people = people
        self._sticks = sticks
        self.button = _button(_("Hand-over file"), "write_hand_over_button", ButtonSize.OFFICER)
        self.button.clicked.connect(self._on_pressed)

    def _on_pressed(self) -> None:
        words = _("Looking for a stick")
        self._screen.ask(self._sticks.find(), self._on_sticks, words=words)

    def _on_sticks(self, found: tuple[Stick, ...]) -> None:
        if not found:
            self._screen.tell(_("Plug in a USB stick, then press Hand-over file again."))
            return
        choices = tuple(Choice(key=str(stick.folder), words=stick.name) for stick in found)
        _choose(self.button, choices, lambda folder: self._write(Path(folder)))

    def _write(self, folder: Path) -> None:
        task = self._people.write_hand_over(folder)
        self._screen.ask(task, self._on_written, words=_("Writing the hand-over file"))

    def _on_written(self, done: HandOverWritten) -> None:
        words = [
            _("{name} is on the stick: {records}, {photos}.").format(
                name=done.path.name,
                records=_records(done.operations),
                photos=_photos(done.photos),
            ),
            _("Give the stick to a supervisor. All stays here too."),
        ]
        if done.unreadable_photos:
            count = done.unreadable_photos
            words.append(
                ngettext(
                    "{count} photo could not be read.", "{count} photos could not be read.", count
                ).format(count=count)
            )
        kind = NoticeKind.CAUTION if done.unreadable_photos else NoticeKind.DONE
        self._screen.tell(" ".join(words), kind=kind)


class HandOverTaker(QObject):
    """A button that takes a hand-over file to city hall.

    Args:
        screen: Where it stands; asks and tells for it.
        desk: Reads and takes.
        sticks: Finds the files.

    Signals:
        progressed: A ``ProgressView`` while it goes up; None when it has ended.

    Attributes:
        button: The screen places it among its actions.
    """

    progressed = Signal(object)
    _advanced = Signal(int, int)

    def __init__(self, screen: Screen, desk: TakesHandOver, sticks: FindsSticks) -> None:
        super().__init__(screen)
        self._screen = screen
        self._desk = desk
        self._sticks = sticks
        self.button = _button(_("Take hand-over file"), "take_hand_over_button", ButtonSize.DESK)
        self.button.clicked.connect(self._on_pressed)
        self._advanced.connect(self._on_advanced)

    def _on_pressed(self) -> None:
        words = _("Looking for hand-over files")
        self._screen.ask(self._sticks.files(), self._on_files, words=words)

    def _on_files(self, found: tuple[Path, ...]) -> None:
        if not found:
            words = _("No hand-over file was found. Plug in the stick, then press again.")
            self._screen.tell(words)
            return
        choices = tuple(Choice(key=str(path), words=path.name) for path in found)
        _choose(self.button, choices, lambda path: self._read(Path(path)))

    def _read(self, path: Path) -> None:
        self._screen.ask(self._desk.read_hand_over(path), self._take)

    def _take(self, found: HandOverFile) -> None:
        words = _("Taking in {records} of {terminal}").format(
            records=_records(found.operations), terminal=found.terminal_name
        )
        self._words = words
        self.progressed.emit(ProgressView(words=words))
        task = self._desk.take_hand_over(found, self._advanced.emit)
        self._screen.ask(task, self._on_taken, failed=self._on_not_taken)

    def _on_advanced(self, sent: int, whole: int) -> None:
        share = sent / whole if whole else None
        self.progressed.emit(ProgressView(words=self._words, share=share))

    def _on_taken(self, done: HandOverTaken) -> None:
        self.progressed.emit(None)
        self._screen.tell(taken_words(done), kind=_kind(done))

    def _on_not_taken(self, error: ParkingError) -> None:
        self.progressed.emit(None)
        self._screen.show_error(error)


def taken_words(done: HandOverTaken) -> str:
    """Say what became of a hand-over file."""
    words = [
        _("{terminal}: {new} new at city hall, {known} known before, {photos}.").format(
            terminal=done.terminal_name,
            new=_records(done.new),
            known=f"{done.known:,}",
            photos=_photos(done.photos),
        )
    ]
    if done.parked:
        words.append(_("{count} refused: see Sync issues.").format(count=f"{done.parked:,}"))
    return " ".join([*words, *done.troubles])


def _kind(done: HandOverTaken) -> NoticeKind:
    return NoticeKind.CAUTION if done.parked or done.troubles else NoticeKind.DONE


def _records(count: int) -> str:
    return ngettext("{count} record", "{count} records", count).format(count=f"{count:,}")


def _photos(count: int) -> str:
    return ngettext("{count} photo", "{count} photos", count).format(count=f"{count:,}")


def _button(label: str, name: str, size: ButtonSize) -> ActionButton:
    made = ActionButton(ButtonView(label=label, icon=Icon.DOWNLOAD, key="F7"), size)
    made.setObjectName(name)
    return made


def _choose(opener: QWidget, choices: Sequence[Choice], chosen: Callable[[str], None]) -> None:
    """Let the person choose from a list above a button; one choice alone is taken at once."""
    if len(choices) == 1:
        chosen(choices[0].key)
        return
    window = opener.window()
    popup = ChoiceList(tuple(choices), "", opener)
    popup.setObjectName("hand_over_choices")
    popup.setAccessibleName(_("Choose one"))
    popup.choice_made.connect(chosen)
    high = min(popup.full_height(), window.height() - 16)
    wide = min(look().grown(_LIST_PX), window.width() - 16)
    corner = opener.mapTo(window, QPoint(0, 0))
    left = max(8, min(corner.x(), window.width() - wide - 8))
    below = corner.y() + opener.height() + 4
    top = below if below + high <= window.height() else max(8, corner.y() - high - 4)
    popup.setGeometry(left, top, wide, high)
    popup.show()
    popup.raise_()
    popup.setFocus()
