"""How often embedded lessons are opened, a number a day."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

UP = """
CREATE TABLE embed_views (
    job_id uuid NOT NULL
        CONSTRAINT fk_embed_views_job_id_jobs REFERENCES jobs (id) ON DELETE CASCADE,
    day date NOT NULL,
    views integer NOT NULL,
    CONSTRAINT pk_embed_views PRIMARY KEY (job_id, day)
);
"""


def upgrade() -> None:
    op.execute(UP)


def downgrade() -> None:
    op.execute("DROP TABLE embed_views")
