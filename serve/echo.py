"""A small real piece of work through each model, timed."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import asdict
from uuid import uuid4

import numpy as np
from anyio.to_thread import run_sync
from sqlalchemy import text
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from db import echoes
from pipeline.engines import EngineCard, ScriptRequest, SpeechRequest, VideoRequest
from pipeline.errors import DatabaseUnavailable, EngineFailed, LecternError
from pipeline.lesson import SAMPLE_RATE, Speech, StepName, VideoSpec
from pipeline.streams import watched
from serve.deps import Studio
from serve.introductions import introduced
from serve.schemas import EngineRead, PartRead, Pong

WAIT_SECONDS = 30.0
READY_SECONDS = 5.0
PRODUCER_SECONDS = 5.0
"""A producer that lives listens all the time; there is nothing to start for it."""
WORDS = "Hello."

Work = Callable[[], Awaitable[EngineCard | None]]


async def ping(studio: Studio) -> Pong:
    """Each engine does the least it can do; none stops another from being tried."""
    parts = await asyncio.gather(
        _timed("producer", lambda: _call_producer(studio), PRODUCER_SECONDS),
        _timed("script", lambda: _write(studio), WAIT_SECONDS),
        _timed("speech", lambda: _speak(studio), WAIT_SECONDS),
        _timed("video", lambda: _draw(studio), WAIT_SECONDS),
    )
    return Pong(ok=all(part.ok for part in parts), parts=list(parts))


async def ready(studio: Studio) -> list[PartRead]:
    """Whether database, storage and deployments answer; a deployment that is merely busy is ready,
    and nothing is known of its engine before it has answered once."""
    parts = await asyncio.gather(
        _timed("database", lambda: _ask_database(studio), READY_SECONDS),
        _timed("storage", lambda: _ask_storage(studio), READY_SECONDS),
        _met(studio, "script", lambda: studio.script.card(_script_ask())),
        _met(studio, "speech", lambda: studio.speech.card(_speech_ask())),
        _met(studio, "video", lambda: studio.video.card(_video_ask(b""))),
    )
    return list(parts)


async def _met(
    studio: Studio, step: StepName, card: Callable[[], Awaitable[EngineCard]]
) -> PartRead:
    return await _timed(step, lambda: introduced(studio, step, card), READY_SECONDS)


async def _timed(part: str, work: Work, limit_seconds: float) -> PartRead:
    started = time.perf_counter()
    card, detail = None, None
    try:
        async with asyncio.timeout(limit_seconds):
            card = await work()
        detail = card.missing if card else None
    except LecternError as error:
        detail = str(error)
    except TimeoutError:
        detail = f"no answer within {limit_seconds:g} seconds"
    seconds = round(time.perf_counter() - started, 4)
    engine = EngineRead.model_validate(asdict(card)) if card else None
    return PartRead(part=part, ok=detail is None, seconds=seconds, engine=engine, detail=detail)


async def _call_producer(studio: Studio) -> None:
    """A notice through the database to whoever takes jobs, and one back."""
    token = uuid4().hex
    listener = studio.database.listen([echoes.PONGS_CHANNEL])
    try:
        await listener.wait(0)  # connects; what is said from here on is heard
        await run_sync(_ping, studio, token)
        while not any(
            notice.payload.startswith(token) for notice in await listener.wait(PRODUCER_SECONDS)
        ):
            pass
    finally:
        listener.close()


def _ping(studio: Studio, token: str) -> None:
    with studio.database.transaction() as session:
        echoes.ping(session, token)


async def _write(studio: Studio) -> EngineCard:
    card = await studio.script.card(_script_ask())
    await _first("script", studio.script.write(_script_ask()))
    return card


async def _speak(studio: Studio) -> EngineCard:
    card = await studio.speech.card(_speech_ask())
    await _first("speech", studio.speech.speak(_speech_ask()))
    return card


async def _draw(studio: Studio) -> EngineCard:
    """Where there is no portrait to draw from, the engine only introduces itself."""
    ask = _video_ask(studio.echo_portrait or b"")
    card = await studio.video.card(ask)
    if studio.echo_portrait is not None:
        await _first("video", studio.video.animate(ask))
    return card


async def _first(part: str, pieces: AsyncIterator[object]) -> None:
    async with aclosing(watched(part, pieces, WAIT_SECONDS)) as stream:
        async for _ in stream:
            return
    raise EngineFailed(part, "it gave nothing")


async def _ask_database(studio: Studio) -> None:
    await run_sync(_select_one, studio)


async def _ask_storage(studio: Studio) -> None:
    await run_sync(studio.storage.exists, "ready")


def _select_one(studio: Studio) -> None:
    try:
        with studio.database.transaction() as db:
            db.execute(text("SELECT 1"))
    except (OperationalError, PoolTimeout) as error:
        raise DatabaseUnavailable from error


def _script_ask() -> ScriptRequest:
    return ScriptRequest(prompt=None, notes=WORDS)


def _speech_ask() -> SpeechRequest:
    return SpeechRequest(WORDS)


def _video_ask(portrait: bytes) -> VideoRequest:
    short = Speech(np.zeros(SAMPLE_RATE // 5, np.float32))
    return VideoRequest(portrait, short, VideoSpec())
