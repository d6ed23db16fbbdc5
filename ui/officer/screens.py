"""The officer's screens, wired: the only place that sees the whole terminal."""

from app.terminal_app import TerminalApp
from ui.correct.officer import OfficerCorrectScreen
from ui.devices.camera import Camera, FolderCamera, NoCamera
from ui.devices.sticks import Sticks
from ui.note.officer import OfficerNoteScreen
from ui.officer.answer import AnswerScreen
from ui.officer.citation import CitationScreen
from ui.officer.issued import IssuedScreen
from ui.officer.menu import MenuScreen
from ui.officer.ready import ReadyScreen
from ui.screen import Screen
from ui.sync.hand_over import HandOverWriter
from ui.sync.officer import OfficerSyncScreen
from ui.tasks import Tasks


def officer_screens(terminal: TerminalApp, tasks: Tasks) -> tuple[Screen, ...]:
    """Make the screens of an officer's laptop; the first is home."""
    camera: Camera = NoCamera() if terminal.photos is None else FolderCamera(terminal.photos)
    officer = terminal.officer
    return (
        ReadyScreen(tasks, officer, camera),
        AnswerScreen(tasks, officer),
        CitationScreen(tasks, officer, camera),
        IssuedScreen(tasks, officer, terminal.edits),
        OfficerCorrectScreen(tasks, terminal.edits),
        OfficerNoteScreen(tasks, terminal.edits),
        MenuScreen(tasks, officer),
        OfficerSyncScreen(
            tasks,
            terminal.sync,
            clock=terminal.clock,
            zone=lambda: officer.zone,
            hand_over=lambda screen: HandOverWriter(screen, terminal.people, Sticks()),
        ),
    )
