"""The steps of the story, each a function on the scene; ``simulator.city.order`` has their order.

The story plays in the garage, zone 204, whose hours never end: it holds at any time of any day.
"""

import time
from datetime import UTC, datetime, timedelta
from typing import Literal

from parking.citation import EventKind
from parking.ids import uuid7
from parking.right import ParkingSession, RightSource
from simulator.city.photos import paint_photo
from simulator.city.remote import Remote, StepFailed
from simulator.city.story import Scene, must, until_shows
from simulator.city.terminals import PlayedTerminal

PIN_OFFICER, PIN_SUPERVISOR = "736194", "582047"
BADGE_OFFICER, BADGE_SUPERVISOR = "0417", "0102"
UNPAID, LATE, OFFLINE = "BK47291", "BF20467", "AX55910"
MISREAD, ON_THE_CAR, MISREAD_AGAIN = "BD40118", "BD40113", "BD40119"
PERMIT, HOT, LOOK_ALIKE = "AF20331", "AC70518", "BK4729I"
PAYERS = ("AB12345", "AD61007", "BD10936", "AG40552", "BH22871", "BA90417")
LOT = "204"
_MONEY = """
select p.state, p.amount_cents, count(t.transaction_id), coalesce(sum(t.amount_cents), 0)
from payments p left join transactions t using (payment_id) group by p.payment_id
"""


# --- 1 -----------------------------------------------------------------------------------------


def enrol(scene: Scene) -> None:
    """IT makes one-time codes; three terminals join with keys made on the device."""
    kiosk_words = ("--zone", LOT, "--reader", scene.stage.reader_id)
    for terminal, more in ((scene.officer, ()), (scene.kiosk, kiosk_words), (scene.desk, ())):
        code = _code(scene, "enrol-code", "--name", terminal.name, "--kind", terminal.kind, *more)
        terminal.remote.wait("main_button", text="Join", limit_s=30)
        if terminal is scene.officer:
            _wrong_code(scene, terminal)
        terminal.remote.type(code, into="code")
        scene.picture(terminal, "join")
        terminal.remote.press("Enter")
    for terminal, first in (
        (scene.officer, "badge"),
        (scene.kiosk, "park_button"),
        (scene.desk, "badge"),
    ):
        terminal.remote.wait(first, limit_s=60)
        _is_encrypted(terminal)
    scene.picture(scene.kiosk, "home")
    joined = scene.rows("select count(*) from terminals")[0][0]
    must(joined == 3, f"three terminals should be enrolled, {joined} are")
    scene.holds("3 devices made their own keys; their databases are encrypted")


def _code(scene: Scene, *words: str) -> str:
    return scene.stage.command(*words).split()[-1]


def _wrong_code(scene: Scene, terminal: PlayedTerminal) -> None:
    wrong = "4F7K-0000"
    terminal.remote.type(wrong, into="code")
    terminal.remote.press("Enter")
    terminal.remote.wait("problem", text="code")
    scene.picture(terminal, "wrong-code")
    for _letter in wrong:
        terminal.remote.press("Backspace")


def _is_encrypted(terminal: PlayedTerminal) -> None:
    files = [one for one in terminal.data.rglob("*") if one.is_file() and one.stat().st_size > 4096]
    must(files, f"{terminal.name} keeps no files")
    for path in files:
        must(b"SQLite format 3" not in path.read_bytes()[:64], f"{path.name} is not encrypted")


# --- 2 -----------------------------------------------------------------------------------------


def sign_in(scene: Scene) -> None:
    """An officer signs in with a PIN, starts a shift, picks a beat; again with central down."""
    remote = scene.officer.remote
    _first_sign_in(scene, scene.officer, BADGE_OFFICER, PIN_OFFICER)
    remote.wait("beat_4", limit_s=30)
    scene.picture(scene.officer, "pick-beat")
    remote.click("beat_4")
    remote.press("F9")
    remote.wait("plate_entry")
    _first_sign_in(scene, scene.desk, BADGE_SUPERVISOR, PIN_SUPERVISOR)
    scene.desk.remote.wait("checks_number", limit_s=30)
    scene.officer.network.cut()
    remote.press("F10")
    remote.wait("sign_out_button")
    scene.picture(scene.officer, "menu")
    remote.press("F7")
    _sign_in_again(scene, picture=True)
    scene.officer.network.restore()
    _stand_in(remote, LOT)
    scene.holds("signed in again with central out of reach; the shift went on")


def _first_sign_in(scene: Scene, terminal: PlayedTerminal, badge: str, pin: str) -> None:
    code = _code(scene, "activation-code", "--badge", badge)
    remote = terminal.remote
    remote.wait("badge")
    scene.picture(terminal, "sign-in")
    remote.type(badge, into="badge")
    remote.press("F7")
    remote.wait("new_pin")
    remote.type(code, into="code")
    remote.type(pin, into="new_pin")
    remote.type(pin, into="same_pin")
    scene.picture(terminal, "first-sign-in")
    remote.press("Enter")


def _sign_in_again(scene: Scene, *, picture: bool) -> None:
    remote = scene.officer.remote
    remote.wait("badge", limit_s=30)
    remote.type(BADGE_OFFICER, into="badge")
    remote.type(PIN_OFFICER, into="pin")
    if picture:
        scene.picture(scene.officer, "sign-in-offline")
    remote.press("Enter")
    remote.wait("plate_entry", limit_s=30)


def _stand_in(remote: Remote, zone: str) -> None:
    remote.press("F10")
    remote.wait(f"zone_{zone}")
    remote.click(f"zone_{zone}")
    remote.wait("plate_entry")


# --- 3 -----------------------------------------------------------------------------------------


def scan(scene: Scene) -> None:
    """The officer scans a photo; candidates are ranked; the officer confirms one."""
    remote = scene.officer.remote
    _car_in_front(scene, UNPAID)
    scene.picture(scene.officer, "ready")
    began = time.monotonic()
    remote.press("F2")
    first = remote.wait("candidate_1", limit_s=60)
    scene.measured("photo to candidates", time.monotonic() - began)
    scene.picture(scene.officer, "scanned")
    must(UNPAID in _key(first), f"the first candidate should be {UNPAID}, it is {first}")
    scene.holds(f"read from a photo: {first}")


_VIEWS: tuple[Literal["car", "close"], ...] = ("car", "close", "car")


def _car_in_front(scene: Scene, plate: str) -> None:
    """Put photos of one car before the camera, and take those of earlier cars away."""
    for old in scene.photos.glob("*.jpg"):
        old.unlink()
    for at, view in enumerate(_VIEWS):
        seed = sum(map(ord, plate)) + at
        path = scene.photos / f"{plate}-{at + 1}-{int(time.monotonic() * 1000)}.jpg"
        path.write_bytes(paint_photo(plate, "CT", seed=seed, view=view))


def _key(text: str) -> str:
    return "".join(char for char in text if char.isalnum())


# --- 4 -----------------------------------------------------------------------------------------


def check(scene: Scene) -> None:
    """One answer in a glance: cannot know, not paid, permit, hot list, a look-alike's hint."""
    remote = scene.officer.remote
    remote.press("Enter")
    remote.wait("answer", text="CANNOT KNOW")
    scene.picture(scene.officer, "answer-cannot-know")
    scene.stage.start_provider()
    scene.stage.provider.tell([_sold("ZZ10001", minutes=(-30, 60))])
    remote.wait("answer", text="NOT PAID", limit_s=60)
    scene.picture(scene.officer, "answer-not-paid")
    for plate, word, name in (
        (PERMIT, "PERMIT", "answer-permit"),
        (HOT, "HOT LIST", "answer-hot-list"),
        (LOOK_ALIKE, "NOT PAID", "answer-look-alike"),
    ):
        _check(remote, plate, word)
        scene.picture(scene.officer, name)
    must("BK-47291" in remote.read("car"), "the look-alike of usual form should be offered")
    _ended(scene, remote)
    _refusals(scene, remote)
    scene.holds("CANNOT KNOW became NOT PAID by itself when the app's feed spoke")


def _sold(plate: str, *, minutes: tuple[int, int]) -> ParkingSession:
    now = datetime.now(UTC)
    return ParkingSession(
        parking_session_id=uuid7(now),
        plate=plate,
        plate_state="CT",
        zone_id=LOT,
        start_utc=now + timedelta(minutes=minutes[0]),
        end_utc=now + timedelta(minutes=minutes[1]),
        source=RightSource.APP,
        source_ref="app",
        price_cents=250,
        made_utc=now + timedelta(minutes=minutes[0]),
    )


def _check(remote: Remote, plate: str, word: str) -> None:
    if remote.screen() != "check":
        remote.press("F2")
    remote.wait("plate_entry")
    remote.press("Esc")
    remote.type(plate, into="plate_entry")
    remote.press("Enter")
    remote.wait("answer", text=word)


def _ended(scene: Scene, remote: Remote) -> None:
    """A right that ended 18 minutes ago."""
    scene.stage.provider.tell([_sold("CB31877", minutes=(-138, -18))])
    right = "select count(*) from parking_sessions where plate_key = 'CB31877'"
    scene.until("the ended right is at central", lambda: scene.rows(right)[0][0] == 1)
    _until_answer(scene, remote, "CB31877", "EXPIRED")
    scene.picture(scene.officer, "answer-expired")


def _until_answer(scene: Scene, remote: Remote, plate: str, word: str) -> None:
    def answered() -> bool:
        _check(remote, plate, "")
        return word in remote.read("answer")

    scene.until(f"{plate} answers {word}", answered, limit_s=60)


def _refusals(scene: Scene, remote: Remote) -> None:
    """Plates no car has: one sentence in the field, nothing stored, nothing lost."""
    remote.press("F2")
    remote.wait("plate_entry")
    for wrong in ("", "AB🚗123", "A" * 40):
        remote.press("Esc")
        remote.type(wrong, into="plate_entry")
        remote.press("Enter")
        must(remote.screen() == "check", f"a plate like {wrong!r} should be refused")
    scene.picture(scene.officer, "plate-refused")
    remote.press("Esc")


# --- 5 -----------------------------------------------------------------------------------------


def pay(scene: Scene) -> None:
    """A driver pays at the kiosk; the officer's open screen turns to PAID by itself."""
    for at, plate in enumerate(PAYERS):
        _buy(scene, plate, pictures=at == 0, declined_first=at == 1)
    captured = [row for row in scene.rows(_MONEY) if row[0] == "captured"]
    must(len(captured) == len(PAYERS), f"{len(PAYERS)} payments should be captured: {captured}")
    must(all(row[1] == row[3] and row[2] == 1 for row in captured), f"ledger differs: {captured}")
    book = scene.stage.stripe.book()["payments"].values()
    taken = sum(one["captured"] for one in book)
    must(taken == sum(row[1] for row in captured), "the bank and the ledger differ")
    must(all(one["captures"] <= 1 and one["held"] == 0 for one in book), "a card was charged twice")
    must(scene.stage.stripe.violations() == [], "a request or answer broke Stripe's description")
    scene.holds(f"{len(PAYERS)} drivers paid: bank = ledger = rights, one charge each")


def _buy(scene: Scene, plate: str, *, pictures: bool, declined_first: bool) -> None:
    officer, kiosk = scene.officer.remote, scene.kiosk.remote
    _check(officer, plate, "NOT PAID")
    _to_card(scene, kiosk, plate, pictures=pictures)
    if declined_first:
        scene.stage.stripe.present(scene.stage.reader_id, "insufficient_funds")
        kiosk.wait("again_button", limit_s=30)
        scene.picture(scene.kiosk, "declined")
        kiosk.click_when_ready("again_button")
        _reader_waits(scene)
    scene.stage.stripe.present(scene.stage.reader_id, "visa")
    kiosk.wait("paid_word", limit_s=30)
    officer.wait("answer", text="until", limit_s=20)
    if pictures:
        scene.picture(scene.kiosk, "paid")
        scene.picture(scene.officer, "answer-paid-by-itself")
    scene.measured("right stored to PAID on the officer's screen", _appeared(scene, plate))
    kiosk.click_when_ready("finish_button")
    kiosk.wait("park_button")


def _to_card(scene: Scene, kiosk: Remote, plate: str, *, pictures: bool) -> None:
    kiosk.wait("park_button")
    kiosk.click("park_button")
    kiosk.wait("plate_confirm")
    for letter in plate:
        kiosk.click(f"key_{letter}")
    _shown(scene, "plate", pictures)
    kiosk.click_when_ready("plate_confirm")
    kiosk.wait("next_button", limit_s=30)
    kiosk.click("minutes_60")
    kiosk.wait("price", text="$1.25")
    kiosk.until_ready("next_button")
    _shown(scene, "time", pictures)
    kiosk.click("next_button")
    kiosk.wait("summary_price", text="$1.25")
    _shown(scene, "summary", pictures)
    kiosk.click("pay_button")
    kiosk.wait("card_amount", limit_s=30)
    _reader_waits(scene)
    if pictures:
        kiosk.wait("card_title", text="card on the reader")
    _shown(scene, "card", pictures)


def _shown(scene: Scene, name: str, pictures: bool) -> None:
    if pictures:
        scene.picture(scene.kiosk, name)


def _reader_waits(scene: Scene) -> None:
    waiting = "select count(*) from payments where state = 'dispatched'"
    scene.until("the reader waits for a card", lambda: scene.rows(waiting)[0][0] == 1)


def _appeared(scene: Scene, plate: str) -> float:
    """Seconds from the right's storing to the officer's own paint event that shows it."""
    stored = scene.rows(
        "select received_utc from parking_sessions where plate_key = %s"
        " and source = 'pay_station' order by received_utc desc limit 1",
        plate,
    )[0][0]
    paints = scene.officer.remote.paints("answer")
    for paint in paints:
        shown = datetime.fromisoformat(str(paint["utc"]))
        if shown >= stored and "until" in str(paint["text"]):
            return float((shown - stored).total_seconds())
    raise StepFailed(f"the officer's screen never painted PAID for {plate}")


# --- 6 -----------------------------------------------------------------------------------------


def cite(scene: Scene) -> None:
    """A citation with two photos, a leased number, a ticket on paper; central has it at once."""
    remote = scene.officer.remote
    _car_in_front(scene, UNPAID)
    remote.press("F2")
    remote.wait("plate_entry")
    remote.press("F2")
    remote.wait("candidate_1", limit_s=60)
    remote.press("Enter")
    remote.wait("answer", text="NOT PAID")
    number = _issue(scene, pictures=True)
    remote.wait("issued_line", text="Received", limit_s=30)
    scene.picture(scene.officer, "issued")
    printed = [one.name for one in scene.officer.printed() if number in one.name]
    must(len(printed) >= 1, f"no ticket of {number} was written")
    _is_at_central(scene, UNPAID)
    scene.holds(f"{number}: sealed, printed ({', '.join(sorted(printed))}), at central with photos")


def _issue(scene: Scene, *, pictures: bool) -> str:
    """From the answer to the saved citation; returns its number.

    With ``pictures`` the plate was scanned, so that the first photo is there by itself.
    """
    remote = scene.officer.remote
    remote.press("F9")
    remote.wait("issue_citation_button")
    remote.wait("code_field", text="Expired meter")
    while (have := _photos_there(remote)) < 2:
        if have or not pictures:
            remote.press("F5")
        scene.until(f"{have + 1} photos", lambda have=have: _photos_there(remote) > have)  # type: ignore[misc]  # default binds the loop's value
    if pictures:
        scene.picture(scene.officer, "citation")
    remote.press("F9")
    title = remote.wait("issued", text="SC-", limit_s=30)
    return title.split("·")[-1].strip()


def _photos_there(remote: Remote) -> int:
    words = remote.read("photos_pill").split()
    return next((int(word) for word in words if word.isdigit()), 0)


def _is_at_central(scene: Scene, plate: str) -> None:
    query = """
        select v.number, cardinality(v.photo_hashes),
            (select count(*) from photo_files f where f.sha256 = any (v.photo_hashes))
        from violations v where v.plate_key = %s
    """

    def whole() -> bool:
        found = scene.rows(query, plate)
        return len(found) == 1 and found[0][1] == 2 and found[0][2] == 2

    took = scene.until(f"{plate}: one citation with its photos at central", whole, limit_s=60)
    scene.measured("citation with photos at central", took)


# --- 7 -----------------------------------------------------------------------------------------


def cut_and_kill(scene: Scene) -> None:
    """The network is cut, a citation is issued, the laptop dies and comes back: exactly one."""
    remote = scene.officer.remote
    _car_in_front(scene, OFFLINE)
    scene.officer.network.cut()
    _check(remote, OFFLINE, "NOT PAID")
    number = _issue(scene, pictures=False)
    scene.picture(scene.officer, "issued-offline")
    scene.officer.kill()
    must(not scene.rows(_COUNT, OFFLINE)[0][0], "central cannot have it yet")
    scene.officer.start()
    _sign_in_again(scene, picture=False)
    scene.picture(scene.officer, "after-the-crash")
    _what_waits(scene)
    _is_at_central(scene, OFFLINE)
    for plate in (UNPAID, OFFLINE):
        must(scene.rows(_COUNT, plate)[0][0] == 1, f"{plate} should have exactly one citation")
    scene.holds(f"{number} survived SIGKILL without network and reached central exactly once")


def _what_waits(scene: Scene) -> None:
    """See what waits while city hall cannot be reached, then that everything is there."""
    remote = scene.officer.remote
    remote.press("F10")
    remote.wait("sync_menu_button")
    remote.press("F6")
    until_shows(remote, "sync_title", "No contact with city hall since")
    scene.picture(scene.officer, "what-waits")
    scene.officer.network.restore()
    remote.press("F9")
    until_shows(remote, "sync_title", "Everything is at city hall", limit_s=60)
    scene.picture(scene.officer, "everything-is-there")
    remote.press("Esc")
    remote.wait("plate_entry")


_COUNT = "select count(*) from violations where plate_key = %s"


# --- 8 -----------------------------------------------------------------------------------------


def late_truth(scene: Scene) -> None:
    """A payment that covers a citation arrives late: it is held, with the reason, at once."""
    remote = scene.officer.remote
    _car_in_front(scene, LATE)
    _check_fresh(scene, remote, LATE)
    number = _issue(scene, pictures=False)
    _is_at_central(scene, LATE)
    answer = scene.stage.provider.tell([_sold(LATE, minutes=(-20, 60))])
    must(answer.held == 1, f"the late payment should hold one citation, it held {answer.held}")
    desk = scene.desk.remote
    desk.click("nav_held")
    desk.wait("held_rows", text=number, limit_s=30)
    scene.picture(scene.desk, "held")
    desk.click("reason_paid_late_feed")
    desk.click_when_ready("dismiss_button")
    dismissed = "select count(*) from citation_event where kind = %s"
    scene.until(
        "the dismissal is at central",
        lambda: scene.rows(dismissed, EventKind.DISMISSED)[0][0] == 1,
        limit_s=30,
    )
    scene.picture(scene.desk, "dismissed")
    scene.holds(f"{number} was held in the transaction that brought the payment, then dismissed")


def _check_fresh(scene: Scene, remote: Remote, plate: str) -> None:
    """Right after the network is back, sources may still be too old: ask until they are not."""
    _until_answer(scene, remote, plate, "NOT PAID")


# --- 9 -----------------------------------------------------------------------------------------


def two_plates(scene: Scene) -> None:
    """Two people correct one plate unseen by each other: both are kept, a supervisor chooses."""
    officer, desk = scene.officer.remote, scene.desk.remote
    number = _held_by_mistake(scene)
    scene.officer.network.cut()
    officer.press("F8")
    _correct(scene, scene.officer, MISREAD_AGAIN, "rests_look_alike")
    officer.wait("issued_facts", text="BD-40119 CT, corrected")
    desk.press("F8")
    _correct(scene, scene.desk, ON_THE_CAR, "rests_photo")
    told = "select count(*) from plate_correction where plate_key = %s"
    scene.until("the desk's plate is at central", lambda: scene.rows(told, ON_THE_CAR)[0][0] == 1)
    desk.click("nav_conflicts")
    scene.officer.network.restore()
    desk.wait("value_left", text="BD-40113", limit_s=60)
    desk.wait("value_right", text="BD-40119")
    scene.picture(scene.desk, "conflict")
    desk.press("A")
    desk.press("1")
    desk.until_ready("keep_button")
    scene.picture(scene.desk, "conflict-chosen")
    desk.press("Enter")
    officer.wait("issued_facts", text="BD-40113 CT, corrected", limit_s=60)
    scene.picture(scene.officer, "plate-chosen-by-itself")
    sealed = scene.rows("select plate_key from violations where number = %s", number)
    must(sealed == [(MISREAD,)], f"the sealed citation should keep {MISREAD}, it has {sealed}")
    scene.holds(f"{number}: two plates side by side, one chosen; the citation was not touched")


def _held_by_mistake(scene: Scene) -> str:
    """A plate is typed wrongly, and its true owner's payment arrives late; returns the number."""
    remote, desk = scene.officer.remote, scene.desk.remote
    _car_in_front(scene, ON_THE_CAR)
    _check_fresh(scene, remote, MISREAD)
    number = _issue(scene, pictures=False)
    _is_at_central(scene, MISREAD)
    answer = scene.stage.provider.tell([_sold(MISREAD, minutes=(-20, 60))])
    must(answer.held == 1, f"the payment should hold one citation, it held {answer.held}")
    desk.click("nav_held")
    desk.wait("held_story", text=number, limit_s=30)
    return number


def _correct(scene: Scene, terminal: PlayedTerminal, plate: str, rests: str) -> None:
    remote = terminal.remote
    remote.until_ready("save_correction")
    remote.type(plate, into="right_plate")
    remote.click(rests)
    scene.picture(terminal, "correct-plate")
    remote.press("F9")


# --- 10 ----------------------------------------------------------------------------------------


def report(scene: Scene) -> None:
    """The supervisor reads the shift report and takes it along as PDF and CSV."""
    desk = scene.desk.remote
    desk.click("nav_report")
    desk.wait("issued_number", text="4", limit_s=30)
    scene.picture(scene.desk, "shift-report")
    for name, ending in (("save_pdf", "*.pdf"), ("save_csv", "*.csv")):
        desk.click(name)
        scene.until(
            f"the report as {ending}",
            lambda ending=ending: any(scene.desk.data.rglob(ending)),  # type: ignore[misc]  # default binds the loop's value
        )
    scene.picture(scene.desk, "report-saved")
    pdf = next(scene.desk.data.rglob("*.pdf")).read_bytes()
    must(pdf.startswith(b"%PDF-"), "the report is no PDF")
    scene.holds("figures, chart, PDF and CSV of the shift")


# --- 11 ----------------------------------------------------------------------------------------


def pay_a_ticket(scene: Scene) -> None:
    """A driver pays a ticket of that shift at the kiosk; the supervisor sees it paid."""
    kiosk, desk = scene.kiosk.remote, scene.desk.remote
    [(number,)] = scene.rows("select number from violations where plate_key = %s", OFFLINE)
    kiosk.click("ticket_button")
    kiosk.wait("number_confirm")
    for key in str(number).removeprefix("SC-"):
        kiosk.click(f"key_{key}")
    kiosk.click_when_ready("number_confirm")
    price = kiosk.wait("ticket_amount", text="$", limit_s=30).split()[0]
    scene.picture(scene.kiosk, "ticket")
    kiosk.click_when_ready("pay_button")
    _reader_waits(scene)
    scene.stage.stripe.present(scene.stage.reader_id, "visa")
    kiosk.wait("paid_word", text=price, limit_s=30)
    scene.picture(scene.kiosk, "ticket-paid")
    desk.click("nav_find")
    desk.wait("find_text")
    desk.type(str(number), into="find_text")
    desk.press("F2")
    until_shows(desk, "found_rows", "paid", limit_s=30)
    scene.picture(scene.desk, "ticket-paid")
    kiosk.click_when_ready("finish_button")
    scene.holds(f"{number}: {price} paid at the kiosk, and paid on the supervisor's screen")
