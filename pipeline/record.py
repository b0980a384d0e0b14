"""What a worker writes into its job. Every write is refused once another worker has the job."""

import asyncio
from collections.abc import Callable, Collection
from dataclasses import asdict
from time import monotonic
from typing import TypeVar
from uuid import UUID

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted
from sqlalchemy.orm import Session

from db import derivations, steps, usage, work
from db.jobs import end
from db.models import Job, JobStatus
from db.session import Database
from pipeline.engines import EngineCard
from pipeline.errors import DatabaseUnavailable, LeaseLost, LecternError, retry_helps
from pipeline.lesson import Scene, StepName

T = TypeVar("T")
OUTAGES = (OperationalError, InterfaceError, PoolExhausted)
"""How SQLAlchemy says that the database is away, for now."""
OUTAGE_PAUSE_SECONDS = 0.5


class JobRecord:
    """The rows and events of one leased job.

    A write waits out a short outage of the database, then raises DatabaseUnavailable: after
    ``patience_seconds`` the lease has run out anyway. With an old lease it raises LeaseLost.
    """

    def __init__(
        self, database: Database, lease: work.Lease, *, patience_seconds: float = 30.0
    ) -> None:
        self.lease = lease
        self._database = database
        self._patience_seconds = patience_seconds

    async def job(self) -> Job:
        """The job's row with its steps and scenes, as they are now."""
        return await self._write(_with_parts)

    async def asset_files(self, ids: Collection[UUID]) -> dict[UUID, work.AssetFile]:
        """Those of the owner's assets that are ready."""
        return await self._write(lambda session, job: work.asset_files(session, job.owner_id, ids))

    async def derive(self, ids: Collection[UUID], prefix: str) -> bool:
        """Notes that what is stored under ``prefix`` is made with these assets.

        False when one of them is gone.
        """
        return await self._see(self._derivation(ids, prefix))

    def derive_again(self, ids: Collection[UUID], prefix: str) -> bool:
        """``derive`` for a thread that has just stored it; a deletion that has begun is waited for.

        Needs no lease: what was stored has to go, whoever has the job by now. Blocks. Raises
        DatabaseUnavailable.
        """
        return self._see_now(self._derivation(ids, prefix))

    def assets_stay(self, ids: Collection[UUID]) -> bool:
        """Whether all of them are there still; as ``derive_again``."""
        owner = self.lease.owner_id
        return self._see_now(lambda session: derivations.hold(session, owner, ids) == set(ids))

    async def held(self) -> None:
        """Raises LeaseLost when another worker has the job."""
        await self._write(lambda session, job: None)  # noqa: ARG005

    async def begin(self, step: StepName, card: EngineCard | None = None) -> None:
        engine = None if card is None else asdict(card)
        await self._write(lambda session, job: steps.start(session, job, step, engine))

    async def report(
        self,
        step: StepName,
        progress: float,
        *,
        scene: int | None = None,
        scene_progress: float = 0.0,
    ) -> None:
        await self._write(
            lambda session, job: steps.report(
                session, job, step, progress, scene=scene, scene_progress=scene_progress
            )
        )

    async def account(self, step: StepName, work_seconds: float, media_seconds: float) -> None:
        await self._write(
            lambda session, job: steps.account(session, job, step, work_seconds, media_seconds)
        )

    async def finish(self, step: StepName) -> None:
        await self._write(lambda session, job: steps.succeed(session, job, step))

    async def script_begun(self) -> None:
        """Scenes of a script that was broken off are forgotten."""
        await self._write(steps.forget_scenes)

    async def scene_written(self, scene: Scene) -> None:
        written = steps.WrittenScene(scene.index, scene.title, scene.narration, scene.slide_id)
        await self._write(lambda session, job: steps.write_scene(session, job, written))

    async def scene_spoken(self, index: int, seconds: float, key: str, *, made: bool) -> None:
        await self._write(
            lambda session, job: steps.speak_scene(
                session, job, index, seconds=seconds, key=key, made=made
            )
        )

    async def scene_filmed(self, index: int, filmed: steps.FilmedScene, *, made: bool) -> None:
        await self._write(
            lambda session, job: steps.film_scene(session, job, index, filmed, made=made)
        )

    async def exported(self, file: steps.FinishedFile) -> None:
        await self._write(lambda session, job: steps.keep_export(session, job, file))

    async def succeed(self) -> None:
        await self._write(_succeed)

    async def fail(self, step: StepName, error: LecternError, scene: int | None = None) -> None:
        """Ends the step and the job with what the error says to its reader, and at which scene."""
        told = {"code": error.code, "detail": _storable(error), "advice": error.advice}

        def write(session: Session, job: Job) -> None:
            steps.fail(session, job, step, scene=scene, **told)
            helps = retry_helps(error.code)
            end(session, job, JobStatus.FAILED, step=step, scene=scene, retryable=helps, **told)

        await self._write(write)

    async def retry(
        self, step: StepName, error: LecternError, pause_of: Callable[[int, int], float | None]
    ) -> bool:
        """Back into the queue for the pause that ``pause_of(attempt, losses)`` allows.

        False, and nothing is written, where it allows none.
        """

        def write(session: Session, job: Job) -> bool:
            attempt = steps.attempt(session, job, step)
            pause = pause_of(attempt, job.losses)
            if pause is None:
                return False
            if not error.infrastructure:
                attempt = steps.try_again(session, job, step)
            work.release(
                session,
                job,
                pause,
                loss=error.infrastructure,
                step=step,
                attempt=attempt,
                code=error.code,
                detail=_storable(error),
            )
            return True

        return await self._write(write)

    async def cancel(self) -> None:
        await self._write(lambda session, job: end(session, job, JobStatus.CANCELLED))

    async def hand_back(self) -> None:
        """Back into the queue at once: this worker is going home."""
        await self._write(
            lambda session, job: work.release(
                session, job, 0.0, code="worker_leaving", detail="Another worker goes on."
            )
        )

    async def _write(self, change: Callable[[Session, Job], T]) -> T:
        def write(session: Session) -> T:
            job = work.hold(session, self.lease)
            if job is None:
                raise LeaseLost
            return change(session, job)

        return await self._see(write)

    async def _see(self, look: Callable[[Session], T]) -> T:
        """A transaction of its own, which a short outage only delays."""
        deadline = monotonic() + self._patience_seconds
        while True:
            try:
                return await asyncio.to_thread(self._now, look)
            except OUTAGES as outage:
                if monotonic() > deadline:
                    raise DatabaseUnavailable from outage
            await asyncio.sleep(OUTAGE_PAUSE_SECONDS)

    def _see_now(self, look: Callable[[Session], T]) -> T:
        try:
            return self._now(look)
        except OUTAGES as outage:
            raise DatabaseUnavailable from outage

    def _derivation(self, ids: Collection[UUID], prefix: str) -> Callable[[Session], bool]:
        return lambda session: derivations.add(session, self.lease.owner_id, ids, prefix)

    def _now(self, look: Callable[[Session], T]) -> T:
        with self._database.transaction() as session:
            return look(session)


def _storable(error: LecternError) -> str:
    """What it says. It may quote anything, and Postgres takes neither NUL nor half a letter."""
    said = str(error).replace("\0", "\N{REPLACEMENT CHARACTER}")
    return said.encode(errors="replace").decode()


def _with_parts(session: Session, job: Job) -> Job:
    session.refresh(job, ["steps", "scenes"])
    return job


def _succeed(session: Session, job: Job) -> None:
    """The making's last event: how long the lesson is, and what there is of it."""
    seconds = round(sum(scene.seconds or 0.0 for scene in job.scenes), 3)
    exports = [export.name for export in job.exports]
    end(session, job, JobStatus.SUCCEEDED, seconds=seconds, exports=exports)
    usage.note(session, job.owner_id, lessons=1)
