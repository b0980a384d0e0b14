"""How much a user may have: minutes of video, bytes, jobs; counted from rows, in parallel too."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update

from db import quotas, usage
from db.models import Asset, AssetStatus, AuditEntry, Job, JobStatus, Role, UsageDay, User
from db.quotas import Quotas
from db.session import Database
from pipeline.errors import StorageUnavailable
from pipeline.storage import Storage, user_prefix
from serve.deps import Studio
from serve.ingress import create_app
from serve.quotas import Month
from tests.api.conftest import Person
from tests.api.problems import assert_problem
from tests.factories import a_spec, an_asset

LESSON_MINUTES = (15 + 26) / 15 / 60
"""Of ``a_spec``: its characters at the usual pace."""


def give(database: Database, person: Person, **own: float | None) -> None:
    with database.transaction() as db:
        quotas.give(db, db.get_one(User, person.user.id), own)


def jobs_of(database: Database, person: Person) -> int:
    with database.transaction() as db:
        mine = select(func.count()).select_from(Job).where(Job.owner_id == person.user.id)
        return db.scalars(mine).one()


@pytest.fixture
def make(ada: Person, portrait: Asset) -> Callable[..., httpx.Response]:
    return lambda **given: ada.post("/api/jobs", json=a_spec(portrait.id, **given))


Make = Callable[..., httpx.Response]


def test_a_job_too_many_is_refused_until_another_has_ended(
    ada: Person, make: Make, database: Database
) -> None:
    give(database, ada, jobs=2)
    first, second, third = make(), make(), make()
    assert (first.status_code, second.status_code) == (202, 202)
    told = "With this, 3 jobs would run or wait; 2 are allowed at once."
    problem = assert_problem(third, 429, "quota_jobs", told)
    assert problem["quota"] == {"name": "jobs", "used": 3, "limit": 2, "resets_at": None}
    assert third.headers["retry-after"] == "60"
    assert jobs_of(database, ada) == 2
    ada.post(f"/api/jobs/{first.json()['id']}/cancel")
    assert make().status_code == 202


def test_minutes_that_are_promised_count_before_they_are_made(
    ada: Person, make: Make, database: Database
) -> None:
    give(database, ada, video_minutes=2.5 * LESSON_MINUTES)
    assert [make().status_code for _ in range(2)] == [202, 202]
    problem = assert_problem(make(), 402, "quota_video_minutes")
    assert problem["quota"]["name"] == "video_minutes"
    assert problem["quota"]["used"] == pytest.approx(3 * LESSON_MINUTES, abs=0.01)
    assert problem["quota"]["limit"] == pytest.approx(2.5 * LESSON_MINUTES)
    resets_at = datetime.fromisoformat(problem["quota"]["resets_at"])
    assert resets_at > datetime.now(UTC)
    assert (resets_at.day, resets_at.hour, resets_at.utcoffset()) == (1, 0, timedelta(0))
    assert jobs_of(database, ada) == 2


def test_a_lesson_of_unknown_length_counts_by_the_minutes_asked_for(
    ada: Person, make: Make, database: Database
) -> None:
    give(database, ada, video_minutes=5)
    prompted = {"scenes": [], "prompt": "How rain is made"}
    assert make(**prompted, minutes=4).status_code == 202
    problem = assert_problem(make(**prompted, minutes=2), 402, "quota_video_minutes")
    assert problem["quota"]["used"] == pytest.approx(6.0)


def test_minutes_that_were_made_count_until_the_month_ends(
    ada: Person, make: Make, database: Database
) -> None:
    give(database, ada, video_minutes=1)
    with database.transaction() as db:
        usage.note(db, ada.user.id, video_seconds=60.0)
    assert_problem(make(), 402, "quota_video_minutes")
    with database.transaction() as db:
        last_month = datetime.now(UTC).date().replace(day=1) - timedelta(days=1)
        db.execute(update(UsageDay).values(day=last_month))
    assert make().status_code == 202


def test_the_last_month_of_a_year_ends_with_it() -> None:
    assert [Month(datetime(2026, month, 1).date()).resets_at for month in (1, 11, 12)] == [
        datetime(2026, 2, 1, tzinfo=UTC),
        datetime(2026, 12, 1, tzinfo=UTC),
        datetime(2027, 1, 1, tzinfo=UTC),
    ]


def test_speech_alone_needs_no_minutes_of_video(
    ada: Person, make: Make, database: Database
) -> None:
    give(database, ada, video_minutes=0)
    assert make(preview="audio").status_code == 202
    assert_problem(make(), 402, "quota_video_minutes")


def test_a_retry_and_a_remake_count_as_a_new_job_does(
    ada: Person, portrait: Asset, make: Make, database: Database
) -> None:
    give(database, ada, jobs=1)
    job = f"/api/jobs/{make().json()['id']}"
    ada.post(f"{job}/cancel")
    make()
    assert_problem(ada.post(f"{job}/retry"), 429, "quota_jobs")
    assert ada.get(job).json()["status"] == JobStatus.CANCELLED
    assert_problem(ada.post(f"{job}/remake", json=a_spec(portrait.id)), 429, "quota_jobs")
    assert jobs_of(database, ada) == 2


def test_a_batch_counts_with_all_its_items(
    ada: Person, portrait: Asset, database: Database
) -> None:
    give(database, ada, jobs=2)

    def batch(size: int) -> httpx.Response:
        items = [{"title": f"Lesson {number}"} for number in range(size)]
        return ada.post("/api/batches", json={"defaults": a_spec(portrait.id), "items": items})

    problem = assert_problem(batch(3), 429, "quota_jobs")
    assert problem["quota"]["used"] == 3
    assert jobs_of(database, ada) == 0
    assert ada.get("/api/batches").json()["items"] == []
    assert batch(2).status_code == 202


def announced(person: Person, size: int) -> httpx.Response:
    ask = {"kind": "script", "filename": "a.txt", "content_type": "text/plain", "size": size}
    return person.post("/api/assets/uploads", json=ask | {"sha256": "0" * 64})


def test_an_upload_that_is_announced_takes_room(
    ada: Person, portrait: Asset, database: Database
) -> None:
    give(database, ada, storage_bytes=2000)
    problem = assert_problem(announced(ada, 1001), 402, "quota_storage_bytes")
    assert problem["detail"] == "With this, 2001 bytes would be stored; 2000 are allowed."
    assert problem["quota"]["used"] == 2001
    assert announced(ada, 1000).status_code == 201
    assert_problem(announced(ada, 1), 402, "quota_storage_bytes")


def test_of_a_file_that_has_no_room_nothing_is_kept(
    ada: Person, portrait: Asset, database: Database, storage: Storage
) -> None:
    give(database, ada, storage_bytes=1005)
    assert_problem(ada.upload("script", b"Warm air rises."), 402, "quota_storage_bytes")
    assert ada.get("/api/assets").json()["total"] == 1
    assert list(storage.list(user_prefix(ada.user.id))) == []
    assert ada.upload("script", b"Rain.").status_code == 201


def test_of_a_file_whose_row_cannot_be_written_nothing_is_kept(
    ada: Person, storage: Storage, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise StorageUnavailable("thumbnail")

    monkeypatch.setattr("serve.routes.assets.asset_read", fail)
    assert_problem(ada.upload("script", b"Rain."), 503, "storage_unavailable")
    assert list(storage.list(user_prefix(ada.user.id))) == []


def test_what_failed_its_check_takes_no_room(
    ada: Person, portrait: Asset, database: Database
) -> None:
    with database.transaction() as db:
        an_asset(db, ada.user, status=AssetStatus.FAILED, error_code="no_face", bytes=5000)
    assert ada.get("/api/usage").json()["storage_bytes"]["used"] == portrait.bytes


def test_without_room_no_lesson_is_begun(ada: Person, make: Make, database: Database) -> None:
    give(database, ada, storage_bytes=1000)
    assert_problem(make(), 402, "quota_storage_bytes")
    assert jobs_of(database, ada) == 0


def test_of_twenty_who_want_the_last_five_places_five_get_one(
    ada: Person, portrait: Asset, database: Database, server: str
) -> None:
    give(database, ada, jobs=5)
    with (
        httpx.Client(base_url=server, headers=ada.headers, timeout=120) as client,
        ThreadPoolExecutor(20) as crowd,
    ):
        client.get("/api/jobs")
        spec = a_spec(portrait.id)
        asked = crowd.map(lambda _: client.post("/api/jobs", json=spec), range(20))
        codes = sorted(answer.status_code for answer in asked)
    assert codes == [202] * 5 + [429] * 15
    assert jobs_of(database, ada) == 5


def test_the_quotas_of_one_user_are_not_those_of_another(
    ada: Person, bob: Person, database: Database
) -> None:
    give(database, ada, storage_bytes=0)
    assert announced(ada, 10).status_code == 402
    assert announced(bob, 10).status_code == 201


def test_who_was_given_nothing_has_the_usual_quotas(
    ada: Person, bob: Person, studio: Studio, database: Database
) -> None:
    give(database, bob, storage_bytes=None)
    usual = replace(studio, quotas=Quotas(storage_bytes=5))
    with TestClient(create_app(usual)) as client:
        codes = [announced(replace(each, client=client), 6).status_code for each in (ada, bob)]
    assert codes == [402, 201]


@pytest.fixture
def root(signed_in: Callable[..., Person]) -> Person:
    return signed_in(username="root", role=Role.ADMIN)


def test_an_administrator_gives_quotas_and_takes_them_back(
    root: Person, bob: Person, database: Database
) -> None:
    account = f"/api/admin/users/{bob.user.id}"

    def own(given: dict[str, Any]) -> Any:
        answer = root.patch(account, json={"quotas": given})
        assert answer.status_code == 200, answer.text
        assert answer.json() == root.get(account).json()
        return answer.json()["quotas"]

    assert root.get(account).json()["quotas"] == {}
    assert own({"jobs": 3, "video_minutes": None}) == {"jobs": 3, "video_minutes": None}
    told = bob.get("/api/usage").json()
    assert (told["jobs"]["limit"], told["video_minutes"]["limit"]) == (3, None)
    assert own({"storage_bytes": 7}) == {"storage_bytes": 7}
    assert bob.get("/api/usage").json()["jobs"]["limit"] == 1000
    assert own({}) == {}
    with database.transaction() as db:
        details = db.scalars(select(AuditEntry.details).order_by(AuditEntry.id)).all()
    assert details[0] == {"quotas": {"jobs": 3, "video_minutes": None}}


@pytest.mark.parametrize(
    "wrong",
    [{"jobs": -1}, {"jobs": 1.5}, {"storage_bytes": 2**53}, {"video_minutes": "many"}, {"cpu": 1}],
)
def test_quotas_that_are_none_are_refused(root: Person, bob: Person, wrong: dict[str, Any]) -> None:
    answer = root.patch(f"/api/admin/users/{bob.user.id}", json={"quotas": wrong})
    body = assert_problem(answer, 422, "request_invalid")
    assert {error["field"] for error in body["errors"]} == {f"quotas.{next(iter(wrong))}"}
