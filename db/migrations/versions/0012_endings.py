"""Whoever follows a stream hears that their sign-in, their key or their account has ended."""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

UP = """
CREATE FUNCTION lectern_tell_ending() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lectern_endings', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_ended_session AFTER UPDATE OF ended_at ON sessions
    FOR EACH ROW WHEN (NEW.ended_at IS NOT NULL AND OLD.ended_at IS NULL)
    EXECUTE FUNCTION lectern_tell_ending();
CREATE TRIGGER tell_revoked_key AFTER UPDATE OF revoked_at ON api_keys
    FOR EACH ROW WHEN (NEW.revoked_at IS NOT NULL AND OLD.revoked_at IS NULL)
    EXECUTE FUNCTION lectern_tell_ending();
CREATE TRIGGER tell_disabled_user AFTER UPDATE OF disabled_at ON users
    FOR EACH ROW WHEN (NEW.disabled_at IS NOT NULL AND OLD.disabled_at IS NULL)
    EXECUTE FUNCTION lectern_tell_ending();
"""

DOWN = """
DROP TRIGGER tell_disabled_user ON users;
DROP TRIGGER tell_revoked_key ON api_keys;
DROP TRIGGER tell_ended_session ON sessions;
DROP FUNCTION lectern_tell_ending;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
