"""Samples of the pay station's parts, with the words of the design pictures.

Owner thread: the GUI thread.
"""

from simulator.gallery.samples import Sample
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.desk import MarkLine, MarkLineView
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.keypad import KeypadView, PlateKeypad
from ui.widgets.kiosk_frame import (
    KioskTile,
    KioskTop,
    KioskTopView,
    StepsBar,
    StepsView,
    TileView,
)
from ui.widgets.kiosk_pay import (
    ChoiceTile,
    CountdownRing,
    CountdownView,
    PriceCard,
    PriceView,
    SpanKind,
    SpanView,
    TickView,
    TileChoiceView,
    TimeChoice,
    TimeChoices,
    TimeChoicesView,
)
from ui.widgets.marks import Tone
from ui.widgets.motion import CardPicture, CardPictureView, Hint, ProgressLine, ProgressView
from ui.widgets.panels import LineView, NoticeBar, NoticeView, ResultPanel, ResultView
from ui.widgets.photos import QrCode, QrView
from ui.widgets.plate import PlateSize, PlateView, PlateWidget
from ui.widgets.shapes import Mark

TOP = KioskTopView(
    place="Bell Street Garage",
    station="Zone 204 · Pay station K-07",
    clock="2:32 PM",
    date="Monday, Nov 23",
)
PRICE = PriceView(
    price="$2.50",
    until="until",
    end="4:32 PM today",
    spans=(
        SpanView(start=0.09, end=0.42, kind=SpanKind.YOURS, words="your 2 hours"),
        SpanView(start=0.83, end=1.0, kind=SpanKind.FREE, words="free"),
    ),
    ticks=(
        TickView(at=0.09, words="now"),
        TickView(at=0.42, words="4:32 PM"),
        TickView(at=0.83, words="7 PM"),
    ),
)
TIMES = TimeChoicesView(
    choices=(
        TimeChoice(key="30", words="30 min", price="$0.75"),
        TimeChoice(key="60", words="1 hour", price="$1.25"),
        TimeChoice(key="120", words="2 hours", price="$2.50"),
        TimeChoice(key="180", words="3 hours", price="$3.75"),
    ),
    chosen="120",
)
PAID = ResultView(
    kind=AnswerKind.PAID,
    lines=(
        LineView(text="Paid $2.50", use="kiosk.hero"),
        LineView(text="You may park until"),
        LineView(text="4:32 PM today", use="kiosk.panel"),
        LineView(text="Card ending 4242 was charged once."),
    ),
)
NO_CARDS = ResultView(
    kind=AnswerKind.CANNOT_KNOW,
    mark=Mark.CAUTION,
    block_px=236,
    lines=(
        LineView(text="No cards here right now", use="kiosk.panel"),
        LineView(text="The network has been down since 2:10 PM. You have not been charged."),
    ),
)
DO_NOT_PAY = ResultView(
    kind=AnswerKind.CANNOT_KNOW,
    mark=Mark.CAUTION,
    block_px=0,
    lines=(
        LineView(text="Do not pay again", use="kiosk.title"),
        LineView(text="We are checking with the bank what happened.", use="kiosk.least"),
    ),
)


def samples() -> tuple[Sample, ...]:
    """Every part of the pay station."""
    return (*_frame(), *_buttons(), *_pay(), *_words())


def _frame() -> tuple[Sample, ...]:
    return (
        Sample(name="kiosk_top", view=TOP, make=KioskTop, width=1080),
        *(
            Sample(
                name=f"steps_{current}",
                view=StepsView(steps=("Plate", "Time", "Pay", "Receipt"), current=current),
                make=StepsBar,
                width=1000,
            )
            for current in (0, 2)
        ),
        Sample(
            name="tile_pay",
            view=TileView(
                title="Pay for parking",
                sub="Choose your time, pay by card",
                icon=Icon.CAR,
                role=ButtonRole.MAIN,
            ),
            make=KioskTile,
            width=1000,
        ),
        Sample(
            name="tile_receipt",
            view=TileView(
                title="Find my receipt",
                sub="Look up a payment by plate or code",
                icon=Icon.RECEIPT,
            ),
            make=KioskTile,
            width=1000,
        ),
    )


def _buttons() -> tuple[Sample, ...]:
    return (
        Sample(
            name="main",
            view=ButtonView(
                label="Yes, this is my plate",
                sub="Connecticut AB-12345",
                icon=Icon.CHECK,
                role=ButtonRole.MAIN,
            ),
            make=lambda view: ActionButton(view, ButtonSize.KIOSK_MAIN),
            width=1000,
        ),
        *(
            Sample(
                name=f"row_{icon}",
                view=ButtonView(label=label, icon=icon),
                make=lambda view: ActionButton(view, ButtonSize.KIOSK_ROW),
                width=322,
            )
            for label, icon in (
                ("Back", Icon.LEFT),
                ("Start over", Icon.UNDO),
                ("Help", Icon.PHONE),
            )
        ),
        *(
            Sample(
                name=f"access_{icon}",
                view=ButtonView(label=label, icon=icon),
                make=lambda view: ActionButton(view, ButtonSize.KIOSK_ACCESS),
                width=238,
            )
            for label, icon in (
                ("Larger text", Icon.LARGER),
                ("Contrast", Icon.CONTRAST),
                ("Listen", Icon.LISTEN),
                ("Move down", Icon.DOWN),
            )
        ),
        Sample(name="keypad", view=KeypadView(off=frozenset("QO")), make=PlateKeypad, width=1000),
        Sample(
            name="language",
            view=TileChoiceView(words="Kreyòl ayisyen", chosen=True),
            make=ChoiceTile,
            width=276,
        ),
        Sample(
            name="code_field",
            view=FieldView(label="Code from the shop"),
            make=lambda view: TextField(view, FieldSize.KIOSK_CODE),
            width=1000,
        ),
    )


def _pay() -> tuple[Sample, ...]:
    return (
        Sample(name="price", view=PRICE, make=PriceCard, width=1000),
        Sample(name="times", view=TIMES, make=TimeChoices, width=1000),
        Sample(name="countdown", view=CountdownView(share=0.86, words="0:52"), make=CountdownRing),
        Sample(
            name="card_picture",
            view=CardPictureView(price="$2.50", words="Tap, insert, swipe"),
            make=CardPicture,
            width=1000,
        ),
        Sample(name="result_paid", view=PAID, make=ResultPanel, width=1000),
        Sample(name="result_no_cards", view=NO_CARDS, make=ResultPanel, width=1000),
        Sample(name="result_wait", view=DO_NOT_PAY, make=ResultPanel, width=1000),
        Sample(
            name="progress",
            view=ProgressView(words="Printing your receipt"),
            make=ProgressLine,
            width=1000,
        ),
    )


def _words() -> tuple[Sample, ...]:
    return (
        Sample(
            name="notice_info",
            view=NoticeView(text="Letter O is round. Number 0 has a stroke through it."),
            make=NoticeBar,
            width=1000,
        ),
        Sample(
            name="notice_ok",
            view=NoticeView(
                text="This pay station works. Cards are accepted.", tone=Tone.OK, mark=Mark.OK
            ),
            make=NoticeBar,
            width=1000,
        ),
        Sample(
            name="mark_line",
            view=MarkLineView(
                mark=Mark.INFO,
                text="The answer is kept under your reference. Any pay station can show it.",
                use="kiosk.body",
            ),
            make=MarkLine,
            width=900,
        ),
        Sample(name="hint", view="Touch Help or call 203-555-0142", make=Hint, width=1000),
        Sample(
            name="plate",
            view=PlateView(number="AB-12345", state="Connecticut"),
            make=lambda view: PlateWidget(view, PlateSize.KIOSK),
        ),
        Sample(
            name="qr",
            view=QrView(
                modules=tuple(
                    tuple((x * y + x * 3 + y) % 3 == 0 for x in range(25)) for y in range(25)
                ),
                words="Scan for your receipt",
            ),
            make=QrCode,
        ),
    )
