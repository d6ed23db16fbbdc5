"""Samples of the desk's parts, with the words of the design pictures.

Owner thread: the GUI thread.
"""

from PySide6.QtWidgets import QWidget

from simulator.gallery.samples import Sample
from ui.supervisor.conflict_parts import DifferingText
from ui.supervisor.conflict_state import LineView
from ui.supervisor.difference import Piece
from ui.sync.parked_card import ParkedLine
from ui.sync.sync_state import ParkedRow
from ui.theme.icons import Icon
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.charts import (
    BarChart,
    BarChartView,
    BarView,
    HBarChart,
    HBarChartView,
    HBarView,
    MomentView,
    TimelineChart,
    TimelineView,
)
from ui.widgets.choosing import ChipsView, Choice, NoteChips
from ui.widgets.desk import MarkLine, MarkLineView, NumberCard, NumberView
from ui.widgets.facts import LongFacts, LongFactsView
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.marks import Pill, PillView, Tone
from ui.widgets.motion import ProgressLine, ProgressView
from ui.widgets.nav import NavItem, NavRail, NavView
from ui.widgets.panels import NoticeBar, NoticeView
from ui.widgets.plate import PlateView
from ui.widgets.rows import FactLines, FactsView
from ui.widgets.shapes import Mark
from ui.widgets.table import (
    ColumnAlign,
    ColumnView,
    DataTable,
    PillCell,
    PlateCell,
    RowView,
    TableView,
    TextCell,
)

NAV = NavView(
    city="Stamford",
    product="Parking terminal",
    items=(
        NavItem(key="today", label="Today", icon=Icon.CHART),
        NavItem(key="reports", label="Shift reports", icon=Icon.LIST),
        NavItem(key="held", label="Held citations", icon=Icon.HELD, count=7),
        NavItem(key="conflicts", label="Conflicts", icon=Icon.SWAP, count=3),
        NavItem(key="voids", label="Voids", icon=Icon.CROSS),
        NavItem(key="appeals", label="Appeals", icon=Icon.PAPER),
        NavItem(key="fleet", label="Fleet", icon=Icon.LAPTOP),
        NavItem(key="rates", label="Rates and rules", icon=Icon.RULES),
        NavItem(key="settings", label="Settings", icon=Icon.SETTINGS),
    ),
    current="reports",
    state_mark=Mark.OK,
    state=("Central: online", "data 2 s old"),
    person=("J. Rivera", "Supervisor"),
)

HOURS = BarChartView(
    bars=tuple(
        BarView(name=f"{hour:02}", value=value, badge=badge, before=before)
        for hour, value, badge, before in (
            (8, 62, 2, 70),
            (9, 118, 4, 110),
            (10, 141, 6, 128),
            (11, 150, 5, 155),
            (12, 133, 3, 140),
            (13, 96, 2, 112),
            (14, 148, 7, 130),
            (15, 162, 8, 150),
            (16, 139, 5, 141),
            (17, 98, 3, 90),
            (18, 37, 1, 44),
        )
    ),
    value_words="Checks",
    badge_words="Citations",
    before_words="Checks, last Monday",
)
ZONES = HBarChartView(
    bars=(
        HBarView(name="112 Summer St", value=14, striped=1),
        HBarView(name="114 Bedford St", value=11),
        HBarView(name="118 Atlantic St", value=9, striped=1),
        HBarView(name="204 Bell Garage", value=7),
        HBarView(name="207 Bedford Gar.", value=5),
    ),
    value_words="Citations",
    striped_words="held by late truth",
)
STORY = TimelineView(
    ticks=tuple(MomentView(at=n / 4, words=f"{12 + n}:00") for n in range(5)),
    right_start=0.375,
    right_end=0.75,
    right_words="app 13:30-15:00",
    seen=MomentView(at=0.633, words="seen 14:32"),
    heard=MomentView(at=0.88, words="payment heard 15:31", sub="121 min after it began"),
)
OFFICERS = TableView(
    columns=(
        ColumnView(title="Officer", strong=True),
        ColumnView(title="Laptop"),
        ColumnView(title="Shift"),
        ColumnView(title="Checks", align=ColumnAlign.RIGHT),
        ColumnView(title="Citations", align=ColumnAlign.RIGHT),
        ColumnView(title="State", share=2),
    ),
    rows=tuple(
        RowView(
            key=laptop,
            cells=(
                TextCell(text=name),
                TextCell(text=laptop),
                TextCell(text=shift),
                TextCell(text=checks),
                TextCell(text=citations),
                PillCell(pill=pill),
            ),
        )
        for name, laptop, shift, checks, citations, pill in (
            (
                "M. Ortiz",
                "T-014",
                "08:00-16:00",
                "412",
                "14",
                PillView(text="Closed, signed", mark=Mark.OK, tone=Tone.OK),
            ),
            (
                "S. Baptiste",
                "T-017",
                "11:00-19:00",
                "207",
                "5",
                PillView(text="Still open", mark=Mark.INFO, tone=Tone.INFO),
            ),
        )
    ),
    chosen="T-017",
)
HELD = TableView(
    columns=(
        ColumnView(title="At risk", align=ColumnAlign.RIGHT, strong=True, share=0),
        ColumnView(title="Citation", strong=True, share=0),
        ColumnView(title="Plate", share=0),
        ColumnView(title="What arrived", share=1),
        ColumnView(title="Match", share=0),
        ColumnView(title="Waiting", align=ColumnAlign.RIGHT, share=0),
    ),
    rows=tuple(
        RowView(
            key=number,
            cells=(
                TextCell(text=risk),
                TextCell(text=number),
                PlateCell(plate=PlateView(number=plate)),
                TextCell(text=what),
                PillCell(pill=pill),
                TextCell(text=wait),
            ),
        )
        for risk, number, plate, what, pill, wait in (
            (
                "$120.00",
                "SC-4-0012850",
                "AC-20884",
                "Permit, sent late",
                PillView(text="Exact", mark=Mark.OK, tone=Tone.OK),
                "2 h 10",
            ),
            (
                "$50.00",
                "SC-4-0012861",
                "BF-2O467",
                "App, plate BF-20467",
                PillView(text="Look-alike", mark=Mark.UNKNOWN, dashed=True),
                "1 h 40",
            ),
        )
    ),
    chosen="SC-4-0012861",
    row_px=72,
)


def _table(view: TableView) -> QWidget:
    table = DataTable(view)
    table.setFixedHeight(table.full_height() + 4)
    return table


def samples() -> tuple[Sample, ...]:
    """Every part of the desk."""
    return (*_controls(), *_figures(), *_facts(), *_tables())


def _controls() -> tuple[Sample, ...]:
    return (
        Sample(name="nav", view=NAV, make=NavRail, width=224, height=900),
        *(
            Sample(
                name=f"button_{number}",
                view=view,
                make=lambda view: ActionButton(view, ButtonSize.DESK),
            )
            for number, view in enumerate(
                (
                    ButtonView(label="Save as PDF", icon=Icon.PAPER, role=ButtonRole.MAIN),
                    ButtonView(label="Print", icon=Icon.PRINTER),
                    ButtonView(label="Publish installer", icon=Icon.UP, enabled=False),
                )
            )
        ),
        Sample(
            name="why",
            view=ChipsView(
                chips=(
                    Choice(key="photo", words="Photo shows it"),
                    Choice(key="typing", words="Typing error"),
                    Choice(key="driver", words="Driver proved it"),
                ),
                chosen=("photo",),
                several=False,
            ),
            make=lambda view: NoteChips(view, ButtonSize.DESK_CHIP),
            width=580,
        ),
        Sample(
            name="field",
            view=FieldView(label="Name on the account"),
            make=lambda view: TextField(view, FieldSize.DESK_TEXT),
            width=360,
        ),
        Sample(
            name="notice",
            view=NoticeView(
                title="One citation, two plates",
                text="Citation SC-4-0012873 · $25.00 · plate and state are kept together.",
                tone=Tone.CAUTION,
                mark=Mark.CAUTION,
                action="Undo",
            ),
            make=NoticeBar,
            width=1152,
        ),
        Sample(
            name="progress",
            view=ProgressView(words="Making the PDF", share=0.7, left="about 2 s"),
            make=ProgressLine,
            width=400,
        ),
    )


def _figures() -> tuple[Sample, ...]:
    return (
        Sample(
            name="number",
            view=NumberView(
                number="31", label="Cannot know", detail="2.4% of checks", mark=Mark.UNKNOWN
            ),
            make=NumberCard,
            width=180,
        ),
        Sample(name="bars", view=HOURS, make=BarChart, width=660, height=310),
        Sample(name="zones", view=ZONES, make=HBarChart, width=400, height=310),
        Sample(name="story", view=STORY, make=TimelineChart, width=340),
        Sample(
            name="line",
            view=MarkLineView(mark=Mark.INFO, text="App feed was silent 13:40 to 15:31"),
            make=MarkLine,
            width=340,
        ),
        *(
            Sample(name=f"pill_{view.text[:4]}", view=view, make=Pill)
            for view in (
                PillView(text="Held until decided", mark=Mark.CAUTION, tone=Tone.CAUTION),
                PillView(text="Not chosen", mark=Mark.OFF),
                PillView(text="no cards", mark=Mark.BAD, tone=Tone.BAD),
                PillView(text="Look-alike", mark=Mark.UNKNOWN, dashed=True),
            )
        ),
    )


def _facts() -> tuple[Sample, ...]:
    return (
        Sample(
            name="facts",
            view=FactsView(
                facts=(
                    ("Entered by", "M. Ortiz, officer"),
                    ("Where", "laptop T-014, in the street"),
                    ("When", "14:32:07 ± 0.4 s"),
                ),
                name_use="desk.second",
                value_use="desk.head",
                name_px=140,
                row_px=34,
            ),
            make=FactLines,
            width=400,
        ),
        Sample(
            name="differing_text",
            view=(
                LineView(
                    name="Note",
                    pieces=(
                        Piece("Two wheels on the", differs=False),
                        Piece("curb, hydrant 12 ft away.", differs=True),
                    ),
                ),
            ),
            make=DifferingText,
            width=400,
        ),
        Sample(
            name="refused",
            view=ParkedRow(
                what="Check of plate ABC-123, 14:02",
                why="Zone 999 is not known at city hall.",
                todo="It is under Sync issues too: close it there once nobody needs it.",
            ),
            make=ParkedLine,
            width=560,
        ),
        Sample(
            name="long_facts",
            view=LongFactsView(
                facts=(
                    ("Last answer", "14:32:07"),
                    ("Result", "City hall cannot be reached. Everything is kept here."),
                )
            ),
            make=LongFacts,
            width=400,
        ),
    )


def _tables() -> tuple[Sample, ...]:
    return (
        Sample(name="officers", view=OFFICERS, make=_table, width=1112),
        Sample(name="held", view=HELD, make=_table, width=720),
    )
