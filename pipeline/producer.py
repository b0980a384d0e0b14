"""A producer: leases the job whose turn it is, makes it, and takes the next one."""

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

from db import echoes, work
from db.jobs import CANCELS_CHANNEL
from db.session import JOBS_CHANNEL, Database, Notice
from pipeline.engines import ScriptEngine, SpeechEngine, VideoEngine
from pipeline.leased_job import LeasedJob, Timing
from pipeline.making import Engines, Limits, Making, open_making
from pipeline.provenance.signing import Marking
from pipeline.record import OUTAGES, JobRecord
from pipeline.retries import Retries
from pipeline.storage import Storage
from pipeline.work_loop import WorkLoop
from pipeline.workroom import clear_workrooms

log = logging.getLogger(__name__)


class Producer:
    """Runs up to ``jobs_at_once`` jobs. Any number of producers share one database."""

    def __init__(
        self,
        database: Database,
        storage: Storage,
        script: ScriptEngine,
        speech: SpeechEngine,
        video: VideoEngine,
        *,
        name: str,
        jobs_at_once: int = 2,
        limits: Limits = Limits(),
        marking: Marking = Marking(),
        retries: Retries = Retries(),
        timing: Timing = Timing(),
    ) -> None:
        self._database, self._storage = database, storage
        self._engines = Engines(script, speech, video)
        self._name, self._limits, self._retries, self._timing = name, limits, retries, timing
        self._marking = marking
        self._jobs: set[LeasedJob] = set()
        self._loop = WorkLoop(self._take, self._listen, jobs_at_once)
        # threads of their own: a heartbeat never waits behind the work
        self._hearts = ThreadPoolExecutor(jobs_at_once, thread_name_prefix="heartbeat")

    @property
    def alive(self) -> bool:
        """Whether ``run`` is still taking jobs, or waiting for some."""
        return self._loop.alive

    async def run(self) -> None:
        """Leases and attends to jobs until ``drain``. Who cancels it drops the jobs as they are."""
        try:
            await asyncio.to_thread(clear_workrooms)
            await self._loop.run()
        finally:
            self._hearts.shutdown(wait=False)

    async def drain(self, grace_seconds: float = 20.0) -> None:
        """Takes no more jobs; lets scenes under way end for a while, then hands the rest back."""
        self._loop.leave()
        await self._loop.ended(within_seconds=grace_seconds)
        for job in self._jobs:
            job.leave()
        await self._loop.ended()

    async def _take(self) -> asyncio.Task[None] | None:
        lease = await asyncio.to_thread(self._lease)
        if lease is None:
            return None
        return asyncio.create_task(self._attend(lease), name=f"job {lease.job_id}")

    def _lease(self) -> work.Lease | None:
        with self._database.transaction() as session:
            return work.lease(session, self._name, self._timing.lease_seconds)

    async def _attend(self, lease: work.Lease) -> None:
        record = JobRecord(self._database, lease, patience_seconds=self._timing.lease_seconds)
        job = LeasedJob(record, self._open, self._beat, self._retries, self._timing)
        self._jobs.add(job)
        if self._loop.leaving.is_set():  # leased while it was being said
            job.leave()
        try:
            await job.attend()
        finally:
            self._jobs.discard(job)

    async def _open(self, record: JobRecord) -> Making:
        leaving = self._loop.leaving
        return await open_making(
            record, self._storage, self._engines, self._limits, self._marking, leaving
        )

    async def _beat(self, lease: work.Lease) -> work.Beat:
        def beat() -> work.Beat:
            with self._database.transaction() as session:
                return work.beat(session, lease, self._timing.lease_seconds)

        return await asyncio.get_running_loop().run_in_executor(self._hearts, beat)

    async def _listen(self, wake: Callable[[], None]) -> None:
        """Wakes the loop when a job comes, and when it is time to look anyway."""
        channels = [JOBS_CHANNEL, CANCELS_CHANNEL, echoes.PINGS_CHANNEL]
        listener = self._database.listen(channels)
        try:
            while True:
                for notice in await listener.wait(self._timing.poll_seconds):
                    self._hear(notice)
                    if notice.channel == echoes.PINGS_CHANNEL:
                        await asyncio.to_thread(self._answer, notice.payload)
                wake()
        finally:
            listener.close()

    def _hear(self, notice: Notice) -> None:
        if notice.channel == CANCELS_CHANNEL:
            for job in self._jobs:
                if job.job_id == UUID(notice.payload):
                    job.look()

    def _answer(self, token: str) -> None:
        try:
            with self._database.transaction() as session:
                echoes.pong(session, token, self._name)
        except OUTAGES as outage:
            log.warning("an echo stays unanswered: %s", outage)
