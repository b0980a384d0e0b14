"""The words of the lesson: given by its author, or written by an engine."""

from contextlib import aclosing
from dataclasses import replace

from db.forecast import CHARACTERS_A_SECOND, PROMPTED_SECONDS
from pipeline.engines import EngineCard, ScriptRequest
from pipeline.errors import PromptUnanswered
from pipeline.lesson import LessonSpec, Scene
from pipeline.making import Making, Take, Takes
from pipeline.script import as_scenes
from pipeline.storage import digest
from pipeline.streams import Stopwatch, in_worker

FORM = 1
"""Part of the digest: grows when the same pieces would give other scenes."""


async def write_script(making: Making, _: Takes) -> Takes:
    """The scenes: those there are, or those an engine writes now."""
    if making.scenes is not None:
        await making.record.begin("script")
        return _takes(making.scenes)
    ask = script_request(making.spec)
    card = await making.cast("script", making.engines.script, ask)
    ask = replace(ask, engine=card.name)
    key = script_digest(ask, card)
    scenes = await in_worker(making.artefacts.script, key)
    await making.record.script_begun()
    if scenes is None:
        scenes = await _write(making, ask)
        await in_worker(making.artefacts.keep_script, key, scenes)
    else:
        for scene in scenes:
            await making.record.scene_written(scene)
    return _takes(scenes)


async def _write(making: Making, ask: ScriptRequest) -> tuple[Scene, ...]:
    expected = ask.minutes * 60 if ask.minutes else PROMPTED_SECONDS
    progress = making.expect("script", {})
    scenes: list[Scene] = []
    work, seconds = Stopwatch(), 0.0
    pieces = making.watch("script", making.engines.script.write(ask), work)
    async with aclosing(pieces):
        async for scene in as_scenes(pieces):
            scenes.append(scene)
            seconds += spoken_seconds(scene)
            await making.record.scene_written(scene)
            await progress.whole(seconds / expected)
    if not scenes:
        raise PromptUnanswered
    await making.record.account("script", work.seconds, seconds)
    return tuple(scenes)


def spoken_seconds(scene: Scene) -> float:
    """About how long the narration will be."""
    return len(scene.narration) / CHARACTERS_A_SECOND


def script_digest(ask: ScriptRequest, card: EngineCard) -> str:
    """Of all that the words are made of."""
    return digest("script", FORM, card.name, card.version, replace(ask, engine=card.name))


def script_request(spec: LessonSpec) -> ScriptRequest:
    return ScriptRequest(
        prompt=spec.prompt,
        notes=spec.notes,
        language=spec.language,
        audience=spec.audience,
        minutes=spec.minutes,
        seed=spec.speech.seed,
        engine=spec.engines.script,
    )


def _takes(scenes: tuple[Scene, ...]) -> Takes:
    return tuple(Take(scene) for scene in scenes)
