"""Assets in full: uploads to be confirmed, consents, and what was made with which asset."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

UP = """
CREATE TYPE consent_statement AS ENUM ('self', 'permission', 'invented');

DELETE FROM assets WHERE status IN ('pending', 'processing');
ALTER TABLE assets
    ADD COLUMN metadata jsonb NOT NULL DEFAULT '{}'::jsonb,
    ADD COLUMN expires_at timestamptz,
    ADD CONSTRAINT ck_assets_expires
        CHECK ((status IN ('pending', 'processing')) = (expires_at IS NOT NULL));
CREATE INDEX ix_assets_expires_at ON assets (expires_at) WHERE expires_at IS NOT NULL;

CREATE TABLE consents (
    id uuid CONSTRAINT pk_consents PRIMARY KEY,
    asset_id uuid NOT NULL CONSTRAINT fk_consents_asset_id_assets
        REFERENCES assets ON DELETE CASCADE,
    statement consent_statement NOT NULL,
    person text NOT NULL,
    scope text NOT NULL,
    expires_at timestamptz,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    recorded_by uuid CONSTRAINT fk_consents_recorded_by_users
        REFERENCES users ON DELETE SET NULL,
    revoked_at timestamptz,
    revoked_by uuid CONSTRAINT fk_consents_revoked_by_users
        REFERENCES users ON DELETE SET NULL
);
CREATE UNIQUE INDEX uq_consents_open ON consents (asset_id) WHERE revoked_at IS NULL;
CREATE INDEX ix_consents_asset_id ON consents (asset_id);

CREATE TABLE derivations (
    asset_id uuid CONSTRAINT fk_derivations_asset_id_assets
        REFERENCES assets ON DELETE CASCADE,
    prefix text,
    CONSTRAINT pk_derivations PRIMARY KEY (asset_id, prefix)
);
"""

DOWN = """
DROP TABLE derivations;
DROP TABLE consents;
DROP INDEX ix_assets_expires_at;
ALTER TABLE assets
    DROP CONSTRAINT ck_assets_expires,
    DROP COLUMN expires_at,
    DROP COLUMN metadata;
DROP TYPE consent_statement;
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute(DOWN)
