"""Whoever follows a stream hears that their role is another."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

UP = """
CREATE TRIGGER tell_changed_role AFTER UPDATE OF role ON users
    FOR EACH ROW WHEN (NEW.role <> OLD.role)
    EXECUTE FUNCTION lectern_tell_ending();
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute("DROP TRIGGER tell_changed_role ON users")
