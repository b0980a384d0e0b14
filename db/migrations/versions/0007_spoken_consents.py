"""Spoken consents: phrases to be spoken, and what came of it."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

PROOFS = """
ALTER TABLE consents
    ADD COLUMN verified_at timestamptz,
    ADD COLUMN verified_by uuid CONSTRAINT fk_consents_verified_by_users
        REFERENCES users ON DELETE SET NULL,
    ADD COLUMN pending_reason text,
    ADD COLUMN recording_key text;
"""

PHRASES = """
CREATE TABLE consent_phrases (
    id uuid CONSTRAINT pk_consent_phrases PRIMARY KEY,
    consent_id uuid NOT NULL CONSTRAINT fk_consent_phrases_consent_id_consents
        REFERENCES consents ON DELETE CASCADE,
    language text NOT NULL,
    words text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX ix_consent_phrases_consent_id ON consent_phrases (consent_id);
"""

DOWN = """
DROP TABLE consent_phrases;
ALTER TABLE consents
    DROP COLUMN recording_key,
    DROP COLUMN pending_reason,
    DROP COLUMN verified_by,
    DROP COLUMN verified_at;
"""


def upgrade() -> None:
    for part in (PROOFS, PHRASES):
        op.execute(part)


def downgrade() -> None:
    op.execute(DOWN)
