"""Indexes for what is looked up by its owner, and for what refers to lessons that are deleted."""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

MADE = {
    "ix_jobs_owner_id": "jobs (owner_id, id)",
    "ix_assets_owner_id": "assets (owner_id, id)",
    "ix_jobs_remade_from": "jobs (remade_from) WHERE remade_from IS NOT NULL",
    "ix_scenes_speech_key": "scenes (speech_key) WHERE speech_key IS NOT NULL",
    "ix_scenes_clip_key": "scenes (clip_key) WHERE clip_key IS NOT NULL",
    "ix_derivations_prefix": "derivations (prefix)",
    "ix_deliveries_job_id": "deliveries (job_id) WHERE job_id IS NOT NULL",
}
# lists go by id, which grows with time
REPLACED = {
    "ix_jobs_owner_id_created_at": "jobs (owner_id, created_at)",
    "ix_assets_owner_id_created_at": "assets (owner_id, created_at)",
}


def upgrade() -> None:
    for name, of in MADE.items():
        op.execute(f"CREATE INDEX {name} ON {of}")
    for name in REPLACED:
        op.execute(f"DROP INDEX {name}")


def downgrade() -> None:
    for name, of in REPLACED.items():
        op.execute(f"CREATE INDEX {name} ON {of}")
    for name in MADE:
        op.execute(f"DROP INDEX {name}")
