"""With a portrait or a voice goes what was made of it."""

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import event, func, inspect, select, text, update

from db import jobs
from db.models import Asset, AssetKind, Delivery, Derivation, Job, JobStatus, SceneRow
from db.session import Database
from pipeline.making import Limits
from pipeline.producer import Producer
from pipeline.storage import Storage, asset_prefix, spoken_key, thumbnail_key
from serve.asset_deletion import delete_asset
from tests.api.conftest import Person
from tests.api.problems import assert_problem
from tests.factories import a_spec, a_webhook, an_asset
from tests.fakes.engines import CountedScript, CountedSpeech, CountedVideo
from tests.fakes.studio import AT_ONCE, QUICK, running, until


@dataclass
class Workshop:
    """Ada's portrait and two voices, and a producer for her lessons."""

    ada: Person
    database: Database
    storage: Storage
    portrait: UUID
    voice: UUID
    other_voice: UUID

    def submit(self, *narrations: str, batched: bool = False, **given: Any) -> UUID:
        scenes = [{"narration": narration} for narration in narrations]
        standard = {"voice_id": str(self.voice), "exports": ["lesson.mp4"]}
        spec = a_spec(self.portrait, scenes=scenes, **(standard | given))
        place, body = ("/api/batches", {"items": [spec]}) if batched else ("/api/jobs", spec)
        keyed = {"Idempotency-Key": str(uuid4())}
        answer = self.ada.post(place, json=body, headers=keyed)
        assert answer.status_code == 202, answer.text
        return self.newest() if batched else UUID(answer.json()["id"])

    def newest(self) -> UUID:
        return UUID(self.ada.get("/api/jobs").json()["items"][0]["id"])

    def make(self, *narrations: str, **given: Any) -> UUID:
        """A lesson, made."""
        job_id = self.submit(*narrations, **given)
        self.work(job_id)
        assert self.status(job_id) is JobStatus.SUCCEEDED
        return job_id

    def work(self, job_id: UUID) -> None:
        """Until the job has ended."""
        speech, video = CountedSpeech(), CountedVideo()

        async def work() -> None:
            engines = CountedScript(), speech, video
            worker = Producer(
                self.database, self.storage, *engines,
                name="worker", timing=QUICK, retries=AT_ONCE, limits=Limits(),
            )  # fmt: skip
            async with running(worker):
                await until(lambda: self.status(job_id) is not JobStatus.RUNNING)

        asyncio.run(work())

    def status(self, job_id: UUID) -> JobStatus:
        """Queued counts as running: somebody is at it."""
        with self.database.transaction() as db:
            status = db.get_one(Job, job_id).status
        return JobStatus.RUNNING if status is JobStatus.QUEUED else status

    def delete(self, asset: UUID, **query: Any) -> dict[str, Any]:
        answer = self.ada.delete(f"/api/assets/{asset}", params=query)
        assert answer.status_code == 200, answer.text
        told: dict[str, Any] = answer.json()
        return told

    def keys(self, part: str = "") -> set[str]:
        """What lies in the storage, after its owner."""
        owner = f"users/{self.ada.user.id}/"
        return {found.key.removeprefix(owner) for found in self.storage.list(f"{owner}{part}")}

    def tables_naming(self, asset: UUID | str) -> set[str]:
        """Where in the whole database the asset's id stands, in whatever column."""
        with self.database.transaction() as db:
            tables = inspect(db.connection()).get_table_names()
            query = "SELECT EXISTS (SELECT FROM {} AS t WHERE to_jsonb(t)::text LIKE :id)"
            return {
                table
                for table in tables
                if db.scalar(text(query.format(table)), {"id": f"%{asset}%"})
            }


@pytest.fixture
def workshop(ada: Person, database: Database, storage: Storage) -> Iterator[Workshop]:
    with database.transaction() as db:
        portrait = an_asset(db, ada.user, sha256="0" * 64)
        voices = [an_asset(db, ada.user, kind=AssetKind.VOICE, sha256=digit * 64) for digit in "12"]
        for asset in (portrait, *voices):
            storage.put(asset.storage_key, asset.sha256.encode(), asset.content_type)
        return Workshop(ada, database, storage, portrait.id, *(voice.id for voice in voices))


def test_with_a_voice_goes_what_was_learnt_and_made_of_it(workshop: Workshop) -> None:
    job = workshop.make("One.", "Two.")
    mine = workshop.keys(f"assets/{workshop.voice}/")
    assert {key.split("/")[2] for key in mine} == {"file", "learnt"}
    speech, video = workshop.keys("artefacts/speech/"), workshop.keys("artefacts/video/")
    assert (len(speech), len(video)) == (2 * 2, 2 * 3)
    told = workshop.delete(workshop.voice, lessons=False)
    assert told == {
        "id": str(workshop.voice),
        "artefacts": 4,
        "objects": 2 + 4 + 6,
        "jobs_cancelled": [],
        "lessons_deleted": [],
        "lessons_kept": [str(job)],
    }
    exports = workshop.keys("exports/")
    assert f"exports/{job}/lesson.mp4" in exports
    assert workshop.keys() - exports == {
        f"assets/{workshop.portrait}/file",
        f"assets/{workshop.other_voice}/file",
    }
    assert workshop.tables_naming(workshop.voice) == {"jobs", "audit"}
    with workshop.database.transaction() as db:
        assert db.scalars(select(Derivation)).all() == []
        scenes = db.scalars(select(SceneRow)).all()
        keys = [(scene.speech_key, scene.clip_key, scene.poster_key) for scene in scenes]
        assert keys == [(None, None, None)] * 2
    for digest in {key.split("/")[2] for key in speech | video}:
        assert workshop.tables_naming(digest) == set()


def test_a_finished_lesson_can_be_watched_without_its_portrait(workshop: Workshop) -> None:
    job = workshop.make("One.")
    assert workshop.delete(workshop.portrait, lessons=False)["lessons_kept"] == [str(job)]
    assert {key.split("/")[1] for key in workshop.keys("artefacts/")} == {"speech"}
    read = workshop.ada.get(f"/api/jobs/{job}").json()
    assert read["status"] == "succeeded"
    (export,) = workshop.ada.get(f"/api/jobs/{job}/exports").json()
    assert workshop.storage.exists(f"users/{workshop.ada.user.id}/exports/{job}/{export['name']}")
    playlist = workshop.ada.get(f"/api/jobs/{job}/stream.m3u8")
    assert playlist.status_code == 200
    assert "#EXT-X-ENDLIST" in playlist.text
    assert "#EXTINF" not in playlist.text


def test_finished_lessons_go_too_when_asked(workshop: Workshop) -> None:
    job, other = workshop.make("One."), workshop.make("One.", voice_id=str(workshop.other_voice))
    told = workshop.delete(workshop.voice)
    assert told["lessons_deleted"] == [str(job)]
    assert told["lessons_kept"] == []
    assert workshop.tables_naming(workshop.voice) == {"audit"}
    assert workshop.tables_naming(job) == {"audit"}
    assert {key.split("/")[1] for key in workshop.keys("exports/")} == {str(other)}


def test_what_was_made_with_other_assets_stays(workshop: Workshop) -> None:
    workshop.make("One.")
    mixed = workshop.make("One.", voice_id=str(workshop.other_voice))
    plain = workshop.make("One.", voice_id=None)
    workshop.delete(workshop.voice)
    with workshop.database.transaction() as db:
        rows = db.scalars(select(SceneRow).where(SceneRow.job_id.in_([mixed, plain]))).all()
        kept = {row.speech_key for row in rows} | {row.clip_key for row in rows}
    assert None not in kept
    assert len(kept) == 4
    assert all(workshop.storage.exists(str(key)) for key in kept)
    assert len(workshop.keys("artefacts/")) == 2 * 2 + 2 * 3


def test_what_a_deleted_lesson_left_goes_with_the_voice(workshop: Workshop) -> None:
    job = workshop.make("One.", "Two.")
    workshop.make("One.")
    assert len(workshop.keys("artefacts/")) == 10
    assert workshop.ada.delete(f"/api/jobs/{job}").status_code == 204
    assert len(workshop.keys("artefacts/")) == 5, "what another lesson has a part in stays"
    assert workshop.delete(workshop.voice)["artefacts"] == 2
    assert workshop.keys("artefacts/") == set()


def test_force_cancels_what_waits_and_what_runs(workshop: Workshop, database: Database) -> None:
    done = workshop.make("One.")
    waiting, underway = workshop.submit("Two."), workshop.submit("Three.")
    with database.transaction() as db:
        job = db.get_one(Job, underway)
        job.status, job.leased_by, job.leased_until = JobStatus.RUNNING, "worker", job.created_at
    refused = workshop.ada.delete(f"/api/assets/{workshop.voice}")
    body = assert_problem(refused, 409, "asset_in_use")
    assert [error["message"] for error in body["errors"]] == [str(waiting), str(underway)]
    told = workshop.delete(workshop.voice, force=True, lessons=False)
    assert told["jobs_cancelled"] == [str(waiting), str(underway)]
    assert told["lessons_kept"] == [str(done)]
    with database.transaction() as db:
        assert db.get_one(Job, waiting).status is JobStatus.CANCELLED
        assert db.get_one(Job, underway).cancel_asked_at is not None
        assert db.get(Asset, workshop.voice) is None
    assert workshop.keys(asset_prefix(workshop.ada.user.id, workshop.voice)) == set()


def test_nothing_tells_of_a_person_once_portrait_and_voice_are_deleted(
    workshop: Workshop, signed_in: Callable[..., Person]
) -> None:
    """Every place a lesson leaves something: scenes, streams, exports, an embedded player, a batch,
    a thumbnail, webhooks, drafts, remembered answers, a spoken consent, what an engine learnt."""
    ada, database = workshop.ada, workshop.database
    with database.transaction() as db:
        hook = a_webhook(db, ada.user)
    lesson = workshop.make("One.", "Two.", batched=True)
    remade = workshop.make("One.", "Other.")
    assert ada.post(f"/api/jobs/{lesson}/embed", json={}).is_success
    assert ada.get(f"/api/jobs/{lesson}/stream.m3u8").status_code == 200
    draft = {"title": "Next", "content": {"plan": {"voiceId": str(workshop.voice)}}}
    draft_id = ada.post("/api/drafts", json=draft).json()["id"]
    said = {"statement": "permission", "person": "Ada Lovelace"}
    for asset in (workshop.portrait, workshop.voice):
        keyed = {"Idempotency-Key": f"consent {asset}"}
        assert ada.post(f"/api/assets/{asset}/consent", json=said, headers=keyed).is_success
    owner = ada.user.id
    workshop.storage.put(thumbnail_key(owner, workshop.portrait), b"0" * 64, "image/webp")
    workshop.storage.put(
        spoken_key(owner, workshop.voice, workshop.portrait), b"spoken", "audio/flac"
    )
    with database.transaction() as db:
        delivered = list(db.scalars(select(Delivery.job_id).where(Delivery.webhook_id == hook.id)))
    assert {lesson, remade} <= {*delivered}
    assert {key.split("/")[0] for key in workshop.keys("")} == {"assets", "artefacts", "exports"}

    for asset in (workshop.portrait, workshop.voice):
        workshop.delete(asset)

    assert workshop.keys() == {f"assets/{workshop.other_voice}/file"}
    everything = [found.key for found in workshop.storage.list("")]
    held = {key: workshop.storage.get(key) for key in everything}
    for trace in (workshop.portrait, workshop.voice, lesson, remade, b"0" * 64, b"1" * 64):
        told = trace if isinstance(trace, bytes) else str(trace).encode()
        assert not [key for key, data in held.items() if told in data or told in key.encode()]
    for trace in (workshop.portrait, workshop.voice, lesson, remade, "Ada Lovelace"):
        assert workshop.tables_naming(trace) == {"audit"}, trace
    kept = ada.get(f"/api/drafts/{draft_id}").json()
    assert (kept["content"], kept["version"]) == ({"plan": {"voiceId": None}}, 2)


def test_what_was_made_can_be_deleted_without_the_voice(workshop: Workshop) -> None:
    job, other = workshop.make("One."), workshop.make("One.", voice_id=None)
    told = workshop.ada.delete(f"/api/assets/{workshop.voice}/made").json()
    assert told["lessons_deleted"] == [str(job)]
    assert told["artefacts"] == 2
    assert workshop.ada.get(f"/api/assets/{workshop.voice}").status_code == 200
    assert workshop.keys(f"assets/{workshop.voice}/") == {f"assets/{workshop.voice}/file"}
    assert {key.split("/")[1] for key in workshop.keys("exports/")} == {str(other)}
    again = workshop.ada.delete(f"/api/assets/{workshop.voice}/made").json()
    assert again == {"artefacts": 0, "objects": 0, "lessons_deleted": []}


def test_many_lessons_are_deleted_in_as_many_statements_as_few(workshop: Workshop) -> None:
    few = _statements_to_delete(workshop, workshop.voice, lessons=2)
    many = _statements_to_delete(workshop, workshop.other_voice, lessons=40)
    assert len(many) == len(few), [*many]


def _statements_to_delete(workshop: Workshop, voice: UUID, lessons: int) -> list[str]:
    database, told = workshop.database, list[str]()
    spec = a_spec(workshop.portrait, voice_id=str(voice))
    with database.transaction() as db:
        ids = jobs.create_many(db, workshop.ada.user.id, [jobs.NewJob(spec)] * lessons)
        ended = {"status": JobStatus.SUCCEEDED, "finished_at": func.now()}
        db.execute(update(Job).where(Job.id.in_(ids)).values(ended))

    def note(*called: Any) -> None:
        told.append(called[2])

    event.listen(database._engine, "before_cursor_execute", note)
    with database.transaction() as db:
        asset = db.get_one(Asset, voice)
        done = delete_asset(db, workshop.storage, asset, force=False, lessons=None)
    event.remove(database._engine, "before_cursor_execute", note)
    assert done.lessons_deleted == sorted(ids)
    return told


def test_what_is_being_made_is_not_deleted(workshop: Workshop, bob: Person) -> None:
    waiting = workshop.submit("One.")
    place = f"/api/assets/{workshop.voice}/made"
    body = assert_problem(workshop.ada.delete(place), 409, "asset_in_use")
    assert [error["message"] for error in body["errors"]] == [str(waiting)]
    assert_problem(bob.delete(place), 404, "asset_not_found")


def test_revoking_ends_at_once_what_waits_and_what_runs(workshop: Workshop) -> None:
    done, waiting, underway = workshop.make("One."), workshop.submit("Two."), workshop.submit("3.")
    database = workshop.database
    with database.transaction() as db:
        job = db.get_one(Job, underway)
        job.status, job.leased_by, job.leased_until = JobStatus.RUNNING, "worker", job.created_at
    answer = workshop.ada.delete(f"/api/assets/{workshop.voice}/consent")
    assert answer.json() == {
        "jobs_stopped": [str(waiting), str(underway)],
        "lessons": [str(done)],
    }
    for stopped in (waiting, underway):
        read = workshop.ada.get(f"/api/jobs/{stopped}").json()
        assert (read["status"], read["error"]["code"]) == ("failed", "consent_revoked")
        assert read["error"]["detail"] == "The consent for the voice of this lesson was revoked."
    listed = workshop.ada.get("/api/jobs", params={"asset": str(workshop.voice)}).json()["items"]
    assert [each["id"] for each in listed] == [str(underway), str(waiting), str(done)]
    assert workshop.ada.get(f"/api/jobs/{done}").json()["status"] == "succeeded"


def test_a_worker_learns_at_once_that_a_consent_was_revoked(workshop: Workshop) -> None:
    speech = CountedSpeech()

    async def work() -> None:
        speech.gate = asyncio.Event()
        engines = CountedScript(), speech, CountedVideo()
        worker = Producer(
            workshop.database, workshop.storage, *engines,
            name="worker", timing=QUICK, retries=AT_ONCE, limits=Limits(),
        )  # fmt: skip
        job_id = workshop.submit("One.", "Two.", "Three.", "Four.")
        async with running(worker):
            await until(lambda: speech.begun)
            place = f"/api/assets/{workshop.voice}/consent"
            answer = await asyncio.to_thread(workshop.ada.delete, place)
            assert answer.json()["jobs_stopped"] == [str(job_id)]
            speech.gate.set()
            after = workshop.submit("After it.", voice_id=None)
            await until(lambda: workshop.status(after) is JobStatus.SUCCEEDED)
        read = workshop.ada.get(f"/api/jobs/{job_id}").json()
        assert (read["status"], read["error"]["code"]) == ("failed", "consent_revoked")

    asyncio.run(work())
    assert not {"Three.", "Four."} & {*speech.begun}


def test_a_job_whose_consent_is_gone_when_its_turn_comes_is_refused(workshop: Workshop) -> None:
    waiting = workshop.submit("One.")
    assert workshop.ada.delete(f"/api/assets/{workshop.voice}/consent").is_success
    assert workshop.ada.post(f"/api/jobs/{waiting}/retry").status_code == 202
    workshop.work(waiting)
    read = workshop.ada.get(f"/api/jobs/{waiting}").json()
    assert (read["status"], read["error"]["code"]) == ("failed", "consent_missing")
