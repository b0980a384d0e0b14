"""Scripts by any GGUF model on llama.cpp: first a plan of titles, then a paragraph for each."""

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path
from typing import Any

from deployments.llm import lesson_prompts
from deployments.llm.llama_server import LlamaServer, LlamaSettings, Message, Sampling
from deployments.llm.script_text import LONGEST_TITLE, Heard, Sentences, is_whole, short_title
from pipeline.engines import EngineCard, ScriptPiece, ScriptRequest
from pipeline.errors import EngineUnavailable, PromptUnanswered
from pipeline.sentences import estimate_seconds, sentences

NAME = "llamacpp"
SMALL_MODEL = "SmolLM2-135M-Instruct.Q4_1.gguf"
SMALL_MODEL_LANGUAGES = ("en",)
SMALL_MODEL_TEMPERATURE = 0.1
"""It wanders off when it is higher."""
USUAL_TEMPERATURE = 0.6

USUAL_MINUTES = 1.0
SCENE_SECONDS = 20.0
LONGEST_SCENE_SECONDS = 40.0
MOST_SCENES = 60
TITLE_TOKENS = 20
SCENE_TOKENS = 220
ANSWER_TOKENS = 800
PATIENCE = 2
"""Repetitions in a row after which the model goes in circles."""
ENOUGH = 0.6
"""A scene that ends before this share of its time is given an example."""


class LlamaCpp:
    """Writes a draft from a prompt, about as long as asked. The model is loaded on first use.

    ``languages`` None: English for SmolLM2-135M, any for other models. ``server`` None: one with
    ``slots`` and the usual settings.
    """

    def __init__(
        self,
        gguf: Path,
        *,
        label: str = "Draft by a small model: check the facts",
        languages: Sequence[str] | None = None,
        slots: int = 4,
        server: LlamaServer | None = None,
    ) -> None:
        self._gguf = gguf
        self._label = label
        self._small = gguf.name == SMALL_MODEL
        self._languages = SMALL_MODEL_LANGUAGES if self._small and not languages else languages
        self._server = server or LlamaServer(LlamaSettings(gguf, slots))

    async def card(self, ask: ScriptRequest) -> EngineCard:
        return EngineCard(
            name=NAME,
            version=f"1-{self._gguf.stem}",
            kind="embedded" if self._small else "model",
            label=self._label,
            draft=True,
            missing=self._missing(ask),
        )

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        if lacks := self._missing(ask):
            raise EngineUnavailable(NAME, lacks)
        lesson = _lesson(ask)
        heard = Heard(sentences(lesson_prompts.SHOWN_PARAGRAPH))
        seconds_left = 60 * (ask.minutes or USUAL_MINUTES)
        titles = await self._titles(lesson, ask.seed, seconds_left)
        scene = 0
        for at, title in enumerate(titles):
            goal = min(seconds_left / (len(titles) - at), LONGEST_SCENE_SECONDS)
            said: list[str] = []
            async with aclosing(self._scene(lesson, title, ask.seed + at, goal, heard)) as spoken:
                async for sentence in spoken:
                    if not said:
                        yield ScriptPiece(scene, title=title)
                    said.append(sentence)
                    yield ScriptPiece(scene, text=f"{sentence} ")
            seconds_left -= estimate_seconds(" ".join(said))
            scene += bool(said)
        if scene == 0:
            raise PromptUnanswered

    @property
    def lacks_for_quizzes(self) -> str | None:
        if not self._small:
            return None
        return "its model is too small to ask sensible questions: set LECTERN_GGUF to a larger one"

    async def answer(
        self, messages: Sequence[Message], schema: Mapping[str, Any], seed: int
    ) -> AsyncGenerator[str, None]:
        """What the model says to these messages, held to a JSON schema."""
        sampling = replace(self._sampling(seed, ANSWER_TOKENS), schema=schema)
        async with aclosing(self._server.chat(messages, sampling)) as tokens:
            async for token in tokens:
                yield token

    def _missing(self, ask: ScriptRequest) -> str | None:
        if not self._gguf.is_file():
            return f"its model {self._gguf.name} is not there: `lectern models pull llamacpp`"
        if not ask.prompt:
            return "it needs a prompt"
        language = ask.language.split("-")[0]
        if self._languages is not None and language not in self._languages:
            return f"its model writes only in {', '.join(self._languages)}, not in {language}"
        return None

    def _sampling(self, seed: int, max_tokens: int) -> Sampling:
        temperature = SMALL_MODEL_TEMPERATURE if self._small else USUAL_TEMPERATURE
        return Sampling(temperature, seed % 2**32, max_tokens)

    async def _titles(self, lesson: str, seed: int, seconds: float) -> list[str]:
        """As many as fill the time; fewer, if the model has no more to say."""
        parts = min(max(1, round(seconds / SCENE_SECONDS)), MOST_SCENES)
        asked = lesson_prompts.plan(lesson, parts)
        sampling = self._sampling(seed, TITLE_TOKENS * parts)
        answer = "".join([token async for token in self._server.chat(asked, sampling)])
        heard = Heard(lesson_prompts.SHOWN_TITLES)
        titles = (title for line in answer.splitlines() if (title := short_title(line)))
        return [title for title in titles if heard.is_new(title)][:parts] or [
            lesson[:LONGEST_TITLE]
        ]

    async def _scene(
        self, lesson: str, title: str, seed: int, goal: float, heard: Heard
    ) -> AsyncGenerator[str, None]:
        """Sentences until the time is filled, or the model has nothing new to say."""
        asked = lesson_prompts.paragraph(lesson, title)
        said: list[str] = []
        for turn in range(2):
            async with aclosing(self._new_sentences(asked, seed + turn, heard)) as answer:
                async for sentence in answer:
                    said.append(sentence)
                    yield sentence
                    if estimate_seconds(" ".join(said)) >= goal:
                        return
            if not said or estimate_seconds(" ".join(said)) >= ENOUGH * goal:
                return
            asked = lesson_prompts.example(asked, " ".join(said))

    async def _new_sentences(
        self, asked: Sequence[Message], seed: int, heard: Heard
    ) -> AsyncGenerator[str, None]:
        """Until the model goes in circles."""
        repeated = 0
        async with aclosing(self._sentences(asked, seed)) as answer:
            async for sentence in answer:
                repeated = 0 if heard.is_new(sentence) else repeated + 1
                if repeated == 0:
                    yield sentence
                elif repeated == PATIENCE:
                    return

    async def _sentences(self, asked: Sequence[Message], seed: int) -> AsyncGenerator[str, None]:
        """Whole sentences; the last one is left out if it was cut off."""
        reader = Sentences()
        async with aclosing(self._server.chat(asked, self._sampling(seed, SCENE_TOKENS))) as tokens:
            async for token in tokens:
                for sentence in reader.feed(token):
                    yield sentence
        for sentence in reader.finish():
            if is_whole(sentence):
                yield sentence


def _lesson(ask: ScriptRequest) -> str:
    """The prompt in one line, which ends with a full stop, and for whom and in what language."""
    line = " ".join((ask.prompt or "").split())
    line += "" if is_whole(line) else "."
    if ask.audience:
        line += f" For {ask.audience.rstrip('.')}."
    if ask.notes:
        line += f" Notes: {' '.join(ask.notes.split())}"
    if not ask.language.startswith("en"):
        line += f" Answer in the language “{ask.language}”."
    return line
