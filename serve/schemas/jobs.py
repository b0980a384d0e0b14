"""Jobs on the wire."""

from typing import Any
from uuid import UUID

from pydantic import (
    Field,
)

from db.models import JobStatus, Lane, SceneStatus, StepStatus
from pipeline.lesson import LessonSpec
from serve.schemas.base import Answer, Page, Time
from serve.schemas.scripts import EngineRead


class ErrorRead(Answer):
    """What went wrong, in a sentence, and what to do next."""

    code: str
    detail: str
    advice: str | None


class StepRead(Answer):
    name: str
    status: StepStatus
    progress: float
    attempt: int
    engine: EngineRead | None
    work_seconds: float
    media_seconds: float
    error: ErrorRead | None
    started_at: Time | None
    finished_at: Time | None


class SceneRead(Answer):
    index: int
    title: str | None
    narration: str
    slide_id: UUID | None
    status: SceneStatus
    progress: float
    seconds: float | None


class JobSummary(Answer):
    id: UUID
    title: str
    status: JobStatus
    priority: Lane
    external_id: str | None
    remade_from: UUID | None
    making: int
    steps: list[StepRead]
    error: ErrorRead | None
    created_at: Time
    started_at: Time | None
    finished_at: Time | None


class JobRead(JobSummary):
    spec: LessonSpec
    scenes: list[SceneRead]
    exports: list[str]
    last_event: int
    queue_position: int | None = Field(description="From 1; null when it does not wait.")
    seconds_left: float | None = Field(description="Estimated from measured speeds.")


class JobPage(Page[JobSummary]):
    pass


class ExportRead(Answer):
    name: str
    content_type: str
    bytes: int
    sha256: str
    address: str
    expires_at: Time
    created_at: Time


class EventRead(Answer):
    """One line of a job's history; its number is the event's id in the stream."""

    number: int
    making: int
    kind: str
    data: dict[str, Any]
    created_at: Time
