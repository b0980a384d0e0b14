"""Jobs as their owners read them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from db import forecast
from db.models import Export, Job, JobStatus, SceneRow, Step
from pipeline.errors import retry_helps
from pipeline.lesson import LessonSpec
from pipeline.storage import Storage
from serve.notices import notices
from serve.posters import poster, scene_poster
from serve.schemas import (
    EngineRead,
    ErrorRead,
    ExportRead,
    JobErrorRead,
    JobRead,
    JobSummary,
    SceneRead,
    StepRead,
)

ADDRESS_SECONDS = 15 * 60


def job_read(db: Session, storage: Storage, job: Job) -> JobRead:
    place = forecast.position(db, job.id) if job.status is JobStatus.QUEUED else None
    left = forecast.seconds_left(db, job, place)
    spec = LessonSpec.model_validate(job.spec)
    return JobRead(
        **_summary(storage, job),
        spec=spec,
        scenes=[_scene(storage, scene) for scene in job.scenes],
        exports=[export.name for export in job.exports],
        notices=notices(spec, job.steps),
        last_event=job.last_event,
        queue_position=place,
        seconds_left=None if left is None else round(left, 1),
    )


def summaries(storage: Storage, found: Sequence[Job]) -> list[JobSummary]:
    return [JobSummary(**_summary(storage, job)) for job in found]


def _summary(storage: Storage, job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "title": job.title,
        "status": job.status,
        "priority": job.lane,
        "preview": job.spec.get("preview"),
        "external_id": job.external_id,
        "remade_from": job.remade_from,
        "batch_id": job.batch_id,
        "batch_row": job.batch_row,
        "making": job.making,
        "steps": [_step(step) for step in job.steps],
        "error": job_error_read(job),
        "poster": poster(storage, job),
        "created_at": job.created_at,
        "started_at": job.started_at,
        "finished_at": job.finished_at,
    }


def _step(step: Step) -> StepRead:
    return StepRead(
        name=step.name,
        status=step.status,
        progress=step.progress,
        attempt=step.attempt,
        engine=EngineRead.model_validate(step.engine) if step.engine else None,
        work_seconds=round(step.work_seconds, 3),
        media_seconds=round(step.media_seconds, 3),
        error=error_read(step),
        started_at=step.started_at,
        finished_at=step.finished_at,
    )


def _scene(storage: Storage, scene: SceneRow) -> SceneRead:
    return SceneRead(
        index=scene.index,
        title=scene.title,
        narration=scene.narration,
        slide_id=scene.slide_id,
        status=scene.status,
        progress=scene.progress,
        seconds=scene.seconds,
        poster=scene_poster(storage, scene.poster_key),
    )


def export_read(storage: Storage, export: Export) -> ExportRead:
    """With an address under which browsers save it by its name."""
    address = storage.presign_get(export.storage_key, ADDRESS_SECONDS, filename=export.name)
    return ExportRead(
        name=export.name,
        content_type=export.content_type,
        bytes=export.bytes,
        sha256=export.sha256,
        address=address,
        expires_at=datetime.now(UTC) + timedelta(seconds=ADDRESS_SECONDS),
        created_at=export.created_at,
    )


def job_error_read(job: Job) -> JobErrorRead | None:
    error = error_read(job)
    if error is None:
        return None
    helps = retry_helps(error.code)
    return JobErrorRead(**error.model_dump(), scene=job.error_scene, retryable=helps)


def error_read(row: Job | Step) -> ErrorRead | None:
    if row.error_code is None:
        return None
    return ErrorRead(code=row.error_code, detail=row.error_detail or "", advice=row.error_advice)
