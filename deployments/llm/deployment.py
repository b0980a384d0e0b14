"""Llm: the deployment that writes scripts, and drafts the questions of quizzes."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from pathlib import Path
from typing import Any

from ray import serve as ray_serve
from ray.serve import Deployment

from deployments.llm.chat_quiz import ChatQuiz
from deployments.llm.composer import Composer
from deployments.llm.gaps import Gaps
from deployments.llm.llamacpp import LlamaCpp
from deployments.llm.openai_engine import OpenAiCompatible
from deployments.rack import Rack
from pipeline.engines import (
    EngineCard,
    QuizEngine,
    QuizRequest,
    ScriptEngine,
    ScriptPiece,
    ScriptRequest,
)
from pipeline.quiz import QuestionSpec


class LlmReplica:
    """``openai`` is what :class:`OpenAiCompatible` takes, ``gguf`` a model file for llama.cpp."""

    def __init__(self, gguf: Path, openai: dict[str, Any]) -> None:
        remote, local = OpenAiCompatible(**openai), LlamaCpp(gguf)
        self._rack: Rack[ScriptRequest, ScriptEngine] = Rack([remote, Composer(), local])
        self._quizzes: Rack[QuizRequest, QuizEngine] = Rack(
            [ChatQuiz(remote), ChatQuiz(local), Gaps()]
        )

    async def card(self, ask: ScriptRequest) -> EngineCard:
        return await self._rack.card(ask)

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        engine = await self._rack.engine(ask)
        # closed for certain when the caller leaves, and with it the work
        async with aclosing(engine.write(ask)) as pieces:
            async for piece in pieces:
                yield piece

    async def quiz_card(self, ask: QuizRequest) -> EngineCard:
        return await self._quizzes.card(ask)

    async def draft(self, ask: QuizRequest) -> AsyncGenerator[QuestionSpec, None]:
        engine = await self._quizzes.engine(ask)
        async with aclosing(engine.draft(ask)) as questions:
            async for question in questions:
                yield question


Llm: Deployment = ray_serve.deployment(name="Llm")(LlmReplica)
