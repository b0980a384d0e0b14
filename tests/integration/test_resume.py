"""A worker may die at any instruction: another goes on, and nothing is made or told twice."""

import asyncio
import json
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from uuid import UUID

import pytest

from db import forecast
from db.models import JobStatus
from db.session import Database
from pipeline.storage import Storage, user_prefix
from serve.services.objects import ObjectStore
from tests.fakes.death import Death, DyingDatabase, DyingStorage
from tests.fakes.studio import QUICK, TERMINAL, Studio, running, until

pytestmark = pytest.mark.anyio
SCENES = ("One.", "Two.")
MARKERS = {"speech": "timings.json", "video": "clip.json"}


def finished(studio: Studio, step: str) -> int:
    """How many scenes have a whole artefact of this step."""
    prefix = f"{user_prefix(studio.owner_id)}artefacts/{step}/"
    return sum(found.key.endswith(MARKERS[step]) for found in studio.storage.list(prefix))


def assert_told_once(studio: Studio, job_id: UUID) -> None:
    history = studio.history(job_id)
    assert [event.number for event in history] == list(range(1, len(history) + 1))
    assert [event.kind for event in history if event.kind in TERMINAL] == ["job.succeeded"]
    once = Counter(
        (event.kind, event.data.get("scene"), event.data.get("step"))
        for event in history
        if event.kind in ("scene.spoken", "scene.filmed", "step.started", "step.succeeded")
    )
    assert set(once.values()) == {1}


async def work_until_death(studio: Studio, death: Death) -> None:
    """One producer whose every effect on the world is counted, until it dies or all is done."""
    doomed = studio.producer(
        "doomed",
        database=DyingDatabase(studio.database, death),
        storage=DyingStorage(studio.storage, death),
        jobs_at_once=1,
        # each beat is an effect: on a slow machine there would be ever more to die after
        timing=replace(QUICK, heartbeat_seconds=0.5),
    )

    def over() -> bool:
        with studio.database.transaction() as session:
            depth = forecast.depth(session)
        return death.happened.is_set() or depth.waiting + depth.running == 0

    task = asyncio.create_task(doomed.run())
    await until(over)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await until(lambda: not death.under_way)


async def test_a_worker_may_die_after_any_of_its_effects(
    database: Database, storage: Storage
) -> None:
    """Every commit and every object written is, once, the last thing that a worker does."""
    place = 0
    died = True
    while died:
        place += 1
        studio = Studio(database, storage)
        job_id = studio.job(SCENES)
        death = Death(at=place)
        await work_until_death(studio, death)
        died = death.happened.is_set()
        made = {step: finished(studio, step) for step in MARKERS}
        before = len(studio.speech.begun), len(studio.video.begun)
        studio.let_leases_expire()
        async with running(studio.producer("next")):
            (job,) = await studio.ended(job_id)
        assert job.status is JobStatus.SUCCEEDED, (place, job.error_code, job.error_detail)
        assert len(studio.speech.begun) - before[0] == len(SCENES) - made["speech"], place
        assert len(studio.video.begun) - before[1] == len(SCENES) - made["video"], place
        assert_told_once(studio, job_id)
    assert place > 20


async def test_workers_killed_with_nine_lose_no_more_than_the_scene_they_were_in(
    database: Database, database_url: str, storage: Storage, object_store: ObjectStore
) -> None:
    studio = Studio(database, storage)
    job_id = studio.job([f"This is scene {n} of the lesson." for n in range(4)])
    settings = {
        "database_url": database_url,
        "storage": {
            "endpoint_url": object_store.endpoint_url,
            "access_key": object_store.keys.access_key,
            "secret_key": object_store.keys.secret_key,
            "bucket": storage._bucket,
        },
    }
    for sign in ("scene.spoken", "scene.filmed", "job.succeeded"):
        worker = subprocess.Popen(
            [sys.executable, "-m", "tests.fakes.worker", json.dumps(settings)]
        )
        seen = len(studio.history(job_id))

        def shown(sign: str = sign, seen: int = seen) -> bool:
            return sign in studio.kinds(job_id)[seen:]

        try:
            await until(shown)
        finally:
            worker.kill()
            worker.wait()
        studio.let_leases_expire()
    assert studio.read(job_id).status is JobStatus.SUCCEEDED
    assert_told_once(studio, job_id)
    assert (finished(studio, "speech"), finished(studio, "video")) == (4, 4)
