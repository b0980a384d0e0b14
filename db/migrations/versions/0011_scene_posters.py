"""Where the small pictures of scenes lie."""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE scenes ADD COLUMN poster_key text")


def downgrade() -> None:
    op.execute("ALTER TABLE scenes DROP COLUMN poster_key")
