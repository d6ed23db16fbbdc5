"""What the screens of one pay station share: the lot, the network, the wishes of the driver.

Owner thread: the GUI thread; nothing in it outlives a driver but lot and network.
"""

from datetime import datetime

from PySide6.QtWidgets import QApplication

from app.acts.kiosk import Lot
from app.city import DEFAULT_TIME_ZONE
from app.ports import NetState, TerminalNews
from app.words import SOURCE_LANGUAGE, use_language
from parking.clock import Reading
from parking.errors import BugError
from parking.terminal import Terminal
from ui.devices.speech import Speech
from ui.kiosk.aloud import Aloud
from ui.kiosk.attention import Limits
from ui.theme.look import apply_theme, look
from ui.theme.tokens import Theme


class Station:
    """One pay station, as its screens see it.

    Attributes:
        identity: Which terminal this is.
        now: The last look at the clock.
        lot: Zone and rate, None until known.
        net: What sync last said of the network, None before it said anything.
        net_since_utc: Since when it says so.
        contrast: The driver wants the high-contrast colours.
        low: The driver wants the controls further down.
        aloud: Says to the driver what stands on the screens.
    """

    def __init__(self, identity: Terminal, now: Reading, limits: Limits) -> None:
        self.identity = identity
        self.now = now
        self.limits = limits
        self.lot: Lot | None = None
        self.net: NetState | None = None
        self.net_since_utc: datetime | None = None
        self.contrast = False
        self.low = False
        self.aloud = Aloud(Speech())

    @property
    def time_zone(self) -> str:
        """IANA name of the zone's time, the city's own before the zone is known."""
        return self.lot.zone.time_zone if self.lot is not None else DEFAULT_TIME_ZONE

    @property
    def offline(self) -> bool:
        """Whether the network is known not to be there."""
        return self.net in {NetState.OFFLINE, NetState.REFUSED}

    def hear(self, news: TerminalNews) -> None:
        """Take what sync says of the network."""
        if news.sync.net is not self.net:
            self.net = news.sync.net
            self.net_since_utc = self.now.utc

    def set_contrast(self, wanted: bool) -> None:
        """Change the colours of the whole window."""
        app = QApplication.instance()
        if not isinstance(app, QApplication):
            raise BugError("a pay station has no application")
        self.contrast = wanted
        before = look()
        apply_theme(
            app,
            Theme.CONTRAST if wanted else Theme.DAY,
            profile=before.profile,
            text_scale=before.text_scale,
            reduced_motion=before.reduced_motion,
        )

    def forget_driver(self) -> None:
        """Go back to how the next driver should find it: language, colours, silence, reach."""
        use_language(SOURCE_LANGUAGE)
        self.aloud.end()
        self.low = False
        if self.contrast:
            self.set_contrast(False)
