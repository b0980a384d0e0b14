"""Jobs on the wire."""

from typing import Any
from uuid import UUID

from pydantic import ConfigDict, Field

from db.models import JobStatus, Lane, SceneStatus, StepStatus
from pipeline.lesson import LessonSpec, Preview
from pipeline.spec import Line
from serve.schemas.assets import Address
from serve.schemas.base import Answer, Body, FieldProblem, Page, Time
from serve.schemas.scripts import EngineRead


class ErrorRead(Answer):
    """What went wrong, in a sentence, and what to do next."""

    code: str
    detail: str
    advice: str | None


class JobErrorRead(ErrorRead):
    scene: int | None = Field(description="From 0; the scene at which it failed, if it was one.")
    retryable: bool = Field(
        description="False where the same lesson would fail alike: change it, and make it again."
    )


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
    poster: Address | None = Field(description="A small still picture of it, once it is filmed.")


class JobSummary(Answer):
    id: UUID
    title: str
    status: JobStatus
    priority: Lane
    preview: Preview | None
    external_id: str | None
    remade_from: UUID | None
    batch_id: UUID | None
    batch_row: int | None = Field(description="From 1; its place in what was sent with its batch.")
    making: int
    steps: list[StepRead]
    error: JobErrorRead | None
    poster: Address | None = Field(description="A still picture of it, once it is made.")
    created_at: Time
    started_at: Time | None
    finished_at: Time | None


class JobRead(JobSummary):
    spec: LessonSpec
    scenes: list[SceneRead]
    exports: list[str]
    notices: list[FieldProblem] = Field(
        description="What the spec asks for and does not get. Those that depend on an engine come "
        "as soon as it is known who makes a step."
    )
    last_event: int
    queue_position: int | None = Field(description="From 1; null when it does not wait.")
    seconds_left: float | None = Field(description="Estimated from measured speeds.")


class JobChange(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"title": "How rain is made"}]})

    title: Line


class JobEstimate(Answer):
    """What a lesson would be, were it handed in now; from measured speeds."""

    seconds: float | None = Field(
        description="Length of the lesson; null where its script is yet to be written."
    )
    ahead: int = Field(description="Lessons that would be made before it.")
    wait_seconds: float = Field(description="Until its turn comes.")
    work_seconds: float = Field(description="From then until it is made.")


class JobPage(Page[JobSummary]):
    pass


class RemadeScene(Answer):
    """Whether a scene's speech and its picture will be made; false: they are there."""

    index: int
    title: str | None
    speech: bool
    video: bool


class RemakePlan(Answer):
    """What a changed spec would have made anew, with the engines there are now."""

    script: bool = Field(description="The script will be written anew.")
    scenes: list[RemadeScene] | None = Field(
        description="Null where it cannot be known: the script is not written, or an engine or "
        "asset is not there now."
    )


class RemakeRead(JobRead):
    plan: RemakePlan


class SpecPatch(Body):
    """A JSON merge patch (RFC 7396) over the spec of the job: null removes, objects go in depth,
    and everything else, lists too, replaces."""

    model_config = ConfigDict(
        extra="allow",
        json_schema_extra={
            "examples": [{"title": "Better", "speech": {"speaking_rate": 13}, "preview": None}]
        },
    )


class ExportRead(Answer):
    name: str
    content_type: str
    bytes: int
    sha256: str
    address: str
    expires_at: Time
    created_at: Time


class EventRead(Answer):
    """One line of a job's history; its number is the event's id in the stream.

    That a scene is filmed (`scene.filmed`) is told with its `poster`, an address or null.
    """

    number: int
    making: int
    kind: str
    data: dict[str, Any]
    created_at: Time


class OwnEventRead(EventRead):
    """One line of the history of all one's jobs."""

    job_id: UUID


class FeedOpened(Answer):
    """Where in the history of all one's jobs a stream begins."""

    place: int
