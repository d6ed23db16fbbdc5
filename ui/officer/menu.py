"""The officer's menu: zone, light or dark, end of shift, sign out. Owner thread: the GUI's."""

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QGridLayout, QWidget

from app.lanes import Task
from app.words import _
from parking.shift import ShiftEvent
from parking.zone import Zone
from ui.officer.frame import ActionRow, button, page
from ui.screen import NoticeKind, Screen
from ui.tasks import Tasks
from ui.theme import Theme, apply_theme
from ui.theme.icons import Icon
from ui.theme.look import look
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.cards import Label

_MOST_ZONES = 12
_COLUMNS = 3
_KEYED = 9
_ZONE_PX = 400


class RunsShift(Protocol):
    """What this screen asks of the terminal (``app.acts.officer.OfficerActs``)."""

    @property
    def zone(self) -> Zone | None:
        """The zone the officer stands in."""
        ...

    def zones(self) -> Task[tuple[Zone, ...]]:
        """List the zones of the beat."""
        ...

    def choose_zone(self, zone_id: str) -> Task[Zone]:
        """Stand in another zone."""
        ...

    def end_shift(self) -> Task[ShiftEvent]:
        """End the shift."""
        ...


class MenuScreen(Screen):
    """Where am I, and what is not about one car."""

    name = "menu"

    def __init__(self, tasks: Tasks, officer: RunsShift) -> None:
        super().__init__(tasks)
        self._officer = officer
        self._zones: list[ActionButton] = []
        self._grid = QGridLayout()
        self._grid.setSpacing(16)
        self._back = button("menu_back_button", _("Back"), Icon.LEFT, "Esc", main=True)
        self._night = button("night_button", _("Night colors"), Icon.NIGHT, "F4")
        self._sync = button("sync_menu_button", _("Sync"), Icon.SEND, "F6")
        self._end = button("end_shift_button", _("End shift"), Icon.CHECK, "F8")
        self._leave = button("sign_out_button", _("Sign out"), Icon.PERSON, "F7")
        whole = page(self)
        whole.addWidget(Label(_("Which zone are you in?"), "officer.amount"))
        whole.addWidget(
            Label(
                _("Checks and citations use the zone you choose. It can be changed at any time."),
                "officer.second",
                wrap=True,
            )
        )
        whole.addLayout(self._grid)
        whole.addStretch(1)
        whole.addWidget(ActionRow(self._leave, self._end, self._night, self._sync, self._back))
        self._back.clicked.connect(lambda: self.go("check", keep=True))
        self._sync.clicked.connect(lambda: self.go("sync"))
        self._night.clicked.connect(self._on_night_pressed)
        self._end.clicked.connect(self._on_end_pressed)
        self._leave.clicked.connect(self.sign_out_chosen)

    def entered(self) -> None:
        """Read the zones of the beat."""
        self.ask(self._officer.zones(), self._show_zones)

    def default_focus(self) -> QWidget:
        """Back to work."""
        return self._back

    def _show_zones(self, zones: tuple[Zone, ...]) -> None:
        """Draw a button per zone; buttons of zones shown before stay, so focus stays."""
        shown = zones[:_MOST_ZONES]
        names = [f"zone_{zone.zone_id}" for zone in shown]
        if names != [one.objectName() for one in self._zones]:
            for one in self._zones:
                # Until it is deleted it would be seen, and its key would be bound twice.
                one.hide()
                one.deleteLater()
            self._zones = [self._zone_button(at, zone) for at, zone in enumerate(shown)]
        for at, zone in enumerate(shown):
            self._zones[at].set_view(self._zone_view(at, zone))

    def _zone_button(self, at: int, zone: Zone) -> ActionButton:
        made = ActionButton(self._zone_view(at, zone), ButtonSize.OFFICER)
        made.setObjectName(f"zone_{zone.zone_id}")
        made.setFixedWidth(_ZONE_PX)
        made.clicked.connect(lambda: self._on_zone(zone))
        self._grid.addWidget(made, at // _COLUMNS, at % _COLUMNS, Qt.AlignmentFlag.AlignLeft)
        return made

    def _zone_view(self, at: int, zone: Zone) -> ButtonView:
        here = self._officer.zone is not None and zone.zone_id == self._officer.zone.zone_id
        return ButtonView(
            label=f"{zone.zone_id}  {zone.name}",
            key=str(at + 1) if at < _KEYED else "",
            role=ButtonRole.CHOSEN if here else ButtonRole.PLAIN,
        )

    def _on_zone(self, zone: Zone) -> None:
        self.ask(self._officer.choose_zone(zone.zone_id), self._on_chosen)

    def _on_chosen(self, zone: Zone) -> None:
        self.go("check", keep=True)
        self.tell(_("You are in zone {zone} now.").format(zone=zone.zone_id), kind=NoticeKind.DONE)

    def _on_night_pressed(self) -> None:
        night = look().theme is not Theme.NIGHT
        now, app = look(), QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(
                app,
                Theme.NIGHT if night else Theme.DAY,
                profile=now.profile,
                text_scale=now.text_scale,
                reduced_motion=now.reduced_motion,
            )
        words, icon = (_("Day colors"), Icon.DAY) if night else (_("Night colors"), Icon.NIGHT)
        self._night.set_view(replace(self._night.view, label=words, icon=icon))

    def _on_end_pressed(self) -> None:
        self.ask(self._officer.end_shift(), self._on_ended, words=_("Ending the shift"))

    def _on_ended(self, event: ShiftEvent) -> None:
        self.sign_out_chosen.emit()
        self.tell(
            _("Shift ended: {issued} issued, {printed} printed, {voided} voided.").format(
                issued=event.issued_count, printed=event.printed_count, voided=event.voided_count
            ),
            kind=NoticeKind.DONE,
        )
