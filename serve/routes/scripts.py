"""Scripts: written from a prompt, or measured."""

from collections.abc import AsyncIterator
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request, status
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import ValidationError

from serve import quizzes, scripts, slides
from serve.bodies import FORM_BYTES
from serve.deps import Asking, AssetWriter, Bounds, LessonReader, LessonWriter, StudioParts
from serve.idempotency import CREATES
from serve.limits import StrictRoute
from serve.quotas import Quota
from serve.rates import COSTLY
from serve.routes.events import Doors
from serve.schemas import (
    Estimate,
    QuizAsk,
    QuizDraft,
    ScriptAsk,
    ScriptRead,
    ScriptText,
    SlidesRead,
    SlidesUpload,
)
from serve.sse import EVENT_STREAM, event_stream

router = APIRouter(prefix="/api/scripts", tags=["scripts"], route_class=StrictRoute)

STREAMED: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
        "description": "The script; as events `piece` …, `script` or `problem` when asked for.",
    }
}

STREAMED_QUIZ: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
        "description": "The drafts; as events `question` …, `quiz` or `problem` when asked for.",
    }
}


@router.post("", response_model=ScriptRead, responses=STREAMED, dependencies=[COSTLY])
async def write_script(
    ask: ScriptAsk,
    user: LessonWriter,  # noqa: ARG001
    who: Asking,
    studio: StudioParts,
    doors: Doors,
    accept: Annotated[str, Header()] = "",
) -> ScriptRead | Response:
    """Writes a script of titled scenes; with `Accept: text/event-stream`, streams it."""
    request = scripts.as_request(ask)
    card = await scripts.writer(studio.script, request)
    if EVENT_STREAM in accept:
        told = scripts.stream(studio.script, request, card)
        return event_stream(doors.while_admitted(who, told))
    return await scripts.write(studio.script, request, card)


@router.post("/estimate")
def estimate_script(text: ScriptText, user: LessonReader) -> Estimate:  # noqa: ARG001
    """Cuts a written text into scenes and says how long they will be."""
    return scripts.estimate(text)


@router.post("/quiz", response_model=QuizDraft, responses=STREAMED_QUIZ, dependencies=[COSTLY])
async def draft_quiz(
    ask: QuizAsk,
    user: LessonWriter,  # noqa: ARG001
    who: Asking,
    studio: StudioParts,
    doors: Doors,
    accept: Annotated[str, Header()] = "",
) -> QuizDraft | Response:
    """Drafts questions about what the scenes say, each with the sentence that holds its answer.

    With `Accept: text/event-stream`, streams them.
    """
    request = quizzes.as_request(ask)
    card = await quizzes.asker(studio.quiz, request)
    if EVENT_STREAM in accept:
        told = quizzes.stream(studio.quiz, request, card)
        return event_stream(doors.while_admitted(who, told))
    return await quizzes.draft(studio.quiz, request, card)


SLIDES_FORM = {
    "required": True,
    "content": {"multipart/form-data": {"schema": {"$ref": "#/components/schemas/SlidesUpload"}}},
}


async def slides_form(request: Request, user: AssetWriter) -> AsyncIterator[SlidesUpload]:  # noqa: ARG001
    """The form, read by ourselves, as that of an upload."""
    async with request.form(max_files=1, max_fields=2, max_part_size=FORM_BYTES) as form:
        try:
            read = SlidesUpload.model_validate(dict(form))
        except ValidationError as error:
            found = [each | {"loc": ("body", *each["loc"])} for each in error.errors()]
            raise RequestValidationError(found) from error
        yield read


async def deck(
    user: AssetWriter,
    form: Annotated[SlidesUpload, Depends(slides_form)],
    studio: StudioParts,
    bounds: Bounds,
) -> AsyncIterator[slides.Deck]:
    """Outside of the transaction, which must not wait for slides to be drawn."""
    async with slides.read(studio, bounds, user.id, form) as read:
        yield read


@router.post(
    "/slides",
    status_code=status.HTTP_201_CREATED,
    openapi_extra={"requestBody": SLIDES_FORM},
    dependencies=[COSTLY, CREATES],
)
def take_slides(
    read: Annotated[slides.Deck, Depends(deck, scope="function")], quota: Quota
) -> SlidesRead:
    """A scene for each slide of a presentation: its speaker notes as what is said, its picture as a
    slide asset. Hidden slides are left out."""
    return slides.keep(quota, read)
