"""Samples of the officer's parts, with the words of the design pictures.

Owner thread: the GUI thread.
"""

from functools import partial

from PySide6.QtWidgets import QWidget

from simulator.gallery.samples import Sample
from simulator.gallery.street import street
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind, AnswerPanel, AnswerView
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.choosing import ChipsView, Choice, NoteChips, SelectField, SelectView
from ui.widgets.desk import MarkLine, MarkLineView
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.keypad import KeypadView, PlateKeypad
from ui.widgets.marks import KeyCap, MarkView, Pill, PillView, StateMark, Tone
from ui.widgets.motion import ProgressLine, ProgressView, Spinner
from ui.widgets.panels import NoticeBar, NoticeView
from ui.widgets.photos import CameraPane, CameraView, CarCard, CarView, PhotoTile, PhotoView
from ui.widgets.plate import PlateSize, PlateView, PlateWidget
from ui.widgets.reasons import (
    AgeBar,
    AgesCard,
    AgesView,
    AgeView,
    ReasonRow,
    ReasonsCard,
    ReasonsView,
    ReasonView,
)
from ui.widgets.rows import (
    CandidateTile,
    CandidateView,
    CheckRow,
    CheckRowView,
    CountStrip,
    CountsView,
    FactLines,
    FactsView,
    StayRow,
    StayView,
)
from ui.widgets.shapes import Mark
from ui.widgets.topbar import CellView, TopBar, TopBarView

CT = PlateView(number="AB-12345", state="Connecticut")
BK = PlateView(number="BK-47291", state="Connecticut")

BAR = TopBarView(
    beat="Beat 4 · Zone 112",
    shift="M. Ortiz · shift 08-16",
    cells=(
        CellView(label="To send", value="3", icon=Icon.SEND),
        CellView(label="Pay stations", value="8 s"),
        CellView(label="App", value="52 min", stale=True),
        CellView(label="Permits", value="4 min"),
        CellView(label="Hot list", value="12 min"),
        CellView(label="Network", value="online", icon=Icon.NETWORK),
    ),
    battery_percent=78,
    clock="14:32",
    doubt="± 0.4 s",
)

ANSWERS = (
    AnswerView(
        kind=AnswerKind.PAID,
        word="PAID",
        line="until 16:40 · 2 h 08 min left",
        detail="Zone 112 Summer St · paid at pay station K-07",
        plate=CT,
    ),
    AnswerView(
        kind=AnswerKind.PERMIT,
        word="PERMIT",
        line="Zone 112 residents · until Dec 31, 2026",
        detail="Permit 88-1402 · exact plate and state",
        plate=PlateView(number="CT-80117", state="Connecticut"),
    ),
    AnswerView(
        kind=AnswerKind.EXPIRED,
        word="EXPIRED",
        line="18 min ago · paid until 14:14",
        detail="Zone 112 Summer St · grace of 5 min ended 14:19",
        plate=BK,
    ),
    AnswerView(
        kind=AnswerKind.NOT_PAID,
        word="NOT PAID",
        line="No payment or permit found",
        detail="All sources fresh · first seen 14:12",
        plate=PlateView(number="7XK-204", state="Massachusetts"),
    ),
    AnswerView(
        kind=AnswerKind.CANNOT_KNOW,
        word="CANNOT KNOW",
        line="No payment found, but app data is 52 min old",
        detail="A driver may have paid by app. Do not cite for non-payment.",
        plate=PlateView(number="KLM-4482", state="New York"),
    ),
    AnswerView(
        kind=AnswerKind.HOT_LIST,
        word="HOT LIST",
        line="Reported stolen · exact plate and state",
        detail="Police list of 14:20 · do not approach, call dispatch",
        plate=PlateView(number="AC-70518", state="Connecticut"),
    ),
    AnswerView(
        kind=AnswerKind.GRACE,
        word="IN GRACE",
        line="3 min left · paid until 14:29",
        detail="Zone 112 Summer St · grace of 5 min ends 14:34",
        plate=PlateView(number="BD-10936", state="Connecticut"),
    ),
)

REASONS = ReasonsView(
    title="What we looked at, in order",
    reasons=(
        ReasonView(
            number=1,
            mark=Mark.UNKNOWN,
            fact="App payments not heard since 13:40",
            detail="4 in 10 drivers in zone 112 pay by app",
            age="52 min old",
        ),
        ReasonView(
            number=2,
            mark=Mark.INFO,
            fact="No pay station payment found",
            detail="K-07 and K-08, all of today",
            age="8 s old",
        ),
        ReasonView(
            number=3,
            mark=Mark.BAD,
            fact="No permit for zone 112",
            detail="Look-alikes tried: 8K-47291, none",
            age="4 min old",
        ),
        ReasonView(
            number=4,
            mark=Mark.OK,
            fact="Not on the hot list",
            detail="Exact plate and state",
            age="12 min old",
        ),
        ReasonView(
            number=5,
            mark=Mark.OFF,
            fact="Parking actions are off",
            detail="No citation, boot or tow for this car",
            age="rule",
        ),
    ),
)

AGES = AgesView(
    title="How old is what we know",
    ages=(
        AgeView(name="Pay stations", age="8 s", share=0.12),
        AgeView(name="App payments", age="52 min", share=1.6),
        AgeView(name="Permits", age="4 min", share=0.3),
        AgeView(name="Hot list", age="12 min", share=0.4),
    ),
    note="Mark = oldest allowed in this zone",
)

BUTTONS = (
    ButtonView(label="Next plate", icon=Icon.RIGHT, key="F2", role=ButtonRole.MAIN),
    ButtonView(label="Check again", icon=Icon.AGAIN, key="F3"),
    ButtonView(label="Leave a warning", icon=Icon.PAPER, key="F7"),
    ButtonView(
        label="Issue citation · $25.00",
        icon=Icon.PAPER,
        key="F9",
        role=ButtonRole.ISSUE,
        heavy=True,
    ),
    ButtonView(label="Ask supervisor", icon=Icon.PHONE, key="F12", enabled=False),
)

CHIPS = ChipsView(
    chips=(
        Choice(key="absent", words="Driver not present"),
        Choice(key="sign", words="Sign visible"),
        Choice(key="spoke", words="Spoke with driver"),
        Choice(key="rain", words="Rain"),
    ),
    chosen=("absent", "sign"),
)

STAYS = (
    StayView(
        plate=PlateView(number="DK-33028", state="Connecticut"),
        title="1 · 140 Summer St",
        detail="2 h + 5 min grace · seen 12:21, 14:32",
        mark=Mark.BAD,
        share=1.0,
        time="6 min",
        words="over limit",
        chosen=True,
    ),
    StayView(
        plate=PlateView(number="AX-55910", state="Connecticut"),
        title="2 · 162 Summer St",
        detail="2 h + 5 min grace · first seen 12:29",
        mark=Mark.CAUTION,
        share=0.98,
        time="2 min",
        words="grace, wait",
    ),
    StayView(
        plate=PlateView(number="R41-KDN", state="New Jersey"),
        title="5 · 91 Atlantic St",
        detail="2 h + 5 min grace · first seen 14:02",
        mark=Mark.OK,
        share=0.25,
        time="1 h 35",
        words="left",
    ),
)

CHECKS = (
    CheckRowView(plate=BK, mark=Mark.OK, word="Paid", detail="until 15:10, zone 112", time="14:30"),
    CheckRowView(
        plate=PlateView(number="KLM-4482", state="New York"),
        mark=Mark.UNKNOWN,
        word="Cannot know",
        detail="app data was 9 min old",
        time="14:22",
        last=True,
    ),
)

CANDIDATES = (
    CandidateView(plate=CT, score="98%", detail="3 reads agree\nfits CT", key="1", chosen=True),
    CandidateView(
        plate=PlateView(number="AB-I2345", state="Connecticut"),
        score="61%",
        detail="letter I: rare in CT",
        key="2",
    ),
)

CODE = SelectView(
    label="Code 101 · class I",
    value="Expired meter",
    detail="After 15 days $50.00 · after 30 days $75.00",
    mark=Mark.BAD,
    amount="$25.00",
    choices=(Choice(key="101", words="Expired meter"), Choice(key="102", words="Fire lane")),
    key="101",
    value_use="officer.title",
)
PLACE = SelectView(
    label="Place",
    value="100-199 Summer St",
    detail="GPS ± 6 m · zone 112 only",
    icon=Icon.PLACE,
)


def samples() -> tuple[Sample, ...]:
    """Every officer's part, plain first."""
    return (*_answer(), *_controls(), *_rows(), *_small(), *_pictures())


def _answer() -> tuple[Sample, ...]:
    return (
        Sample(name="top_bar", view=BAR, make=TopBar, width=1280),
        *(
            Sample(name=f"answer_{view.kind}", view=view, make=AnswerPanel, width=1232)
            for view in ANSWERS
        ),
        Sample(name="reasons", view=REASONS, make=ReasonsCard, width=776),
        Sample(name="reason_row", view=REASONS.reasons[0], make=ReasonRow, width=700),
        Sample(name="ages", view=AGES, make=AgesCard, width=440),
        Sample(name="age_bar", view=AGES.ages[1], make=AgeBar, width=400),
    )


def _controls() -> tuple[Sample, ...]:
    return (
        *(
            Sample(name=f"button_{number}", view=view, make=ActionButton, width=400)
            for number, view in enumerate(BUTTONS)
        ),
        Sample(
            name="chip_button",
            view=ButtonView(label="Write", key="F11"),
            make=lambda view: ActionButton(view, ButtonSize.OFFICER_CHIP),
        ),
        Sample(
            name="plate_field",
            view=FieldView(label="Plate"),
            make=lambda view: TextField(view, FieldSize.OFFICER_PLATE),
            width=464,
        ),
        Sample(
            name="plate_field_problem",
            view=FieldView(label="Plate", problem="Letters and digits only"),
            make=lambda view: TextField(view, FieldSize.OFFICER_PLATE),
            width=464,
        ),
        Sample(
            name="select_code",
            view=CODE,
            make=lambda view: SelectField(view, 104),
            width=792,
        ),
        Sample(name="select_place", view=PLACE, make=SelectField, width=392),
        Sample(name="chips", view=CHIPS, make=NoteChips, width=760),
        Sample(name="keypad", view=KeypadView(), make=PlateKeypad, width=860),
        Sample(
            name="notice",
            view=NoticeView(
                text="Warning saved for 7XK-204.",
                tone=Tone.OK,
                mark=Mark.OK,
                action="Undo",
                key="F7",
            ),
            make=NoticeBar,
            width=700,
        ),
        Sample(
            name="progress",
            view=ProgressView(words="Fetching permits", share=0.4, left="about 20 s", stop="Stop"),
            make=ProgressLine,
            width=600,
        ),
    )


def _rows() -> tuple[Sample, ...]:
    return (
        *(
            Sample(name=f"candidate_{view.key}", view=view, make=CandidateTile, width=268)
            for view in CANDIDATES
        ),
        *(
            Sample(name=f"check_{number}", view=view, make=CheckRow, width=356)
            for number, view in enumerate(CHECKS)
        ),
        *(
            Sample(name=f"stay_{number}", view=view, make=StayRow, width=668)
            for number, view in enumerate(STAYS)
        ),
        Sample(
            name="counts",
            view=CountsView(
                counts=(("42", "checks"), ("3", "citations"), ("2", "warnings"), ("0", "voids"))
            ),
            make=CountStrip,
            width=388,
        ),
        Sample(
            name="facts",
            view=FactsView(
                facts=(
                    ("Pay stations", "3 s old"),
                    ("App payments", "9 s old"),
                    ("Permits", "4 min old"),
                    ("Rules and fines", "2026-11 v4"),
                )
            ),
            make=FactLines,
            width=384,
        ),
    )


def _plate(size: PlateSize, view: PlateView) -> QWidget:
    return PlateWidget(view, size)


def _small() -> tuple[Sample, ...]:
    return (
        *(
            Sample(
                name=f"mark_{mark}",
                view=MarkView(mark=mark, words=mark.value),
                make=lambda view: StateMark(view, 48),
            )
            for mark in Mark
        ),
        *(
            Sample(
                name=f"pill_{mark}",
                view=PillView(text=words, mark=mark, tone=tone),
                make=lambda view: Pill(view, "officer.age"),
            )
            for mark, tone, words in (
                (Mark.BAD, Tone.BAD, "Expired 18 min ago"),
                (Mark.CAUTION, Tone.CAUTION, "1 in grace"),
                (Mark.OK, Tone.OK, "3 within"),
            )
        ),
        Sample(name="key_cap", view="Down", make=KeyCap),
        Sample(
            name="mark_line",
            view=MarkLineView(mark=Mark.OK, text="Registry: same make", use="officer.detail"),
            make=MarkLine,
            width=300,
        ),
        Sample(name="spinner", view="Checking", make=Spinner),
        *(
            Sample(
                name=f"plate_{size.name.lower()}",
                view=CT,
                make=partial(_plate, size),
            )
            for size in PlateSize
        ),
    )


def _pictures() -> tuple[Sample, ...]:
    photo = street(BK, paint="#27496B")
    return (
        Sample(name="photo", view=PhotoView(caption="14:31:58", image=photo), make=PhotoTile),
        Sample(name="photo_add", view=PhotoView(caption="Add photo", key="F5"), make=PhotoTile),
        Sample(
            name="camera",
            view=CameraView(
                frame=street(CT),
                left_words="Camera 1 · reading · hold still",
                right_words="14:32:07",
                plate_box=(0.375, 0.49, 0.25, 0.29),
            ),
            make=CameraPane,
            width=828,
            height=408,
        ),
        Sample(
            name="car",
            view=CarView(
                title="Toyota Camry · blue",
                detail="Registry: same make",
                mark=Mark.OK,
                image=photo,
            ),
            make=CarCard,
            width=440,
        ),
        Sample(
            name="car_unseen",
            view=CarView(title="Is it this car?", detail="Confirm first", mark=Mark.CAUTION),
            make=CarCard,
            width=440,
        ),
    )
