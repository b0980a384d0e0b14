"""Requests: answers under a key, token buckets, what was made, and quotas."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KEYED_ANSWERS = """
CREATE TABLE keyed_answers (
    account text NOT NULL,
    key text NOT NULL,
    digest text NOT NULL,
    claim uuid NOT NULL,
    claimed_until timestamptz NOT NULL,
    status integer,
    headers jsonb,
    body bytea,
    expires_at timestamptz NOT NULL,
    CONSTRAINT pk_keyed_answers PRIMARY KEY (account, key),
    CONSTRAINT ck_keyed_answers_answered_whole CHECK ((status IS NULL) = (body IS NULL)),
    CONSTRAINT ck_keyed_answers_answered_with_headers
        CHECK ((status IS NULL) = (headers IS NULL))
);
CREATE INDEX ix_keyed_answers_expires_at ON keyed_answers (expires_at);
"""

RATE_BUCKETS = """
CREATE UNLOGGED TABLE rate_buckets (
    subject text NOT NULL,
    kind text NOT NULL,
    tokens double precision NOT NULL,
    granted integer NOT NULL,
    filled_at timestamptz NOT NULL,
    CONSTRAINT pk_rate_buckets PRIMARY KEY (subject, kind)
);
CREATE INDEX ix_rate_buckets_filled_at ON rate_buckets (filled_at);
"""

USAGE_DAYS = """
CREATE TABLE usage_days (
    user_id uuid NOT NULL
        CONSTRAINT fk_usage_days_user_id_users REFERENCES users (id) ON DELETE CASCADE,
    day date NOT NULL,
    video_seconds double precision NOT NULL DEFAULT 0,
    lessons integer NOT NULL DEFAULT 0,
    CONSTRAINT pk_usage_days PRIMARY KEY (user_id, day)
);
"""

QUOTAS = """
ALTER TABLE users ADD COLUMN quotas jsonb NOT NULL DEFAULT '{}'::jsonb;
"""

DOWN = """
ALTER TABLE users DROP COLUMN quotas;
DROP TABLE usage_days, rate_buckets, keyed_answers;
"""


def upgrade() -> None:
    for part in (KEYED_ANSWERS, RATE_BUCKETS, USAGE_DAYS, QUOTAS):
        op.execute(part)


def downgrade() -> None:
    op.execute(DOWN)
