"""Card payments: payments, written-ahead Stripe calls, received events."""

from pathlib import Path

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements beside this file."""
    op.get_bind().connection.cursor().execute(
        Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    )


def downgrade() -> None:
    """Refuse: money is never dropped."""
    raise RuntimeError("Payments cannot be taken back; restore a backup instead.")
