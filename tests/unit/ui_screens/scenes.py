"""Every screen of the product in the states that a person meets."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from typing import Any

from PIL import Image
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest

from app.ports import NetState, SyncNews, TerminalNews, ToSend
from parking.clock import Reading
from parking.errors import BugError
from parking.photo import Photo
from tests.fakes.clock import NOON
from tests.fakes.memory_store import MemoryStore
from tests.unit.ui_kiosk.scenes import SCENES as KIOSK_SCENES
from tests.unit.ui_kiosk.scenes import STAFF_SCENES
from tests.unit.ui_officer.laptop import Laptop, read
from tests.unit.ui_screens.windows import (
    Scene,
    Window,
    at_the_desk,
    at_the_kiosk,
    before_work,
    on_the_beat,
)
from tests.unit.ui_supervisor import conflicts, issues, payments, samples
from tests.unit.ui_sync import samples as sync_samples
from ui.screen import NoticeKind
from ui.top_bar_state import top_bar
from ui.widgets.fields import TextField
from ui.widgets.notefield import NoteField

LONG = (
    "The records cannot be opened: the disk is full. Nothing was lost. Delete pictures or call IT"
    " at the number on the back of this device, then press Try again."
)
SUNDAY = NOON - timedelta(days=1)


# --- before work ----------------------------------------------------------------------------


def _shown(name: str, **values: object) -> Callable[[Window], None]:
    return lambda window: window.show(name, **values)


def _fault(window: Window) -> None:
    window.show("safe", error=BugError("issue_citation: KeyError('zone') and more words" * 3))


def _busy_sign_in(window: Window) -> None:
    window.show("sign_in", badge="0417")
    window.shell.tasks.slow_changed.emit("Signing in")


def _beats(count: int) -> Callable[[Window], None]:
    def play(window: Window) -> None:
        store = window.terminal.store
        (beat, *_rest) = store.fed_beats
        store.fed_beats = [
            replace(beat, beat_id=str(at), name=f"Beat {at} Washington Boulevard")
            for at in range(count)
        ]
        window.terminal.sign_in()
        window.show("begin_shift")

    return play


def _before(place: str) -> tuple[Scene, ...]:
    plays: dict[tuple[str, str], Callable[[Window], None]] = {
        ("start", "waiting"): _shown("start"),
        ("start", "problem"): _shown("start", problem=LONG),
        ("enrol", "empty"): _shown("enrol"),
        ("safe", "fault"): _fault,
    }
    if place != "kiosk":
        plays |= {
            ("sign_in", "empty"): _shown("sign_in"),
            ("sign_in", "problem"): _shown("sign_in", badge="0417", problem=LONG),
            ("sign_in", "busy"): _busy_sign_in,
            ("activate", "empty"): _shown("activate"),
            ("activate", "problem"): _shown("activate", badge="0417", problem=LONG),
        }
    if place == "officer":
        plays |= {
            ("begin_shift", "none"): _beats(0),
            ("begin_shift", "two"): _beats(2),
            ("begin_shift", "many"): _beats(40),
        }
    return tuple(
        Scene(shows=shows, state=state, place=place, window=before_work, play=play)
        for (shows, state), play in plays.items()
    )


# --- officer --------------------------------------------------------------------------------


def _nothing(_laptop: Laptop) -> None:
    """As it opens."""


def _typed(text: str) -> Callable[[Laptop], None]:
    def play(laptop: Laptop) -> None:
        laptop.enter_plate(text)
        laptop.press("Enter")

    return play


def _scanned(laptop: Laptop) -> None:
    laptop.add_photos(1)
    laptop.terminal.reader.reads = (read("MMMMMMMM"), read("BK4729I", 0.61), read("W0W", 0.02))
    laptop.press("F2")


def _unread(laptop: Laptop) -> None:
    (laptop.photos / "1.jpg").write_bytes(b"no photo")
    laptop.press("F2")


def _five_checks(laptop: Laptop) -> None:
    for plate in ("AC70518", "CT80117", "WA88888888", "BK47291", "AB12345", "DK33028"):
        laptop.check(plate)
        laptop.press("F2")
    laptop.terminal.store.facts *= 40
    laptop.press("F10", "Esc")


def _half_written(laptop: Laptop) -> None:
    laptop.add_photos(1)
    laptop.to_form()
    laptop.press("F5", "Esc", "F2")


def _old(laptop: Laptop) -> None:
    laptop.terminal.store.fresh(laptop.terminal.clock.utc - timedelta(minutes=3000))


def _never(laptop: Laptop) -> None:
    laptop.terminal.store.as_of = dict.fromkeys(laptop.terminal.store.as_of)


def _unsure(laptop: Laptop) -> None:
    laptop.terminal.clock.uncertainty_ms = 540_000


def _many_reasons(laptop: Laptop) -> None:
    laptop.pay("BK47291", ago_min=78)
    laptop.pay("BK47291", plate_state="NY")
    laptop.pay("BK47291", zone_id="114")
    laptop.pay("8K47291")


def _answered(plate: str, *prepare: Callable[[Laptop], None]) -> Callable[[Laptop], None]:
    def play(laptop: Laptop) -> None:
        for step in prepare:
            step(laptop)
        laptop.check(plate)

    return play


def _paid(laptop: Laptop) -> None:
    laptop.pay("BK47291", for_min=24 * 60, source_ref="Operator with a long name, K-07")


def _ended(ago_min: int) -> Callable[[Laptop], None]:
    return lambda laptop: laptop.pay("BK47291", ago_min=ago_min)


def _scanned_answer(laptop: Laptop) -> None:
    _scanned(laptop)
    laptop.press("Enter")


def _form(laptop: Laptop) -> None:
    laptop.add_photos(1, 2, 3)
    laptop.to_form()


def _full_form(laptop: Laptop) -> None:
    _form(laptop)
    laptop.press("F5", "F5", "F5", "F11")
    laptop.write("Two wheels on the curb, blue tarp over the meter, warned by the driver before")
    laptop.click("chip_spoke")
    laptop.click("chip_sign_visible")


def _refused_form(laptop: Laptop) -> None:
    _form(laptop)
    laptop.press("F5", "F5")
    laptop.pay("BK47291")
    laptop.press("F9")


def _warning(laptop: Laptop) -> None:
    _form(laptop)
    laptop.press("F7")


def _saved(laptop: Laptop) -> None:
    laptop.add_photos(1, 2)
    laptop.to_saved("MMMMMMMMMM")


def _no_paper(laptop: Laptop) -> None:
    laptop.terminal.printer.out_of_paper = True
    _saved(laptop)


def _void_asked(laptop: Laptop) -> None:
    _saved(laptop)
    laptop.press("F12")


def _correcting(*keys: str, plate: str = "") -> Callable[[Laptop], None]:
    def play(laptop: Laptop) -> None:
        _saved(laptop)
        laptop.press("F8")
        laptop.write(plate)
        laptop.press(*keys)

    return play


def _noting(*keys: str, note: str = "", tag: str = "") -> Callable[[Laptop], None]:
    def play(laptop: Laptop) -> None:
        _saved(laptop)
        laptop.press("F11")
        laptop.find(NoteField, "note_words").set_text(note)
        laptop.find(TextField, "note_tag").set_text(tag)
        laptop.press(*keys)

    return play


def _noted(laptop: Laptop) -> None:
    """Everything that can be said about a citation is said."""
    _correcting("F6", "F9", plate="MMMMMMMMMW")(laptop)
    laptop.press("F11")
    laptop.find(NoteField, "note_words").set_text(LONG)
    for tag in ("W" * 20, "X" * 20, "Y" * 20, "Z" * 20):
        laptop.find(TextField, "note_tag").set_text(tag)
        laptop.find(TextField, "note_tag").entered.emit()
    laptop.press("F9")


def _noted_again(laptop: Laptop) -> None:
    _noted(laptop)
    laptop.press("F11")


def _menu(laptop: Laptop) -> None:
    laptop.press("F10")


def _many_zones(laptop: Laptop) -> None:
    store, duty = laptop.terminal.store, laptop.app.duty
    assert duty is not None
    assert duty.shift is not None
    (first, *_rest) = store.fed_zones
    more = [
        replace(first, zone_id=str(300 + at), name="Washington Boulevard North") for at in range(11)
    ]
    store.fed_zones += more
    (beat, other) = store.fed_beats
    store.fed_beats = [
        replace(beat, zone_ids=(*beat.zone_ids, *(zone.zone_id for zone in more))),
        other,
    ]
    laptop.terminal.lanes.run(laptop.app.officer.change_beat("4"))
    laptop.press("F10")


def _told(laptop: Laptop) -> None:
    laptop.shell.current.tell(LONG, kind=NoticeKind.BAD, undo_text="Undo", undo=lambda: None)


def _slow(laptop: Laptop) -> None:
    laptop.tasks.slow_changed.emit("Reading the plate of a car in the rain")


def _bar(net: NetState, *, parked: int, waiting: int, age: timedelta) -> Callable[[Laptop], None]:
    def play(laptop: Laptop) -> None:
        now = laptop.terminal.clock.utc
        news = TerminalNews(
            sync=SyncNews(
                net=net,
                changed=frozenset(),
                to_send=ToSend(count=waiting, oldest_utc=now, parked=parked),
                remaining=0,
                sentence="",
                clock_offset_ms=0,
                clock_uncertainty_ms=20,
            ),
            sources_as_of=dict.fromkeys(laptop.terminal.store.as_of, now - age),
            numbers_left=80,
        )
        doubt_ms = 540_000 if parked else 20
        laptop.shell.set_bar(top_bar(laptop.app.duty, news, Reading(now, doubt_ms)))

    return play


def _synced(
    *news: SyncNews, refused: int = 0, waiting: ToSend | None = None, durability: bytes = b""
) -> Callable[[Any], None]:
    """Let the terminal hear words of the sync loop, then look at the panel."""

    def play(window: Any) -> None:
        terminal = window.terminal
        now = terminal.clock.utc
        terminal.store.waiting = waiting
        terminal.store.refused = sync_samples.refused(now)[:refused]
        terminal.store.settings["durability"] = durability
        for each in news:
            terminal.hear(each)
            terminal.clock.pass_by(seconds=50)
        window.shell.show_screen("sync")
        window.shell.show()
        window.settle()
        for each in news:
            terminal.hear(each)
            window.settle()
            terminal.clock.pass_by(seconds=9)
        window.settle()

    return play


def _sync_states() -> dict[tuple[str, str], Callable[[Any], None]]:
    said, waiting = sync_samples.said, sync_samples.waiting
    nothing = ToSend(count=0, oldest_utc=None, parked=0)
    calm = said(to_send=nothing)
    return {
        ("sync", "first"): _synced(waiting=nothing),
        ("sync", "all there"): _synced(calm, waiting=nothing, durability=b"archived"),
        ("sync", "waiting"): _synced(calm, waiting=waiting(), durability=b"committed"),
        ("sync", "offline"): _synced(calm, said(NetState.OFFLINE), waiting=waiting()),
        ("sync", "refused"): _synced(
            said(NetState.REFUSED, sentence="This terminal was revoked by IT on March 1."),
            waiting=waiting(),
        ),
        ("sync", "parked"): _synced(
            calm, refused=3, waiting=waiting(parked=5), durability=b"archived"
        ),
        ("sync", "catching up"): _synced(
            said(remaining=120_000), said(remaining=90_000, remaining_s=42), waiting=nothing
        ),
        ("sync", "other version"): _synced(
            said(sentence="City hall answered in a form this version does not know. Update it."),
            waiting=nothing,
        ),
    }


_OFFICER: dict[tuple[str, str], Callable[[Laptop], Any]] = {
    ("check", "empty"): _nothing,
    ("check", "bad plate"): _typed("A" * 40),
    ("check", "emoji"): _typed("AB\U0001f69712"),
    ("check", "no plate"): _typed(""),
    ("check", "scanned"): _scanned,
    ("check", "unread"): _unread,
    ("check", "five checks"): _five_checks,
    ("check", "half written"): _half_written,
    ("check", "told"): _told,
    ("check", "slow"): _slow,
    ("check", "bar online"): _bar(NetState.ONLINE, parked=0, waiting=3, age=timedelta(seconds=8)),
    ("check", "bar offline"): _bar(
        NetState.OFFLINE, parked=0, waiting=12_345, age=timedelta(minutes=99)
    ),
    ("check", "bar refused"): _bar(NetState.REFUSED, parked=12, waiting=3, age=timedelta(days=30)),
    ("checked", "paid"): _answered("BK47291", _paid),
    ("checked", "permit"): _answered("CT80117"),
    ("checked", "grace"): _answered("BK47291", _ended(62)),
    ("checked", "expired"): _answered("BK47291", _ended(600)),
    ("checked", "many reasons"): _answered("BK47291", _many_reasons),
    ("checked", "not paid"): _answered("MMMMMMMMMM"),
    ("checked", "cannot know"): _answered("BK47291", _old),
    ("checked", "never heard"): _answered("BK47291", _never),
    ("checked", "clock unsure"): _answered("BK47291", _unsure),
    ("checked", "hot list"): _answered("AC70518"),
    ("checked", "scofflaw"): _answered("DK33028"),
    ("checked", "look-alike"): _answered("A812345"),
    ("checked", "scanned"): _scanned_answer,
    ("citation", "empty"): _form,
    ("citation", "full"): _full_form,
    ("citation", "refused"): _refused_form,
    ("citation", "warning"): _warning,
    ("saved", "printed"): _saved,
    ("saved", "no paper"): _no_paper,
    ("saved", "void asked"): _void_asked,
    ("saved", "corrected"): _correcting("F6", "F9", plate="MMMMMMMMMW"),
    ("correct", "opened"): _correcting(),
    ("correct", "refused"): _correcting("F5", "F9", plate="W" * 30),
    ("correct", "no reason"): _correcting("F9", plate="AB12345"),
    ("saved", "noted"): _noted,
    ("note", "opened"): _noting(),
    ("note", "refused"): _noting("F9", note=LONG, tag="W" * 21),
    ("note", "noted"): _noted_again,
    ("menu", "beat"): _menu,
    ("menu", "many zones"): _many_zones,
    **_sync_states(),
}


# --- kiosk and desk -------------------------------------------------------------------------

_KIOSK = {
    "home": "kiosk_home",
    "plate": "kiosk_plate",
    "time": "kiosk_time",
    "summary": "kiosk_summary",
    "code": "kiosk_code",
    "number": "kiosk_ticket_number",
    "send": "kiosk_send",
    "receipt_code": "kiosk_receipt_code",
    "receipt": "kiosk_receipt",
    "tickets": "kiosk_tickets",
    "ticket": "kiosk_ticket",
    "card": "kiosk_card",
    "checking": "kiosk_checking",
    "done": "kiosk_done",
    "no_card": "kiosk_no_card",
    "closed": "kiosk_closed",
    "service_entry": "kiosk_service_entry",
    "service": "kiosk_service",
}
"""The plain state of each screen; tests of the pay station try all of them."""


def _report(share: float, shifts: int) -> Callable[[Window], None]:
    def play(window: Window) -> None:
        if shifts:
            samples.fill(window.terminal.store, window.terminal.clock, shifts=shifts, share=share)
        window.show("report")

    return play


def _queue(window: Window) -> None:
    samples.queue(window.terminal.store, window.terminal.clock)
    window.show("held")


def _queue_with_photos(window: Window) -> None:
    """The first in the queue has a checked photo, a small picture, and one more."""
    samples.queue(window.terminal.store, window.terminal.clock)
    samples.photographed(window.terminal.store, window.terminal.central)
    window.show("held")


def _correct_at_the_desk(*keys: str) -> Callable[[Window], None]:
    def play(window: Window) -> None:
        _queue(window)
        for key in ("F8", *keys):
            QTest.keySequence(window.shell, QKeySequence(key))
            window.settle()

    return play


def _finding(text: str) -> Callable[[Window], None]:
    def play(window: Window) -> None:
        samples.queue(window.terminal.store, window.terminal.clock)
        window.show("find")
        for field in window.shell.findChildren(TextField, "find_text"):
            field.set_text(text)
            field.entered.emit()
        window.settle()

    return play


def _note_at_the_desk(note: str = "") -> Callable[[Window], None]:
    def play(window: Window) -> None:
        _queue(window)
        for key in ("F11", *(("F9",) if note else ())):
            for field in window.shell.findChildren(NoteField, "note_words"):
                field.set_text(note)
            QTest.keySequence(window.shell, QKeySequence(key))
            window.settle()

    return play


def _issues(times: int) -> Callable[[Window], None]:
    def play(window: Window) -> None:
        issues.refused(window.terminal.store, window.terminal.clock.utc, times=times)
        window.show("issues")

    return play


def _three(store: MemoryStore, utc: datetime) -> None:
    conflicts.two_plates(store, utc)
    conflicts.two_notes(store, utc)
    conflicts.many_values(store, utc)
    plain = next(one for one in store.fed_facts if isinstance(one, Photo)).sha256
    store.photos[plain] = b"no picture"


def _conflict(
    put: Callable[..., object], *keys: str, page: str = "conflicts"
) -> Callable[[Window], None]:
    def play(window: Window) -> None:
        put(window.terminal.store, window.terminal.clock.utc)
        window.show(page)
        for key in keys:
            QTest.keySequence(window.shell, QKeySequence(key))
        window.settle()

    return play


def _small_pictures(window: Window) -> None:
    """Two photos of a laptop, of which only the small pictures came in."""
    conflicts.two_plates(window.terminal.store, window.terminal.clock.utc)
    file = BytesIO()
    Image.new("RGB", (320, 240), "#27496B").save(file, "JPEG")
    for fact in window.terminal.store.fed_facts:
        if isinstance(fact, Photo):
            window.terminal.central.thumbnails[fact.sha256] = file.getvalue()
    window.show("conflicts")


_DESK: dict[tuple[str, str], Callable[[Window], None]] = {
    ("report", "empty"): _report(0, 0),
    ("report", "full"): _report(1, 4),
    ("report", "busy"): _report(4, 14),
    ("held", "empty"): lambda window: window.show("held"),
    ("held", "queue"): _queue,
    ("held", "photos"): _queue_with_photos,
    ("correct", "opened"): _correct_at_the_desk(),
    ("correct", "refused"): _correct_at_the_desk("F9"),
    ("find", "empty"): lambda window: window.show("find"),
    ("find", "none"): _finding("ZZ99999"),
    ("find", "refused"): _finding("SC-4-0128506"),
    ("find", "found"): _finding("HGT7712"),
    ("note", "opened"): _note_at_the_desk(),
    ("note", "refused"): _note_at_the_desk("W" * 2001),
    **_sync_states(),
    ("payments", "none"): lambda window: window.show("payments"),
    **{
        ("payments", what): _conflict(put, *keys, page="payments")
        for what, (put, keys) in payments.SCENES.items()
    },
    ("issues", "none"): lambda window: window.show("issues"),
    ("issues", "money"): _issues(1),
    ("issues", "many"): _issues(9),
    ("conflicts", "none"): lambda window: window.show("conflicts"),
    ("conflicts", "two plates"): _conflict(conflicts.two_plates),
    ("conflicts", "small pictures"): _small_pictures,
    ("conflicts", "chosen"): _conflict(conflicts.two_plates, "Right", "1"),
    ("conflicts", "own words"): _conflict(_three, "PgDown", "Left", "4"),
    ("conflicts", "two notes"): _conflict(conflicts.two_notes),
    ("conflicts", "long notes"): _conflict(partial(conflicts.two_notes, times=9), "Right", "2"),
    ("conflicts", "four values"): _conflict(conflicts.many_values, "Left", "3"),
}

SCENES = (
    *(scene for place in ("officer", "kiosk", "desk") for scene in _before(place)),
    *(
        Scene(shows=shows, state=state, place="officer", window=on_the_beat, play=play)
        for (shows, state), play in _OFFICER.items()
    ),
    Scene(
        shows="checked",
        state="free",
        place="officer",
        window=on_the_beat,
        play=_answered("BK47291"),
        utc=SUNDAY,
    ),
    *(
        Scene(
            shows=_KIOSK[scene.name],
            state="plain",
            place="kiosk",
            window=at_the_kiosk,
            play=scene.play,
            utc=scene.utc,
            zone_id=scene.zone_id,
        )
        for scene in (*KIOSK_SCENES, *STAFF_SCENES)
        if scene.name in _KIOSK
    ),
    *(
        Scene(shows=shows, state=state, place="desk", window=at_the_desk, play=play)
        for (shows, state), play in _DESK.items()
    ),
)
