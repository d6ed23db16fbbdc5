"""Three-way merge per field: what a record is after edits that may not have known of each other.

``fold`` makes the state of a record from the *set* of its edits and choices, so it cannot depend on
the order of delivery or on repetition. ``rebase`` shows a terminal its own edits on top of
central's row. ``changes_between`` makes an edit of what a person changed. Pure, any thread; knows
no SQL and no clock. Source: SYNC.md 5 (field rules), docs/decisions/0017-edits-are-facts.md.
"""

from sync.merge.fields import Values, blank, changes_between, made_of, readable, units, values_of
from sync.merge.fold import Divergence, Merged, Side, fold
from sync.merge.rebase import rebase
from sync.merge.versions import Version, choice_version, edit_version

__all__ = (
    "Divergence",
    "Merged",
    "Side",
    "Values",
    "Version",
    "blank",
    "changes_between",
    "choice_version",
    "edit_version",
    "fold",
    "made_of",
    "readable",
    "rebase",
    "units",
    "values_of",
)
