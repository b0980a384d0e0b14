"""The picture of the lesson, scene by scene."""

from collections.abc import Callable
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from pathlib import Path
from uuid import UUID

import numpy as np

from db.steps import FilmedScene
from pipeline.artefacts import ClipFacts
from pipeline.engines import EngineCard, VideoRequest
from pipeline.errors import ArtefactMissing
from pipeline.lesson import FPS, Cue, LessonSpec, Scene, Speech
from pipeline.making import Making, Take
from pipeline.media.burn_in import check_drawable
from pipeline.media.captions import scene_cues
from pipeline.media.hls import fragments
from pipeline.media.mux import mux_clip
from pipeline.media.poster import scene_poster
from pipeline.storage import digest
from pipeline.streams import Stopwatch, in_worker
from pipeline.workroom import workroom

FORM = 3
"""Part of the digest: grows when the same pictures of an engine would become another clip, or the
same words other captions in them."""
SILENCE = Speech(np.zeros(0, np.float32))
HashOf = Callable[[UUID | None, str], str | None]
"""The hash of an asset's file, and its part in the lesson for errors; None without one."""


async def animate(making: Making, take: Take) -> Take:
    """One spoken scene, filmed: found in storage, or made now."""
    await making.assets.check(making.people)
    ask = await _request(making)
    card = await making.cast("video", making.engines.video, ask)
    key = clip_digest(making.spec, take.scene, card, take.speech, making.assets.sha256)
    await making.assets.derive("video", key, _sources(making, take.scene))
    facts = await in_worker(making.artefacts.clip, key)
    made = facts is None
    if facts is None:
        slide = await _slide(making, take.scene)
        speech = await _speech(making, take)
        captions = await in_worker(_captions, making, speech)
        scene = replace(ask, speech=speech, slide=slide, captions=captions, engine=card.name)
        facts = await _film(making, take, scene, key)
    await making.record.scene_filmed(take.scene.index, _filmed(making, key, facts), made=made)
    return replace(take, clip=key)


def _filmed(making: Making, key: str, facts: ClipFacts) -> FilmedScene:
    poster = making.artefacts.poster_key(key, facts) if facts.poster else None
    return FilmedScene(facts.seconds, making.artefacts.clip_key(key, facts), poster)


async def _film(making: Making, take: Take, ask: VideoRequest, key: str) -> ClipFacts:
    with workroom() as folder:
        silent, clip = folder / "silent.mp4", folder / "clip.mp4"
        work = Stopwatch()
        await _draw(making, take.scene, ask, silent, work)
        await making.record.account("video", work.seconds, ask.speech.seconds)
        await in_worker(mux_clip, silent, ask.speech.samples, clip)
        parts = await in_worker(fragments, clip)
        poster = await in_worker(scene_poster, clip)
        facts = ClipFacts(ask.speech.frames / FPS, ask.speech.frames, parts)
        store = partial(making.artefacts.keep_clip, key, clip, facts, poster)
        made_with = _sources(making, take.scene)
        return await in_worker(making.assets.kept, "video", key, made_with, store)


async def _draw(
    making: Making, scene: Scene, ask: VideoRequest, out: Path, work: Stopwatch
) -> None:
    """Pictures to disk as they come: memory does not grow with the scene."""
    drawn = 0
    stream = making.watch("video", making.engines.video.animate(ask), work)
    with out.open("wb") as file:
        async with aclosing(stream):
            async for piece in stream:
                file.write(piece.bytes_)
                drawn += piece.frames
                await making.progress("video", scene.index, drawn / ask.speech.frames)


async def _speech(making: Making, take: Take) -> Speech:
    digest_ = take.speech or ""
    facts = await in_worker(making.artefacts.speech, digest_)
    if facts is None:
        raise ArtefactMissing(making.artefacts.prefix("speech", digest_))
    return await in_worker(making.artefacts.sound, digest_, facts)


async def _request(making: Making) -> VideoRequest:
    """What is the same for every scene."""
    background = making.spec.video.background
    picture: bytes | None = None
    if isinstance(background, UUID):
        picture = await making.assets.read_once(background, "background")
    return VideoRequest(
        portrait=await making.assets.read_once(making.spec.portrait_id, "portrait"),
        speech=SILENCE,
        video=making.spec.video,
        background=picture,
        seed=making.spec.speech.seed,
        engine=making.spec.engines.video,
    )


async def _slide(making: Making, scene: Scene) -> bytes | None:
    if scene.slide_id is None:
        return None
    return await making.assets.read(scene.slide_id, "slide")


def _sources(making: Making, scene: Scene) -> tuple[UUID | None, ...]:
    """The assets that a clip is made with; the voice is heard in it."""
    background = making.spec.video.background
    picture = background if isinstance(background, UUID) else None
    return (making.spec.portrait_id, making.spec.voice_id, picture, scene.slide_id)


def _captions(making: Making, speech: Speech) -> tuple[Cue, ...]:
    """Those to be drawn into the picture."""
    if not making.spec.captions.burn_in:
        return ()
    cues = tuple(scene_cues(speech.words, speech.sentences, speech.seconds))
    # before any picture is made: it may have taken minutes otherwise
    check_drawable(cues)
    return cues


def clip_digest(
    spec: LessonSpec, scene: Scene, card: EngineCard, speech: str | None, sha256: HashOf
) -> str:
    """Of all that the picture is made of: the speech by its digest, assets by their hashes."""
    video = spec.video
    background: str | None = None
    if isinstance(video.background, UUID):
        background = sha256(video.background, "background")
    looks = (
        video.model_copy(update={"background": background or video.background}),
        sha256(spec.portrait_id, "portrait"),
        sha256(scene.slide_id, "slide"),
        spec.speech.seed,
        spec.captions.burn_in,
    )
    return digest("video", FORM, card.name, card.version, speech, *looks)
