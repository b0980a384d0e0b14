"""What is deleted while somebody changes it is not there: never a fault of the studio."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any
from uuid import UUID

import httpx
import pytest
from sqlalchemy import delete, text, update

from db import embeds, jobs
from db.models import Asset, AssetKind, Export, Job, JobStatus
from db.session import Database
from tests.api.conftest import Person
from tests.api.problems import assert_problem
from tests.factories import a_spec, an_asset

WAITING = """
    SELECT EXISTS (SELECT FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock')
"""
LIMIT_SECONDS = 240
Ask = Callable[[], Any]


@pytest.fixture
def while_deleting(database: Database) -> Iterator[Callable[[type, UUID, Ask], Any]]:
    """Does something while a deletion has begun, which is committed once it is waited for."""

    def is_waited_for() -> bool:
        with database.transaction() as db:
            return bool(db.scalar(text(WAITING)))

    with ThreadPoolExecutor(1) as pool:

        def meanwhile(kind: Any, row_id: UUID, ask: Ask) -> Any:
            until = time.monotonic() + LIMIT_SECONDS
            with database.transaction() as db:
                db.execute(delete(kind).where(kind.id == row_id))
                asked: Future[Any] = pool.submit(ask)
                while not asked.done() and not is_waited_for():
                    assert time.monotonic() < until
                    time.sleep(0.02)
            return asked.result(LIMIT_SECONDS)

        yield meanwhile


def test_an_asset_that_is_deleted_meanwhile_is_not_found(
    ada: Person, database: Database, while_deleting: Callable[..., httpx.Response]
) -> None:
    changes: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("PATCH", "", {"name": "Ada"}),
        ("POST", "/consent", {"statement": "self", "person": "Ada"}),
        ("POST", "/consent/phrase", {}),
    )
    for method, place, body in changes:
        with database.transaction() as db:
            voice = an_asset(db, ada.user, kind=AssetKind.VOICE).id
        asked = while_deleting(
            Asset, voice, partial(ada.send, method, f"/api/assets/{voice}{place}", json=body)
        )
        assert_problem(asked, 404, "asset_not_found")


@pytest.fixture
def lesson(ada: Person, portrait: Asset, database: Database) -> Callable[[], UUID]:
    """Makes a lesson whose film is there."""

    def made() -> UUID:
        job_id = UUID(ada.post("/api/jobs", json=a_spec(portrait.id)).json()["id"])
        film = {"content_type": "video/mp4", "bytes": 1, "sha256": "0" * 64, "storage_key": "none"}
        with database.transaction() as db:
            db.execute(
                update(Job)
                .where(Job.id == job_id)
                .values(status=JobStatus.SUCCEEDED, finished_at=Job.created_at)
            )
            db.add(Export(job_id=job_id, name="lesson.mp4", **film))
        return job_id

    return made


def test_a_lesson_that_is_deleted_meanwhile_is_not_found(
    ada: Person,
    portrait: Asset,
    lesson: Callable[[], UUID],
    while_deleting: Callable[..., httpx.Response],
) -> None:
    changes: tuple[tuple[str, str, dict[str, Any]], ...] = (
        ("PATCH", "", {"title": "Rain"}),
        ("POST", "/cancel", {}),
        ("POST", "/retry", {}),
        ("POST", "/remake", a_spec(portrait.id)),
        ("POST", "/embed", {"origins": []}),
    )
    for method, place, body in changes:
        job_id = lesson()
        ask = partial(ada.send, method, f"/api/jobs/{job_id}{place}", json=body or None)
        asked = while_deleting(Job, job_id, ask)
        assert_problem(asked, 404, "job_not_found")


def test_a_lesson_that_is_deleted_while_it_is_opened_is_not_counted(
    database: Database, lesson: Callable[[], UUID], while_deleting: Callable[..., None]
) -> None:
    job_id = lesson()

    def count() -> None:
        with database.transaction() as db:
            embeds.count_view(db, job_id)

    while_deleting(Job, job_id, count)
    with database.transaction() as db:
        assert not jobs.hold(db, job_id)
        assert embeds.views(db, job_id).total == 0
