"""Edits and conflicts, parked operations, outages."""

from pathlib import Path

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().connection.cursor().execute(
        Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    )


def downgrade() -> None:
    """Refuse: what people wrote is never dropped."""
    raise RuntimeError("Edits cannot be taken back; restore a backup instead.")
