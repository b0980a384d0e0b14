"""Scripts on the wire."""

from typing import Annotated
from uuid import UUID

from fastapi import UploadFile
from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    model_validator,
)

from pipeline.lesson import SceneSpec
from pipeline.quiz import QuestionSpec
from pipeline.spec import Language, Line, Prose
from serve.schemas.base import Answer, Body


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


class StreamProblem(Answer):
    """The last event of a stream that cannot go on: why, and what to do."""

    code: str
    detail: str
    advice: str


class Estimate(Answer):
    seconds: float
    scenes: list[WrittenScene]


class QuizAsk(Body):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "scenes": [
                        {"narration": "Warm air rises. It carries water from the sea to the sky."},
                        {"narration": "The air cools, and the water falls on the land as rain."},
                    ],
                    "questions": 2,
                }
            ]
        }
    )

    scenes: Annotated[list[SceneSpec], Field(min_length=1, max_length=500)]
    questions: Annotated[int, Field(ge=1, le=20)] = Field(
        default=5, description="At most; fewer where the scenes say too little."
    )
    language: Language = "en-us"
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0
    engine: Line = "auto"


class DraftedQuestion(Answer):
    """A draft: its author checks it before learners see it. ``source``: where its answer stands."""

    question: QuestionSpec


class QuizDraft(Answer):
    """Drafts, in the order of the scenes: to be checked before learners see them."""

    engine: EngineRead
    questions: list[QuestionSpec]


class SlidesUpload(BaseModel):
    """A multipart form: a presentation (.pptx) of up to 200 slides."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"pictures": True}]})

    file: UploadFile
    pictures: bool = Field(True, description="False: only the notes are read.")


class SlideScene(WrittenScene):
    """A scene made of a slide. ``narration`` is what its speaker notes say: empty without notes.
    ``slide_id`` is its picture, an asset."""

    slide_id: UUID | None


class SlidesRead(Answer):
    title: str = Field(description="The name of the file.")
    scenes: list[SlideScene]
    seconds: float = Field(description="Estimated.")
