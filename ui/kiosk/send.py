"""The screen that sends a receipt: by e-mail or text message, to an address the driver types.

Owner thread: the GUI thread. The address is forgotten when the screen is left.
"""

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.usecases.buy_parking import Offer
from app.words import _
from parking.errors import BugError, ParkingError
from parking.notification import Channel, ReceiptQueued
from parking.payment import Payment
from ui.kiosk.following import DONE, PaymentScreen
from ui.kiosk.foot import FootButton, FootView, back_button, help_button
from ui.kiosk.parts import Lines, RowCard, title_lines
from ui.kiosk.sells import SellsTime
from ui.kiosk.send_state import ROWS, SendState, address_typed, send_state
from ui.kiosk.station import Station
from ui.sentences import sentence
from ui.tasks import Tasks
from ui.widgets.cards import CardKind
from ui.widgets.gridrow import GridRow
from ui.widgets.keypad import KeypadView, PlateKeypad
from ui.widgets.kiosk_pay import ChoiceTile, TileChoiceView
from ui.widgets.panels import LineView, NoticeBar, NoticeView

_SIGNS = {"At": "@", "Period": ".", "Minus": "-", "Underscore": "_", "Plus": "+"}
"""Names of keys on a keyboard that are no letters or digits."""


class SendScreen(PaymentScreen):
    """The driver says where the receipt goes."""

    name = "kiosk_send"
    step = 3

    def __init__(self, tasks: Tasks, kiosk: SellsTime, station: Station) -> None:
        super().__init__(tasks, kiosk, station)
        self._channels: tuple[Channel, ...] = ()
        self._channel = Channel.EMAIL
        self._text = self._problem = ""
        self._title = Lines(())
        self._sub = Lines(())
        self._ways = _Ways()
        self._ways.way_chosen.connect(self._on_way_chosen)
        self._address = Lines(())
        self._address.setObjectName("address")
        self._keypad = PlateKeypad()
        self._keypad.setObjectName("keypad")
        self._keypad.key_pressed.connect(self._on_key_pressed)
        self._keypad.delete_pressed.connect(self._on_delete_pressed)
        self._notice = NoticeBar(NoticeView(text=" "))
        self._notice.setObjectName("notice")
        card = RowCard(None, self._address, kind=CardKind.STRONG)
        parts = (self._title, self._sub, self._ways, card, self._keypad, self._notice)
        self.compose(parts, controls=(self._keypad,))

    # --- visits -----------------------------------------------------------------------------

    def entered(self, *, payment: Payment, quote: Offer, channels: tuple[Channel, ...]) -> None:
        """Wait for an address.

        Args:
            payment: Approved.
            quote: The price or the bill that it is for.
            channels: The ways that there are, at least one.
        """
        self._payment, self._quote = payment, quote
        self._channels, self._channel = channels, channels[0]
        self._text = self._problem = ""
        self.appear()

    def left(self) -> None:
        """Forget the address."""
        super().left()
        self._text = ""

    def may_forget(self) -> bool:
        """The payment is final."""
        return True

    def nobody_there(self) -> None:
        """The driver has left."""
        self.end()

    def safest(self) -> QWidget:
        """Send, once there is an address; the keys before."""
        whole = self._state().confirm.enabled
        return super().safest() if whole else self._keypad.buttons()[0]

    def keys(self) -> dict[str, Callable[[], None]]:
        """The keys that an address can have; Enter sends."""
        if self.aside_shown:
            return super().keys()
        wanted = "".join(ROWS[self._channel])
        named = {sign: name for name, sign in _SIGNS.items()}
        struck = {named.get(key, key.upper()): self._struck(key) for key in wanted}
        return {**super().keys(), **struck, "Backspace": self._on_delete_pressed}

    # --- drawing ----------------------------------------------------------------------------

    def redraw(self) -> None:
        """Draw the body."""
        state = self._state()
        self._title.set_view(title_lines(state.title))
        self._sub.set_view((LineView(text=state.sub),))
        self._ways.set_views(state.ways)
        self._address.set_view((LineView(text=state.shown, use="kiosk.heading"),))
        self._keypad.set_view(KeypadView(rows=ROWS[self._channel], delete_words=_("Delete")))
        self._notice.set_view(state.notice)

    def _state(self) -> SendState:
        return send_state(
            self._text,
            self._channel,
            channels=self._channels,
            asking=self.asking("send_receipt"),
            problem=self._problem,
        )

    def foot(self) -> FootView:
        """Send, or back to the receipt."""
        return FootView(
            main=FootButton(name="send_confirm", view=self._state().confirm),
            row=(back_button(), help_button()),
        )

    def acts(self) -> dict[str, Callable[[], None]]:
        """What the foot does."""
        return {"send_confirm": self._on_confirmed, "back_button": lambda: self._to_receipt("")}

    def help_lines(self) -> tuple[tuple[str, str], ...]:
        """What becomes of the address."""
        return (
            (
                _("The receipt is sent once"),
                _("It arrives in a few minutes. You have paid in any case."),
            ),
            (
                _("Your address"),
                _("It is used for this receipt only and is not shown to the next driver."),
            ),
        )

    # --- what a driver does -----------------------------------------------------------------

    def _struck(self, key: str) -> Callable[[], None]:
        def type_it() -> None:
            self._on_key_pressed(key)
            self.default_focus().setFocus(Qt.FocusReason.OtherFocusReason)

        return type_it

    def _on_key_pressed(self, key: str) -> None:
        self.touched()
        self._text, self._problem = address_typed(self._text, key), ""
        self.refresh()

    def _on_delete_pressed(self) -> None:
        self.touched()
        self._text, self._problem = self._text[:-1], ""
        self.refresh()

    def _on_way_chosen(self, way: str) -> None:
        self.touched()
        self._channel = Channel(way)
        self._text = self._problem = ""
        self.refresh()

    def _on_confirmed(self) -> None:
        if self._payment is not None and self._state().confirm.enabled:
            task = self._kiosk.send_receipt(self._payment, self._channel, self._text)
            words = _("Sending")
            self.ask(task, self._on_queued, failed=self._on_not_sent, words=words)
            self.refresh()

    # --- outcomes ---------------------------------------------------------------------------

    def _on_queued(self, _queued: ReceiptQueued) -> None:
        self._to_receipt(_("Your receipt is on its way."))

    def _on_not_sent(self, error: ParkingError) -> None:
        if isinstance(error, BugError):
            self.fault_raised.emit(error)
            return
        self._problem = sentence(error)
        self.refresh()

    def _to_receipt(self, news: str) -> None:
        self.go(DONE, payment=self._payment, quote=self._quote, news=news)


class _Ways(GridRow):
    """A button for each way; not there while there is only one.

    Signals:
        way_chosen: Its name.
    """

    way_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._tiles = {channel: self._tile(channel) for channel in Channel}
        self.hide()

    def _tile(self, channel: Channel) -> ChoiceTile:
        tile = ChoiceTile(TileChoiceView(words=""), self)
        tile.setObjectName(f"way_{channel}")
        tile.tag = channel.value
        tile.tag_pressed.connect(self.way_chosen)
        return tile

    def set_views(self, ways: tuple[tuple[Channel, TileChoiceView], ...]) -> None:
        """Show which ways there are."""
        self.setVisible(bool(ways))
        for channel, view in ways:
            self._tiles[channel].set_view(view)
        self.set_parts([(self._tiles[channel], 1) for channel, _view in ways])
