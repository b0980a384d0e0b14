"""Questions drafted from what a lesson says: for its author to check before learners see them."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from fastapi.sse import ServerSentEvent

from pipeline.engines import EngineCard, QuizEngine, QuizRequest
from pipeline.errors import EngineUnavailable, LecternError, QuizUnanswered
from pipeline.quiz import QuestionSpec
from pipeline.streams import watched
from serve.schemas import DraftedQuestion, EngineRead, QuizAsk, QuizDraft, StreamProblem

STALL_SECONDS = 120.0
"""How long an engine may be silent: a model reads and answers a whole scene before it is heard."""


def as_request(ask: QuizAsk) -> QuizRequest:
    narrations = tuple(scene.narration for scene in ask.scenes)
    return QuizRequest(narrations, ask.questions, ask.language, ask.seed, ask.engine)


async def asker(engine: QuizEngine, ask: QuizRequest) -> EngineCard:
    """Who will ask. Raises EngineUnavailable."""
    card = await engine.card(ask)
    if card.missing is not None:
        raise EngineUnavailable(card.name, card.missing)
    return card


async def draft(engine: QuizEngine, ask: QuizRequest, card: EngineCard) -> QuizDraft:
    """All of the questions. Raises QuizUnanswered, EngineFailed …"""
    async with aclosing(watched("quiz", engine.draft(ask), STALL_SECONDS)) as questions:
        return _drafted(card, [question async for question in questions])


async def stream(
    engine: QuizEngine, ask: QuizRequest, card: EngineCard
) -> AsyncGenerator[ServerSentEvent, None]:
    """A ``question`` event each; then one ``quiz`` with all of them, or one ``problem``."""
    asked: list[QuestionSpec] = []
    try:
        async with aclosing(watched("quiz", engine.draft(ask), STALL_SECONDS)) as questions:
            async for question in questions:
                asked.append(question)
                yield ServerSentEvent(event="question", data=DraftedQuestion(question=question))
        yield ServerSentEvent(event="quiz", data=_drafted(card, asked))
    except LecternError as error:
        problem = StreamProblem(code=error.code, detail=str(error), advice=error.advice)
        yield ServerSentEvent(event="problem", data=problem)


def _drafted(card: EngineCard, questions: list[QuestionSpec]) -> QuizDraft:
    if not questions:
        raise QuizUnanswered
    return QuizDraft(engine=EngineRead.model_validate(card), questions=questions)
