"""What the screens show, as pure functions of what is known: no window, no application."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from app.acts.kiosk import Lot
from app.ports import NetState
from parking.payment import PaymentState, Told
from parking.plate import OTHER_STATE, US_STATES
from parking.tariff import Day, EnforcedSpan, Tariff, tariff_label
from parking.terminal import Terminal, TerminalKind
from parking.zone import Zone
from tests.fakes.central_desk import TERMINAL_ID
from tests.fakes.clock import NOON
from tests.unit.ui_kiosk.station import REFERENCE, sample_payment, sample_quote
from ui.kiosk.attention import Limits, attention
from ui.kiosk.card_state import Scene, card_state
from ui.kiosk.checking_state import checking_state
from ui.kiosk.done_state import done_state
from ui.kiosk.following import newer, screen_for
from ui.kiosk.home_state import home_state
from ui.kiosk.no_card_state import Notes, no_card_state
from ui.kiosk.phrases import (
    clock_left,
    day_time,
    days_words,
    hours_words,
    rate_words,
    span_words,
    stay_words,
)
from ui.kiosk.plate_state import plate_state, typed
from ui.kiosk.time_line import time_line
from ui.kiosk.time_state import TimeState, Wish, first_minutes, stepped, time_state
from ui.state_names import CHIPS, other_states, state_name
from ui.widgets.kiosk_pay import SpanKind
from ui.widgets.panels import LineView, ResultView

ZONE = "America/New_York"
WEEKDAYS = (Day.MONDAY, Day.TUESDAY, Day.WEDNESDAY, Day.THURSDAY, Day.FRIDAY, Day.SATURDAY)
STREET = Tariff(
    tariff_id="street",
    version="4",
    time_zone=ZONE,
    spans=(
        EnforcedSpan(days=WEEKDAYS, opens_minute=480, closes_minute=1140, rate_cents_per_hour=125),
    ),
    increment_minutes=15,
    increment_cents=25,
    max_stay_minutes=180,
    largest_purchase_minutes=180,
)
GARAGE = replace(
    STREET,
    spans=(
        EnforcedSpan(days=tuple(Day), opens_minute=0, closes_minute=1440, rate_cents_per_hour=200),
    ),
    increment_cents=1,
    max_stay_minutes=None,
    largest_purchase_minutes=720,
)
TWO_RATES = replace(
    STREET,
    spans=(
        EnforcedSpan(
            days=(Day.FRIDAY, Day.SATURDAY),
            opens_minute=1080,
            closes_minute=1590,
            rate_cents_per_hour=300,
        ),
        EnforcedSpan(
            days=(Day.MONDAY,), opens_minute=480, closes_minute=1080, rate_cents_per_hour=125
        ),
    ),
    max_stay_minutes=None,
)


def _lot(tariff: Tariff = STREET) -> Lot:
    zone = Zone(zone_id="112", name="Summer St", time_zone=ZONE, tariff_id=tariff.tariff_id)
    terminal = Terminal(
        terminal_id=TERMINAL_ID,
        name="K-07",
        kind=TerminalKind.KIOSK,
        series=4,
        public_key=bytes(32),
        epoch=1,
    )
    return Lot(terminal=terminal, zone=zone, tariff=tariff)


def _text(lines: tuple[LineView, ...]) -> str:
    return " ".join(line.text for line in lines)


# --- phrases --------------------------------------------------------------------------------


def test_times_are_said_with_today_or_the_date() -> None:
    assert day_time(NOON, ZONE, now_utc=NOON) == "12:00 PM today"
    assert day_time(NOON + timedelta(hours=20), ZONE, now_utc=NOON) == "8:00 AM Tue, Mar 2"
    end_utc = NOON + timedelta(hours=2)
    assert stay_words(NOON, end_utc, ZONE, now_utc=NOON) == "12:00 PM to 2:00 PM today"


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(15, "15 min"), (60, "1 hour"), (90, "1 hour 30 min"), (120, "2 hours"), (0, "0 min")],
)
def test_spans_are_said_in_hours_and_minutes(minutes: int, words: str) -> None:
    assert span_words(minutes) == words


@pytest.mark.parametrize(("seconds", "words"), [(52.4, "0:52"), (75, "1:15"), (-3, "0:00")])
def test_the_time_left_is_never_negative(seconds: float, words: str) -> None:
    assert clock_left(seconds) == words


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (tuple(Day), "every day"),
        (WEEKDAYS, "Monday to Saturday"),
        ((Day.SATURDAY, Day.FRIDAY), "Friday and Saturday"),
        ((Day.MONDAY, Day.WEDNESDAY, Day.FRIDAY), "Monday, Wednesday and Friday"),
        ((Day.SUNDAY,), "Sunday"),
    ],
)
def test_days_are_said_as_people_say_them(days: tuple[Day, ...], words: str) -> None:
    assert days_words(days) == words


def test_the_rate_is_said_in_words() -> None:
    assert rate_words(STREET) == (
        "$1.25 an hour, counted in 15-minute steps, rounded up to 25 cents. "
        "Longest stay 3 hours. Free after 7 PM and on Sundays."
    )
    assert rate_words(GARAGE) == "$2.00 an hour, counted in 15-minute steps."
    assert rate_words(TWO_RATES).startswith(
        "$1.25 an hour Monday from 8 AM to 6 PM, "
        "$3.00 an hour Friday and Saturday from 6 PM to 2:30 AM, counted in"
    )
    holidays = replace(STREET, holidays=(NOON.date(),))
    assert rate_words(holidays).endswith("Free after 7 PM, on Sundays and on city holidays.")


def test_a_flat_night_is_sold_whole_and_says_so() -> None:
    night = replace(GARAGE.spans[0], opens_minute=1080, closes_minute=1800, flat_cents=500)
    flat = replace(GARAGE, spans=(replace(night, rate_cents_per_hour=0),))
    evening = datetime(2027, 3, 2, 0, tzinfo=UTC)
    state = _time(replace(_wish(), quote=None), flat, evening)
    home = home_state(_lot(flat), net=None, net_since_utc=None, now_utc=evening)

    assert state.price is not None
    assert (state.price.price, state.price.end) == ("$5.00", "6:00 PM Tue, Mar 2")
    assert state.rate.title == "These hours have one price, so you get all of them."
    assert home.sub == "Parking costs $5.00 until 6:00 AM Tue, Mar 2."


def test_hours_are_said_unless_there_are_none() -> None:
    assert hours_words(STREET) == "Pay from 8 AM to 7 PM, Monday to Saturday."
    assert hours_words(GARAGE) == ""


# --- attention ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("idle_s", "warn", "over", "left_s"),
    [(0, False, False, 90), (59, False, False, 31), (60, True, False, 30), (90, True, True, 0)],
)
def test_nobody_is_forgotten_without_a_warning(
    idle_s: int, warn: bool, over: bool, left_s: int
) -> None:
    seen = attention(NOON, NOON + timedelta(seconds=idle_s), Limits())
    assert (seen.warn, seen.over, seen.left_s) == (warn, over, left_s)
    assert 0 <= seen.share <= 1


# --- first screen ---------------------------------------------------------------------------


def test_the_first_screen_says_what_an_hour_costs_or_until_when_nothing() -> None:
    def price(tariff: Tariff, now_utc: datetime = NOON) -> str:
        return home_state(_lot(tariff), net=None, net_since_utc=None, now_utc=now_utc).sub

    assert price(STREET) == "Parking costs $1.25 an hour, free after 7 PM."
    assert price(GARAGE) == "Parking costs $2.00 an hour."
    sunday = datetime(2027, 3, 7, 17, tzinfo=UTC)
    assert price(STREET, sunday) == "Parking is free until 8:00 AM Mon, Mar 8."


@pytest.mark.parametrize(
    ("net", "words"),
    [
        (None, "You pay by card"),
        (NetState.ONLINE, "This pay station is connected"),
        (NetState.OFFLINE, "The network has been down since 12:00 PM"),
        (NetState.REFUSED, "The city has switched this pay station off"),
    ],
)
def test_the_first_screen_says_only_what_is_known_of_the_network(
    net: NetState | None, words: str
) -> None:
    state = home_state(_lot(), net=net, net_since_utc=NOON, now_utc=NOON)
    assert words in state.notice.text
    assert state.can_park


def test_before_the_rate_is_known_nothing_can_begin() -> None:
    state = home_state(None, net=None, net_since_utc=None, now_utc=NOON)
    assert not state.can_park
    assert state.notice.text == "This pay station is starting. Wait a moment."


# --- plate ----------------------------------------------------------------------------------


def test_every_state_has_a_name_and_a_button() -> None:
    codes = {*CHIPS, *other_states()}
    assert codes == {*US_STATES, OTHER_STATE}
    assert len({state_name(code) for code in codes}) == len(codes)
    assert state_name(OTHER_STATE) == "Other country"


def test_a_plate_is_shown_as_it_stands_on_the_car() -> None:
    state = plate_state("AB12345", "CT")
    assert (state.plate.number, state.plate.state) == ("AB-12345", "Connecticut")
    assert state.confirm.sub == "Connecticut AB-12345"
    assert not plate_state("", "CT").confirm.enabled


@pytest.mark.parametrize("key", ["-", "é", "☃", "я"])
def test_a_key_no_plate_has_changes_nothing_and_is_explained(key: str) -> None:
    text, sentence = typed("AB", key)
    assert text == "AB"
    assert (sentence == "") == (key == "-")


# --- time -----------------------------------------------------------------------------------


def _time(wish: Wish, tariff: Tariff = STREET, now_utc: datetime = NOON) -> TimeState:
    return time_state(_lot(tariff), wish, now_utc=now_utc)


def _wish(minutes: int = 120, **changes: object) -> Wish:
    quote = sample_quote(billed_minutes=minutes, tariff_version=tariff_label(STREET), **changes)
    return Wish(plate="AB12345", plate_state="CT", minutes=minutes, quote=quote)


def test_nothing_can_be_paid_before_central_has_priced_it() -> None:
    state = _time(replace(_wish(), quote=None))
    assert state.price is not None
    assert state.price.price == "$2.50"
    assert state.go_on is not None
    assert not state.go_on.enabled


def test_the_prices_on_the_tiles_stand_only_while_central_prices_as_we_do() -> None:
    def subs(state: TimeState) -> list[str]:
        return [time.tile.sub for time in state.times]

    assert subs(_time(_wish())) == ["$0.75", "$1.25", "$2.50", "$3.75"]
    assert set(subs(_time(_wish(price_cents=200)))) == {" "}
    old = replace(_wish(), quote=sample_quote(tariff_version="street 3"))
    assert set(subs(_time(old))) == {" "}


def test_time_already_paid_is_added_to() -> None:
    later = NOON + timedelta(hours=1)
    state = _time(_wish(start_utc=later, paid_from_utc=later, end_utc=later + timedelta(hours=2)))
    assert "You have paid until 1:00 PM today. This adds to it." in state.rate.title


def test_time_that_costs_nothing_more_cannot_be_paid() -> None:
    state = _time(_wish(price_cents=0))
    assert state.go_on is not None
    assert not state.go_on.enabled


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("max_stay", "The longest stay here is 3 hours."),
        ("closing", "Parking is free after 7 PM."),
        ("largest_purchase", "At most 3 hours can be bought at once."),
        ("last_step", "The last 15 minutes count as a whole step."),
        ("of_a_later_edition", "The rate in words"),
    ],
)
def test_each_reason_is_said_in_a_sentence(reason: str, words: str) -> None:
    assert words in _time(_wish(reasons=(reason,))).rate.title


def test_a_closing_far_off_is_said_without_a_time() -> None:
    wish = _wish(reasons=("closing", "max_stay"))
    title = _time(wish, replace(GARAGE, max_stay_minutes=None)).rate.title
    assert title == "This is good until parking costs money again."


def test_a_problem_takes_the_place_of_the_price() -> None:
    state = _time(replace(_wish(), quote=None, problem="All time is paid already."))
    assert (state.title, state.price, state.go_on) == ("No time to buy now", None, None)
    assert state.rate.title == "All time is paid already."


@dataclass(frozen=True)
class FirstCase:
    tariff: Tariff
    now_utc: datetime
    minutes: int


@pytest.mark.parametrize(
    "case",
    [
        FirstCase(STREET, NOON, 60),
        FirstCase(STREET, datetime(2027, 3, 1, 23, 50, tzinfo=UTC), 15),
        FirstCase(replace(STREET, increment_minutes=90, max_stay_minutes=180), NOON, 90),
        FirstCase(STREET, datetime(2027, 3, 7, 17, tzinfo=UTC), 60),
    ],
)
def test_an_hour_is_chosen_at_first_where_it_is_sold(case: FirstCase) -> None:
    assert first_minutes(case.tariff, case.now_utc) == case.minutes


def test_a_wish_grows_and_shrinks_by_whole_steps() -> None:
    assert [stepped(STREET, 60, steps) for steps in (1, -1, -9)] == [75, 45, 15]
    assert stepped(STREET, 50, 1) == 60


def test_the_line_shows_now_the_end_and_the_free_hours() -> None:
    line = time_line(
        STREET,
        now_utc=NOON,
        start_utc=NOON,
        end_utc=NOON + timedelta(hours=3),
        words=("your 3 hours", "3 hours"),
    )
    assert [(span.kind, span.words) for span in line.spans] == [
        (SpanKind.YOURS, "your 3 hours"),
        (SpanKind.FREE, "free"),
    ]
    assert [tick.words for tick in line.ticks] == ["now", "3:00 PM", "7 PM"]


def test_the_free_hours_on_the_line_end_where_parking_costs_money_again() -> None:
    evening = datetime(2027, 3, 1, 23, 20, tzinfo=UTC)
    line = time_line(
        STREET,
        now_utc=evening,
        start_utc=evening,
        end_utc=datetime(2027, 3, 2, 13, tzinfo=UTC),
        words=(),
    )
    yours, free = line.spans
    assert yours.end == free.start
    assert free.end == next(tick.at for tick in line.ticks if tick.words == "8:00 AM")
    assert free.end < 1


def test_words_that_would_not_fit_are_left_off_the_line() -> None:
    line = time_line(
        STREET,
        now_utc=NOON,
        start_utc=NOON,
        end_utc=NOON + timedelta(minutes=15),
        words=("your 15 min", "15 min"),
    )
    assert line.spans[0].words == ""
    assert [tick.words for tick in line.ticks] == ["12:15 PM", "7 PM"]


def test_a_line_of_a_price_whose_time_is_over_still_stands() -> None:
    line = time_line(GARAGE, now_utc=NOON, start_utc=NOON, end_utc=NOON, words=("x",))
    assert all(0 <= span.start <= span.end <= 1 for span in line.spans)


def test_paid_time_that_begins_later_is_marked_with_its_time() -> None:
    start_utc = NOON + timedelta(hours=2)
    line = time_line(
        STREET,
        now_utc=NOON,
        start_utc=start_utc,
        end_utc=start_utc + timedelta(hours=3),
        words=(),
    )
    assert [tick.words for tick in line.ticks] == ["2:00 PM", "5:00 PM", "7 PM"]


# --- card -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class CardCase:
    told: Told
    state: PaymentState
    scene: Scene
    money: str
    buttons: tuple[str, ...]


_PAYS = ("back_button", "cancel_button", "help_button")
CARD_CASES = (
    CardCase(Told.WAITING, PaymentState.CREATED, Scene.STARTING, "not been charged", _PAYS),
    CardCase(Told.PRESENT_CARD, PaymentState.DISPATCHED, Scene.PRESENT, "not been charged", _PAYS),
    CardCase(
        Told.PROCESSING,
        PaymentState.AUTHORISED,
        Scene.PROCESSING,
        "Do not pay again",
        ("help_button",),
    ),
    CardCase(
        Told.PROCESSING,
        PaymentState.CANCELING,
        Scene.CANCELING,
        "when it is certain",
        ("help_button",),
    ),
    CardCase(
        Told.DECLINED,
        PaymentState.DECLINED,
        Scene.DECLINED,
        "not been charged",
        ("again_button", *_PAYS),
    ),
    CardCase(
        Told.READER_OFFLINE,
        PaymentState.INTENT_OPEN,
        Scene.READER_OFFLINE,
        "not been charged",
        _PAYS,
    ),
    CardCase(
        Told.READER_BUSY, PaymentState.INTENT_OPEN, Scene.READER_BUSY, "not been charged", _PAYS
    ),
    CardCase(
        Told.CANCELED,
        PaymentState.CANCELED,
        Scene.CANCELED,
        "not been charged",
        ("offer_button", "start_over_button", "help_button"),
    ),
)


@pytest.mark.parametrize("case", CARD_CASES, ids=lambda case: case.scene)
def test_money_comes_first_in_every_scene_and_only_what_can_be_done_is_offered(
    case: CardCase,
) -> None:
    payment = sample_payment(told=case.told, state=case.state)
    state = card_state(payment, sample_quote(), place="", time_zone=ZONE, now_utc=NOON)
    said = " ".join((state.sub, _text(state.waiting), _panel(state.panel)))
    main = (state.main,) if state.main is not None else ()
    assert state.scene is case.scene
    assert case.money in said
    assert tuple(button.name for button in (*main, *state.row)) == case.buttons
    assert state.over == (case.scene is Scene.CANCELED)
    assert state.buying.amount == "$2.50"


def _panel(panel: ResultView | None) -> str:
    return _text(panel.lines) if panel is not None else ""


def test_an_order_on_its_way_cannot_be_canceled_yet() -> None:
    state = card_state(None, sample_quote(), place="", time_zone=ZONE, now_utc=NOON)
    assert [button.name for button in state.row] == ["help_button"]


@pytest.mark.parametrize(
    ("hint", "words"),
    [
        ("insufficient_funds", "not enough money"),
        ("expired_card", "has expired"),
        ("incorrect_pin", "PIN was not right"),
        ("stolen_card", "did not say why"),
        ("", "did not say why"),
    ],
)
def test_only_what_may_be_told_of_a_decline_is_told(hint: str, words: str) -> None:
    payment = sample_payment(told=Told.DECLINED, decline_hint=hint)
    state = card_state(payment, sample_quote(), place="", time_zone=ZONE, now_utc=NOON)
    assert words in _panel(state.panel)


def test_a_reader_that_cannot_take_a_payment_is_named() -> None:
    payment = sample_payment(told=Told.CANCELED, decline_hint="not_possible")
    state = card_state(payment, sample_quote(), place="", time_zone=ZONE, now_utc=NOON)
    assert "Use another pay station" in _panel(state.panel)


# --- following, checking, receipt -----------------------------------------------------------


def test_only_news_is_news() -> None:
    known = sample_payment(version=3)
    assert newer(None, known)
    assert not newer(known, known)
    assert not newer(known, replace(known, version=2, told=Told.WAITING))
    assert newer(known, replace(known, told=Told.CHECKING))
    assert newer(known, replace(known, version=4))
    assert newer(known, replace(sample_payment(version=1)))


@pytest.mark.parametrize("told", Told)
def test_every_word_of_central_has_its_screen(told: Told) -> None:
    wanted = {Told.APPROVED: "kiosk_done", Told.CHECKING: "kiosk_checking"}
    assert screen_for(sample_payment(told=told)) == wanted.get(told, "kiosk_card")


def test_while_checking_nobody_is_told_to_pay_or_that_it_failed() -> None:
    state = checking_state(sample_payment(), sample_quote(), station="K-07", time_zone=ZONE)
    assert "Do not pay again" in _panel(state.panel)
    assert (state.reference_title, state.reference) == ("Your reference", REFERENCE)
    assert state.detail == "$2.50 · AB-12345 · Mon, Mar 1, 12:00 PM"
    said = " ".join((state.title, _panel(state.panel), *(fact.text for fact in state.facts)))
    assert "fail" not in said.lower()


def test_without_a_reference_place_and_time_find_the_payment() -> None:
    payment = sample_payment(reference="")
    state = checking_state(payment, sample_quote(), station="K-07", time_zone=ZONE)
    assert state.reference == "Pay station K-07"
    assert "they find this payment" in state.facts[-1].text


def test_a_card_is_said_to_be_charged_only_once_it_was() -> None:
    def said(state: PaymentState, card: str = "Visa 4242") -> str:
        payment = sample_payment(told=Told.APPROVED, state=state, card=card)
        shown = done_state(
            payment, sample_quote(), time_zone=ZONE, now_utc=NOON, left_s=12, whole_s=30
        )
        return _text(shown.panel.lines)

    assert said(PaymentState.CAPTURED).endswith("Card ending 4242 was charged once.")
    assert said(PaymentState.GRANTED).endswith("Card ending 4242 is charged once.")
    assert said(PaymentState.CAPTURED, card="").endswith("2:00 PM today")


def test_what_central_granted_counts_more_than_what_was_quoted() -> None:
    granted = sample_payment(told=Told.APPROVED, end_utc=NOON + timedelta(hours=3))
    state = done_state(granted, sample_quote(), time_zone=ZONE, now_utc=NOON, left_s=1, whole_s=30)
    assert state.until == "3:00 PM today"
    assert state.closing == "This screen closes in 1 second"


@pytest.mark.parametrize(
    ("net", "since_utc", "checking", "words"),
    [
        (NetState.OFFLINE, NOON, False, "down since 12:00 PM"),
        (NetState.OFFLINE, None, False, "does not answer"),
        (NetState.ONLINE, NOON, False, "does not answer"),
        (NetState.REFUSED, NOON, False, "switched this pay station off"),
        (NetState.ONLINE, NOON, True, "still being checked"),
    ],
)
def test_no_cards_says_what_is_known_and_what_was_charged(
    net: NetState, since_utc: datetime | None, checking: bool, words: str
) -> None:
    state = no_card_state(
        zone_id="",
        time_zone=ZONE,
        net=net,
        since_utc=since_utc,
        checking=checking,
        left_s=0.2,
        notes=Notes(offered=False, now_utc=NOON),
    )
    assert len(state.ways) == 2
    said = _panel(state.panel)
    assert words in said
    assert ("do not pay again" if checking else "You have not been charged") in said
    assert "enter zone" not in state.ways[0].text
