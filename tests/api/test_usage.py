"""What was made and is there, and what the studio has to do."""

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import update

from db import steps, usage, work
from db.models import Asset, Export, Job, Lane, Role
from db.session import Database
from pipeline.record import JobRecord
from serve.deps import Replicas, Studio
from serve.ingress import create_app
from tests.api.conftest import Person
from tests.api.problems import assert_problem
from tests.factories import a_spec

NOTHING = {"used": 0, "limit": None, "left": None}


def made(database: Database, seconds: float) -> work.Lease:
    """A producer leases the job in turn and makes so much speech and video of it."""
    with database.transaction() as db:
        lease = work.lease(db, "producer 1", 600)
        assert lease is not None
        job = work.hold(db, lease)
        assert job is not None
        for step in ("speech", "video"):
            steps.start(db, job, step, {"name": f"fake {step}"})
            steps.account(db, job, step, 2 * seconds, seconds)
        return lease


def test_whoever_has_done_nothing_has_used_nothing(ada: Person) -> None:
    told = ada.get("/api/usage").json()
    assert told["video_minutes"] == {"made": 0.0, "promised": 0.0, "limit": None, "left": None}
    assert told["storage_bytes"] == NOTHING
    assert told["jobs"] == {"used": 0, "limit": 1000, "left": 1000}
    now = datetime.now(UTC)
    since, resets_at = (datetime.fromisoformat(told[name]) for name in ("since", "resets_at"))
    assert since <= now < resets_at
    assert (since.day, resets_at.day) == (1, 1)
    days = [date.fromisoformat(each["day"]) for each in told["days"]]
    assert days == [days[0] + timedelta(days=number) for number in range(30)]
    assert all(each["video_minutes"] == each["lessons"] == 0 for each in told["days"])


def test_what_is_made_counts_and_stays_when_it_is_deleted(
    ada: Person, bob: Person, portrait: Asset, database: Database
) -> None:
    job = ada.post("/api/jobs", json=a_spec(portrait.id)).json()
    lease = made(database, seconds=90.0)
    asyncio.run(JobRecord(database, lease).succeed())
    assert ada.delete(f"/api/jobs/{job['id']}").status_code == 204
    told = ada.get("/api/usage").json()
    assert told["video_minutes"]["made"] == 1.5
    assert told["jobs"]["used"] == 0
    assert [(each["video_minutes"], each["lessons"]) for each in told["days"][-2:]] in (
        [(0.0, 0), (1.5, 1)],
        [(1.5, 1), (0.0, 0)],  # at midnight
    )
    assert bob.get("/api/usage").json()["video_minutes"]["made"] == 0.0


def test_what_is_under_way_is_promised_until_it_is_made(
    ada: Person, portrait: Asset, database: Database
) -> None:
    ada.post("/api/jobs", json=a_spec(portrait.id, scenes=[{"narration": "x" * 900}] * 2))
    told = ada.get("/api/usage").json()
    assert (told["video_minutes"]["promised"], told["jobs"]["used"]) == (2.0, 1)
    lease = made(database, seconds=60.0)
    with database.transaction() as db:
        job = work.hold(db, lease)
        assert job is not None
        steps.film_scene(db, job, 0, steps.FilmedScene(60.0, "a clip", None), made=True)
    told = ada.get("/api/usage").json()["video_minutes"]
    assert (told["made"], told["promised"]) == (1.0, 1.0)


def test_uploads_and_finished_files_take_room(
    ada: Person, portrait: Asset, database: Database
) -> None:
    job = ada.post("/api/jobs", json=a_spec(portrait.id)).json()
    with database.transaction() as db:
        file = {"content_type": "video/mp4", "sha256": "0" * 64, "storage_key": "none"}
        db.add(Export(job_id=job["id"], name="lesson.mp4", bytes=5_000_000_000, **file))
    assert ada.get("/api/usage").json()["storage_bytes"]["used"] == 5_000_001_000


def test_what_is_left_is_never_less_than_nothing(
    signed_in: Callable[..., Person], database: Database
) -> None:
    eve = signed_in(quotas={"video_minutes": 1, "storage_bytes": 10, "jobs": 0})
    with database.transaction() as db:
        usage.note(db, eve.user.id, video_seconds=600.0)
    told = eve.get("/api/usage").json()
    assert (told["video_minutes"]["limit"], told["video_minutes"]["left"]) == (1.0, 0.0)
    assert told["storage_bytes"] == {"used": 0, "limit": 10, "left": 10}
    assert told["jobs"] == {"used": 0, "limit": 0, "left": 0}


@pytest.fixture
def root(signed_in: Callable[..., Person]) -> Person:
    return signed_in(username="root", role=Role.ADMIN)


def test_administrators_read_the_usage_of_others(
    root: Person, bob: Person, ada: Person, database: Database
) -> None:
    with database.transaction() as db:
        usage.note(db, bob.user.id, video_seconds=60.0)
    path = f"/api/admin/users/{bob.user.id}/usage"
    assert root.get(path).json()["video_minutes"]["made"] == 1.0
    assert_problem(ada.get(path), 403, "not_allowed")
    assert_problem(root.get(f"/api/admin/users/{'0' * 32}/usage"), 404, "user_not_found")


def capacity(root: Person) -> Any:
    answer = root.get("/api/admin/capacity")
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_an_idle_studio_has_nothing_to_do(root: Person) -> None:
    idle = {"waiting": 0, "running": 0, "oldest_seconds": 0.0}
    assert capacity(root) == {
        "lanes": [{"lane": "interactive"} | idle, {"lane": "batch"} | idle],
        "producers": [],
        "deployments": [],
        "speeds": [],
        "work_seconds": 0.0,
        "empty_in_seconds": 0.0,
        "dashboard": None,
    }


def test_the_queue_is_told_by_lane_with_the_age_of_its_oldest(
    root: Person, ada: Person, portrait: Asset, database: Database
) -> None:
    for priority in ("interactive", "batch", "batch"):
        ada.post("/api/jobs", json=a_spec(portrait.id, priority=priority))
    with database.transaction() as db:
        hour_ago = Job.created_at - timedelta(hours=1)
        earlier = update(Job).where(Job.lane == Lane.BATCH)
        db.execute(earlier.values(created_at=hour_ago, not_before=hour_ago))
        work.lease(db, "producer 1", 600)
    lanes = {each["lane"]: each for each in capacity(root)["lanes"]}
    assert (lanes["interactive"]["waiting"], lanes["interactive"]["running"]) == (0, 1)
    assert (lanes["batch"]["waiting"], lanes["batch"]["running"]) == (2, 0)
    assert 3600 <= lanes["batch"]["oldest_seconds"] < 4200


def test_producers_are_told_by_the_leases_they_hold(
    root: Person, ada: Person, portrait: Asset, database: Database
) -> None:
    for _ in range(3):
        ada.post("/api/jobs", json=a_spec(portrait.id))
    with database.transaction() as db:
        for name, seconds in (("b", 900), ("a", 900), ("b", 60)):
            work.lease(db, name, seconds)
    producers = capacity(root)["producers"]
    assert [(each["name"], each["jobs"]) for each in producers] == [("a", 1), ("b", 2)]
    left = datetime.fromisoformat(producers[1]["leased_until"]) - datetime.now(UTC)
    assert left < timedelta(seconds=61)


def test_speeds_are_measured_and_the_work_left_is_told_by_them(
    root: Person, ada: Person, portrait: Asset, database: Database
) -> None:
    spec = a_spec(portrait.id, scenes=[{"narration": "x" * 900}])
    ada.post("/api/jobs", json=spec)
    asyncio.run(JobRecord(database, made(database, seconds=60.0)).succeed())
    told = capacity(root)
    assert told["speeds"] == [
        {"step": step, "engine": f"fake {step}", "jobs": 1, "work_seconds": 2.0}
        for step in ("speech", "video")
    ]
    assert told["work_seconds"] == 0.0
    ada.post("/api/jobs", json=spec)
    told = capacity(root)
    # script and package were never measured: 0.1 and 0.05 are the usual
    assert told["work_seconds"] == pytest.approx(60.0 * (0.1 + 2.0 + 2.0 + 0.05), abs=0.1)
    assert told["empty_in_seconds"] == told["work_seconds"]


def test_replicas_are_told_where_serve_can_be_asked(studio: Studio, root: Person) -> None:
    dashboard = "http://ray-head:8265"
    replicas = [Replicas("KDTalker", 3, 1)]
    asked = replace(studio, replicas=lambda: replicas, dashboard=dashboard)
    with TestClient(create_app(asked)) as client:
        told = capacity(replace(root, client=client))
    assert told["deployments"] == [{"deployment": "KDTalker", "running": 3, "changing": 1}]
    assert told["dashboard"] == dashboard
