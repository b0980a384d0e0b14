"""With a portrait or a voice goes what was made of it."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import inspect, select, text

from db.models import Asset, AssetKind, Derivation, Job, JobStatus, SceneRow
from db.session import Database
from pipeline.making import Limits
from pipeline.producer import Producer
from pipeline.storage import Storage, asset_prefix
from tests.api.conftest import Person
from tests.api.problems import assert_problem
from tests.factories import a_spec, an_asset
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

    def submit(self, *narrations: str, **given: Any) -> UUID:
        scenes = [{"narration": narration} for narration in narrations]
        standard = {"voice_id": str(self.voice), "exports": ["lesson.mp4"]}
        spec = a_spec(self.portrait, scenes=scenes, **(standard | given))
        answer = self.ada.post("/api/jobs", json=spec)
        assert answer.status_code == 202, answer.text
        return UUID(answer.json()["id"])

    def make(self, *narrations: str, **given: Any) -> UUID:
        """A lesson, made."""
        job_id = self.submit(*narrations, **given)
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
        assert self.status(job_id) is JobStatus.SUCCEEDED
        return job_id

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

    def tables_naming(self, asset: UUID) -> set[str]:
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
    assert len(workshop.keys("artefacts/speech/")) == len(workshop.keys("artefacts/video/")) == 4
    told = workshop.delete(workshop.voice)
    assert told == {
        "id": str(workshop.voice),
        "artefacts": 4,
        "objects": 2 + 4 + 4,
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
        assert [(scene.speech_key, scene.clip_key) for scene in scenes] == [(None, None)] * 2


def test_a_finished_lesson_can_be_watched_without_its_portrait(workshop: Workshop) -> None:
    job = workshop.make("One.")
    assert workshop.delete(workshop.portrait)["lessons_kept"] == [str(job)]
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
    told = workshop.delete(workshop.voice, lessons=True)
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
    assert len(workshop.keys("artefacts/")) == 2 * len(kept)


def test_what_a_deleted_lesson_left_goes_with_the_voice(workshop: Workshop) -> None:
    job = workshop.make("One.", "Two.")
    workshop.make("One.")
    assert len(workshop.keys("artefacts/")) == 8
    assert workshop.ada.delete(f"/api/jobs/{job}").status_code == 204
    assert len(workshop.keys("artefacts/")) == 4, "what another lesson has a part in stays"
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
    told = workshop.delete(workshop.voice, force=True)
    assert told["jobs_cancelled"] == [str(waiting), str(underway)]
    assert told["lessons_kept"] == [str(done)]
    with database.transaction() as db:
        assert db.get_one(Job, waiting).status is JobStatus.CANCELLED
        assert db.get_one(Job, underway).cancel_asked_at is not None
        assert db.get(Asset, workshop.voice) is None
    assert workshop.keys(asset_prefix(workshop.ada.user.id, workshop.voice)) == set()
