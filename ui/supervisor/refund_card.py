"""Entry of money to give back: amount, reason, words, what becomes of the parking.

Owner thread: the GUI thread.
"""

from dataclasses import replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from app.words import _
from ui.supervisor.refund_state import RefundState, Wish, endings, reasons
from ui.theme.look import look
from ui.widgets.buttons import ButtonSize
from ui.widgets.cards import Card
from ui.widgets.choosing import ChipsView, NoteChips
from ui.widgets.fields import FieldSize, TextField

_FIELD_PX = 240


class RefundCard(Card):
    """What is asked back and why.

    Signals:
        wish_changed: A ``Wish``, after every change by the person.
    """

    wish_changed = Signal(object)

    def __init__(self, state: RefundState) -> None:
        super().__init__(title=_("Give money back: how much, and why"), title_use="desk.heading")
        self.setObjectName("refund_card")
        self._wish = Wish()
        self._amount = TextField(state.amount, FieldSize.DESK_TEXT)
        self._amount.setObjectName("refund_amount")
        self._amount.text_changed.connect(lambda text: self._take(amount=text))
        self._words = TextField(state.words, FieldSize.DESK_TEXT)
        self._words.setObjectName("refund_words")
        self._words.text_changed.connect(lambda text: self._take(words=text))
        self._reasons = NoteChips(ChipsView(chips=reasons(), several=False), ButtonSize.DESK_CHIP)
        self._reasons.setObjectName("refund_reason")
        for button, reason in zip(self._reasons.buttons(), reasons(), strict=True):
            button.setObjectName(f"refund_{reason.key}")
        self._reasons.chips_changed.connect(lambda on: self._take(reason=on[0] if on else ""))
        self._endings = NoteChips(ChipsView(chips=endings(), several=False), ButtonSize.DESK_CHIP)
        self._endings.setObjectName("refund_ending")
        self._endings.chips_changed.connect(self._on_ending)
        self._lay_out()

    def _lay_out(self) -> None:
        fields = QVBoxLayout()
        fields.setSpacing(look().tokens.gap["desk"])
        for field in (self._amount, self._words):
            field.setFixedWidth(_FIELD_PX)
            fields.addWidget(field)
        fields.addStretch(1)
        chips = QVBoxLayout()
        chips.setSpacing(look().tokens.gap["desk"])
        chips.addWidget(self._reasons)
        chips.addWidget(self._endings)
        chips.addStretch(1)
        row = QHBoxLayout()
        row.setSpacing(look().tokens.gap["desk"])
        row.addLayout(fields)
        row.addLayout(chips, 1)
        self.body.addLayout(row)

    def begin(self, wish: Wish) -> None:
        """Show another wish."""
        self._wish = wish
        self._amount.set_text(wish.amount)
        self._words.set_text(wish.words)
        chosen = (wish.reason,) if wish.reason else ()
        self._reasons.set_view(ChipsView(chips=reasons(), chosen=chosen, several=False))
        self._show_ending()

    def set_state(self, state: RefundState) -> None:
        """Show what is missing, and whether there is anything to enter."""
        self.setVisible(state.entry)
        self._amount.set_view(state.amount)
        self._words.set_view(state.words)
        self._endings.setVisible(state.ending)

    def focus(self) -> None:
        """Begin at the amount."""
        self._amount.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_ending(self, on: tuple[str, ...]) -> None:
        # One of both always holds: pressing the chosen one again changes nothing.
        if on:
            self._take(ends=on[0])
        else:
            self._show_ending()

    def _show_ending(self) -> None:
        chosen = (self._wish.ends,)
        self._endings.set_view(ChipsView(chips=endings(), chosen=chosen, several=False))

    def _take(self, **changed: str) -> None:
        self._wish = replace(self._wish, **changed)
        self.wish_changed.emit(self._wish)
