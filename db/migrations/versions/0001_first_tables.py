"""The first tables: accounts, assets, jobs with their steps, scenes, events and exports."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ENUMS = """
CREATE TYPE role AS ENUM ('viewer', 'creator', 'admin');
CREATE TYPE asset_kind AS ENUM ('portrait', 'voice', 'script', 'slide');
CREATE TYPE asset_status AS ENUM ('pending', 'processing', 'ready', 'failed');
CREATE TYPE job_status AS ENUM ('queued', 'running', 'succeeded', 'failed', 'cancelled');
CREATE TYPE step_status AS ENUM ('pending', 'running', 'succeeded', 'failed', 'cancelled');
CREATE TYPE scene_status AS ENUM ('written', 'spoken', 'filmed');
CREATE TYPE lane AS ENUM ('interactive', 'batch');
"""

ACCOUNTS = """
CREATE TABLE users (
    id uuid CONSTRAINT pk_users PRIMARY KEY,
    email text NOT NULL CONSTRAINT uq_users_email UNIQUE
        CONSTRAINT ck_users_email_lower CHECK (email = lower(email)),
    username text NOT NULL CONSTRAINT uq_users_username UNIQUE
        CONSTRAINT ck_users_username_form CHECK (username ~ '^[a-z0-9_-]{3,32}$'),
    password_hash text NOT NULL,
    role role NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    disabled_at timestamptz
);

CREATE TABLE sessions (
    id uuid CONSTRAINT pk_sessions PRIMARY KEY,
    user_id uuid NOT NULL
        CONSTRAINT fk_sessions_user_id_users REFERENCES users (id) ON DELETE CASCADE,
    refresh_hash text NOT NULL CONSTRAINT uq_sessions_refresh_hash UNIQUE,
    remember boolean NOT NULL,
    user_agent text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    used_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX ix_sessions_user_id ON sessions (user_id);

CREATE TABLE spent_refreshes (
    refresh_hash text CONSTRAINT pk_spent_refreshes PRIMARY KEY,
    session_id uuid NOT NULL
        CONSTRAINT fk_spent_refreshes_session_id_sessions
        REFERENCES sessions (id) ON DELETE CASCADE,
    spent_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX ix_spent_refreshes_session_id ON spent_refreshes (session_id);
"""

ASSETS = """
CREATE TABLE assets (
    id uuid CONSTRAINT pk_assets PRIMARY KEY,
    owner_id uuid NOT NULL
        CONSTRAINT fk_assets_owner_id_users REFERENCES users (id) ON DELETE CASCADE,
    kind asset_kind NOT NULL,
    status asset_status NOT NULL,
    name text NOT NULL,
    content_type text NOT NULL,
    bytes bigint NOT NULL CONSTRAINT ck_assets_bytes CHECK (bytes >= 0),
    sha256 text NOT NULL,
    storage_key text NOT NULL,
    details jsonb NOT NULL DEFAULT '{}'::jsonb,
    error_code text,
    error_detail text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_assets_error_if_failed CHECK ((status = 'failed') = (error_code IS NOT NULL))
);
CREATE INDEX ix_assets_owner_id_created_at ON assets (owner_id, created_at);
"""

JOBS = """
CREATE TABLE jobs (
    id uuid CONSTRAINT pk_jobs PRIMARY KEY,
    owner_id uuid NOT NULL
        CONSTRAINT fk_jobs_owner_id_users REFERENCES users (id) ON DELETE CASCADE,
    title text NOT NULL,
    spec jsonb NOT NULL,
    lane lane NOT NULL,
    status job_status NOT NULL,
    external_id text,
    remade_from uuid
        CONSTRAINT fk_jobs_remade_from_jobs REFERENCES jobs (id) ON DELETE SET NULL,
    making integer NOT NULL,
    attempt integer NOT NULL,
    losses integer NOT NULL,
    leased_by text,
    leased_until timestamptz,
    not_before timestamptz NOT NULL DEFAULT now(),
    cancel_asked_at timestamptz,
    last_event integer NOT NULL,
    error_code text,
    error_detail text,
    error_advice text,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT ck_jobs_leased CHECK ((status = 'running') = (leased_until IS NOT NULL)),
    CONSTRAINT ck_jobs_finished CHECK (
        (status IN ('succeeded', 'failed', 'cancelled')) = (finished_at IS NOT NULL)
    ),
    CONSTRAINT ck_jobs_error_if_failed CHECK ((status = 'failed') = (error_code IS NOT NULL))
);
CREATE INDEX ix_jobs_queue ON jobs (lane, created_at) WHERE status = 'queued';
CREATE INDEX ix_jobs_leased_until ON jobs (leased_until) WHERE status = 'running';
CREATE INDEX ix_jobs_owner_id_created_at ON jobs (owner_id, created_at);
"""

PARTS_OF_A_JOB = """
CREATE TABLE steps (
    job_id uuid NOT NULL
        CONSTRAINT fk_steps_job_id_jobs REFERENCES jobs (id) ON DELETE CASCADE,
    name text NOT NULL,
    position integer NOT NULL,
    status step_status NOT NULL,
    progress double precision NOT NULL
        CONSTRAINT ck_steps_progress CHECK (progress BETWEEN 0 AND 1),
    attempt integer NOT NULL,
    engine jsonb,
    work_seconds double precision NOT NULL,
    media_seconds double precision NOT NULL,
    error_code text,
    error_detail text,
    error_advice text,
    started_at timestamptz,
    finished_at timestamptz,
    CONSTRAINT pk_steps PRIMARY KEY (job_id, name),
    CONSTRAINT ck_steps_error_if_failed CHECK ((status = 'failed') = (error_code IS NOT NULL))
);

CREATE TABLE scenes (
    job_id uuid NOT NULL
        CONSTRAINT fk_scenes_job_id_jobs REFERENCES jobs (id) ON DELETE CASCADE,
    index integer NOT NULL,
    title text,
    narration text NOT NULL,
    slide_id uuid,
    status scene_status NOT NULL,
    progress double precision NOT NULL,
    seconds double precision,
    speech_key text,
    clip_key text,
    CONSTRAINT pk_scenes PRIMARY KEY (job_id, index)
);

CREATE TABLE events (
    job_id uuid NOT NULL
        CONSTRAINT fk_events_job_id_jobs REFERENCES jobs (id) ON DELETE CASCADE,
    number integer NOT NULL,
    making integer NOT NULL,
    kind text NOT NULL,
    data jsonb NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_events PRIMARY KEY (job_id, number)
);
CREATE UNIQUE INDEX uq_events_terminal ON events (job_id, making)
    WHERE kind IN ('job.succeeded', 'job.failed', 'job.cancelled');

CREATE TABLE exports (
    job_id uuid NOT NULL
        CONSTRAINT fk_exports_job_id_jobs REFERENCES jobs (id) ON DELETE CASCADE,
    name text NOT NULL,
    content_type text NOT NULL,
    bytes bigint NOT NULL,
    sha256 text NOT NULL,
    storage_key text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_exports PRIMARY KEY (job_id, name)
);
"""

# Postgres delivers a notice when its transaction commits, so whoever hears it finds the row.
NOTICES = """
CREATE FUNCTION lectern_tell_event() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lectern_events', NEW.job_id || ':' || NEW.number);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_event AFTER INSERT ON events
    FOR EACH ROW EXECUTE FUNCTION lectern_tell_event();

CREATE FUNCTION lectern_tell_job() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lectern_jobs', NEW.id::text);
    RETURN NULL;
END $$;
CREATE TRIGGER tell_new_job AFTER INSERT ON jobs
    FOR EACH ROW WHEN (NEW.status = 'queued') EXECUTE FUNCTION lectern_tell_job();
CREATE TRIGGER tell_requeued_job AFTER UPDATE OF status ON jobs
    FOR EACH ROW WHEN (NEW.status = 'queued' AND OLD.status <> 'queued')
    EXECUTE FUNCTION lectern_tell_job();
"""

DOWN = """
DROP TABLE exports, events, scenes, steps, jobs, assets, spent_refreshes, sessions, users;
DROP FUNCTION lectern_tell_job, lectern_tell_event;
DROP TYPE lane, scene_status, step_status, job_status, asset_status, asset_kind, role;
"""


def upgrade() -> None:
    for part in (ENUMS, ACCOUNTS, ASSETS, JOBS, PARTS_OF_A_JOB, NOTICES):
        op.execute(part)


def downgrade() -> None:
    op.execute(DOWN)
