"""Jobs from the queue to their end, on the real Postgres and storage, with quick engines."""

import asyncio
import io
import json
from dataclasses import replace
from uuid import uuid4

import pytest
from PIL import Image

from db.models import JobStatus, SceneStatus, StepStatus
from pipeline.artefacts import clip_facts
from pipeline.making import Limits
from pipeline.media.sound import read_sound
from pipeline.storage import Storage
from tests.fakes.studio import QUICK, Studio, assert_well_told, running, until

pytestmark = pytest.mark.anyio


async def test_a_lesson_of_given_scenes_is_made(studio: Studio) -> None:
    job_id = studio.job(("One.", "Two.", "Three."))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED, (job.error_code, job.error_detail)
    assert [(s.status, s.progress) for s in job.steps] == [(StepStatus.SUCCEEDED, 1.0)] * 4
    assert [s.engine and s.engine["name"] for s in job.steps] == [None, "fake", "fake", None]
    assert [s.status for s in job.scenes] == [SceneStatus.FILMED] * 3
    history = assert_well_told(studio, job_id)
    seconds = sum(scene.seconds or 0 for scene in job.scenes)
    assert history[-1].data == {"seconds": pytest.approx(seconds), "exports": ["lesson.mp4"]}
    spoken = [e.data for e in history if e.kind == "scene.spoken"]
    assert [(d["scene"], d["made"]) for d in spoken] == [(0, True), (1, True), (2, True)]
    video = job.steps[2]
    assert video.media_seconds == pytest.approx(seconds)
    assert video.work_seconds > 0


async def test_every_artefact_and_export_is_where_the_rows_say(
    studio: Studio, storage: Storage
) -> None:
    job_id = studio.job(("One.", "Two."))
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    for scene in job.scenes:
        assert scene.seconds is not None
        samples = read_sound(storage.get(scene.speech_key or ""))
        assert len(samples) == round(scene.seconds * 25) * 1764
        facts = clip_facts(storage, scene.clip_key or "")
        assert facts.seconds == pytest.approx(scene.seconds)
        assert sum(piece.seconds for piece in facts.fragments.pieces) == facts.seconds
        stored = storage.head(scene.clip_key or "")
        assert stored is not None
        last = facts.fragments.pieces[-1]
        assert last.offset + last.length <= stored.bytes_
        poster = Image.open(io.BytesIO(storage.get(scene.poster_key or "")))
        assert (poster.format, poster.size) == ("WEBP", (480, 480))
    filmed = [e.data for e in studio.history(job_id) if e.kind == "scene.filmed"]
    told = {d["scene"]: d["poster_key"] for d in filmed}
    assert told == {scene.index: scene.poster_key for scene in job.scenes}
    (export,) = job.exports
    made = storage.head(export.storage_key)
    assert made is not None
    assert (export.name, export.bytes) == ("lesson.mp4", made.bytes_)


async def test_the_first_scene_is_filmed_while_the_second_is_spoken(studio: Studio) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job(("One.", "Two.", "Three."))

    def both_run() -> bool:
        job = studio.read(job_id)
        running_steps = [s.name for s in job.steps if s.status is StepStatus.RUNNING]
        statuses = [scene.status for scene in job.scenes]
        return running_steps == ["speech", "video"] and statuses[:2] == [SceneStatus.SPOKEN] * 2

    async with running(studio.producer()):
        assert await until(both_run)
        assert studio.speech.begun == ["One.", "Two."]
        studio.video.gate.set()
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED


async def test_no_more_scenes_run_side_by_side_than_allowed(studio: Studio) -> None:
    studio.video.gate = asyncio.Event()
    job_id = studio.job([f"Scene {n}." for n in range(6)])
    async with running(studio.producer(limits=Limits(scenes_at_once=3))):
        await until(lambda: len(studio.video.begun) == 3)
        assert len(studio.speech.begun) == 3
        studio.video.gate.set()
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED
    assert sorted(studio.speech.begun) == [f"Scene {n}." for n in range(6)]


async def test_a_prompt_becomes_scenes_first(studio: Studio) -> None:
    spec = studio.spec(()) | {"prompt": "rain"}
    del spec["scenes"]
    job_id = studio.submit(spec)
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED, (job.error_code, job.error_detail)
    assert [scene.title for scene in job.scenes] == ["Opening", "Middle", "Closing"]
    history = assert_well_told(studio, job_id)
    written = [e.data for e in history if e.kind == "scene.written"]
    assert [d["scene"] for d in written] == [0, 1, 2]
    assert written[0]["narration"].startswith("This lesson is about rain.")
    again = studio.submit(spec)
    async with running(studio.producer()):
        await studio.ended(again)
    assert studio.script.begun == 1
    assert len(studio.read(again).scenes) == 3


async def test_a_remake_pays_for_the_changed_scene_only(studio: Studio) -> None:
    first = studio.job(("One.", "Two.", "Three."))
    async with running(studio.producer()):
        await studio.ended(first)
        spec = studio.spec(("One.", "Two, but new.", "Three."))
        second = studio.submit(spec, remade_from=first)
        (job,) = await studio.ended(second)
    assert (job.status, job.remade_from) == (JobStatus.SUCCEEDED, first)
    assert sorted(studio.speech.begun) == ["One.", "Three.", "Two, but new.", "Two."]
    assert len(studio.video.begun) == 4
    made = {
        (e.kind, e.data["scene"]): e.data["made"]
        for e in studio.history(second)
        if e.kind in ("scene.spoken", "scene.filmed")
    }
    assert [made["scene.filmed", scene] for scene in range(3)] == [False, True, False]
    posters = [[s.poster_key for s in studio.read(each).scenes] for each in (first, second)]
    assert [old == new for old, new in zip(*posters, strict=True)] == [True, False, True]


async def test_a_clip_of_a_time_without_posters_is_used_without_one(
    studio: Studio, storage: Storage
) -> None:
    first = studio.job(("One.",))
    async with running(studio.producer()):
        (old,) = await studio.ended(first)
        facts = f"{(old.scenes[0].clip_key or '').rpartition('/')[0]}/clip.json"
        kept = json.loads(storage.get(facts))
        del kept["poster"]
        storage.put(facts, json.dumps(kept).encode(), "application/json")
        (job,) = await studio.ended(studio.job(("One.",)))
    assert (job.scenes[0].clip_key, job.scenes[0].poster_key) == (old.scenes[0].clip_key, None)
    assert len(studio.video.begun) == 1


async def test_what_changes_a_result_is_part_of_its_key(studio: Studio) -> None:
    async with running(studio.producer()):
        for given in ({}, {"speech": {"seed": 7}}, {"video": {"background": "#000000"}}):
            await studio.ended(studio.job(("One.",), **given))
        assert (len(studio.speech.begun), len(studio.video.begun)) == (2, 3)
        studio.speech.version = "2"
        await studio.ended(studio.job(("One.",)))
        assert (len(studio.speech.begun), len(studio.video.begun)) == (3, 4)


async def test_engines_are_asked_for_what_the_spec_says(studio: Studio) -> None:
    given = {
        "language": "en-gb",
        "speech": {"speaking_rate": 20, "seed": 5},
        "pronunciations": {"SQL": "sequel"},
        "video": {"resolution": "512", "aspect": "16:9"},
    }
    job_id = studio.job(("One.",), **given)
    async with running(studio.producer()):
        (job,) = await studio.ended(job_id)
    assert job.status is JobStatus.SUCCEEDED
    (speak,), (draw,) = studio.speech.asked, studio.video.asked
    assert (speak.language, speak.speaking_rate, speak.seed) == ("en-gb", 20, 5)
    assert (speak.pronunciations, speak.engine) == ((("SQL", "sequel"),), "fake")
    assert (draw.portrait, draw.video.size, draw.engine) == (b"a portrait", (912, 512), "fake")
    assert draw.speech.words[0].text == "One."
    assert draw.speech.words[0].start_seconds == pytest.approx(0.2)


async def test_two_producers_share_the_queue(studio: Studio) -> None:
    ids = [studio.job((f"Lesson {n}.",)) for n in range(8)]
    async with running(studio.producer("north"), studio.producer("south")):
        ended = await studio.ended(*ids)
    assert {job.status for job in ended} == {JobStatus.SUCCEEDED}
    assert {job.attempt for job in ended} == {1}
    assert sorted(studio.speech.begun) == [f"Lesson {n}." for n in range(8)]
    for job in ended:
        assert_well_told(studio, job.id)


async def test_an_idle_producer_is_alive_and_hears_of_work_at_once(studio: Studio) -> None:
    idle = studio.producer(timing=replace(QUICK, poll_seconds=300))
    async with running(idle):
        await asyncio.sleep(0.5)
        job_id = studio.job(("One.",))
        await studio.ended(job_id)
        assert idle.alive


async def test_specs_are_kept_whole(studio: Studio) -> None:
    slide = uuid4()
    spec = studio.spec(("One.",), external_id="x", priority="batch")
    spec["scenes"][0]["slide_id"] = str(slide)
    job = studio.read(studio.submit(spec))
    assert json.loads(json.dumps(job.spec)) == spec
    assert job.scenes[0].slide_id == slide
