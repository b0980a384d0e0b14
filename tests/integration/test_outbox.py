"""The outbox of webhooks: what is to be told stands there as soon as it has happened, or never."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from db import batch_ends, jobs, webhooks
from db.jobs import NewJob
from db.models import Batch, DeliveryStatus, JobStatus
from db.session import Database
from tests.factories import a_spec, a_user, a_webhook
from tests.fakes.senders import Hooked
from tests.fakes.studio import until

WAITING = """
    SELECT 1 FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'
"""


@pytest.fixture
def hooked(database: Database) -> Hooked:
    return Hooked(database)


def test_the_end_of_a_job_and_what_is_told_of_it_are_written_together(hooked: Hooked) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com")
    job_id = hooked.ended(title="Regen – “wie?”", external_id="lesson-7")
    (delivery,) = hooked.deliveries(webhook_id)
    assert (delivery.kind, delivery.job_id) == ("job.succeeded", job_id)
    assert (delivery.status, delivery.attempts) == (DeliveryStatus.PENDING, 0)
    told = json.loads(delivery.body)
    created = datetime.fromisoformat(told.pop("created_at"))
    assert created.tzinfo is not None
    assert abs(datetime.now(UTC) - created) < timedelta(minutes=5)
    assert told == {
        "id": f"{job_id}.2",
        "kind": "job.succeeded",
        "job": {
            "id": str(job_id),
            "title": "Regen – “wie?”",
            "external_id": "lesson-7",
            "batch_id": None,
            "making": 1,
        },
        "data": {"seconds": 12.5, "exports": ["lesson.mp4"]},
    }
    assert delivery.event_id == f"{job_id}.2"


def test_what_is_rolled_back_is_told_to_nobody(hooked: Hooked) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com")
    job_id = hooked.job()

    def end_and_fail() -> None:
        with hooked.database.transaction() as session:
            jobs.cancel(session, job_id)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        end_and_fail()
    assert hooked.deliveries(webhook_id) == []


def test_a_webhook_is_told_of_its_kinds_only(hooked: Hooked) -> None:
    failures, _ = hooked.webhook("https://hooks.example.com", kinds=["job.failed"])
    disabled, _ = hooked.webhook("https://hooks.example.com", enabled=False)
    for status in (JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED):
        hooked.ended(status)
    (failure,) = hooked.deliveries(failures)
    assert failure.kind == "job.failed"
    assert json.loads(failure.body)["data"]["advice"] == "Try “again”."
    assert hooked.deliveries(disabled) == []


def test_each_making_of_a_job_is_told(hooked: Hooked) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com")
    job_id = hooked.ended(JobStatus.CANCELLED)
    with hooked.database.transaction() as session:
        assert jobs.retry(session, job_id)
        assert jobs.cancel(session, job_id)
    told = [json.loads(each.body) for each in hooked.deliveries(webhook_id)]
    assert [each["job"]["making"] for each in told] == [1, 2]
    assert [each["id"] for each in told] == [f"{job_id}.2", f"{job_id}.4"]


def test_a_job_that_names_a_webhook_tells_no_other(hooked: Hooked) -> None:
    named, _ = hooked.webhook("https://one.example.com")
    other, _ = hooked.webhook("https://two.example.com")
    hooked.ended(webhook_id=str(named))
    assert (len(hooked.deliveries(named)), len(hooked.deliveries(other))) == (1, 0)
    hooked.ended()
    assert (len(hooked.deliveries(named)), len(hooked.deliveries(other))) == (2, 1)


def test_nobody_is_told_of_somebody_elses_jobs(hooked: Hooked) -> None:
    with hooked.database.transaction() as session:
        webhook_id = a_webhook(session, a_user(session)).id
    hooked.ended()
    hooked.ended(webhook_id=str(webhook_id))
    assert hooked.deliveries(webhook_id) == []


def test_the_end_of_a_batch_is_told_once_with_its_counts(hooked: Hooked) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com", kinds=["batch.finished"])
    with hooked.database.transaction() as session:
        batch = Batch(owner_id=hooked.owner_id, title="Term 1", items=2, refused=[])
        session.add(batch)
        session.flush()
        new = [
            NewJob(a_spec(uuid4(), external_id=str(row)), batch_id=batch.id, batch_row=row)
            for row in range(2)
        ]
        ids = jobs.create_many(session, hooked.owner_id, new)
    with hooked.database.transaction() as session:
        jobs.cancel(session, ids[0])
    assert hooked.deliveries(webhook_id) == []
    with hooked.database.transaction() as session:
        jobs.cancel(session, ids[1])
    (delivery,) = hooked.deliveries(webhook_id)
    told = json.loads(delivery.body)
    assert (delivery.kind, delivery.batch_id) == (batch_ends.FINISHED, batch.id)
    assert told["id"] == delivery.event_id == f"{batch.id}.1"
    assert told["batch"] == {"id": str(batch.id), "title": "Term 1", "items": 2, "making": 1}
    assert told["data"]["counts"]["cancelled"] == 2


@pytest.mark.anyio
async def test_a_webhook_that_is_deleted_at_this_moment_does_not_keep_a_job_from_ending(
    hooked: Hooked,
) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com")
    job_id = hooked.job()

    def end() -> None:
        with hooked.database.transaction() as session:
            job = jobs.lock(session, job_id)
            assert job is not None
            jobs.end(session, job, JobStatus.CANCELLED)

    with hooked.database.transaction() as session:
        webhook = webhooks.lock(session, webhook_id)
        assert webhook is not None
        webhooks.delete(session, webhook)
        ending = asyncio.create_task(asyncio.to_thread(end))
        await until(lambda: waits_for_a_lock(hooked.database))
    await ending
    assert hooked.deliveries(webhook_id) == []


def waits_for_a_lock(database: Database) -> bool:
    with database.transaction() as session:
        return session.execute(text(WAITING)).first() is not None


def test_ids_made_by_the_database_grow_and_are_uuids_of_version_7(hooked: Hooked) -> None:
    webhook_id, _ = hooked.webhook("https://hooks.example.com")
    hooked.ended()
    (delivery,) = hooked.deliveries(webhook_id)
    assert (delivery.id.version, delivery.id.variant) == (7, webhook_id.variant)
    assert delivery.id.bytes[:6] >= webhook_id.bytes[:6]
