"""The voice of the lesson, scene by scene."""

import asyncio
from contextlib import aclosing
from dataclasses import replace
from functools import partial

import numpy as np

from pipeline.artefacts import SpeechFacts
from pipeline.engines import EngineCard, SpeechRequest
from pipeline.errors import EngineFailed, StepTimedOut
from pipeline.lesson import (
    SAMPLE_RATE,
    SAMPLES_PER_FRAME,
    LessonSpec,
    Scene,
    Speech,
    join_speech,
)
from pipeline.making import Making, Take
from pipeline.media.loudness import level
from pipeline.provenance.payload import Payload
from pipeline.provenance.watermark import mark
from pipeline.steps.script import spoken_seconds
from pipeline.storage import digest
from pipeline.streams import Stopwatch, in_worker

FORM = 2
"""Part of the digest: grows when the same sound of an engine would become another scene."""
BREATH_SECONDS = 0.2
CLOSING_SECONDS = 0.5
"""Silence at the end: the face finds back to the pose in which the next scene begins."""


async def narrate(making: Making, take: Take) -> Take:
    """One scene, spoken: found in storage, or made now."""
    await making.assets.check({"voice": making.spec.voice_id})
    ask = await _request(making, take.scene)
    card = await making.cast("speech", making.engines.speech, ask)
    ask = replace(ask, engine=card.name)
    voice = making.assets.sha256(making.spec.voice_id, "voice")
    key = speech_digest(ask, card, voice)
    await making.assets.derive("speech", key, [making.spec.voice_id])
    facts = await in_worker(making.artefacts.speech, key)
    made = facts is None
    if facts is None:
        ask = replace(ask, learnt=await _learnt(making, card, ask))
        facts = await _speak(making, take.scene, card, ask, key)
    await making.record.scene_spoken(
        take.scene.index, facts.seconds, making.artefacts.speech_key(key, facts), made=made
    )
    return replace(take, speech=key, seconds=facts.seconds)


def speech_digest(ask: SpeechRequest, card: EngineCard, voice: str | None) -> str:
    """Of all that the sound is made of; ``voice`` is the hash of the recording."""
    said = replace(ask, voice=None, learnt=None, engine=card.name)
    return digest("speech", FORM, card.name, card.version, said, voice)


async def _learnt(making: Making, card: EngineCard, ask: SpeechRequest) -> bytes | None:
    """What the engine knows of the voice; found out at most once a recording. None without one."""
    voice_id, seconds = making.spec.voice_id, making.limits.stall_seconds
    if voice_id is None:
        return None

    async def learn() -> bytes | None:
        work = Stopwatch()
        try:
            async with asyncio.timeout(seconds):
                learnt = await making.engines.speech.learn(ask)
        except TimeoutError as error:
            raise StepTimedOut("speech", seconds) from error
        await making.record.account("speech", work.seconds, 0.0)
        return learnt

    return await making.assets.learnt(voice_id, card, learn)


async def _speak(
    making: Making, scene: Scene, card: EngineCard, ask: SpeechRequest, key: str
) -> SpeechFacts:
    work, seconds = Stopwatch(), 0.0
    pieces: list[Speech] = []
    stream = making.watch("speech", making.engines.speech.speak(ask), work)
    async with aclosing(stream):
        async for piece in stream:
            pieces.append(piece)
            seconds += piece.seconds
            await making.progress("speech", scene.index, seconds / spoken_seconds(scene))
    if seconds == 0:
        raise EngineFailed(card.name, "it made no sound")
    await making.record.account("speech", work.seconds, seconds)
    payload = Payload.of(making.marking.studio_id, key)
    speech = await in_worker(framed, pieces, payload)
    store = partial(making.artefacts.keep_speech, key, speech)
    made_with = [making.spec.voice_id]
    return await in_worker(making.assets.kept, "speech", key, made_with, store)


def framed(pieces: list[Speech], payload: Payload) -> Speech:
    """The pieces marked and levelled as one, between a breath and a pause; a whole number of
    pictures long."""
    spoken = join_speech(pieces)
    levelled = replace(spoken, samples=level(mark(spoken.samples, payload)))
    opening = _silence(round(BREATH_SECONDS * SAMPLE_RATE))
    least = len(opening.samples) + len(levelled.samples) + round(CLOSING_SECONDS * SAMPLE_RATE)
    whole = -(-least // SAMPLES_PER_FRAME) * SAMPLES_PER_FRAME
    closing = _silence(whole - len(opening.samples) - len(levelled.samples))
    return join_speech([opening, levelled, closing])


def _silence(samples: int) -> Speech:
    return Speech(np.zeros(samples, np.float32))


async def _request(making: Making, scene: Scene) -> SpeechRequest:
    spec = making.spec
    voice = await making.assets.read_once(spec.voice_id, "voice") if spec.voice_id else None
    return speech_request(spec, scene.narration, voice)


def speech_request(spec: LessonSpec, narration: str, voice: bytes | None) -> SpeechRequest:
    return SpeechRequest(
        narration=narration,
        voice=voice,
        language=spec.language,
        speaking_rate=spec.speech.speaking_rate,
        pitch_std=spec.speech.pitch_std,
        emotion=spec.speech.emotion,
        pronunciations=tuple(sorted(spec.pronunciations.items())),
        seed=spec.speech.seed,
        engine=spec.engines.speech,
    )
