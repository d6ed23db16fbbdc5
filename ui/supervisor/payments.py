"""Card payments: found by receipt code, plate or day; one of them; money given back.

Owner thread: the GUI thread.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol
from uuid import UUID

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from app.lanes import Task
from app.usecases.payments import PaymentRow
from app.words import _
from parking.errors import ParkingError, UserError
from parking.money import usd
from parking.plate import plate_key, spaced
from parking.refund import PaymentSummary
from ui.screen import NoticeKind
from ui.sentences import said
from ui.state_names import state_name
from ui.supervisor.held_parts import Rule
from ui.supervisor.nothing import Nothing, NothingView
from ui.supervisor.office import Office
from ui.supervisor.page import GUTTER, DeskScreen
from ui.supervisor.payments_state import payment_facts, payments_table, scope_words
from ui.supervisor.rail_state import PAYMENTS, data_age
from ui.supervisor.refund_card import RefundCard
from ui.supervisor.refund_state import ENDS, RefundState, Wish, first_wish, refund_state
from ui.tasks import Tasks
from ui.theme.icons import Icon
from ui.widgets.buttons import ActionButton, ButtonRole, ButtonSize, ButtonView
from ui.widgets.cards import Card, Label
from ui.widgets.facts import LongFacts, LongFactsView
from ui.widgets.fields import FieldSize, FieldView, TextField
from ui.widgets.plate import PlateSize, PlateView, PlateWidget
from ui.widgets.shapes import Mark
from ui.widgets.table import DataTable

_PANEL_PX, _MOST_TYPED = 388, 40


class GivesBack(Protocol):
    """What this screen asks of the terminal (``app.acts.money.MoneyActs``)."""

    def payments(self, text: str) -> Task[tuple[PaymentSummary, ...]]:
        """Find payments."""
        ...

    def payment(self, payment_id: UUID) -> Task[PaymentRow]:
        """Return one with what belongs to it."""
        ...

    def ask_refund(
        self, payment_id: UUID, amount_cents: int, reason_code: str, text: str, ends_right: bool
    ) -> Task[None]:
        """Ask central to give money back."""
        ...

    def decide_refund(self, refund_id: UUID, approved: bool, text: str) -> Task[None]:
        """Confirm or refuse what another supervisor asked for."""
        ...


class PaymentsScreen(DeskScreen):
    """The list with its search at the left, the chosen payment at the right.

    Args:
        tasks: The bridge to the lanes.
        office: What the desk's screens share.
        money: The use cases.
    """

    name = PAYMENTS
    rests_on = frozenset(
        {
            *("payment_summary", "refund_request", "refund_approval", "parking_session"),
            *("citation", "terminal", "officer"),
        }
    )
    asks = ("payments", "payment", "ask_refund", "decide_refund")

    def __init__(self, tasks: Tasks, office: Office, money: GivesBack) -> None:
        super().__init__(tasks, office)
        self._money = money
        self._wanted = ""
        self._rows: tuple[PaymentSummary, ...] = ()
        self._chosen: PaymentSummary | None = None
        self._row: PaymentRow | None = None
        self._wish = Wish()
        label = FieldView(label=_("Receipt code, plate, or day like 2027-03-01"), most=_MOST_TYPED)
        self._text = TextField(label, FieldSize.DESK_TEXT)
        self._text.setObjectName("payments_text")
        self._text.text_changed.connect(lambda _text: self._say(""))
        self._text.entered.connect(self._on_find_pressed)
        find = ButtonView(label=_("Find"), icon=Icon.SEARCH, key="F2")
        self._find = ActionButton(find, ButtonSize.DESK)
        self._find.setObjectName("payments_find")
        self._find.clicked.connect(self._on_find_pressed)
        self._table = DataTable(payments_table((), None))
        self._table.setObjectName("payment_rows")
        self._table.row_chosen.connect(self._on_row_chosen)
        self._nothing = Nothing(_none_today())
        self._nothing.setObjectName("no_payment")
        state = self._state()
        self._entry = RefundCard(state)
        self._entry.wish_changed.connect(self._on_wish_changed)
        self._make_panel(state)
        self._lay_out()

    def _make_panel(self, state: RefundState) -> None:
        self._plate = PlateWidget(PlateView(number=""), PlateSize.HEAD)
        self._reference = Label("", "desk.heading")
        self._reference.setObjectName("payment_reference")
        self._facts = LongFacts(LongFactsView(facts=()))
        self._facts.setObjectName("payment_facts")
        self._effect = Label("", "desk.table", wrap=True)
        self._effect.setObjectName("refund_effect")
        self._give = ActionButton(state.give, ButtonSize.DESK)
        self._give.setObjectName("give_back_button")
        self._give.clicked.connect(self._on_give)
        refuse = ButtonView(label=_("Refuse"), icon=Icon.CROSS, key="F7", role=ButtonRole.PLAIN)
        self._refuse = ActionButton(state.refuse or refuse, ButtonSize.DESK)
        self._refuse.setObjectName("refuse_refund_button")
        self._refuse.clicked.connect(lambda: self._decide(approved=False))

    def _lay_out(self) -> None:
        entry = QHBoxLayout()
        entry.setSpacing(GUTTER)
        entry.addWidget(self._text, 1)
        entry.addWidget(self._find, 0, Qt.AlignmentFlag.AlignTop)
        self._list = Card()
        self._list.body.setSpacing(GUTTER)
        self._list.body.addLayout(entry)
        self._list.body.addWidget(self._table, 1)
        self._list.body.addWidget(self._nothing, 1)
        left = QVBoxLayout()
        left.setSpacing(GUTTER)
        left.addWidget(self._list, 1)
        left.addWidget(self._entry)
        self._panel = Card()
        self._panel.setFixedWidth(_PANEL_PX)
        for part in (self._reference, self._plate, self._facts, Rule()):
            self._panel.body.addWidget(part)
        self._panel.body.addWidget(Label(_("What happens when you press"), "desk.card"))
        for below in (self._effect, self._give, self._refuse):
            self._panel.body.addWidget(below)
        row = QHBoxLayout()
        row.setSpacing(GUTTER)
        row.addLayout(left, 1)
        row.addWidget(self._panel)
        self.body.addLayout(row, 1)

    # --- what the shell calls ---------------------------------------------------------------

    def entered(self) -> None:
        """Show what was found last, as it stands now."""
        self.draw_rail()
        self._draw()
        self.refresh()

    def default_focus(self) -> QWidget:
        """The field."""
        return self._text

    def keys(self) -> dict[str, Callable[[], None]]:
        """Esc goes back to the report; Enter in the field finds."""
        return {"Esc": lambda: self.go("report")}

    def notice_room(self) -> QRect:
        """Over the list: what is given back next stays in sight."""
        return QRect(self._list.mapTo(self, QPoint(0, 0)), self._list.size())

    # --- finding ----------------------------------------------------------------------------

    def refresh(self) -> None:
        """Look again for what was asked last; today and what waits without a search."""
        self.ask(self._money.payments(self._wanted), self._on_found, failed=self._refused)

    def _on_find_pressed(self) -> None:
        wanted = self._text.text()
        self.ask(
            self._money.payments(wanted),
            lambda rows: self._on_asked(wanted, rows),
            failed=self._refused,
            words=_("Looking for payments"),
        )

    def _on_asked(self, wanted: str, rows: tuple[PaymentSummary, ...]) -> None:
        self._wanted, self._chosen = wanted.strip(), None
        self._on_found(rows)
        if rows:
            self._table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_found(self, rows: tuple[PaymentSummary, ...]) -> None:
        self._rows = rows
        self._choose(next((row for row in rows if _is(row, self._chosen)), next(iter(rows), None)))

    def _refused(self, error: ParkingError) -> None:
        if isinstance(error, UserError):
            self._say(said(error))
        else:
            self.show_error(error)

    def _say(self, problem: str) -> None:
        self._text.set_view(replace(self._text.view, problem=problem))

    # --- choosing ---------------------------------------------------------------------------

    def _on_row_chosen(self, key: str) -> None:
        self._choose(next(row for row in self._rows if str(row.payment_id) == key))

    def _choose(self, chosen: PaymentSummary | None) -> None:
        if not _is(chosen, self._chosen):
            self._row = None
        self._chosen = chosen
        self._draw()
        if chosen is not None:
            self.ask(self._money.payment(chosen.payment_id), self._on_payment, renew=True)

    def _on_payment(self, row: PaymentRow) -> None:
        if not _is(row.summary, self._chosen):
            return
        if self._row is None or self._row.left_cents != row.left_cents:
            self._wish = first_wish(row)
            self._entry.begin(self._wish)
        self._row = row
        self._draw()

    def _on_wish_changed(self, wish: Wish) -> None:
        self._wish = wish
        self._draw_refund()

    # --- giving back ------------------------------------------------------------------------

    def _on_give(self) -> None:
        row, state = self._row, self._state()
        if state.waits is not None:
            self._decide(approved=True)
            return
        if row is None or not state.cents or self.asking("ask_refund"):
            return
        wish, money = self._wish, usd(state.cents)
        ends = state.ending and wish.ends == ENDS
        task = self._money.ask_refund(
            row.summary.payment_id, state.cents, wish.reason, wish.words, ends
        )
        asked = _("{money} is asked for. City hall answers with the next exchange.")
        self._send(task, asked.format(money=money))

    def _decide(self, *, approved: bool) -> None:
        waits = self._state().waits
        if waits is None or self.asking("decide_refund"):
            return
        done = _("Confirmed. City hall gives it back with the next exchange.")
        if not approved:
            done = _("Refused. Nothing goes back.")
        task = self._money.decide_refund(waits.asked.request.refund_id, approved, "")
        self._send(task, done)

    def _send(self, task: Task[None], done: str) -> None:
        def saved(_nothing: object) -> None:
            self._row = None
            self.tell(done, kind=NoticeKind.DONE)
            self.refresh()

        self.ask(task, saved, failed=self._on_not_saved, words=_("Saving the refund"))

    def _on_not_saved(self, error: ParkingError) -> None:
        self.show_error(error)
        self.refresh()

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the title and how old the knowledge is."""
        old = data_age(self.office.reached_utc, self.office.now().utc)
        scope = scope_words(self._rows, self._wanted)
        self.head.set_words(_("Payments"), f"{scope} · {old}")

    def _state(self) -> RefundState:
        person = self.office.person
        return refund_state(self._row, self._wish, None if person is None else person.officer_id)

    def _draw(self) -> None:
        chosen = self._chosen
        for part in (self._table, self._panel):
            part.setVisible(chosen is not None)
        self._nothing.setVisible(chosen is None)
        self._nothing.set_view(_none_found(self._wanted) if self._wanted else _none_today())
        self.redraw()
        self._draw_refund()
        if chosen is None:
            return
        self._table.set_view(payments_table(self._rows, chosen))
        self._reference.setText(_("Receipt {code}").format(code=chosen.reference))
        number = spaced(plate_key(chosen.plate), chosen.plate_state) if chosen.plate else ""
        self._plate.setVisible(bool(number))
        self._plate.set_view(PlateView(number=number, state=state_name(chosen.plate_state)))
        self._facts.set_view(payment_facts(self._row or PaymentRow(summary=chosen)))

    def _draw_refund(self) -> None:
        state = self._state()
        self._entry.set_state(state)
        self._effect.setText(state.effect)
        self._give.set_view(state.give)
        self._refuse.setVisible(state.refuse is not None)
        if state.refuse is not None:
            self._refuse.set_view(state.refuse)


def _is(one: PaymentSummary | None, other: PaymentSummary | None) -> bool:
    return one is not None and other is not None and one.payment_id == other.payment_id


def _none_today() -> NothingView:
    return NothingView(
        mark=Mark.OK,
        title=_("No payment today, and none waits for a person"),
        text=_("Find one by the code on its receipt, by its plate, or by its day."),
    )


def _none_found(wanted: str) -> NothingView:
    words = _(
        "No payment here has {wanted} as receipt code, plate or day. One that was made a moment "
        "ago comes with the next exchange."
    )
    return NothingView(
        mark=Mark.OFF, title=_("Nothing found"), text=words.format(wanted=wanted.strip())
    )
