"""The desk's rail: pages, what waits, how central answers, who is here. Pure, any thread."""

from dataclasses import dataclass
from datetime import datetime

from app.city import city_name
from app.ports import NetState, TerminalNews
from app.words import _
from parking.officer import Officer, Role
from ui.theme.icons import Icon
from ui.top_bar_state import age
from ui.widgets.nav import NavItem, NavView
from ui.widgets.shapes import Mark

REPORT, HELD, CONFLICTS, ISSUES = "report", "held", "conflicts", "issues"
FIND, PAYMENTS, SYNC, SIGN_OUT = "find", "payments", "sync", "sign_out"


@dataclass(frozen=True, slots=True, kw_only=True)
class RailFacts:
    """What the rail is drawn from.

    Attributes:
        held: Citations that wait for a decision.
        conflicts: Values of which one must be chosen.
        issues: Operations that central refused.
        payments: Card payments that a person must look at.
        news: The last news; None before the first.
        reached_utc: When central last answered.
    """

    held: int
    news: TerminalNews | None
    reached_utc: datetime | None
    person: Officer | None
    conflicts: int = 0
    issues: int = 0
    payments: int = 0


def rail(facts: RailFacts, current: str, now_utc: datetime) -> NavView:
    """Return the rail of a page.

    Args:
        facts: What is known.
        current: The key of the page on show.
        now_utc: For the age of what is known here.
    """
    mark, state = _central(facts, now_utc)
    return NavView(
        city=city_name(),
        product=_("Parking desk"),
        items=(
            NavItem(key=REPORT, label=_("Shift reports"), icon=Icon.LIST),
            NavItem(key=HELD, label=_("Held citations"), icon=Icon.HELD, count=facts.held),
            NavItem(key=FIND, label=_("Find citation"), icon=Icon.SEARCH),
            NavItem(key=PAYMENTS, label=_("Payments"), icon=Icon.CARD, count=facts.payments),
            NavItem(key=CONFLICTS, label=_("Conflicts"), icon=Icon.SWAP, count=facts.conflicts),
            NavItem(key=ISSUES, label=_("Sync issues"), icon=Icon.BELL, count=facts.issues),
            NavItem(key=SYNC, label=_("Sync"), icon=Icon.SEND),
            NavItem(key=SIGN_OUT, label=_("Sign out"), icon=Icon.SIGN_OUT, at_foot=True),
        ),
        current=current,
        state_mark=mark,
        state=state,
        person=_person(facts.person),
    )


def data_age(reached_utc: datetime | None, now_utc: datetime) -> str:
    """Say how old the knowledge of this terminal is: ``data 2 s old``."""
    if reached_utc is None:
        return _("not refreshed yet")
    return _("data {age} old").format(age=age((now_utc - reached_utc).total_seconds()))


def _central(facts: RailFacts, now_utc: datetime) -> tuple[Mark, tuple[str, str]]:
    old = data_age(facts.reached_utc, now_utc)
    if facts.news is None:
        return Mark.CAUTION, (_("Central: asking"), old)
    sync = facts.news.sync
    if sync.net is NetState.REFUSED:
        return Mark.BAD, (_("Central: refuses us"), _("tell IT"))
    if sync.net is NetState.OFFLINE:
        return Mark.CAUTION, (_("Central: offline"), old)
    if sync.to_send.parked:
        words = _("{count} refused, tell IT").format(count=sync.to_send.parked)
        return Mark.CAUTION, (_("Central: online"), words)
    if sync.remaining:
        words = _("{count} still to come").format(count=f"{sync.remaining:,}")
        return Mark.CAUTION, (_("Central: online"), words)
    return Mark.OK, (_("Central: online"), old)


def _person(officer: Officer | None) -> tuple[str, str]:
    if officer is None:
        return _("Nobody signed in"), ""
    role = {Role.SUPERVISOR: _("Supervisor"), Role.OFFICER: _("Officer"), Role.IT: _("IT")}
    return officer.display_name, role[officer.role]
