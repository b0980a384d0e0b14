"""How far the steps and scenes of a job are. The job must be held: see ``db.work.hold``.

Each function may run twice and then changes nothing: an event tells of a change, not of a call.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func
from sqlalchemy.orm import Session

from db import events, usage
from db.models import Export, Job, SceneRow, SceneStatus, Step, StepStatus


def start(session: Session, job: Job, name: str, engine: Mapping[str, Any] | None) -> None:
    """The step is being worked at, by this engine."""
    step = _step(session, job, name)
    if step.status in (StepStatus.RUNNING, StepStatus.SUCCEEDED):
        # a worker that was lost left it so; its follower goes on under the same attempt
        step.engine = dict(engine) if engine else step.engine
        return
    step.status, step.attempt = StepStatus.RUNNING, max(step.attempt, 1)
    step.engine = dict(engine) if engine else None
    step.started_at = func.coalesce(Step.started_at, func.now())
    session.flush()
    events.append(
        session, job.id, "step.started", step=name, attempt=step.attempt, engine=step.engine
    )


def report(
    session: Session,
    job: Job,
    name: str,
    progress: float,
    *,
    scene: int | None = None,
    scene_progress: float = 0.0,
) -> None:
    """The step's progress, 0..1, and that of the scene at which it works. It never falls."""
    step = _step(session, job, name)
    if progress <= step.progress:
        return
    step.progress = min(progress, 1.0)
    data: dict[str, Any] = {"step": name, "progress": round(step.progress, 4)}
    if scene is not None:
        _scene(session, job, scene).progress = scene_progress
        data |= {"scene": scene, "scene_progress": round(scene_progress, 4)}
    session.flush()
    events.append(session, job.id, "step.progress", **data)


def account(
    session: Session, job: Job, name: str, work_seconds: float, media_seconds: float
) -> None:
    """Adds what an engine made, and how long it worked for it."""
    step = _step(session, job, name)
    step.work_seconds += work_seconds
    step.media_seconds += media_seconds
    if name == "video":
        usage.note(session, job.owner_id, video_seconds=media_seconds)


def succeed(session: Session, job: Job, name: str) -> None:
    step = _step(session, job, name)
    if step.status is StepStatus.SUCCEEDED:
        return
    step.status, step.progress, step.finished_at = StepStatus.SUCCEEDED, 1.0, func.now()
    session.flush()
    events.append(
        session,
        job.id,
        "step.succeeded",
        step=name,
        work_seconds=round(step.work_seconds, 3),
        media_seconds=round(step.media_seconds, 3),
    )


def attempt(session: Session, job: Job, name: str) -> int:
    """The step's attempt under way, from 1."""
    return max(1, _step(session, job, name).attempt)


def try_again(session: Session, job: Job, name: str) -> int:
    """Counts the attempt that failed, and gives the one to come, which ``start`` begins."""
    step = _step(session, job, name)
    step.attempt = max(1, step.attempt) + 1
    session.flush()
    return step.attempt


def fail(
    session: Session,
    job: Job,
    name: str,
    *,
    scene: int | None,
    code: str,
    detail: str,
    advice: str,
) -> None:
    """The step has failed for good, at this scene if it was one."""
    step = _step(session, job, name)
    step.status, step.finished_at = StepStatus.FAILED, func.now()
    step.error_code, step.error_detail, step.error_advice = code, detail, advice
    session.flush()
    error = {"scene": scene, "code": code, "detail": detail, "advice": advice}
    events.append(session, job.id, "step.failed", step=name, attempt=step.attempt, **error)


@dataclass(frozen=True, slots=True)
class WrittenScene:
    index: int
    title: str | None
    narration: str
    slide_id: UUID | None = None


def forget_scenes(session: Session, job: Job) -> None:
    """A script that was broken off is begun anew."""
    session.execute(delete(SceneRow).where(SceneRow.job_id == job.id))
    session.expire(job, ["scenes"])


def write_scene(session: Session, job: Job, scene: WrittenScene) -> None:
    if session.get(SceneRow, (job.id, scene.index)) is not None:
        return
    session.add(
        SceneRow(
            job_id=job.id,
            index=scene.index,
            title=scene.title,
            narration=scene.narration,
            slide_id=scene.slide_id,
        )
    )
    session.flush()
    events.append(
        session,
        job.id,
        "scene.written",
        scene=scene.index,
        title=scene.title,
        narration=scene.narration,
    )


def speak_scene(
    session: Session, job: Job, index: int, *, seconds: float, key: str, made: bool
) -> None:
    """The scene's speech is in storage under ``key``."""
    scene = _scene(session, job, index)
    if scene.speech_key == key:
        return
    # a film of other words is no film of this scene
    scene.status, scene.progress = SceneStatus.SPOKEN, 0.0
    scene.clip_key = scene.poster_key = None
    scene.speech_key, scene.seconds = key, seconds
    session.flush()
    events.append(
        session, job.id, "scene.spoken", scene=index, seconds=round(seconds, 3), made=made
    )


@dataclass(frozen=True, slots=True)
class FilmedScene:
    """A clip that is in storage under ``clip_key``, and the picture that stands for it, if any."""

    seconds: float
    clip_key: str
    poster_key: str | None


def film_scene(session: Session, job: Job, index: int, filmed: FilmedScene, *, made: bool) -> None:
    """The scene can be played."""
    scene = _scene(session, job, index)
    if scene.clip_key == filmed.clip_key:
        return
    scene.status, scene.progress = SceneStatus.FILMED, 1.0
    scene.clip_key, scene.poster_key = filmed.clip_key, filmed.poster_key
    session.flush()
    events.append(
        session,
        job.id,
        "scene.filmed",
        scene=index,
        seconds=round(filmed.seconds, 3),
        made=made,
        poster_key=filmed.poster_key,
    )


@dataclass(frozen=True, slots=True)
class FinishedFile:
    """An export that is in storage."""

    name: str
    content_type: str
    bytes_: int
    sha256: str
    storage_key: str


def keep_export(session: Session, job: Job, file: FinishedFile) -> None:
    session.merge(
        Export(
            job_id=job.id,
            name=file.name,
            content_type=file.content_type,
            bytes=file.bytes_,
            sha256=file.sha256,
            storage_key=file.storage_key,
        )
    )


def _step(session: Session, job: Job, name: str) -> Step:
    return session.get_one(Step, (job.id, name))


def _scene(session: Session, job: Job, index: int) -> SceneRow:
    return session.get_one(SceneRow, (job.id, index))
