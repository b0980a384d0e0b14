"""Jobs over HTTP: asked for, listed, read, cancelled, retried, remade, deleted."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from db import jobs
from db.models import Asset, AssetKind, AssetStatus, Export, Job, JobStatus, Lane
from db.session import Database
from deployments.zyphra.fake import FakeSpeech
from pipeline.engines import EngineCard, SpeechRequest
from pipeline.errors import NoEngineFits
from pipeline.storage import Storage, export_key
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec, an_asset
from tests.schemas import without_schemas

NOBODY = str(UUID(int=1))
UP = "Warm air rises. [pause 0.8s] 🌧️"
NARRATION, SLIDE = "scenes.0.narration", "scenes.0.slide_id"


def created(person: Person, spec: dict[str, Any]) -> dict[str, Any]:
    answer = person.post("/api/jobs", json=spec)
    assert answer.status_code == 202, answer.text
    job: dict[str, Any] = answer.json()
    return job


def set_status(database: Database, job: dict[str, Any], status: JobStatus) -> None:
    """As the worker would, without one."""
    error = {"code": "no_face", "detail": "None.", "advice": "Another."}
    with database.transaction() as db:
        row = jobs.lock(db, UUID(job["id"]))
        assert row is not None
        jobs.end(db, row, status, **(error if status is JobStatus.FAILED else {}))


def test_a_lesson_is_accepted_with_everything_it_asks_for(
    ada: Person, portrait: Asset, database: Database
) -> None:
    with database.transaction() as db:
        voice = an_asset(db, ada.user, kind=AssetKind.VOICE)
        slide = an_asset(db, ada.user, kind=AssetKind.SLIDE)
    spec = {
        "title": "How rain is made",
        "scenes": [
            {"title": "Up", "narration": UP, "slide_id": str(slide.id)},
            {"narration": "والماء يسقط."},
        ],
        "portrait_id": str(portrait.id),
        "voice_id": str(voice.id),
        "video": {"background": str(slide.id), "aspect": "16:9"},
        "engines": {"speech": "fake"},
        "external_id": "course-7",
        "priority": "batch",
    }  # fmt: skip
    answer = ada.post("/api/jobs", json=spec)
    assert answer.status_code == 202, answer.text
    job = answer.json()
    assert answer.headers["location"] == f"/api/jobs/{job['id']}"
    assert (job["status"], job["priority"], job["making"]) == ("queued", "batch", 1)
    assert [step["name"] for step in job["steps"]] == ["script", "speech", "video", "package"]
    assert {step["status"] for step in job["steps"]} == {"pending"}
    assert [scene["narration"] for scene in job["scenes"]] == [
        UP,
        "والماء يسقط.",
    ]
    assert (job["queue_position"], job["last_event"], job["external_id"]) == (1, 1, "course-7")
    assert job["seconds_left"] > 0
    assert job["spec"]["voice_id"] == str(voice.id)
    assert job["created_at"].endswith("Z")
    assert ada.get(answer.headers["location"]).json() == job
    with database.transaction() as db:
        row = db.query(Job).one()
    assert (row.lane, row.owner_id, str(row.id)) == (Lane.BATCH, ada.user.id, job["id"])


def test_a_prompt_is_accepted_too(ada: Person, portrait: Asset) -> None:
    spec = {"title": "Rain", "prompt": "How rain is made", "portrait_id": str(portrait.id)}
    assert created(ada, spec)["scenes"] == []


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"title": " "}, ("title", "string_too_short")),
        ({"title": "NUL\0"}, ("title", "value_error")),
        ({"prompt": "Rain"}, ("body", "value_error")),
        ({"scenes": []}, ("body", "value_error")),
        ({"scenes": [{"narration": ""}]}, (NARRATION, "string_too_short")),
        ({"scenes": [{"narration": "a\0b"}]}, (NARRATION, "value_error")),
        ({"scenes": [{"narration": "x" * 20_001}]}, (NARRATION, "string_too_long")),
        ({"scenes": [{"narration": "Yes."}] * 501}, ("scenes", "too_long")),
        ({"scenes": [{"narration": "😀"}]}, (NARRATION, "nothing_to_say")),
        ({"scenes": [{"narration": "Wait. [pause 9999s]"}]}, (NARRATION, "pause_too_long")),
        ({"portrait_id": "mine"}, ("portrait_id", "uuid_parsing")),
        ({"portrait_id": NOBODY}, ("portrait_id", "asset_not_found")),
        ({"voice_id": NOBODY}, ("voice_id", "asset_not_found")),
        ({"video": {"background": NOBODY}}, ("video.background", "asset_not_found")),
        ({"scenes": [{"narration": "Yes.", "slide_id": NOBODY}]}, (SLIDE, "asset_not_found")),
        ({"video": {"resolution": "4k"}}, ("video.resolution", "literal_error")),
        ({"speech": {"speaking_rate": 99}}, ("speech.speaking_rate", "less_than_equal")),
        ({"colour": "red"}, ("colour", "extra_forbidden")),
        ({"exports": ["lesson.avi"]}, ("exports.0", "literal_error")),
        ({"language": "English"}, ("language", "string_pattern_mismatch")),
    ],
)  # fmt: skip
def test_a_spec_is_checked_field_by_field(
    ada: Person, portrait: Asset, change: dict[str, Any], wrong: tuple[str, str]
) -> None:
    answer = ada.post("/api/jobs", json=a_spec(portrait.id) | change)
    assert fields(assert_problem(answer, 422, "request_invalid")) == {wrong}
    assert ada.get("/api/jobs").json()["total"] == 0


def test_assets_must_be_ones_own_ready_and_of_the_right_kind(
    ada: Person, bob: Person, portrait: Asset, database: Database
) -> None:
    with database.transaction() as db:
        foreign = an_asset(db, bob.user)
        broken = an_asset(
            db, ada.user, kind=AssetKind.VOICE, status=AssetStatus.FAILED,
            error_code="voice_silent", error_detail="Silent.",
        )  # fmt: skip
    scenes = [{"narration": "One.", "slide_id": str(portrait.id)}]
    spec = a_spec(foreign.id, voice_id=str(broken.id), scenes=scenes)
    body = assert_problem(ada.post("/api/jobs", json=spec), 422, "request_invalid")
    assert fields(body) == {
        ("portrait_id", "asset_not_found"),
        ("voice_id", "asset_not_ready"),
        ("scenes.0.slide_id", "asset_wrong_kind"),
    }


def test_an_engine_asked_for_by_name_that_cannot_run_is_refused_before_work_starts(
    ada: Person, portrait: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def card(self: FakeSpeech, ask: SpeechRequest) -> EngineCard:
        return EngineCard("zonos", "1", "model", "A model", missing="its weights")

    monkeypatch.setattr(FakeSpeech, "card", card)
    spec = a_spec(portrait.id, engines={"speech": "zonos"})
    assert_problem(
        ada.post("/api/jobs", json=spec),
        422,
        "engine_unavailable",
        "The engine “zonos” cannot run here: its weights",
    )
    assert created(ada, a_spec(portrait.id))["status"] == "queued"


def test_a_viewer_may_not_make_lessons(viewer: Person) -> None:
    assert_problem(viewer.post("/api/jobs", json=a_spec(uuid4())), 403, "not_allowed")
    assert viewer.get("/api/jobs").status_code == 200


def test_the_list_is_paged_and_filtered(ada: Person, portrait: Asset, database: Database) -> None:
    made = [created(ada, a_spec(portrait.id, title=f"Lesson {n}")) for n in range(4)]
    created(ada, a_spec(portrait.id, title="Snow", external_id="winter-1"))
    set_status(database, made[0], JobStatus.CANCELLED)

    def titles(**query: Any) -> list[str]:
        return [job["title"] for job in ada.get("/api/jobs", params=query).json()["items"]]

    assert titles() == ["Snow", "Lesson 3", "Lesson 2", "Lesson 1", "Lesson 0"]
    assert titles(status="cancelled") == ["Lesson 0"]
    assert titles(q="WINTER") == ["Snow"]
    assert titles(external_id="winter-1") == ["Snow"]
    assert titles(created_after="2100-01-01T00:00:00+01:00") == []
    first = ada.get("/api/jobs", params={"limit": 3}).json()
    assert first["total"] == 5
    assert first["next_cursor"] == first["items"][-1]["id"]
    rest = ada.get("/api/jobs", params={"limit": 3, "cursor": first["next_cursor"]}).json()
    assert [job["title"] for job in rest["items"]] == ["Lesson 1", "Lesson 0"]
    assert rest["next_cursor"] is None
    assert "spec" not in first["items"][0]


@pytest.mark.parametrize(
    ("query", "wrong"),
    [
        ({"limit": 0}, ("limit", "greater_than_equal")),
        ({"limit": 101}, ("limit", "less_than_equal")),
        ({"cursor": "next"}, ("cursor", "uuid_parsing")),
        ({"status": ["failed", "lost"]}, ("status.1", "enum")),
        ({"q": "\0"}, ("q", "value_error")),
        ({"created_after": "yesterday"}, ("created_after", "timezone_aware")),
        ({"created_after": "2026-01-01T00:00:00"}, ("created_after", "timezone_aware")),
        ({"colour": "red"}, ("colour", "unknown_parameter")),
    ],
)
def test_a_query_is_checked(ada: Person, query: dict[str, Any], wrong: tuple[str, str]) -> None:
    body = assert_problem(ada.get("/api/jobs", params=query), 422, "request_invalid")
    [(field, code)] = fields(body)
    assert field == wrong[0]
    assert code == wrong[1] or field == "created_after"


def test_nobody_sees_or_touches_the_jobs_of_another(
    ada: Person, bob: Person, portrait: Asset, database: Database
) -> None:
    job = created(ada, a_spec(portrait.id))
    with database.transaction() as db:
        own = an_asset(db, bob.user)
    for place in (f"/api/jobs/{job['id']}", f"/api/jobs/{NOBODY}"):
        for answer in (
            bob.get(place),
            bob.patch(place, json={"title": "Mine"}),
            bob.post(f"{place}/cancel"),
            bob.post(f"{place}/retry"),
            bob.post(f"{place}/remake", json=a_spec(own.id)),
            bob.delete(place),
            bob.get(f"{place}/events"),
            bob.get(f"{place}/stream.m3u8"),
            bob.get(f"{place}/exports"),
            bob.get(f"{place}/exports/lesson.mp4"),
        ):
            assert_problem(answer, 404, "job_not_found", "You have no job with this id.")
    assert ada.get(f"/api/jobs/{job['id']}").json()["status"] == "queued"
    assert bob.get("/api/jobs").json() == {"items": [], "next_cursor": None, "total": 0}


def test_a_package_that_cannot_be_made_here_is_refused_before_work_starts(
    ada: Person, portrait: Asset, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = a_spec(portrait.id, exports=["lesson.mp4", "cmi5.zip"])
    packed = film | {"exports": ["lesson.mp4", "scorm2004.zip"]}
    without_schemas(monkeypatch, tmp_path)
    job = created(ada, film)
    asked = ada.post("/api/jobs", json=packed)
    assert "make schemas" in assert_problem(asked, 422, "schemas_missing")["advice"]
    remade = ada.post(f"/api/jobs/{job['id']}/remake", json=packed)
    assert_problem(remade, 422, "schemas_missing")
    batch = ada.post("/api/batches", json={"items": [film, packed]}).json()
    assert [fields(each) for each in batch["refused"]] == [{("exports", "schemas_missing")}]


def test_an_id_that_is_none_is_refused(ada: Person) -> None:
    body = assert_problem(ada.get("/api/jobs/mine"), 422, "request_invalid")
    assert fields(body) == {("job_id", "uuid_parsing")}


def test_a_waiting_job_is_cancelled_at_once_and_can_be_set_going_again(
    ada: Person, portrait: Asset
) -> None:
    place = f"/api/jobs/{created(ada, a_spec(portrait.id))['id']}"
    assert_problem(
        ada.post(f"{place}/retry"),
        409,
        "job_not_retryable",
        "The job is queued; only a failed or cancelled one can be retried.",
    )
    cancelled = ada.post(f"{place}/cancel")
    assert cancelled.status_code == 202
    assert cancelled.json()["status"] == "cancelled"
    assert {step["status"] for step in cancelled.json()["steps"]} == {"cancelled"}
    assert cancelled.json()["queue_position"] is None
    assert cancelled.json()["seconds_left"] is None
    assert_problem(
        ada.post(f"{place}/cancel"), 409, "job_finished", "The job is cancelled already."
    )
    again = ada.post(f"{place}/retry")
    assert again.status_code == 202
    assert (again.json()["status"], again.json()["making"]) == ("queued", 2)
    assert {step["status"] for step in again.json()["steps"]} == {"pending"}


def test_a_failed_job_says_why_and_what_to_do(
    ada: Person, portrait: Asset, database: Database
) -> None:
    job = created(ada, a_spec(portrait.id))
    set_status(database, job, JobStatus.FAILED)
    read = ada.get(f"/api/jobs/{job['id']}").json()
    told = {"code": "no_face", "detail": "None.", "advice": "Another.", "scene": None}
    assert read["error"] == told | {"retryable": False}
    assert ada.post(f"/api/jobs/{job['id']}/retry").json()["error"] is None


def test_a_job_is_remade_from_a_changed_spec(ada: Person, portrait: Asset) -> None:
    first = created(ada, a_spec(portrait.id))
    answer = ada.post(f"/api/jobs/{first['id']}/remake", json=a_spec(portrait.id, title="Better"))
    assert answer.status_code == 202
    second = answer.json()
    assert answer.headers["location"] == f"/api/jobs/{second['id']}"
    assert (second["remade_from"], second["title"]) == (first["id"], "Better")
    refused = ada.post(f"/api/jobs/{first['id']}/remake", json=a_spec(uuid4()))
    assert fields(assert_problem(refused, 422, "request_invalid")) == {
        ("portrait_id", "asset_not_found")
    }


def test_a_job_is_deleted_with_its_exports_but_not_while_it_runs(
    ada: Person, portrait: Asset, database: Database, storage: Storage
) -> None:
    job = created(ada, a_spec(portrait.id))
    place, key = f"/api/jobs/{job['id']}", export_key(ada.user.id, UUID(job["id"]), "lesson.mp4")
    storage.put(key, b"film", "video/mp4")
    with database.transaction() as db:
        db.query(Job).update({"status": "running", "leased_until": "2100-01-01T00:00:00Z"})
    assert_problem(
        ada.delete(place), 409, "job_not_finished", "The job is running; this needs a finished one."
    )
    assert storage.exists(key)
    set_status(database, job, JobStatus.CANCELLED)
    assert ada.delete(place).status_code == 204
    assert_problem(ada.get(place), 404, "job_not_found")
    assert not storage.exists(key)


def test_the_list_is_narrowed_by_several_statuses_and_sorted(
    ada: Person, portrait: Asset, database: Database
) -> None:
    made = [created(ada, a_spec(portrait.id, title=title)) for title in ("b", "C", "a", "b")]
    set_status(database, made[0], JobStatus.CANCELLED)
    set_status(database, made[1], JobStatus.FAILED)

    def ids(**query: Any) -> list[str]:
        return [job["id"] for job in ada.get("/api/jobs", params=query).json()["items"]]

    first, second, third, fourth = (job["id"] for job in made)
    assert ids(status=["cancelled", "failed"]) == [second, first]
    assert ids(sort="oldest") == [first, second, third, fourth]
    assert ids(sort="title") == [third, first, fourth, second]
    for sort in ("newest", "oldest", "title"):
        whole, seen, cursor = ids(sort=sort), [], None
        while True:
            query = {"sort": sort, "limit": 1} | ({"cursor": cursor} if cursor else {})
            page = ada.get("/api/jobs", params=query).json()
            seen += [job["id"] for job in page["items"]]
            if (cursor := page["next_cursor"]) is None:
                break
        assert seen == whole


def test_a_place_in_the_order_of_titles_must_be_there(ada: Person, portrait: Asset) -> None:
    job = created(ada, a_spec(portrait.id))
    query = {"sort": "title", "cursor": job["id"]}
    assert ada.get("/api/jobs", params=query).json()["items"] == []
    assert ada.delete(f"/api/jobs/{job['id']}").status_code == 204
    body = assert_problem(ada.get("/api/jobs", params=query), 422, "request_invalid")
    assert fields(body) == {("cursor", "cursor_invalid")}


def test_an_engine_that_needs_a_voice_is_asked_with_one(
    ada: Person, portrait: Asset, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def card(self: FakeSpeech, ask: SpeechRequest) -> EngineCard:
        missing = "a voice sample" if ask.voice is None else None
        return EngineCard("matched", "1", "embedded", "A voice", missing=missing)

    monkeypatch.setattr(FakeSpeech, "card", card)
    with database.transaction() as db:
        voice = an_asset(db, ada.user, kind=AssetKind.VOICE)
    spec = a_spec(portrait.id, engines={"speech": "matched"})
    assert_problem(ada.post("/api/jobs", json=spec), 422, "engine_unavailable")
    created(ada, spec | {"voice_id": str(voice.id)})


def test_a_language_that_no_engine_speaks_is_refused_before_work_starts(
    ada: Person, portrait: Asset, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def card(self: FakeSpeech, ask: SpeechRequest) -> EngineCard:
        assert ask.engine == "auto"
        raise NoEngineFits(f"builtin: it speaks English, not “{ask.language}”.")

    monkeypatch.setattr(FakeSpeech, "card", card)
    told = "No engine here can do this: builtin: it speaks English, not “ja”."
    japanese = a_spec(portrait.id, language="ja")
    assert_problem(ada.post("/api/jobs", json=japanese), 422, "engine_unavailable", told)
    created(ada, a_spec(portrait.id))


def test_a_preview_does_not_ask_for_a_video_engine(ada: Person, portrait: Asset) -> None:
    job = created(ada, a_spec(portrait.id, preview="audio", engines={"video": "anything"}))
    assert job["preview"] == "audio"
    assert [step["name"] for step in job["steps"]] == ["script", "speech", "package"]


def test_a_job_is_renamed_and_remade_under_its_new_name(ada: Person, portrait: Asset) -> None:
    place = f"/api/jobs/{created(ada, a_spec(portrait.id))['id']}"
    renamed = ada.patch(place, json={"title": " Rain, and why "})
    assert renamed.status_code == 200
    assert renamed.json()["title"] == renamed.json()["spec"]["title"] == "Rain, and why"
    assert ada.get("/api/jobs").json()["items"][0]["title"] == "Rain, and why"
    remade = ada.post(
        f"{place}/remake",
        json={"preview": "audio"},
        headers={"Content-Type": "application/merge-patch+json"},
    )
    assert remade.json()["title"] == "Rain, and why"


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, ("title", "missing")),
        ({"title": " "}, ("title", "string_too_short")),
        ({"title": "x" * 201}, ("title", "string_too_long")),
        ({"title": "Rain", "status": "succeeded"}, ("status", "extra_forbidden")),
    ],
)
def test_a_name_is_checked(
    ada: Person, portrait: Asset, change: dict[str, Any], wrong: tuple[str, str]
) -> None:
    place = f"/api/jobs/{created(ada, a_spec(portrait.id))['id']}"
    refused = ada.patch(place, json=change)
    assert fields(assert_problem(refused, 422, "request_invalid")) == {wrong}
    assert ada.get(place).json()["title"] == "How rain is made"


def test_jobs_that_use_an_asset_are_found(ada: Person, portrait: Asset, database: Database) -> None:
    with database.transaction() as db:
        voice, slide = (
            an_asset(db, ada.user, kind=kind) for kind in (AssetKind.VOICE, AssetKind.SLIDE)
        )
    scenes = [{"narration": "Yes."}, {"narration": "No.", "slide_id": str(slide.id)}]
    shown = created(ada, a_spec(portrait.id, scenes=scenes))["id"]
    behind = created(ada, a_spec(portrait.id, video={"background": str(slide.id)}))["id"]
    heard = created(ada, a_spec(portrait.id, voice_id=str(voice.id)))["id"]

    def using(asset_id: UUID) -> list[str]:
        found = ada.get("/api/jobs", params={"asset": str(asset_id)}).json()
        assert found["total"] == len(found["items"])
        return [job["id"] for job in found["items"]]

    assert using(portrait.id) == [heard, behind, shown]
    assert using(voice.id) == [heard]
    assert using(slide.id) == [behind, shown]
    assert using(uuid4()) == []
    refused = ada.get("/api/jobs", params={"asset": "mine"})
    assert fields(assert_problem(refused, 422, "request_invalid")) == {("asset", "uuid_parsing")}


def test_a_poster_is_told_with_the_job_at_an_address_that_lasts(
    ada: Person, portrait: Asset, database: Database, storage: Storage
) -> None:
    job = created(ada, a_spec(portrait.id))
    assert job["poster"] is None
    key = export_key(ada.user.id, UUID(job["id"]), "poster.jpg")
    storage.put(key, b"a picture", "image/jpeg")
    with database.transaction() as db:
        db.add(
            Export(
                job_id=UUID(job["id"]), name="poster.jpg", content_type="image/jpeg",
                bytes=9, sha256=uuid4().hex, storage_key=key,
            )
        )  # fmt: skip
    [listed] = ada.get("/api/jobs").json()["items"]
    shown = httpx.get(listed["poster"]["address"], timeout=60)
    assert (shown.content, shown.headers["content-type"]) == (b"a picture", "image/jpeg")
    assert "content-disposition" not in shown.headers
    left = datetime.fromisoformat(listed["poster"]["expires_at"]) - datetime.now(UTC)
    assert timedelta(minutes=9) < left <= timedelta(minutes=15)


def test_a_lesson_is_estimated_without_being_asked_for(
    ada: Person, bob: Person, portrait: Asset, database: Database
) -> None:
    spec = a_spec(portrait.id, scenes=[{"narration": UP}])
    alone = ada.post("/api/jobs/estimate", json=spec)
    assert alone.status_code == 200, alone.text
    assert set(alone.json()) == {"seconds", "ahead", "wait_seconds", "work_seconds"}
    assert (alone.json()["ahead"], alone.json()["wait_seconds"]) == (0, 0.0)
    longer = spec | {"scenes": [{"narration": UP}] * 3}
    more = ada.post("/api/jobs/estimate", json=longer).json()
    assert more["seconds"] == pytest.approx(3 * alone.json()["seconds"], abs=0.2)
    assert more["work_seconds"] == pytest.approx(3 * alone.json()["work_seconds"], abs=0.2)
    heard = ada.post("/api/jobs/estimate", json=longer | {"preview": "audio"}).json()
    assert heard["work_seconds"] < more["work_seconds"]
    assert ada.get("/api/jobs").json()["total"] == 0

    with database.transaction() as db:
        theirs = an_asset(db, bob.user)
    for _ in range(2):
        created(bob, a_spec(theirs.id))
    created(ada, spec)
    created(ada, spec | {"priority": "batch"})
    second = ada.post("/api/jobs/estimate", json=spec).json()
    assert second["ahead"] == 3
    assert second["wait_seconds"] == pytest.approx(3 * second["work_seconds"], abs=0.3)


def test_what_is_yet_to_be_written_is_estimated_by_the_length_asked_for(ada: Person) -> None:
    spec = {"title": "Rain", "prompt": "Rain", "portrait_id": NOBODY}
    short, long = (
        ada.post("/api/jobs/estimate", json=spec | {"minutes": minutes}).json()
        for minutes in (1, 3)
    )
    assert short["seconds"] is None
    assert long["work_seconds"] == pytest.approx(3 * short["work_seconds"], abs=0.3)
    refused = ada.post("/api/jobs/estimate", json={"title": "Rain"})
    assert_problem(refused, 422, "request_invalid")


def test_the_scene_of_a_failure_is_told(ada: Person, portrait: Asset, database: Database) -> None:
    job = created(ada, a_spec(portrait.id))
    with database.transaction() as db:
        told = {"step": "video", "code": "no_face", "detail": "No face.", "advice": "Another."}
        jobs.end(db, db.get_one(Job, UUID(job["id"])), JobStatus.FAILED, scene=1, **told)
    error = ada.get(f"/api/jobs/{job['id']}").json()["error"]
    why = {"code": "no_face", "detail": "No face.", "advice": "Another."}
    assert error == why | {"scene": 1, "retryable": False}


def test_it_is_told_whether_trying_again_can_help(
    ada: Person, portrait: Asset, database: Database
) -> None:
    said = {}
    for code in ("engine_failed", "prompt_too_long", "of_an_engine_that_is_gone"):
        job = created(ada, a_spec(portrait.id))
        with database.transaction() as db:
            row = db.get_one(Job, UUID(job["id"]))
            jobs.end(db, row, JobStatus.FAILED, code=code, detail="No.", advice="Look.")
        said[code] = ada.get(f"/api/jobs/{job['id']}").json()["error"]["retryable"]
    assert said == {
        "engine_failed": True,
        "prompt_too_long": False,
        "of_an_engine_that_is_gone": True,
    }
