"""What an owner does with jobs, on a real Postgres."""

from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from db import events, jobs, work
from db.models import Event, Job, JobStatus, SceneStatus, StepStatus, User
from db.session import Database
from tests.factories import a_spec, a_user


def an_owner(database: Database) -> UUID:
    with database.transaction() as session:
        return a_user(session).id


def a_queued_job(database: Database, owner_id: UUID, **given: object) -> UUID:
    with database.transaction() as session:
        return jobs.create(session, owner_id, a_spec(uuid4(), **given)).id


def kinds(session: Session, job_id: UUID) -> list[str]:
    return [event.kind for event in events.after(session, job_id, 0)]


def test_a_job_is_born_with_its_steps_scenes_and_first_event(database: Database) -> None:
    owner_id = an_owner(database)
    slide = str(uuid4())
    scenes = [{"narration": "One.", "title": "First", "slide_id": slide}, {"narration": "Two."}]
    with database.transaction() as session:
        spec = a_spec(uuid4(), scenes=scenes, priority="batch", external_id="lesson-7")
        job = jobs.create(session, owner_id, spec)
    assert [step.name for step in job.steps] == ["script", "speech", "video", "package"]
    assert [(s.index, s.title, s.narration, s.status) for s in job.scenes] == [
        (0, "First", "One.", SceneStatus.WRITTEN),
        (1, None, "Two.", SceneStatus.WRITTEN),
    ]
    assert job.scenes[0].slide_id == UUID(slide)
    assert (job.lane, job.external_id, job.status) == ("batch", "lesson-7", JobStatus.QUEUED)
    with database.transaction() as session:
        first = events.after(session, job.id, 0)
        assert [(e.number, e.making, e.kind, e.data) for e in first] == [
            (1, 1, "job.queued", {"making": 1})
        ]


def test_nothing_of_a_job_remains_when_its_transaction_fails(database: Database) -> None:
    owner_id = an_owner(database)

    def create_two_of_which_one_is_wrong() -> None:
        with database.transaction() as session:
            jobs.create(session, owner_id, a_spec(uuid4()))
            jobs.create(session, owner_id, {})

    with pytest.raises(KeyError, match="title"):
        create_two_of_which_one_is_wrong()
    with database.transaction() as session:
        assert session.scalars(select(Job)).all() == []
        assert session.scalars(select(Event)).all() == []


def test_only_the_owner_finds_a_job(database: Database) -> None:
    owner_id, other_id = an_owner(database), an_owner(database)
    job_id = a_queued_job(database, owner_id)
    with database.transaction() as session:
        found = jobs.find(session, owner_id, job_id)
        assert found is not None
        assert found.id == job_id
        assert jobs.find(session, other_id, job_id) is None
        assert jobs.page(session, other_id, jobs.JobFilter()).items == []


def test_pages_follow_each_other_newest_first(database: Database) -> None:
    owner_id = an_owner(database)
    made = [a_queued_job(database, owner_id, title=f"Lesson {n}") for n in range(5)]
    seen: list[UUID] = []
    cursor = None
    for length in (2, 2, 1):
        with database.transaction() as session:
            page = jobs.page(session, owner_id, jobs.JobFilter(), cursor=cursor, limit=2)
        assert (len(page.items), page.total) == (length, 5)
        seen += [job.id for job in page.items]
        cursor = page.next_cursor
    assert cursor is None
    assert seen == made[::-1]


def test_a_list_is_narrowed_by_status_words_and_time(database: Database) -> None:
    owner_id = an_owner(database)
    rain = a_queued_job(database, owner_id, title="How 100% of rain is made")
    wind = a_queued_job(database, owner_id, title="Wind", external_id="unit-2")
    with database.transaction() as session:
        assert jobs.cancel(session, wind)
    with database.transaction() as session:
        created = session.get_one(Job, wind).created_at

        def found(**given: object) -> list[UUID]:
            wanted = jobs.JobFilter(**given)  # type: ignore[arg-type]
            return [job.id for job in jobs.page(session, owner_id, wanted).items]

        assert found(statuses=[JobStatus.CANCELLED]) == [wind]
        assert found(statuses=[JobStatus.CANCELLED, JobStatus.QUEUED]) == [wind, rain]
        assert found(q="100% OF") == [rain]
        assert found(q="%") == [rain]
        assert found(q="UNIT") == [wind]
        assert found(external_id="unit-2") == [wind]
        assert found(created_before=created) == [rain]
        assert found(created_after=created) == []


def test_a_queued_job_is_cancelled_at_once(database: Database) -> None:
    job_id = a_queued_job(database, an_owner(database))
    with database.transaction() as session:
        assert jobs.cancel(session, job_id)
    with database.transaction() as session:
        job = session.get_one(Job, job_id)
        assert (job.status, job.finished_at is None) == (JobStatus.CANCELLED, False)
        assert {step.status for step in job.steps} == {StepStatus.CANCELLED}
        assert kinds(session, job_id) == ["job.queued", "job.cancelled"]
        assert not jobs.cancel(session, job_id)
        assert work.lease(session, "anyone", 30) is None


def test_a_retry_is_another_making_with_an_end_of_its_own(database: Database) -> None:
    job_id = a_queued_job(database, an_owner(database))
    for _ in range(2):
        with database.transaction() as session:
            jobs.cancel(session, job_id)
        with database.transaction() as session:
            assert jobs.retry(session, job_id)
            assert not jobs.retry(session, job_id)
    with database.transaction() as session:
        history = events.after(session, job_id, 0)
        assert [(e.number, e.making, e.kind) for e in history] == [
            (1, 1, "job.queued"),
            (2, 1, "job.cancelled"),
            (3, 2, "job.queued"),
            (4, 2, "job.cancelled"),
            (5, 3, "job.queued"),
        ]
        job = session.get_one(Job, job_id)
        assert (job.status, job.making, job.finished_at) == (JobStatus.QUEUED, 3, None)
        assert {step.status for step in job.steps} == {StepStatus.PENDING}


def test_a_deleted_job_takes_its_rows_along(database: Database) -> None:
    job_id = a_queued_job(database, an_owner(database))
    with database.transaction() as session:
        held = work.lease(session, "worker", 3600)
        assert held is not None
    with database.transaction() as session:
        assert jobs.delete_many(session, [job_id])
        assert not jobs.delete_many(session, [job_id])
    with database.transaction() as session:
        assert session.scalars(select(Event)).all() == []
        assert work.hold(session, held) is None
        assert work.beat(session, held, 30) is work.Beat.LOST
        assert session.scalars(select(User)).all() != []
