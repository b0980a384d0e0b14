"""A producer: leases the job whose turn it is, makes it, and takes the next one."""

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from time import monotonic
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

ALIVE_SECONDS = 30.0
"""A loop that has not turned for so long is stuck."""
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
        self._name, self._jobs_at_once = name, jobs_at_once
        self._limits, self._retries, self._timing = limits, retries, timing
        self._marking = marking
        self._jobs: dict[asyncio.Task[None], LeasedJob] = {}
        self._leaving, self._wake = asyncio.Event(), asyncio.Event()
        self._turned_at = monotonic()
        self._running: asyncio.Task[None] | None = None
        # threads of their own: a heartbeat never waits behind the work
        self._hearts = ThreadPoolExecutor(jobs_at_once, thread_name_prefix="heartbeat")

    @property
    def alive(self) -> bool:
        """Whether ``run`` is still taking jobs, or waiting for some."""
        return monotonic() - self._turned_at < ALIVE_SECONDS

    async def run(self) -> None:
        """Leases and attends to jobs until ``drain``. Who cancels it drops the jobs as they are."""
        self._running = asyncio.current_task()
        listening = asyncio.create_task(self._listen())
        listening.add_done_callback(lambda _: self._wake.set())
        try:
            while not self._leaving.is_set():
                if listening.done():
                    listening.result()
                self._turned_at = monotonic()
                await self._take_jobs()
                await self._wake.wait()
                self._wake.clear()
            await asyncio.gather(*self._jobs, return_exceptions=True)
        finally:
            for task in (listening, *self._jobs):
                task.cancel()
            self._hearts.shutdown(wait=False)

    async def drain(self, grace_seconds: float = 20.0) -> None:
        """Takes no more jobs; lets scenes under way end for a while, then hands the rest back."""
        self._leaving.set()
        self._wake.set()
        if self._running is None:
            return
        await asyncio.wait({self._running}, timeout=grace_seconds)
        for job in self._jobs.values():
            job.leave()
        await asyncio.wait({self._running})

    async def _take_jobs(self) -> None:
        try:
            while len(self._jobs) < self._jobs_at_once and not self._leaving.is_set():
                lease = await asyncio.to_thread(self._lease)
                if lease is None:
                    return
                self._attend(lease)
        except OUTAGES as outage:
            log.warning("no jobs, the database does not answer: %s", outage)

    def _lease(self) -> work.Lease | None:
        with self._database.transaction() as session:
            return work.lease(session, self._name, self._timing.lease_seconds)

    def _attend(self, lease: work.Lease) -> None:
        record = JobRecord(self._database, lease, patience_seconds=self._timing.lease_seconds)
        job = LeasedJob(record, self._open, self._beat, self._retries, self._timing)
        task = asyncio.create_task(job.attend(), name=f"job {lease.job_id}")
        self._jobs[task] = job
        task.add_done_callback(self._attended)

    def _attended(self, task: asyncio.Task[None]) -> None:
        del self._jobs[task]
        self._wake.set()
        if not task.cancelled() and task.exception() is not None:
            log.error("%s was dropped", task.get_name(), exc_info=task.exception())

    async def _open(self, record: JobRecord) -> Making:
        return await open_making(
            record, self._storage, self._engines, self._limits, self._marking, self._leaving
        )

    async def _beat(self, lease: work.Lease) -> work.Beat:
        def beat() -> work.Beat:
            with self._database.transaction() as session:
                return work.beat(session, lease, self._timing.lease_seconds)

        return await asyncio.get_running_loop().run_in_executor(self._hearts, beat)

    async def _listen(self) -> None:
        """Wakes the loop when a job comes, and when it is time to look anyway."""
        channels = [JOBS_CHANNEL, CANCELS_CHANNEL, echoes.PINGS_CHANNEL]
        listener = self._database.listen(channels)
        try:
            while True:
                for notice in await listener.wait(self._timing.poll_seconds):
                    self._hear(notice)
                    if notice.channel == echoes.PINGS_CHANNEL:
                        await asyncio.to_thread(self._answer, notice.payload)
                self._wake.set()
        finally:
            listener.close()

    def _hear(self, notice: Notice) -> None:
        if notice.channel == CANCELS_CHANNEL:
            for job in self._jobs.values():
                if job.job_id == UUID(notice.payload):
                    job.look()

    def _answer(self, token: str) -> None:
        try:
            with self._database.transaction() as session:
                echoes.pong(session, token, self._name)
        except OUTAGES as outage:
            log.warning("an echo stays unanswered: %s", outage)
