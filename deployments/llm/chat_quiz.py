"""Questions by a language model that can chat, a scene after the other."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from typing import Any, Protocol

from deployments.llm.llama_server import Message
from deployments.llm.quiz_prompts import SCHEMA, question_messages, read_questions
from deployments.llm.quiz_sentences import allotted
from pipeline.engines import EngineCard, QuizRequest, ScriptRequest
from pipeline.errors import EngineUnavailable
from pipeline.quiz import QuestionSpec


class Chat(Protocol):
    """What is needed of an engine that writes scripts, so that it can ask questions too."""

    @property
    def lacks_for_quizzes(self) -> str | None: ...

    async def card(self, ask: ScriptRequest) -> EngineCard: ...

    def answer(
        self, messages: Sequence[Message], schema: Mapping[str, Any], seed: int
    ) -> AsyncGenerator[str, None]: ...


class ChatQuiz:
    def __init__(self, chat: Chat) -> None:
        self._chat = chat

    async def card(self, ask: QuizRequest) -> EngineCard:
        card = await self._chat.card(ScriptRequest("-", language=ask.language))
        missing = card.missing or self._chat.lacks_for_quizzes
        return replace(card, missing=missing, draft=True)

    async def draft(self, ask: QuizRequest) -> AsyncGenerator[QuestionSpec, None]:
        card = await self.card(ask)
        if card.missing is not None:
            raise EngineUnavailable(card.name, card.missing)
        for scene in allotted(ask.narrations, ask.questions):
            messages = question_messages(scene, ask.language)
            said = self._chat.answer(messages, SCHEMA, ask.seed + scene.index)
            async with aclosing(said) as texts:
                answer = "".join([text async for text in texts])
            for question in read_questions(answer, scene):
                yield question
