"""Where the small pictures of assets lie."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE assets ADD COLUMN thumbnail_key text")


def downgrade() -> None:
    op.execute("ALTER TABLE assets DROP COLUMN thumbnail_key")
