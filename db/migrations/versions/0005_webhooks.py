"""Webhooks and their outbox."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

WEBHOOKS = """
CREATE TABLE webhooks (
    id uuid CONSTRAINT pk_webhooks PRIMARY KEY,
    owner_id uuid NOT NULL
        CONSTRAINT fk_webhooks_owner_id_users REFERENCES users (id) ON DELETE CASCADE,
    url text NOT NULL,
    description text NOT NULL,
    kinds text[] NOT NULL,
    enabled boolean NOT NULL,
    disabled_at timestamptz,
    disabled_reason text,
    failing_since timestamptz,
    secret text NOT NULL,
    previous_secret text,
    previous_until timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_webhooks_reason_if_disabled CHECK (NOT (enabled AND disabled_reason IS NOT NULL)),
    CONSTRAINT ck_webhooks_previous_ends
        CHECK ((previous_secret IS NULL) = (previous_until IS NULL))
);
CREATE INDEX ix_webhooks_owner_id ON webhooks (owner_id, id);
"""

DELIVERIES = """
CREATE TYPE delivery_status AS ENUM ('pending', 'succeeded', 'failed');

CREATE TABLE deliveries (
    id uuid CONSTRAINT pk_deliveries PRIMARY KEY,
    webhook_id uuid NOT NULL
        CONSTRAINT fk_deliveries_webhook_id_webhooks REFERENCES webhooks (id) ON DELETE CASCADE,
    event_id text NOT NULL,
    kind text NOT NULL,
    job_id uuid,
    batch_id uuid,
    redelivery_of uuid,
    body text NOT NULL,
    status delivery_status NOT NULL,
    attempts integer NOT NULL,
    next_at timestamptz NOT NULL DEFAULT now(),
    lease integer NOT NULL,
    leased_until timestamptz,
    error_code text,
    error_detail text,
    created_at timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz,
    CONSTRAINT ck_deliveries_finished_unless_pending
        CHECK ((status = 'pending') = (finished_at IS NULL)),
    CONSTRAINT ck_deliveries_error_if_failed
        CHECK ((status = 'failed') = (error_code IS NOT NULL))
);
CREATE INDEX ix_deliveries_webhook_id ON deliveries (webhook_id, id);
CREATE INDEX ix_deliveries_created_at ON deliveries (created_at);
CREATE INDEX ix_deliveries_due ON deliveries (next_at) WHERE status = 'pending';
CREATE UNIQUE INDEX uq_deliveries_event ON deliveries (webhook_id, event_id)
    WHERE redelivery_of IS NULL;

CREATE TABLE delivery_tries (
    delivery_id uuid NOT NULL
        CONSTRAINT fk_delivery_tries_delivery_id_deliveries
        REFERENCES deliveries (id) ON DELETE CASCADE,
    number integer NOT NULL,
    milliseconds integer NOT NULL,
    status integer,
    answer text NOT NULL,
    error_code text,
    error_detail text,
    created_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_delivery_tries PRIMARY KEY (delivery_id, number)
);
"""

# An event and what is to be sent of it are written together or not at all, whoever writes the
# event. The body is made here, once: every try sends, and every signature signs, the same bytes.
# FOR SHARE: a webhook that is being deleted or disabled at this moment is waited for.
OUTBOX = """
CREATE FUNCTION lectern_new_id() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    -- UUIDv7 (RFC 9562, 5.7): milliseconds, version, random bits
    SELECT encode(
        set_byte(
            overlay(
                uuid_send(gen_random_uuid())
                PLACING substring(
                    int8send((extract(epoch FROM clock_timestamp()) * 1000)::bigint) FROM 3
                ) FROM 1 FOR 6
            ),
            6,
            (get_byte(uuid_send(gen_random_uuid()), 6) & 15) | 112
        ),
        'hex'
    )::uuid
$$;

CREATE FUNCTION lectern_time(moment timestamptz) RETURNS text LANGUAGE sql STABLE AS $$
    SELECT (to_jsonb(moment AT TIME ZONE 'UTC') #>> '{}') || 'Z'
$$;

CREATE FUNCTION lectern_send_job_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    job record;
    event_id text := NEW.job_id || '.' || NEW.number;
BEGIN
    SELECT id, owner_id, title, external_id, batch_id, spec->>'webhook_id' AS webhook_id
        INTO job FROM jobs WHERE id = NEW.job_id;
    INSERT INTO deliveries
        (id, webhook_id, event_id, kind, job_id, batch_id, body, status, attempts, lease)
    SELECT lectern_new_id(), webhooks.id, event_id, NEW.kind, job.id, job.batch_id,
        jsonb_build_object(
            'id', event_id,
            'kind', NEW.kind,
            'created_at', lectern_time(NEW.created_at),
            'job', jsonb_build_object(
                'id', job.id,
                'title', job.title,
                'external_id', job.external_id,
                'batch_id', job.batch_id,
                'making', NEW.making
            ),
            'data', NEW.data
        )::text,
        'pending', 0, 0
    FROM webhooks
    WHERE webhooks.owner_id = job.owner_id AND webhooks.enabled
        AND NEW.kind = ANY (webhooks.kinds)
        AND (job.webhook_id IS NULL OR webhooks.id::text = job.webhook_id)
    FOR SHARE;
    RETURN NULL;
END $$;
CREATE TRIGGER send_job_event AFTER INSERT ON events
    FOR EACH ROW WHEN (NEW.kind IN ('job.succeeded', 'job.failed', 'job.cancelled'))
    EXECUTE FUNCTION lectern_send_job_event();

CREATE FUNCTION lectern_send_batch_event() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    batch record;
    event_id text := NEW.batch_id || '.' || NEW.making;
BEGIN
    SELECT id, owner_id, title, items INTO batch FROM batches WHERE id = NEW.batch_id;
    INSERT INTO deliveries
        (id, webhook_id, event_id, kind, batch_id, body, status, attempts, lease)
    SELECT lectern_new_id(), webhooks.id, event_id, NEW.kind, batch.id,
        jsonb_build_object(
            'id', event_id,
            'kind', NEW.kind,
            'created_at', lectern_time(NEW.created_at),
            'batch', jsonb_build_object(
                'id', batch.id, 'title', batch.title, 'items', batch.items, 'making', NEW.making
            ),
            'data', NEW.data
        )::text,
        'pending', 0, 0
    FROM webhooks
    WHERE webhooks.owner_id = batch.owner_id AND webhooks.enabled
        AND NEW.kind = ANY (webhooks.kinds)
    FOR SHARE;
    RETURN NULL;
END $$;
CREATE TRIGGER send_batch_event AFTER INSERT ON batch_events
    FOR EACH ROW EXECUTE FUNCTION lectern_send_batch_event();

CREATE FUNCTION lectern_tell_delivery() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('lectern_deliveries', '');
    RETURN NULL;
END $$;
CREATE TRIGGER tell_delivery AFTER INSERT ON deliveries
    FOR EACH ROW EXECUTE FUNCTION lectern_tell_delivery();
"""

DOWN = """
DROP TRIGGER send_batch_event ON batch_events;
DROP TRIGGER send_job_event ON events;
DROP TABLE delivery_tries, deliveries, webhooks;
DROP FUNCTION lectern_send_job_event, lectern_send_batch_event, lectern_tell_delivery,
    lectern_new_id, lectern_time;
DROP TYPE delivery_status;
"""


def upgrade() -> None:
    for part in (WEBHOOKS, DELIVERIES, OUTBOX):
        op.execute(part)


def downgrade() -> None:
    op.execute(DOWN)
