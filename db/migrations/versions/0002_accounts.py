"""Accounts in full: API keys, counted attempts, and who did what."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

SESSIONS = """
ALTER TABLE sessions ADD COLUMN address text NOT NULL DEFAULT '';
"""

KEYS = """
CREATE TABLE api_keys (
    id uuid CONSTRAINT pk_api_keys PRIMARY KEY,
    user_id uuid NOT NULL
        CONSTRAINT fk_api_keys_user_id_users REFERENCES users (id) ON DELETE CASCADE,
    name text NOT NULL,
    hint text NOT NULL,
    key_hash text NOT NULL CONSTRAINT uq_api_keys_key_hash UNIQUE,
    scopes text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX ix_api_keys_user_id ON api_keys (user_id);
"""

ATTEMPTS = """
CREATE TABLE attempts (
    key text CONSTRAINT pk_attempts PRIMARY KEY,
    failures integer NOT NULL,
    last_at timestamptz NOT NULL DEFAULT now(),
    blocked_until timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_attempts_last_at ON attempts (last_at);
"""

AUDIT = """
CREATE TABLE audit (
    id uuid CONSTRAINT pk_audit PRIMARY KEY,
    actor_id uuid,
    session_id uuid,
    key_id uuid,
    action text NOT NULL,
    target text NOT NULL,
    address text NOT NULL,
    agent text NOT NULL,
    details jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_audit_actor_id_id ON audit (actor_id, id);
CREATE INDEX ix_audit_action_id ON audit (action, id);
CREATE INDEX ix_audit_target_id ON audit (target, id);
CREATE INDEX ix_audit_created_at ON audit (created_at);
"""

DOWN = """
DROP TABLE audit, attempts, api_keys;
ALTER TABLE sessions DROP COLUMN address;
"""


def upgrade() -> None:
    for part in (SESSIONS, KEYS, ATTEMPTS, AUDIT):
        op.execute(part)


def downgrade() -> None:
    op.execute(DOWN)
