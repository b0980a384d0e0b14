"""A studio for tests: a person with a portrait, jobs, and producers over counted engines."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, update

from db import events, jobs
from db.models import Event, Job, JobStatus
from db.session import Database
from pipeline.leased_job import Timing
from pipeline.making import Limits
from pipeline.producer import Producer
from pipeline.retries import Retries
from pipeline.storage import Storage
from tests.factories import a_spec, a_user, an_asset
from tests.fakes.engines import CountedScript, CountedSpeech, CountedVideo

T = TypeVar("T")
QUICK = Timing(lease_seconds=600, heartbeat_seconds=0.1, poll_seconds=0.1, stop_seconds=1)
"""Its leases outlast any halt of the machine; see ``Studio.let_leases_expire``."""
AT_ONCE = Retries(step_pause_seconds=0, loss_pause_seconds=0)
TERMINAL = {"job.succeeded", "job.failed", "job.cancelled"}
PATIENCE_SECONDS = 240


@dataclass
class Studio:
    """Everything round one owner. Each ``producer`` is another worker over the same engines."""

    database: Database
    storage: Storage
    script: CountedScript = field(default_factory=CountedScript)
    speech: CountedSpeech = field(default_factory=CountedSpeech)
    video: CountedVideo = field(default_factory=CountedVideo)

    def __post_init__(self) -> None:
        with self.database.transaction() as session:
            owner = a_user(session)
            portrait = an_asset(session, owner)
            self.owner_id, self.portrait_id = owner.id, portrait.id
            self.portrait_key = portrait.storage_key
        self.storage.put(self.portrait_key, b"a portrait", "image/png")

    def spec(self, narrations: Sequence[str] = ("One.", "Two."), **given: Any) -> dict[str, Any]:
        scenes = [{"narration": narration} for narration in narrations]
        return a_spec(self.portrait_id, scenes=scenes, exports=["lesson.mp4"], **given)

    def job(self, narrations: Sequence[str] = ("One.", "Two."), **given: Any) -> UUID:
        return self.submit(self.spec(narrations, **given))

    def submit(self, spec: dict[str, Any], **given: Any) -> UUID:
        with self.database.transaction() as session:
            return jobs.create(session, self.owner_id, spec, **given).id

    def producer(
        self,
        name: str = "worker",
        *,
        database: Database | None = None,
        storage: Storage | None = None,
        **given: Any,
    ) -> Producer:
        standard: dict[str, Any] = {"timing": QUICK, "retries": AT_ONCE, "limits": Limits()}
        return Producer(
            database or self.database,
            storage or self.storage,
            self.script,
            self.speech,
            self.video,
            name=name,
            **(standard | given),
        )

    def read(self, job_id: UUID) -> Job:
        with self.database.transaction() as session:
            job = jobs.find(session, self.owner_id, job_id)
            assert job is not None
            return job

    def history(self, job_id: UUID) -> list[Event]:
        with self.database.transaction() as session:
            return events.after(session, job_id, 0, limit=100_000)

    def kinds(self, job_id: UUID) -> list[str]:
        return [event.kind for event in self.history(job_id)]

    def let_leases_expire(self) -> None:
        """As if the workers had been silent for long enough."""
        with self.database.transaction() as session:
            session.execute(
                update(Job)
                .where(Job.status == JobStatus.RUNNING)
                .values(leased_until=func.now() - func.make_interval(0, 0, 0, 0, 0, 0, 1))
            )

    async def ended(self, *job_ids: UUID) -> list[Job]:
        """The jobs, once they all have ended."""

        def read() -> list[Job] | None:
            found = [self.read(job_id) for job_id in job_ids]
            return found if all(job.status in jobs.ENDED for job in found) else None

        return await until(read)


@asynccontextmanager
async def running(*producers: Producer) -> AsyncIterator[None]:
    """The producers at work; at the end they are dropped, as when their process dies."""
    tasks = [asyncio.create_task(producer.run()) for producer in producers]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task


async def until(look: Callable[[], T | None]) -> T:
    """What ``look`` finds, as soon as it finds something."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not (found := await asyncio.to_thread(look)):
            await asyncio.sleep(0.03)
        return found


def assert_well_told(studio: Studio, job_id: UUID) -> list[Event]:
    """The job's events are numbered without gaps, and each making but the last has one end."""
    history = studio.history(job_id)
    assert [event.number for event in history] == list(range(1, len(history) + 1))
    ends = [event.making for event in history if event.kind in TERMINAL]
    assert ends == list(range(1, history[-1].making + 1))
    assert history[-1].kind in TERMINAL
    shares: dict[tuple[int, str], float] = {}
    for event in history:
        if event.kind == "step.progress":
            key = event.making, event.data["step"]
            assert event.data["progress"] > shares.get(key, 0.0)
            shares[key] = event.data["progress"]
    return history
