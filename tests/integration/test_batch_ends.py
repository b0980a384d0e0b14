"""A batch ends once, whoever ends its jobs and however many do so at the same moment."""

import random
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select

from db import batch_ends, batches, jobs, work
from db.models import Batch, BatchEvent, Job, JobStatus
from db.session import Database
from tests.factories import a_spec, a_user

ITEMS = 24


def a_batch(database: Database) -> UUID:
    with database.transaction() as session:
        items = [
            batches.NewItem(row, a_spec(uuid4(), external_id=str(row), priority="batch"))
            for row in range(1, ITEMS + 1)
        ]
        owner = a_user(session)
        return batches.create(session, owner.id, title="Unit 7", items=items, refused=[]).id


def leased(database: Database) -> list[work.Lease]:
    held: list[work.Lease] = []
    while True:
        with database.transaction() as session:
            lease = work.lease(session, "worker", 3600)
        if lease is None:
            return held
        held.append(lease)


def end(database: Database, lease: work.Lease) -> None:
    with database.transaction() as session:
        job = work.hold(session, lease)
        assert job is not None
        jobs.end(session, job, JobStatus.SUCCEEDED, seconds=1.0, exports=[])


def told(database: Database) -> list[tuple[str, int, dict[str, int]]]:
    with database.transaction() as session:
        events = session.scalars(select(BatchEvent).order_by(BatchEvent.making))
        return [(event.kind, event.making, event.data["counts"]) for event in events]


def test_the_jobs_of_a_batch_wait_in_the_order_of_its_rows(database: Database) -> None:
    batch_id = a_batch(database)
    order = [lease.job_id for lease in leased(database)]
    with database.transaction() as session:
        rows = [job.id for job in batches.everything(session, batch_id)]
        counted = batch_ends.counts(session, [batch_id])[batch_id]
    assert order == rows
    assert counted[JobStatus.RUNNING] == ITEMS


def test_many_workers_that_end_at_once_finish_it_once(database: Database) -> None:
    a_batch(database)
    held = leased(database)
    with ThreadPoolExecutor(8) as workers:
        list(workers.map(lambda lease: end(database, lease), held))
    [(kind, making, counts)] = told(database)
    assert (kind, making) == ("batch.finished", 1)
    assert counts == dict.fromkeys(map(str, JobStatus), 0) | {"succeeded": ITEMS}


@pytest.mark.parametrize("seed", range(4))
def test_a_batch_that_is_cancelled_while_workers_end_its_jobs_ends_once(
    database: Database, seed: int
) -> None:
    """Whoever ends a job waits for nobody who waits for its worker: nothing is given up."""
    batch_id = a_batch(database)
    with database.transaction() as session:
        held = [work.lease(session, "worker", 3600) for _ in range(ITEMS // 2)]
    random.Random(seed).shuffle(held)

    def cancel() -> None:
        with database.transaction() as session:
            batches.cancel(session, session.get_one(Batch, batch_id))

    with ThreadPoolExecutor(6) as pool:
        ending = [pool.submit(end, database, lease) for lease in held if lease is not None]
        cancelling = [pool.submit(cancel) for _ in range(2)]
        for future in (*ending, *cancelling):
            future.result(300)
    [(_, making, counts)] = told(database)
    assert making == 1
    assert (counts["succeeded"], counts["cancelled"]) == (ITEMS // 2, ITEMS // 2)
    with database.transaction() as session:
        assert session.get_one(Batch, batch_id).finished_at is not None
        statuses = set(session.scalars(select(Job.status)))
    assert statuses == {JobStatus.SUCCEEDED, JobStatus.CANCELLED}
