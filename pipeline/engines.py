"""What the pipeline asks of a model, whichever one it is.

Each protocol is one ability. An engine is one way of having it; an embedded engine, a large model
and a remote service look the same from here. Everything streams: a caller that stops listening
stops the work.
"""

import asyncio
from collections.abc import AsyncGenerator, Generator, Hashable, Sequence
from dataclasses import dataclass, field
from typing import Literal, Protocol, TypeVar, cast

from pipeline.lesson import ClipPiece, Cue, Emotion, Speech, VideoSpec
from pipeline.quiz import QuestionSpec
from pipeline.sentences import speakable

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class EngineCard:
    """Who makes a step, for the job's record and for the reader of the lesson.

    ``label`` is the honest sentence a reader sees ("Drawn by the built-in puppet"). ``version``
    changes whenever the same request would give another result; artefacts are kept under it.
    ``missing`` says what the engine lacks to run here; None when it can run. ``ignores``: fields of
    a lesson's spec that make no difference to it, so that whoever asks for them is told.
    ``trained``: what it makes comes out of a model that was trained, rather than out of rules.
    """

    name: str
    version: str
    kind: Literal["embedded", "model", "remote", "fake"]
    label: str
    draft: bool = False
    missing: str | None = None
    ignores: Sequence[str] = ()
    trained: bool = True


@dataclass(frozen=True, slots=True)
class ScriptRequest:
    """A lesson to be written. ``minutes`` is the length aimed at; None leaves it to the notes."""

    prompt: str | None
    notes: str | None = None
    language: str = "en-us"
    audience: str | None = None
    minutes: float | None = None
    seed: int = 0
    engine: str = "auto"

    @property
    def casting(self) -> Hashable:
        """All of it that decides who does it."""
        notes = bool(self.notes), speakable(self.notes or "")
        return self.engine, self.language, bool(self.prompt), *notes


@dataclass(frozen=True, slots=True)
class ScriptPiece:
    """The next words of scene ``scene`` (from 0, never going back); a title comes before them."""

    scene: int
    text: str = ""
    title: str | None = None


@dataclass(frozen=True, slots=True)
class QuizRequest:
    """At most ``questions`` questions about what is said, spread over the scenes."""

    narrations: tuple[str, ...]
    questions: int = 5
    language: str = "en-us"
    seed: int = 0
    engine: str = "auto"

    @property
    def casting(self) -> Hashable:
        """All of it that decides who does it."""
        return self.engine, self.language


@dataclass(frozen=True, slots=True)
class SpeechRequest:
    """A narration to be spoken. ``voice`` is a recording to sound like; None: the engine's own.

    ``learnt`` is what ``learn`` of the same engine and version gave for that recording, so that
    it is not found out again for every scene; None: the engine finds it out itself.
    ``speaking_rate`` in phonemes a second (15 is usual), ``pitch_std`` in hertz.
    """

    narration: str
    voice: bytes | None = None
    learnt: bytes | None = None
    language: str = "en-us"
    speaking_rate: float = 15.0
    pitch_std: float = 45.0
    emotion: Emotion = field(default_factory=Emotion)
    pronunciations: tuple[tuple[str, str], ...] = ()
    seed: int = 0
    engine: str = "auto"

    @property
    def casting(self) -> Hashable:
        """All of it that decides who does it."""
        return self.engine, self.language, self.voice is None


@dataclass(frozen=True, slots=True, eq=False)
class VideoRequest:
    """A portrait to be moved by speech. Pictures are files as uploaded and checked.

    ``captions`` are to be drawn into the picture (``pipeline.media.burn_in``); they do not overlap.
    """

    portrait: bytes
    speech: Speech
    video: VideoSpec
    background: bytes | None = None
    slide: bytes | None = None
    captions: tuple[Cue, ...] = ()
    seed: int = 0
    engine: str = "auto"

    @property
    def casting(self) -> Hashable:
        """All of it that decides who does it."""
        return self.engine


class ScriptEngine(Protocol):
    async def card(self, ask: ScriptRequest) -> EngineCard:
        """Who would write this. Raises EngineUnavailable if the engine asked for cannot run."""
        ...

    def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        """The script, as it is written."""
        ...


class QuizEngine(Protocol):
    async def card(self, ask: QuizRequest) -> EngineCard:
        """Who would ask these. Raises EngineUnavailable if the engine asked for cannot run."""
        ...

    def draft(self, ask: QuizRequest) -> AsyncGenerator[QuestionSpec, None]:
        """Drafts in the order of their scenes, each with its ``scene`` and, as its ``source``, a
        sentence of that scene. Fewer than asked for where the scenes say too little."""
        ...


class SpeechEngine(Protocol):
    async def card(self, ask: SpeechRequest) -> EngineCard:
        """Who would speak this. Raises EngineUnavailable if the engine asked for cannot run."""
        ...

    async def learn(self, ask: SpeechRequest) -> bytes | None:
        """What has to be found out about ``ask.voice`` before anything is said with it (a speaker
        embedding, the closest style): kept beside the recording, deleted with it. None: nothing.
        Raises SoundUnreadable, VoiceSilent."""
        ...

    def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        """The narration in order, a sentence or a pause at a time, all at one level, unclipped."""
        ...


class VideoEngine(Protocol):
    async def card(self, ask: VideoRequest) -> EngineCard:
        """Who would draw this. Raises EngineUnavailable if the engine asked for cannot run."""
        ...

    def animate(self, ask: VideoRequest) -> AsyncGenerator[ClipPiece, None]:
        """``ask.speech.frames`` pictures at 25 a second, a group of pictures at a time.

        Empty pieces in between are signs of life."""
        ...


async def in_thread(pieces: Generator[T, None, None]) -> AsyncGenerator[T, None]:
    """Draws from a blocking generator in a worker thread; closes it when the caller leaves."""
    end = object()
    drawing: asyncio.Future[T | object] | None = None
    try:
        while True:
            drawing = asyncio.ensure_future(asyncio.to_thread(next, pieces, end))
            # shielded: a thread cannot be stopped, so the generator is closed when it comes back
            piece = await asyncio.shield(drawing)
            if piece is end:
                return
            yield cast(T, piece)
    finally:
        if drawing is not None:
            await asyncio.gather(drawing, return_exceptions=True)
        pieces.close()
