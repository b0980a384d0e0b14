"""Engines for tests of the pipeline: quick, counted, and able to fail where a test wants it."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass, field, replace
from functools import lru_cache

import numpy as np

from deployments.kdtalker.fake import FakeVideo
from deployments.llm.fake import FakeScript
from deployments.zyphra.fake import FakeSpeech
from pipeline.engines import EngineCard, ScriptPiece, ScriptRequest, SpeechRequest, VideoRequest
from pipeline.lesson import SAMPLES_PER_FRAME, ClipPiece, Speech, VideoSpec

Trouble = Callable[[int, str], None]
"""Called with how many requests came before, and what is asked; raises to make trouble."""


def no_trouble(_count: int, _what: str) -> None:
    return None


@dataclass
class CountedScript:
    """The fake script engine; ``begun`` and ``ended`` count what it wrote."""

    trouble: Trouble = no_trouble
    version: str = "1"
    begun: int = 0
    ended: int = 0

    async def card(self, ask: ScriptRequest) -> EngineCard:
        return replace(await FakeScript().card(ask), version=self.version)

    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        self.begun += 1
        self.trouble(self.begun - 1, ask.prompt or "")
        async for piece in FakeScript().write(ask):
            yield piece
        self.ended += 1


@dataclass
class CountedSpeech:
    """The fake voice; ``begun`` and ``ended`` hold the narrations. ``gate`` holds it back.

    ``learnt`` holds the recordings it was to learn.
    """

    trouble: Trouble = no_trouble
    version: str = "1"
    gate: asyncio.Event | None = None
    begun: list[str] = field(default_factory=list)
    ended: list[str] = field(default_factory=list)
    asked: list[SpeechRequest] = field(default_factory=list)
    learnt: list[bytes] = field(default_factory=list)
    learn_trouble: Trouble = no_trouble
    closed: int = 0

    async def card(self, ask: SpeechRequest) -> EngineCard:
        return replace(await FakeSpeech().card(ask), version=self.version)

    async def learn(self, ask: SpeechRequest) -> bytes | None:
        assert ask.voice is not None
        self.learn_trouble(len(self.learnt), ask.narration)
        self.learnt.append(ask.voice)
        return await FakeSpeech().learn(ask)

    async def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        self.asked.append(ask)
        self.begun.append(ask.narration)
        try:
            self.trouble(len(self.begun) - 1, ask.narration)
            if self.gate is not None:
                await self.gate.wait()
            async for piece in FakeSpeech().speak(ask):
                yield piece
            self.ended.append(ask.narration)
        finally:
            self.closed += 1


@dataclass
class CountedVideo:
    """Clips of the fake video engine, drawn once for each length; ``begun`` and ``ended``: frames.

    ``gate`` holds it back after its first pictures.
    """

    trouble: Trouble = no_trouble
    version: str = "1"
    gate: asyncio.Event | None = None
    begun: list[int] = field(default_factory=list)
    ended: list[int] = field(default_factory=list)
    asked: list[VideoRequest] = field(default_factory=list)
    closed: int = 0

    async def card(self, ask: VideoRequest) -> EngineCard:
        return replace(await FakeVideo().card(ask), version=self.version)

    async def animate(self, ask: VideoRequest) -> AsyncGenerator[ClipPiece, None]:
        self.asked.append(ask)
        self.begun.append(ask.speech.frames)
        try:
            self.trouble(len(self.begun) - 1, "")
            for piece in await asyncio.to_thread(_drawn, ask.speech.frames, ask.video):
                yield piece
                if self.gate is not None:
                    await self.gate.wait()
            self.ended.append(ask.speech.frames)
        finally:
            self.closed += 1


@lru_cache
def _drawn(frames: int, video: VideoSpec) -> tuple[ClipPiece, ...]:
    async def draw() -> tuple[ClipPiece, ...]:
        silence = Speech(np.zeros(frames * SAMPLES_PER_FRAME, np.float32))
        ask = VideoRequest(b"", silence, video)
        return tuple([piece async for piece in FakeVideo().animate(ask)])

    return asyncio.run(draw())
