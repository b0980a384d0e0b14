"""A lesson made again from a changed spec: what that changes, before anything is made."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from anyio.to_thread import run_sync
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from pydantic import ValidationError

from db import jobs, work
from db.work import AssetFile
from pipeline.artefacts import Artefacts
from pipeline.engines import EngineCard, VideoRequest
from pipeline.errors import AssetGone, EngineUnavailable
from pipeline.lesson import LessonSpec, Scene, join_speech
from pipeline.making import assets_of
from pipeline.steps.script import script_digest, script_request
from pipeline.steps.speech import speech_digest, speech_request
from pipeline.steps.video import clip_digest
from serve.deps import Studio
from serve.errors import JobNotFound
from serve.merge_patch import MERGE_PATCH, merged
from serve.schemas import RemadeScene, RemakePlan

LOOKS_AT_ONCE = 4


async def asked_spec(request: Request, studio: Studio, owner_id: UUID, job_id: UUID) -> LessonSpec:
    """The spec that a body asks for: whole, or as a merge patch over that of the job.

    Raises JobNotFound, RequestValidationError.
    """
    old = await run_sync(_spec_of, studio, owner_id, job_id)
    body = await request.json()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return read_spec(merged(old, body) if kind == MERGE_PATCH else body)


def read_spec(body: Any) -> LessonSpec:
    """Raises RequestValidationError, as the framework does for a body that it reads."""
    try:
        return LessonSpec.model_validate(body)
    except ValidationError as error:
        found = [each | {"loc": ("body", *each["loc"])} for each in error.errors()]
        raise RequestValidationError(found) from error


async def plan(studio: Studio, owner_id: UUID, spec: LessonSpec) -> RemakePlan:
    """Which scenes will be made, and which are there already.

    Exact for the engines and files there are now; where it cannot be known, it is left open.
    """
    scenes = await _scenes(studio, owner_id, spec)
    if not scenes:
        return RemakePlan(script=True, scenes=None)
    try:
        cast = await _cast(studio, owner_id, spec, scenes[0])
        made = await run_sync(_look_for_all, Artefacts(studio.storage, owner_id), cast, scenes)
    except (EngineUnavailable, AssetGone):
        return RemakePlan(script=False, scenes=None)
    return RemakePlan(script=False, scenes=made)


@dataclass(frozen=True, slots=True)
class _Cast:
    """All that a scene's artefacts are made of, but for its words. No ``video`` in a preview."""

    spec: LessonSpec
    files: Mapping[UUID, AssetFile]
    speech: EngineCard
    video: EngineCard | None

    def sha256(self, asset_id: UUID | None, what: str) -> str | None:
        if asset_id is None:
            return None
        if asset_id not in self.files:
            raise AssetGone(what)
        return self.files[asset_id].sha256


def _spec_of(studio: Studio, owner_id: UUID, job_id: UUID) -> dict[str, Any]:
    with studio.database.transaction() as db:
        job = jobs.find(db, owner_id, job_id)
        if job is None:
            raise JobNotFound
        return job.spec


async def _scenes(studio: Studio, owner_id: UUID, spec: LessonSpec) -> tuple[Scene, ...]:
    """As given, or as they were written for the same request before; else none."""
    if spec.scenes:
        return tuple(
            Scene(index, each.title, each.narration, each.slide_id)
            for index, each in enumerate(spec.scenes)
        )
    ask = script_request(spec)
    try:
        card = await studio.script.card(ask)
    except EngineUnavailable:
        return ()
    artefacts = Artefacts(studio.storage, owner_id)
    return await run_sync(artefacts.script, script_digest(ask, card)) or ()


async def _cast(studio: Studio, owner_id: UUID, spec: LessonSpec, first: Scene) -> _Cast:
    files = await run_sync(_files, studio, owner_id, spec)
    voice = None
    if spec.voice_id is not None:
        if spec.voice_id not in files:
            raise AssetGone("voice")
        voice = await run_sync(studio.storage.get, files[spec.voice_id].storage_key)
    speech = await studio.speech.card(speech_request(spec, first.narration, voice))
    video = None
    if spec.preview is None:
        ask = VideoRequest(b"", join_speech([]), spec.video, engine=spec.engines.video)
        video = await studio.video.card(ask)
    return _Cast(spec, files, speech, video)


def _files(studio: Studio, owner_id: UUID, spec: LessonSpec) -> dict[UUID, AssetFile]:
    with studio.database.transaction() as db:
        return work.asset_files(db, owner_id, assets_of(spec))


def _look_for_all(
    artefacts: Artefacts, cast: _Cast, scenes: tuple[Scene, ...]
) -> list[RemadeScene]:
    with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
        return list(pool.map(lambda scene: _look_for(artefacts, cast, scene), scenes))


def _look_for(artefacts: Artefacts, cast: _Cast, scene: Scene) -> RemadeScene:
    ask = speech_request(cast.spec, scene.narration, None)
    speech = speech_digest(ask, cast.speech, cast.sha256(cast.spec.voice_id, "voice"))
    clip = None
    if cast.video is not None:
        clip = clip_digest(cast.spec, scene, cast.video, speech, cast.sha256)
    return RemadeScene(
        index=scene.index,
        title=scene.title,
        speech=artefacts.speech(speech) is None,
        video=clip is not None and artefacts.clip(clip) is None,
    )
