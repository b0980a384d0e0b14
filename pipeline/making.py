"""One run of one job: what its steps work with, and what they hand to each other."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, TypeVar, get_args
from uuid import UUID

from db.models import Job, StepStatus
from pipeline.artefacts import Artefacts
from pipeline.engines import EngineCard, ScriptEngine, SpeechEngine, VideoEngine
from pipeline.errors import EngineUnavailable, StepTimedOut
from pipeline.job_assets import JobAssets
from pipeline.lesson import LessonSpec, Scene, StepName
from pipeline.progress import Progress
from pipeline.provenance.signing import Marking
from pipeline.record import JobRecord
from pipeline.storage import Storage
from pipeline.streams import Stopwatch, watched

STEPS: tuple[StepName, ...] = get_args(StepName)
T = TypeVar("T")
Ask_contra = TypeVar("Ask_contra", contravariant=True)


@dataclass(frozen=True, slots=True)
class Take:
    """A scene on its way: ``speech`` and ``clip`` are the digests of its artefacts, once made."""

    scene: Scene
    speech: str | None = None
    clip: str | None = None
    seconds: float = 0.0


Takes = tuple[Take, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """A step that works on the lesson as a whole."""

    name: StepName
    work: Callable[["Making", Takes], Awaitable[Takes]]


@dataclass(frozen=True, slots=True)
class SceneStep:
    """A step that works scene by scene."""

    name: StepName
    work: Callable[["Making", Take], Awaitable[Take]]


@dataclass(frozen=True, slots=True)
class Engines:
    script: ScriptEngine
    speech: SpeechEngine
    video: VideoEngine


@dataclass(frozen=True, slots=True)
class Limits:
    """``stall_seconds``: how long an engine may take for its next piece, its start included.
    ``queue_seconds``: how long a call may wait before that for a replica that has room for it. With
    many lessons on few GPUs that is long, and a machine that broke takes time to replace.

    ``proved_voices``: a voice is used only when its consent is verified.
    """

    scenes_at_once: int = 2
    stall_seconds: float = 180.0
    queue_seconds: float = 1800.0
    proved_voices: bool = False


class Casting(Protocol[Ask_contra]):
    """The half of an engine that says who would do it."""

    async def card(self, ask: Ask_contra) -> EngineCard: ...


class Making:
    """What a run knows of its job, and what it has to do it with.

    ``steps`` are those of its rows: a preview has no video. ``scenes`` are those the script step
    left; None while it has not succeeded. ``stopping`` asks the run to begin no other scene.
    """

    def __init__(
        self,
        job: Job,
        record: JobRecord,
        assets: JobAssets,
        artefacts: Artefacts,
        storage: Storage,
        engines: Engines,
        limits: Limits,
        marking: Marking,
        stopping: asyncio.Event,
    ) -> None:
        self.job_id, self.owner_id = job.id, job.owner_id
        self.spec = LessonSpec.model_validate(job.spec)
        self.record, self.assets = record, assets
        self.artefacts, self.storage = artefacts, storage
        self.engines, self.limits, self.marking = engines, limits, marking
        self.stopping = stopping
        self.done = frozenset(s.name for s in job.steps if s.status is StepStatus.SUCCEEDED)
        self.cards = {s.name: EngineCard(**s.engine) for s in job.steps if s.engine}
        self.scenes = _scenes(job) if "script" in self.done or self.spec.scenes else None
        self.steps: tuple[StepName, ...] = tuple(
            s for s in STEPS if s in {r.name for r in job.steps}
        )
        self.next_step = next((s for s in self.steps if s not in self.done), self.steps[-1])
        self._progress: dict[StepName, Progress] = {}
        self._casting = {step: asyncio.Lock() for step in STEPS}
        self._cast: dict[StepName, EngineCard] = {}

    async def cast(
        self, step: StepName, engine: Casting[Ask_contra], ask: Ask_contra
    ) -> EngineCard:
        """Who makes this step: asked once a run, so that a lesson has one voice and one face."""
        async with self._casting[step]:
            if step not in self._cast:
                self._cast[step] = self.cards[step] = await self._card(step, engine, ask)
                await self.record.begin(step, self._cast[step])
            return self._cast[step]

    @property
    def people(self) -> Mapping[str, UUID | None]:
        """The assets that may show or sound like somebody, by their part in the lesson."""
        background = self.spec.video.background
        heard = {"voice": self.spec.voice_id}
        if "video" not in self.steps:
            return heard
        seen = {"background": background if isinstance(background, UUID) else None}
        return heard | seen | {"portrait": self.spec.portrait_id}

    def expect(self, step: StepName, weights: Mapping[int, float]) -> Progress:
        """Makes ready to count the step's progress over scenes that weigh so much."""
        self._progress[step] = Progress(self.record, step, weights)
        return self._progress[step]

    async def progress(self, step: StepName, scene: int, share: float) -> None:
        await self._progress[step].scene(scene, share)

    def watch(
        self, step: StepName, pieces: AsyncIterator[T], work: Stopwatch
    ) -> AsyncGenerator[T, None]:
        """What an engine makes, within the limits; ``work`` measures without the waiting."""
        return watched(step, pieces, self.limits.stall_seconds, self.limits.queue_seconds, work)

    async def _card(
        self, step: StepName, engine: Casting[Ask_contra], ask: Ask_contra
    ) -> EngineCard:
        try:
            async with asyncio.timeout(self.limits.queue_seconds):
                card = await engine.card(ask)
        except TimeoutError as error:
            raise StepTimedOut(step, self.limits.queue_seconds) from error
        if card.missing is not None:
            raise EngineUnavailable(card.name, card.missing)
        return card


async def open_making(
    record: JobRecord,
    storage: Storage,
    engines: Engines,
    limits: Limits,
    marking: Marking,
    stopping: asyncio.Event,
) -> Making:
    """The job of the record, made ready to run."""
    job = await record.job()
    spec = LessonSpec.model_validate(job.spec)
    artefacts = Artefacts(storage, job.owner_id)
    files = await record.asset_files(assets_of(spec))
    assets = JobAssets(storage, record, artefacts, files, proved_voices=limits.proved_voices)
    return Making(job, record, assets, artefacts, storage, engines, limits, marking, stopping)


def assets_of(spec: LessonSpec) -> set[UUID]:
    """The ids of all the assets that a spec names."""
    named = [spec.portrait_id, spec.voice_id, spec.video.background]
    named += [scene.slide_id for scene in spec.scenes]
    return {asset for asset in named if isinstance(asset, UUID)}


def _scenes(job: Job) -> tuple[Scene, ...]:
    return tuple(Scene(s.index, s.title, s.narration, s.slide_id) for s in job.scenes)
