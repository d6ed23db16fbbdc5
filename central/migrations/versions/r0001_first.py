"""First schema: records, feed, operations of terminals, identity, ledger, grants."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Run the statements beside this file."""
    sql = Path(__file__).with_suffix(".sql").read_text(encoding="utf-8")
    # Past SQLAlchemy, which would read the percent signs of format() as placeholders.
    op.get_bind().connection.cursor().execute(sql)


def downgrade() -> None:
    """Refuse: a first schema has nothing to go back to."""
    raise RuntimeError("The first schema cannot be taken back; restore a backup instead.")
