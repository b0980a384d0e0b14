"""Batches, drafts, embedded players, and the order of all events of an owner."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BATCHES = """
CREATE TABLE batches (
    id uuid CONSTRAINT pk_batches PRIMARY KEY,
    owner_id uuid NOT NULL
        CONSTRAINT fk_batches_owner_id_users REFERENCES users (id) ON DELETE CASCADE,
    title text NOT NULL,
    items integer NOT NULL,
    refused jsonb NOT NULL,
    making integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    cancelled_at timestamptz
);
CREATE INDEX ix_batches_owner_id ON batches (owner_id, id);

CREATE TABLE batch_events (
    batch_id uuid NOT NULL
        CONSTRAINT fk_batch_events_batch_id_batches REFERENCES batches (id) ON DELETE CASCADE,
    making integer NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_batch_events PRIMARY KEY (batch_id, making)
);

ALTER TABLE jobs
    ADD COLUMN batch_id uuid
        CONSTRAINT fk_jobs_batch_id_batches REFERENCES batches (id) ON DELETE SET NULL,
    ADD COLUMN batch_row integer,
    ADD CONSTRAINT ck_jobs_batch_row CHECK (batch_id IS NULL OR batch_row IS NOT NULL);
CREATE INDEX ix_jobs_batch_id ON jobs (batch_id, batch_row) WHERE batch_id IS NOT NULL;
CREATE UNIQUE INDEX uq_jobs_batch_external_id ON jobs (batch_id, external_id)
    WHERE batch_id IS NOT NULL;
"""

# Numbers from a sequence are not seen in their order: who takes one first may commit last. So they
# are taken at the very end of a transaction, one transaction of an owner after the other: whoever
# has seen number n has seen all before it.
FEED = """
CREATE TABLE feed (
    owner_id uuid NOT NULL
        CONSTRAINT fk_feed_owner_id_users REFERENCES users (id) ON DELETE CASCADE,
    place bigint GENERATED ALWAYS AS IDENTITY,
    job_id uuid NOT NULL,
    number integer NOT NULL,
    CONSTRAINT pk_feed PRIMARY KEY (owner_id, place),
    CONSTRAINT fk_feed_job_id_events FOREIGN KEY (job_id, number)
        REFERENCES events (job_id, number) ON DELETE CASCADE
);
CREATE INDEX ix_feed_job_id_number ON feed (job_id, number);

INSERT INTO feed (owner_id, job_id, number)
SELECT jobs.owner_id, events.job_id, events.number
FROM events JOIN jobs ON jobs.id = events.job_id
ORDER BY events.created_at, events.job_id, events.number;

CREATE FUNCTION lectern_feed_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner uuid;
BEGIN
    SELECT owner_id INTO owner FROM jobs WHERE id = NEW.job_id;
    IF FOUND THEN
        PERFORM pg_advisory_xact_lock(515151, hashtext(owner::text));
        INSERT INTO feed (owner_id, job_id, number) VALUES (owner, NEW.job_id, NEW.number);
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER feed_event AFTER INSERT ON events
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lectern_feed_event();

CREATE OR REPLACE FUNCTION lectern_tell_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    whose record;
BEGIN
    SELECT owner_id, batch_id INTO whose FROM jobs WHERE id = NEW.job_id;
    PERFORM pg_notify(
        'lectern_events',
        concat_ws(':', NEW.job_id, NEW.number, whose.owner_id, whose.batch_id)
    );
    RETURN NULL;
END $$;
"""

EMBEDS = """
CREATE TABLE embeds (
    job_id uuid CONSTRAINT pk_embeds PRIMARY KEY
        CONSTRAINT fk_embeds_job_id_jobs REFERENCES jobs (id) ON DELETE CASCADE,
    token text NOT NULL CONSTRAINT uq_embeds_token UNIQUE,
    origins text[] NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
"""

DRAFTS = """
CREATE TABLE drafts (
    id uuid CONSTRAINT pk_drafts PRIMARY KEY,
    owner_id uuid NOT NULL
        CONSTRAINT fk_drafts_owner_id_users REFERENCES users (id) ON DELETE CASCADE,
    title text NOT NULL,
    content jsonb NOT NULL,
    version integer NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_drafts_owner_id ON drafts (owner_id, id);
"""

DOWN = """
DROP TABLE drafts;
DROP TABLE embeds;
DROP TRIGGER feed_event ON events;
DROP FUNCTION lectern_feed_event;
DROP TABLE feed;
CREATE OR REPLACE FUNCTION lectern_tell_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lectern_events', NEW.job_id || ':' || NEW.number);
    RETURN NULL;
END $$;
DROP INDEX uq_jobs_batch_external_id;
DROP INDEX ix_jobs_batch_id;
ALTER TABLE jobs
    DROP CONSTRAINT ck_jobs_batch_row,
    DROP COLUMN batch_row,
    DROP COLUMN batch_id;
DROP TABLE batch_events;
DROP TABLE batches;
"""


def upgrade() -> None:
    for part in (BATCHES, FEED, EMBEDS, DRAFTS):
        op.execute(part)


def downgrade() -> None:
    op.execute(DOWN)
