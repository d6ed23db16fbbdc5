"""What the card screen shows for what central says. Pure, any thread; no widgets.

Money comes first in every sentence: what was charged, what was not (VISUAL 5).
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.usecases.buy_parking import Offer, amount_cents
from app.words import _
from parking.bill import Bill
from parking.money import usd
from parking.payment import Payment, PaymentState, Told
from parking.plate import spaced
from ui.kiosk.foot import FootButton, back_button, help_button, start_over_button
from ui.kiosk.phrases import stay_words
from ui.state_names import state_name
from ui.theme.icons import Icon
from ui.widgets.answer import AnswerKind
from ui.widgets.buttons import ButtonRole, ButtonView
from ui.widgets.panels import LineView, ResultView
from ui.widgets.plate import PlateView


class Scene(StrEnum):
    """What the driver has to do or to wait for."""

    STARTING = "starting"
    PRESENT = "present"
    PROCESSING = "processing"
    CANCELING = "canceling"
    DECLINED = "declined"
    READER_OFFLINE = "reader_offline"
    READER_BUSY = "reader_busy"
    CANCELED = "canceled"
    REFUSED = "refused"


_CANCELS = frozenset(
    {Scene.STARTING, Scene.PRESENT, Scene.DECLINED, Scene.READER_OFFLINE, Scene.READER_BUSY}
)
_OVER = frozenset({Scene.CANCELED, Scene.REFUSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Buying:
    """What is paid for: the car, the time or the ticket, the amount."""

    plate: PlateView
    lines: tuple[LineView, ...]
    amount: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardState:
    """The card screen.

    Attributes:
        picture: The moving card is shown.
        panel: What happened, instead of the picture; None for none.
        waiting: What is waited for and what was charged.
        over: The purchase has ended here without a charge.
    """

    scene: Scene
    title: str
    sub: str
    picture: bool
    panel: ResultView | None
    waiting: tuple[LineView, ...]
    buying: Buying
    main: FootButton | None
    row: tuple[FootButton, ...]
    over: bool


def scene_of(payment: Payment | None, *, problem: str = "") -> Scene:
    """Return the scene for what is known of the payment."""
    if problem:
        return Scene.REFUSED
    if payment is None:
        return Scene.STARTING
    if payment.told is not Told.CANCELED and payment.state in {
        PaymentState.CANCELING,
        PaymentState.VOIDING,
    }:
        return Scene.CANCELING
    return {
        Told.PRESENT_CARD: Scene.PRESENT,
        Told.PROCESSING: Scene.PROCESSING,
        Told.DECLINED: Scene.DECLINED,
        Told.READER_OFFLINE: Scene.READER_OFFLINE,
        Told.READER_BUSY: Scene.READER_BUSY,
        Told.CANCELED: Scene.CANCELED,
    }.get(payment.told, Scene.STARTING)


def card_state(
    payment: Payment | None,
    offer: Offer,
    *,
    place: str,
    time_zone: str,
    now_utc: datetime,
    problem: str = "",
) -> CardState:
    """Show a payment that is under way here.

    Args:
        payment: As central tells it; None while the order is on its way.
        offer: What is paid for.
        place: Name and number of the zone.
        time_zone: IANA name.
        now_utc: Now.
        problem: Why central refused the order, in a sentence.
    """
    scene = scene_of(payment, problem=problem)
    title, sub = _titles(scene)
    if scene is Scene.STARTING and not amount_cents(offer):
        title, sub = _("One moment"), _("Your code pays all of it. No card is needed.")
    return CardState(
        scene=scene,
        title=title,
        sub=sub,
        picture=scene is Scene.PRESENT,
        panel=_panel(scene, payment, problem),
        waiting=_waiting(scene),
        buying=_buying(offer, place=place, time_zone=time_zone, now_utc=now_utc),
        main=_main(scene, offer),
        row=_row(scene, offer, ordered=payment is not None),
        over=scene in _OVER,
    )


def _titles(scene: Scene) -> tuple[str, str]:
    return {
        Scene.STARTING: (_("Starting the card reader"), _("Keep your card ready.")),
        Scene.PRESENT: (
            _("Hold your card on the reader"),
            _("It is to the right of this screen, where the arrow points."),
        ),
        Scene.PROCESSING: (_("Asking your bank"), _("Do not pay again, we are checking.")),
        Scene.CANCELING: (_("Canceling"), _("Do not use your card now.")),
        Scene.DECLINED: (_("Try another card"), _("This card did not pay.")),
        Scene.READER_OFFLINE: (
            _("The card reader is silent"),
            _("We keep trying. You can also use another pay station."),
        ),
        Scene.READER_BUSY: (
            _("The card reader is busy"),
            _("It starts by itself when it is free."),
        ),
        Scene.CANCELED: (_("Nothing was paid"), _("This purchase has ended.")),
        Scene.REFUSED: (_("Nothing was paid"), _("This purchase has ended.")),
    }[scene]


def _panel(scene: Scene, payment: Payment | None, problem: str) -> ResultView | None:
    not_charged = LineView(text=_("You have not been charged."))
    if scene is Scene.DECLINED:
        hint = _declined_words(payment.decline_hint if payment is not None else "")
        return ResultView(
            kind=AnswerKind.GRACE,
            lines=(LineView(text=_("Card declined"), use="kiosk.panel"), hint, not_charged),
        )
    if scene in {Scene.READER_OFFLINE, Scene.READER_BUSY}:
        word = _("No answer") if scene is Scene.READER_OFFLINE else _("Reader busy")
        return ResultView(
            kind=AnswerKind.GRACE, lines=(LineView(text=word, use="kiosk.panel"), not_charged)
        )
    if scene is Scene.CANCELED:
        heading = LineView(text=_("Canceled"), use="kiosk.panel")
        words = _("If your card shows a pending amount, your bank releases it.")
        if payment is not None and payment.decline_hint == "not_possible":
            words = _("The card reader could not take a payment. Use another pay station.")
        return ResultView(kind=AnswerKind.GRACE, lines=(heading, not_charged, LineView(text=words)))
    if scene is Scene.REFUSED:
        return ResultView(
            kind=AnswerKind.GRACE,
            lines=(
                LineView(text=_("Not started"), use="kiosk.panel"),
                LineView(text=problem),
                not_charged,
            ),
        )
    return None


def _declined_words(hint: str) -> LineView:
    words = {
        "insufficient_funds": _("Your bank says there is not enough money."),
        "expired_card": _("This card has expired."),
        "incorrect_pin": _("The PIN was not right."),
    }
    return LineView(text=words.get(hint, _("Your bank did not say why.")))


def _waiting(scene: Scene) -> tuple[LineView, ...]:
    heading = {
        Scene.STARTING: _("One moment"),
        Scene.PRESENT: _("Waiting for your card"),
        Scene.PROCESSING: _("Your bank is answering"),
        Scene.CANCELING: _("Your card is being released"),
    }.get(scene, "")
    if not heading:
        return ()
    money = {
        Scene.PROCESSING: _("Leave your card until the reader is done."),
        Scene.CANCELING: _("We tell you when it is certain."),
    }.get(scene, _("You have not been charged."))
    return (LineView(text=heading, use="kiosk.strong"), LineView(text=money))


def _buying(offer: Offer, *, place: str, time_zone: str, now_utc: datetime) -> Buying:
    if isinstance(offer, Bill):
        lines = (
            LineView(text=_("You are paying"), use="kiosk.least"),
            LineView(text=_("Ticket {number}").format(number=offer.number), use="kiosk.strong"),
            LineView(text=offer.violation, use="kiosk.least"),
        )
    else:
        stay = stay_words(offer.start_utc, offer.end_utc, time_zone, now_utc=now_utc)
        lines = (
            LineView(text=_("You are buying"), use="kiosk.least"),
            LineView(text=stay, use="kiosk.strong"),
            LineView(text=place, use="kiosk.least"),
        )
    return Buying(
        plate=PlateView(
            number=spaced(offer.plate, offer.plate_state), state=state_name(offer.plate_state)
        ),
        lines=lines,
        amount=usd(amount_cents(offer)),
    )


def _main(scene: Scene, offer: Offer) -> FootButton | None:
    if scene is Scene.DECLINED:
        view = ButtonView(
            label=_("Use another card"), icon=Icon.CARD, role=ButtonRole.MAIN, heavy=True
        )
        return FootButton(name="again_button", view=view)
    if scene not in _OVER:
        return None
    if isinstance(offer, Bill):
        view = ButtonView(
            label=_("Look at the ticket again"), icon=Icon.TICKET, role=ButtonRole.MAIN
        )
    else:
        view = ButtonView(label=_("Choose the time again"), icon=Icon.CLOCK, role=ButtonRole.MAIN)
    return FootButton(name="offer_button", view=view)


def _row(scene: Scene, offer: Offer, *, ordered: bool) -> tuple[FootButton, ...]:
    if scene in _OVER:
        return (start_over_button(), help_button())
    if scene not in _CANCELS or not ordered:
        return (help_button(),)
    view = ButtonView(label=_("Cancel, do not pay"), icon=Icon.CROSS)
    cancel = FootButton(name="cancel_button", view=view)
    back = back_button() if isinstance(offer, Bill) else back_button(_("Change time"))
    return (back, cancel, help_button())
