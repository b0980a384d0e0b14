"""Scripts written and measured, before there is a job."""

from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing

from fastapi.sse import ServerSentEvent

from deployments.zyphra.narration import read_narration
from pipeline.engines import EngineCard, ScriptEngine, ScriptPiece, ScriptRequest
from pipeline.errors import EngineUnavailable, LecternError
from pipeline.lesson import Scene, SceneSpec
from pipeline.script import collect, split_script
from pipeline.sentences import estimate_seconds
from pipeline.streams import watched
from serve.schemas import (
    EngineRead,
    Estimate,
    ScriptAsk,
    ScriptPieceRead,
    ScriptRead,
    ScriptText,
    StreamProblem,
    WrittenScene,
)

STALL_SECONDS = 120.0
"""How long a writer may be silent: the first words come after it has read the whole request."""


def as_request(ask: ScriptAsk) -> ScriptRequest:
    return ScriptRequest(**ask.model_dump())


async def writer(engine: ScriptEngine, ask: ScriptRequest) -> EngineCard:
    """Who will write this. Raises EngineUnavailable."""
    card = await engine.card(ask)
    if card.missing is not None:
        raise EngineUnavailable(card.name, card.missing)
    return card


async def write(engine: ScriptEngine, ask: ScriptRequest, card: EngineCard) -> ScriptRead:
    """The whole script. Raises PromptUnanswered, EngineFailed …"""
    async with aclosing(watched("script", engine.write(ask), STALL_SECONDS)) as pieces:
        return _script(await collect(pieces), card)


async def stream(
    engine: ScriptEngine, ask: ScriptRequest, card: EngineCard
) -> AsyncGenerator[ServerSentEvent, None]:
    """``piece`` events as it is written; then one ``script`` with the whole, or one ``problem``."""
    written: list[ScriptPiece] = []
    try:
        async with aclosing(watched("script", engine.write(ask), STALL_SECONDS)) as pieces:
            async for piece in pieces:
                written.append(piece)
                yield ServerSentEvent(event="piece", data=ScriptPieceRead.model_validate(piece))
        script = _script(await collect(_again(written)), card)
        yield ServerSentEvent(event="script", data=script)
    except LecternError as error:
        problem = StreamProblem(code=error.code, detail=str(error), advice=error.advice)
        yield ServerSentEvent(event="problem", data=problem)


def estimate(text: ScriptText) -> Estimate:
    """How long a written text will take to be spoken. Raises NothingToSay and PauseTooLong."""
    scenes = split_script(text.text)
    for scene in scenes:
        read_narration(scene.narration)
    measured = _measured(scenes, text.speaking_rate)
    return Estimate(seconds=_total(measured), scenes=measured)


def _script(scenes: Iterable[Scene], card: EngineCard) -> ScriptRead:
    measured = _measured(scenes)
    return ScriptRead(
        engine=EngineRead.model_validate(card), scenes=measured, seconds=_total(measured)
    )


def _measured(
    scenes: Iterable[Scene | SceneSpec], speaking_rate: float = 15.0
) -> list[WrittenScene]:
    return [
        WrittenScene(
            index=index,
            title=scene.title,
            narration=scene.narration,
            seconds=round(estimate_seconds(scene.narration, speaking_rate), 1),
        )
        for index, scene in enumerate(scenes)
    ]


def _total(scenes: Iterable[WrittenScene]) -> float:
    return round(sum(scene.seconds for scene in scenes), 1)


async def _again(pieces: Iterable[ScriptPiece]) -> AsyncGenerator[ScriptPiece, None]:
    for piece in pieces:
        yield piece
