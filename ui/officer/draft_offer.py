"""The offer to go on with a citation that was left half written. Owner thread: the GUI thread."""

from collections.abc import Callable
from typing import Protocol

from app.lanes import Task
from app.usecases.keep_draft import CitationDraft
from app.words import _
from ui.officer.ready_state import offer_view
from ui.screen import NoticeKind, Screen
from ui.widgets.panels import NoticeBar, NoticeView


class KeepsDrafts(Protocol):
    """What the offer asks of the terminal (``app.acts.officer.OfficerActs``)."""

    def draft(self) -> Task[CitationDraft | None]:
        """Return the kept draft."""
        ...

    def keep_draft(self, draft: CitationDraft) -> Task[None]:
        """Keep a draft."""
        ...

    def drop_draft(self) -> Task[None]:
        """Forget the draft."""
        ...


class DraftOffer(NoticeBar):
    """Stands on the ready screen while there is a draft: after a crash, or kept with Esc.

    Args:
        screen: Where it stands; asks and tells for it.
        officer: Keeps the draft.
        go_on: Gets the draft when the officer goes on with it.
    """

    def __init__(
        self, screen: Screen, officer: KeepsDrafts, go_on: Callable[[CitationDraft], None]
    ) -> None:
        super().__init__(NoticeView(text=""))
        self.setObjectName("draft_offer")
        self._screen = screen
        self._officer = officer
        self._go_on = go_on
        self._draft: CitationDraft | None = None
        self.action_pressed.connect(self._on_go_on_pressed)
        self.hide()

    @property
    def stands(self) -> bool:
        """Whether there is something to go on with."""
        return self._draft is not None

    def look(self) -> None:
        """Read whether there is a draft."""
        self._screen.ask(self._officer.draft(), self._show)

    def drop(self) -> None:
        """Forget the draft; it can be brought back as long as the notice stands."""
        draft = self._draft
        if draft is not None:
            self._screen.ask(self._officer.drop_draft(), lambda _none: self._on_dropped(draft))

    def _on_dropped(self, draft: CitationDraft) -> None:
        self._show(None)
        self._screen.tell(
            _("The half-written citation was dropped."),
            kind=NoticeKind.DONE,
            undo_text=_("Undo"),
            undo=lambda: self._bring_back(draft),
        )

    def _bring_back(self, draft: CitationDraft) -> None:
        self._screen.ask(self._officer.keep_draft(draft), lambda _none: self._show(draft))

    def _show(self, draft: CitationDraft | None) -> None:
        self._draft = draft
        if draft is not None:
            self.set_view(offer_view(draft))
        self.setVisible(draft is not None)

    def _on_go_on_pressed(self) -> None:
        if self._draft is not None:
            self._go_on(self._draft)
