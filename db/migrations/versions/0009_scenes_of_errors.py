"""Where a lesson failed: the scene."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE jobs ADD COLUMN error_scene integer")


def downgrade() -> None:
    op.execute("ALTER TABLE jobs DROP COLUMN error_scene")
