"""Checks what is asked for before it is accepted: everything that can be known without working."""

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.orm import Session

from db import assets, consents, webhooks
from db.models import Asset, AssetKind, AssetStatus, ConsentState, Role, User, Verification
from deployments.zyphra.narration import read_narration
from deployments.zyphra.speaking import LANGUAGES as SPOKEN_EVERYWHERE
from pipeline.engines import EngineCard, ScriptRequest, SpeechRequest, VideoRequest
from pipeline.errors import CaptionsNotDrawable, EngineUnavailable, LessonError, SchemasMissing
from pipeline.export.scorm import require_schemas
from pipeline.lesson import LessonSpec, Speech, StepName, VideoSpec, join_speech
from pipeline.media.burn_in import check_letters
from pipeline.media.shown_words import PAUSE, printable
from serve.deps import Studio
from serve.errors import FieldError, RequestInvalid
from serve.introductions import introduced

PICTURES = (AssetKind.SLIDE, AssetKind.PORTRAIT)


@dataclass(frozen=True, slots=True)
class EngineAsk:
    """An engine that is asked for, and what of a lesson decides whether it can run."""

    step: StepName
    engine: str
    language: str
    has_voice: bool = False
    prompt: str | None = None
    notes: str | None = None

    @property
    def field(self) -> str:
        return "language" if self.engine == "auto" else f"engines.{self.step}"


def asked_engines(spec: LessonSpec) -> Iterator[EngineAsk]:
    """Those named. ``auto`` is left to the worker, which takes what it finds when the job's turn
    comes, but for a language that not every studio speaks."""
    engines, language = spec.engines, spec.language
    if engines.script != "auto" and not spec.scenes:
        yield EngineAsk("script", engines.script, language, prompt=spec.prompt, notes=spec.notes)
    if engines.speech != "auto" or language not in SPOKEN_EVERYWHERE:
        yield EngineAsk("speech", engines.speech, language, has_voice=spec.voice_id is not None)
    if engines.video != "auto" and spec.preview is None:
        yield EngineAsk("video", engines.video, language)


async def check_engine(studio: Studio, ask: EngineAsk) -> None:
    """Raises EngineUnavailable when it cannot run.

    One that is too busy to say whether it can is left to the worker, as ``auto`` is.
    """
    card = await introduced(studio, ask.step, lambda: _card(studio, ask))
    if card is not None and card.missing is not None:
        raise EngineUnavailable(ask.engine, card.missing)


async def check_engines(studio: Studio, spec: LessonSpec) -> None:
    """Raises EngineUnavailable when an engine that is asked for cannot run."""
    for ask in asked_engines(spec):
        await check_engine(studio, ask)


async def check_makeable(studio: Studio, spec: LessonSpec) -> None:
    """Raises SchemasMissing and EngineUnavailable: what would end a lesson that was begun."""
    require_schemas(spec.files)
    await check_engines(studio, spec)


def wrong_exports(spec: LessonSpec) -> Iterator[FieldError]:
    """Packages that cannot be made here."""
    try:
        require_schemas(spec.files)
    except SchemasMissing as error:
        yield FieldError("exports", error.code, f"{error} {error.advice}")


def check_spec(db: Session, owner: User, spec: LessonSpec, proved_voices: bool) -> None:
    """Raises RequestInvalid with everything that is wrong with the spec's texts and assets."""
    errors = [*wrong_words(spec), *wrong_names(db, owner, [spec], proved_voices)[0]]
    if errors:
        raise RequestInvalid(*errors)


def wrong_names(
    db: Session, owner: User, specs: Sequence[LessonSpec], proved_voices: bool
) -> list[list[FieldError]]:
    """What is wrong with the assets and webhooks that each spec names, all looked up at once.

    ``proved_voices``: a consent to use a voice must be verified.
    """
    ids = {asset_id for spec in specs for _, asset_id, _ in _named_assets(spec)}
    found = assets.find_many(db, owner.id, ids)
    named = {spec.webhook_id for spec in specs if spec.webhook_id is not None}
    hooks = webhooks.those_of(db, owner.id, named)
    return [
        [
            *_wrong_assets(spec, found),
            *(_unproved_voice(spec, found) if proved_voices else ()),
            *_wrong_webhook(spec, hooks),
            *_wrong_label(owner, spec),
        ]
        for spec in specs
    ]


def silence() -> Speech:
    return join_speech([])


async def _card(studio: Studio, ask: EngineAsk) -> EngineCard:
    # what a recording or portrait holds is for the worker to see: here it only has to be there
    match ask.step:
        case "script":
            write = ScriptRequest(ask.prompt, ask.notes, ask.language, engine=ask.engine)
            return await studio.script.card(write)
        case "speech":
            voice = b"" if ask.has_voice else None
            speak = SpeechRequest("-", voice, language=ask.language, engine=ask.engine)
            return await studio.speech.card(speak)
        case _:
            draw = VideoRequest(b"", silence(), VideoSpec(), engine=ask.engine)
            return await studio.video.card(draw)


def wrong_words(spec: LessonSpec) -> Iterator[FieldError]:
    """What is wrong with its narrations, a matter of milliseconds each, so never in a transaction
    that holds something; and with its quiz."""
    for index, scene in enumerate(spec.scenes):
        try:
            read_narration(scene.narration)
        except LessonError as error:
            yield FieldError(f"scenes.{index}.narration", error.code, str(error))
    yield from _wrong_letters(spec)
    yield from _wrong_quiz(spec)


def _wrong_letters(spec: LessonSpec) -> Iterator[FieldError]:
    """Of captions that are to be drawn: better known now than once the lesson is spoken."""
    if not spec.captions.burn_in:
        return
    for index, scene in enumerate(spec.scenes):
        try:
            check_letters([printable(PAUSE.sub(" ", scene.narration))])
        except CaptionsNotDrawable as error:
            yield FieldError(f"scenes.{index}.narration", error.code, f"{error}. {error.advice}")


def _wrong_quiz(spec: LessonSpec) -> Iterator[FieldError]:
    for index, question in enumerate(spec.quiz.questions if spec.quiz else ()):
        if question.scene is None or question.scene < len(spec.scenes):
            continue
        place = f"quiz.questions.{index}.scene"
        if spec.scenes:
            told = f"The lesson has {len(spec.scenes)} scenes, counted from 0."
            yield FieldError(place, "quiz_scene_missing", told)
        else:
            told = "Its scenes are not written yet: ask at the end, or give the scenes."
            yield FieldError(place, "quiz_scene_unknown", told)


def _wrong_label(owner: User, spec: LessonSpec) -> Iterator[FieldError]:
    """Its picture says that a lesson is synthetic, unless an administrator has that left out."""
    if not spec.video.label and owner.role is not Role.ADMIN:
        told = "Only an administrator may leave out the label that says it is synthetic."
        yield FieldError("video.label", "label_required", told)


def _wrong_webhook(spec: LessonSpec, found: Set[UUID]) -> Iterator[FieldError]:
    if spec.webhook_id is not None and spec.webhook_id not in found:
        yield FieldError("webhook_id", "webhook_not_found", "You have no webhook with this id.")


def _wrong_assets(spec: LessonSpec, found: Mapping[UUID, Asset]) -> Iterator[FieldError]:
    for place, asset_id, kinds in _named_assets(spec):
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


def _unproved_voice(spec: LessonSpec, found: Mapping[UUID, Asset]) -> Iterator[FieldError]:
    voice = None if spec.voice_id is None else found.get(spec.voice_id)
    consent = None if voice is None else consents.current(voice)
    if consent is not None and consent.state is not Verification.VERIFIED:
        told = "The consent to use this voice is recorded and not verified; have it spoken first."
        yield FieldError("voice_id", "consent_unverified", told)


def _wrong_consent(place: str, asset: Asset) -> FieldError | None:
    state = consents.state(asset)
    if state in (None, ConsentState.VALID):
        return None
    told = f"The consent to use this {asset.kind} is {state}; record it first."
    return FieldError(place, "consent_missing", told)
