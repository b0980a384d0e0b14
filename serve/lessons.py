"""Checks what is asked for before it is accepted: everything that can be known without working."""

from collections.abc import Iterator, Mapping
from uuid import UUID

from sqlalchemy.orm import Session

from db import assets, consents
from db.models import Asset, AssetKind, AssetStatus, ConsentState, User
from deployments.zyphra.narration import read_narration
from pipeline.engines import ScriptRequest, SpeechRequest, VideoRequest
from pipeline.errors import EngineUnavailable, LessonError
from pipeline.lesson import LessonSpec, Speech, join_speech
from serve.deps import Studio
from serve.errors import FieldError, RequestInvalid

PICTURES = (AssetKind.SLIDE, AssetKind.PORTRAIT)


async def check_engines(studio: Studio, spec: LessonSpec) -> None:
    """Raises EngineUnavailable when an engine that is asked for by name cannot run.

    ``auto`` is left to the worker: it takes what it finds when the job's turn comes.
    """
    asked = spec.engines
    if asked.script != "auto" and not spec.scenes:
        ask = ScriptRequest(spec.prompt, spec.notes, spec.language, engine=asked.script)
        _check_card((await studio.script.card(ask)).missing, asked.script)
    if asked.speech != "auto":
        speak = SpeechRequest(spec.title, language=spec.language, engine=asked.speech)
        _check_card((await studio.speech.card(speak)).missing, asked.speech)
    if asked.video != "auto":
        draw = VideoRequest(b"", silence(), spec.video, engine=asked.video)
        _check_card((await studio.video.card(draw)).missing, asked.video)


def check_spec(db: Session, owner: User, spec: LessonSpec) -> None:
    """Raises RequestInvalid with everything that is wrong with the spec's texts and assets."""
    errors = [*_wrong_narrations(spec), *_wrong_assets(db, owner, spec)]
    if errors:
        raise RequestInvalid(*errors)


def silence() -> Speech:
    return join_speech([])


def _check_card(missing: str | None, engine: str) -> None:
    if missing is not None:
        raise EngineUnavailable(engine, missing)


def _wrong_narrations(spec: LessonSpec) -> Iterator[FieldError]:
    for index, scene in enumerate(spec.scenes):
        try:
            read_narration(scene.narration)
        except LessonError as error:
            yield FieldError(f"scenes.{index}.narration", error.code, str(error))


def _wrong_assets(db: Session, owner: User, spec: LessonSpec) -> Iterator[FieldError]:
    named = list(_named_assets(spec))
    found = assets.find_many(db, owner.id, {asset_id for _, asset_id, _ in named})
    for place, asset_id, kinds in named:
        error = _wrong_asset(place, asset_id, kinds, found)
        if error is not None:
            yield error


def _named_assets(spec: LessonSpec) -> Iterator[tuple[str, UUID, tuple[AssetKind, ...]]]:
    """Where the spec names an asset, which one, and of what kinds it may be."""
    yield "portrait_id", spec.portrait_id, (AssetKind.PORTRAIT,)
    if spec.voice_id is not None:
        yield "voice_id", spec.voice_id, (AssetKind.VOICE,)
    if isinstance(spec.video.background, UUID):
        yield "video.background", spec.video.background, PICTURES
    for index, scene in enumerate(spec.scenes):
        if scene.slide_id is not None:
            yield f"scenes.{index}.slide_id", scene.slide_id, (AssetKind.SLIDE,)


def _wrong_asset(
    place: str, asset_id: UUID, kinds: tuple[AssetKind, ...], found: Mapping[UUID, Asset]
) -> FieldError | None:
    asset = found.get(asset_id)
    if asset is None:
        return FieldError(place, "asset_not_found", "You have no asset with this id.")
    if asset.kind not in kinds:
        wanted = " or ".join(kind.value for kind in kinds)
        return FieldError(place, "asset_wrong_kind", f"This is a {asset.kind}, not a {wanted}.")
    if asset.status is not AssetStatus.READY:
        return FieldError(place, "asset_not_ready", f"This asset is {asset.status}.")
    return _wrong_consent(place, asset)


def _wrong_consent(place: str, asset: Asset) -> FieldError | None:
    state = consents.state(asset)
    if state in (None, ConsentState.VALID):
        return None
    told = f"The consent to use this {asset.kind} is {state}; record it first."
    return FieldError(place, "consent_missing", told)
