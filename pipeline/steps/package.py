"""The finished lesson: one film of all scenes, its captions, its packages."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from importlib.metadata import version
from pathlib import Path
from uuid import UUID

from db.steps import FinishedFile
from pipeline.artefacts import JSON
from pipeline.errors import ArtefactMissing
from pipeline.export.package import ExportFile, package_lesson
from pipeline.export.timings import TIMINGS, dump_timings
from pipeline.lesson import FinishedScene, Layout, Scene
from pipeline.making import Making, Take, Takes
from pipeline.progress import Progress
from pipeline.provenance.origin import Ingredient, Origin
from pipeline.storage import export_key
from pipeline.streams import Stopwatch, in_worker
from pipeline.workroom import workroom

FETCHED_SHARE, PACKED_SHARE = 0.3, 0.7
"""How far the step is when the scenes are here, and when the files are made."""


async def package(making: Making, takes: Takes) -> Takes:
    """Every export asked for, from the scenes in storage, into storage."""
    if "package" in making.done:
        return takes
    await making.record.begin("package")
    progress = making.expect("package", {})
    work = Stopwatch()
    with workroom() as folder:
        scenes = await _fetch(making, takes, folder, progress)
        await making.assets.check(making.people)
        files = await _pack(making, scenes, folder / "exports")
        await progress.whole(PACKED_SHARE)
        await _keep(making, files, progress)
        await in_worker(_keep_timings, making, scenes)
    await making.record.account("package", work.seconds, sum(t.seconds for t in takes))
    return takes


async def _fetch(
    making: Making, takes: Takes, folder: Path, progress: Progress
) -> list[FinishedScene]:
    scenes: list[FinishedScene] = []
    for done, take in enumerate(takes, start=1):
        scenes.append(await in_worker(_download, making, take, folder))
        await progress.whole(FETCHED_SHARE * done / len(takes))
    return scenes


async def _pack(making: Making, scenes: list[FinishedScene], folder: Path) -> list[ExportFile]:
    folder.mkdir()
    return await in_worker(
        package_lesson,
        scenes,
        lesson_id=str(making.job_id),
        title=making.spec.title,
        language=making.spec.language,
        exports=making.spec.files,
        engines=making.cards,
        complete_share=making.spec.completion.watched_share,
        sign=_signing(making),
        quiz=making.spec.quiz,
        out_dir=folder,
    )


def _signing(making: Making) -> Callable[[Path], None] | None:
    signer = making.marking.signer
    return None if signer is None else partial(signer.sign, origin=_origin(making))


def _origin(making: Making) -> Origin:
    return Origin(
        str(making.job_id),
        making.marking.studio_id,
        version("lectern"),
        making.cards,
        tuple(_ingredients(making)),
        making.spec.video.label,
    )


def _ingredients(making: Making) -> Iterator[Ingredient]:
    """What is seen or heard in the lesson; a voice only where the engine listened to it."""
    spec, of = making.spec, making.assets.ingredient
    if shows_presenter(spec.video.layout, making.scenes or ()):
        yield of(spec.portrait_id, "portrait")
    speech = making.cards.get("speech")
    if spec.voice_id is not None and speech is not None and "voice_id" not in speech.ignores:
        yield of(spec.voice_id, "voice")
    if isinstance(spec.video.background, UUID):
        yield of(spec.video.background, "background")
    for scene in making.scenes or ():
        if scene.slide_id is not None and spec.video.layout != "presenter":
            yield of(scene.slide_id, f"slide-{scene.index + 1}")


def shows_presenter(layout: Layout, scenes: Iterable[Scene]) -> bool:
    """Whether a lesson shows its presenter anywhere: every scene without a slide does."""
    return layout != "slide" or any(scene.slide_id is None for scene in scenes)


async def _keep(making: Making, files: list[ExportFile], progress: Progress) -> None:
    for done, file in enumerate(files, start=1):
        # an export is not named by its content: who has lost the job must not write over its heir's
        await making.record.held()
        await making.record.exported(await in_worker(_upload, making, file))
        await progress.whole(PACKED_SHARE + (1 - PACKED_SHARE) * done / len(files))


def _download(making: Making, take: Take, folder: Path) -> FinishedScene:
    digest = take.speech or ""
    facts = making.artefacts.speech(digest)
    if facts is None:
        raise ArtefactMissing(making.artefacts.prefix("speech", digest))
    sound = folder / f"{take.scene.index}.flac"
    making.artefacts.download_sound(digest, facts, sound)
    film = None if take.clip is None else _download_clip(making, take.clip, sound)
    return FinishedScene(take.scene, sound, film, facts.seconds, facts.words, facts.sentences)


def _download_clip(making: Making, digest: str, sound: Path) -> Path:
    facts = making.artefacts.clip(digest)
    if facts is None:
        raise ArtefactMissing(making.artefacts.prefix("video", digest))
    film = sound.with_suffix(".mp4")
    making.artefacts.download_clip(digest, facts, film)
    return film


def _keep_timings(making: Making, scenes: list[FinishedScene]) -> None:
    """Beside the exports, where they stay as long as these do: the player needs them."""
    key = export_key(making.owner_id, making.job_id, TIMINGS)
    making.storage.put(key, dump_timings(scenes), JSON)


def _upload(making: Making, file: ExportFile) -> FinishedFile:
    key = export_key(making.owner_id, making.job_id, file.name)
    making.storage.put_file(key, file.path, file.content_type)
    with file.path.open("rb") as opened:
        sha256 = hashlib.file_digest(opened, "sha256").hexdigest()
    return FinishedFile(file.name, file.content_type, file.path.stat().st_size, sha256, key)
