"""What goes over the wire: bodies as they come in, answers as they go out."""

from datetime import UTC, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar
from uuid import UUID

from fastapi import UploadFile
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    EmailStr,
    Field,
    StringConstraints,
    model_validator,
)

from db.models import AssetKind, AssetStatus, JobStatus, Lane, Role, SceneStatus, StepStatus
from pipeline.lesson import Language, LessonSpec, Line, Prose, without_nul

Item = TypeVar("Item")

Time = Annotated[datetime, AfterValidator(lambda time: time.astimezone(UTC))]
"""RFC 3339 in UTC, whatever zone the database speaks."""
Username = Annotated[
    str,
    StringConstraints(pattern=r"^[a-z0-9_-]+$", min_length=3, max_length=32),
    BeforeValidator(lambda name: name.strip().lower() if isinstance(name, str) else name),
]
Password = Annotated[
    str, StringConstraints(min_length=8, max_length=128), AfterValidator(without_nul)
]
Search = Annotated[str, StringConstraints(max_length=200), AfterValidator(without_nul)]


class Body(BaseModel):
    """A field that is not known is refused: it is a typing error more often than not."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Answer(BaseModel):
    model_config = ConfigDict(from_attributes=True)


class Page(Answer, Generic[Item]):
    """``next_cursor`` is null on the last page."""

    items: list[Item]
    next_cursor: UUID | None
    total: int | None = None


class FieldProblem(Answer):
    field: str
    code: str
    message: str


class Problem(Answer):
    """RFC 9457. ``code`` is stable; ``advice`` says what to do next."""

    type: str
    title: str
    status: int
    code: str
    detail: str
    advice: str | None = None
    errors: list[FieldProblem] | None = None
    request_id: str


# --- accounts --------------------------------------------------------------------------------


class Registration(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "email": "ada@example.org",
                    "username": "ada",
                    "password": "a quiet river at noon",
                }
            ]
        }
    )

    email: EmailStr
    username: Username
    password: Password


class Login(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [{"login": "ada", "password": "a quiet river at noon", "remember_me": True}]
        }
    )

    login: Annotated[str, StringConstraints(min_length=1, max_length=320)] = Field(
        description="The email address or the username."
    )
    password: Annotated[str, StringConstraints(max_length=128)]
    remember_me: bool = False
    refresh_in_body: bool = Field(
        False, description="Gives the refresh token in the body instead of a cookie."
    )

    @model_validator(mode="after")
    def _no_nul(self) -> "Login":
        without_nul(self.login + self.password)
        return self


class Refresh(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"refresh_token": "b0f3…"}, {}]})

    refresh_token: Annotated[str, StringConstraints(max_length=200)] | None = Field(
        None, description="Where it is left out, the cookie is read."
    )


class AccessRead(Answer):
    """An access token, and the refresh token where the client asked for it in the body."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"
    expires_in: int = Field(description="Seconds.")
    refresh_token: str | None = None


class UserRead(Answer):
    id: UUID
    email: str
    username: str
    role: Role
    created_at: Time


# --- assets ----------------------------------------------------------------------------------


class AssetUpload(BaseModel):
    """A multipart form."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"kind": "portrait", "name": "Ada, front"}]},
    )

    kind: AssetKind
    file: UploadFile
    name: Line | None = Field(None, description="The name of the file where it is left out.")


class AssetChange(Body):
    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Ada, front"}]})

    name: Line


class AssetRead(Answer):
    id: UUID
    kind: AssetKind
    status: AssetStatus
    name: str
    content_type: str
    bytes: int
    sha256: str
    details: dict[str, Any] = Field(description="What was found in it: face, loudness, length …")
    error_code: str | None
    error_detail: str | None
    created_at: Time


class Address(Answer):
    """An address that needs no account, and works until ``expires_at``."""

    address: str
    expires_at: Time


class AssetPage(Page[AssetRead]):
    pass


# --- scripts ---------------------------------------------------------------------------------


class ScriptAsk(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "prompt": "How plants make sugar from light",
                    "audience": "12-year-olds",
                    "minutes": 1.5,
                }
            ]
        }
    )

    prompt: Prose | None = None
    notes: Prose | None = None
    language: Language = "en-us"
    audience: Line | None = None
    minutes: Annotated[float, Field(gt=0, le=120)] | None = None
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    engine: Line = "auto"

    @model_validator(mode="after")
    def _asks_something(self) -> "ScriptAsk":
        if self.prompt is None and self.notes is None:
            raise ValueError("give a prompt or notes")
        return self


class ScriptText(Body):
    model_config = ConfigDict(
        json_schema_extra={"examples": [{"text": "# Light\n\nPlants drink light. [pause 0.8s]"}]}
    )

    text: Prose
    speaking_rate: Annotated[float, Field(ge=7.5, le=30)] = 15.0


class EngineRead(Answer):
    """Who made it. ``draft``: its facts need checking."""

    name: str
    version: str
    kind: str
    label: str
    draft: bool = False


class WrittenScene(Answer):
    index: int
    title: str | None
    narration: str
    seconds: float = Field(description="Estimated.")


class ScriptRead(Answer):
    engine: EngineRead
    scenes: list[WrittenScene]
    seconds: float = Field(description="Estimated.")


class ScriptPieceRead(Answer):
    """The next words of scene ``scene``; a title comes before them."""

    scene: int
    text: str
    title: str | None


class ScriptProblem(Answer):
    """Why a script that was being streamed came to no end."""

    code: str
    detail: str
    advice: str


class Estimate(Answer):
    seconds: float
    scenes: list[WrittenScene]


# --- jobs ------------------------------------------------------------------------------------


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


# --- health ----------------------------------------------------------------------------------


class Alive(Answer):
    status: Literal["ok"] = "ok"
    version: str


class PartRead(Answer):
    """One part of the studio. ``detail`` says what is wrong when ``ok`` is false."""

    part: str
    ok: bool
    seconds: float
    engine: EngineRead | None = None
    detail: str | None = None


class Ready(Answer):
    status: Literal["ready"] = "ready"
    parts: list[PartRead]


class Pong(Answer):
    ok: bool
    parts: list[PartRead]
