"""Scripts: written from a prompt, or measured."""

from typing import Annotated, Any

from fastapi import APIRouter, Header
from fastapi.responses import Response

from serve import quizzes, scripts
from serve.deps import LessonReader, LessonWriter, StudioParts
from serve.limits import StrictRoute
from serve.rates import COSTLY
from serve.schemas import Estimate, QuizAsk, QuizDraft, ScriptAsk, ScriptRead, ScriptText
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
    studio: StudioParts,
    accept: Annotated[str, Header()] = "",
) -> ScriptRead | Response:
    """Writes a script of titled scenes; with `Accept: text/event-stream`, streams it."""
    request = scripts.as_request(ask)
    card = await scripts.writer(studio.script, request)
    if EVENT_STREAM in accept:
        return event_stream(scripts.stream(studio.script, request, card))
    return await scripts.write(studio.script, request, card)


@router.post("/estimate")
def estimate_script(text: ScriptText, user: LessonReader) -> Estimate:  # noqa: ARG001
    """Cuts a written text into scenes and says how long they will be."""
    return scripts.estimate(text)


@router.post("/quiz", response_model=QuizDraft, responses=STREAMED_QUIZ, dependencies=[COSTLY])
async def draft_quiz(
    ask: QuizAsk,
    user: LessonWriter,  # noqa: ARG001
    studio: StudioParts,
    accept: Annotated[str, Header()] = "",
) -> QuizDraft | Response:
    """Drafts questions about what the scenes say, each with the sentence that holds its answer.

    With `Accept: text/event-stream`, streams them.
    """
    request = quizzes.as_request(ask)
    card = await quizzes.asker(studio.quiz, request)
    if EVENT_STREAM in accept:
        return event_stream(quizzes.stream(studio.quiz, request, card))
    return await quizzes.draft(studio.quiz, request, card)
