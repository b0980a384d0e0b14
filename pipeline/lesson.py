"""The nouns of a lesson: what is asked for, and what is made of it.

Specs are validated where they enter (HTTP, command line) and stored as they are; they are
pydantic models. What the steps hand to each other is frozen dataclasses.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal
from uuid import UUID

import numpy as np
from numpy.typing import NDArray
from pydantic import Field, StringConstraints, model_validator

from pipeline.quiz import QuizSpec
from pipeline.spec import Language, Line, Narration, Prose, Share, Spec

FPS = 25
SAMPLE_RATE = 44_100
SAMPLES_PER_FRAME = SAMPLE_RATE // FPS
"""1764: one picture's worth of sound, exactly; a scene is a whole number of these."""

Samples = NDArray[np.float32]
"""Mono sound in [-1, 1] at ``SAMPLE_RATE``; shape [n]."""

StepName = Literal["script", "speech", "video", "package"]
Resolution = Literal["512", "720p", "1080p"]
Aspect = Literal["1:1", "16:9", "9:16"]
Layout = Literal["presenter", "presenter+slide", "slide"]
Head = Literal["relative", "absolute"]
Priority = Literal["interactive", "batch"]
Preview = Literal["audio"]
ExportName = Literal[
    "lesson.mp4",
    "speech.webm",
    "captions.vtt",
    "captions.srt",
    "transcript.txt",
    "poster.jpg",
    "scorm12.zip",
    "scorm2004.zip",
    "cmi5.zip",
]


PREVIEW_EXPORTS: tuple[ExportName, ...] = (
    "speech.webm",
    "captions.vtt",
    "captions.srt",
    "transcript.txt",
)
"""What an audio preview is: all that needs no picture."""


class SceneSpec(Spec):
    """One paragraph of narration, about 10 to 40 seconds of speech."""

    narration: Narration
    title: Line | None = None
    slide_id: UUID | None = None


class Emotion(Spec):
    """Shares of eight emotions, as Zonos takes them; engines that have none say so."""

    happiness: Share = 0.3077
    sadness: Share = 0.0256
    disgust: Share = 0.0256
    fear: Share = 0.0256
    surprise: Share = 0.0256
    anger: Share = 0.0256
    other: Share = 0.2564
    neutral: Share = 0.3077


class SpeechSpec(Spec):
    """How the voice speaks. ``speaking_rate`` is in phonemes a second, ``pitch_std`` in hertz."""

    speaking_rate: Annotated[float, Field(ge=7.5, le=30)] = 15.0
    pitch_std: Annotated[float, Field(ge=0, le=300)] = 45.0
    emotion: Emotion = Emotion()
    seed: Annotated[int, Field(ge=0, lt=2**32)] = 0


class VideoSpec(Spec):
    """How the picture looks. ``background`` is ``#rrggbb`` or the id of a picture asset.

    ``motion`` is how much head and face move, 0 for lips alone, 1 as the engine finds natural.
    ``head`` says where to: "relative" moves it from the portrait's own pose, "absolute" turns it
    to where the model wants it (the puppet knows only the former).
    """

    resolution: Resolution = "512"
    aspect: Aspect = "1:1"
    background: UUID | Annotated[str, StringConstraints(pattern=r"^#[0-9a-fA-F]{6}$")] = "#f4f1ea"
    layout: Layout = "presenter"
    label: bool = True
    motion: Annotated[float, Field(ge=0, le=2)] = 1.0
    head: Head = "relative"

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels."""
        short = {"512": 512, "720p": 720, "1080p": 1080}[self.resolution]
        long = {"512": 912, "720p": 1280, "1080p": 1920}[self.resolution]
        return {"1:1": (short, short), "16:9": (long, short), "9:16": (short, long)}[self.aspect]


class CaptionSpec(Spec):
    """``burn_in`` draws the captions into the picture; they are a soft track in any case."""

    burn_in: bool = False


COMPLETE_SHARE = 0.9
"""Of a lesson's seconds: whoever has watched so many has watched it."""


class CompletionSpec(Spec):
    """When learning platforms are told that the lesson is completed (with its quiz, if any).

    ``watched_share``: of its seconds, each counted once.
    """

    watched_share: Annotated[float, Field(gt=0, le=1)] = COMPLETE_SHARE


class EngineChoice(Spec):
    """An engine for each model, by name; ``auto`` takes the best that can run."""

    script: Line = "auto"
    speech: Line = "auto"
    video: Line = "auto"


class LessonSpec(Spec):
    """What the user asked for. Kept whole with the job, so that it can be made again the same.

    ``preview`` makes speech only, whatever ``exports`` says; the whole lesson, made later, finds
    that speech done. ``webhook_id``: who is told when it ends; without it, all of the owner's.
    """

    title: Line
    prompt: Prose | None = None
    notes: Prose | None = None
    audience: Line | None = None
    minutes: Annotated[float, Field(gt=0, le=120)] | None = None
    scenes: Annotated[tuple[SceneSpec, ...], Field(max_length=500)] = ()
    portrait_id: UUID
    voice_id: UUID | None = None
    language: Language = "en-us"
    speech: SpeechSpec = SpeechSpec()
    video: VideoSpec = VideoSpec()
    captions: CaptionSpec = CaptionSpec()
    completion: CompletionSpec = CompletionSpec()
    pronunciations: dict[Line, Line] = Field({}, max_length=500)
    quiz: QuizSpec | None = None
    exports: tuple[ExportName, ...] = (
        "lesson.mp4",
        "speech.webm",
        "captions.vtt",
        "captions.srt",
        "transcript.txt",
        "poster.jpg",
        "scorm12.zip",
    )
    engines: EngineChoice = EngineChoice()
    preview: Preview | None = None
    webhook_id: UUID | None = None
    external_id: Line | None = None
    priority: Priority = "interactive"

    @model_validator(mode="after")
    def _says_something_once(self) -> "LessonSpec":
        asked = self.prompt is not None or self.notes is not None
        if asked == bool(self.scenes):
            raise ValueError("give either a prompt (with or without notes) or scenes")
        return self

    @property
    def files(self) -> tuple[ExportName, ...]:
        """The exports that are made."""
        return self.exports if self.preview is None else PREVIEW_EXPORTS


@dataclass(frozen=True, slots=True)
class Scene:
    """One scene of a written script; ``index`` counts from 0."""

    index: int
    title: str | None
    narration: str
    slide_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word as it stands in the narration (with its punctuation), and when it is spoken."""

    text: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True)
class Phoneme:
    """One phoneme in the engine's alphabet (IPA where it has one), and when it sounds."""

    symbol: str
    start_seconds: float
    end_seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class Speech:
    """Sound with its timings, relative to its own start. ``sentences``: ranges of words."""

    samples: Samples
    words: tuple[Word, ...] = ()
    phonemes: tuple[Phoneme, ...] = ()
    sentences: tuple[tuple[int, int], ...] = ()

    @property
    def seconds(self) -> float:
        return len(self.samples) / SAMPLE_RATE

    @property
    def frames(self) -> int:
        """Pictures that cover the sound, the last one perhaps in part."""
        return -(-len(self.samples) // SAMPLES_PER_FRAME)


def join_speech(pieces: Sequence[Speech]) -> Speech:
    """The pieces one after the other, their timings moved along."""
    words: list[Word] = []
    phonemes: list[Phoneme] = []
    sentences: list[tuple[int, int]] = []
    start = 0.0
    for piece in pieces:
        sentences += [(a + len(words), b + len(words)) for a, b in piece.sentences]
        words += [Word(w.text, w.start_seconds + start, w.end_seconds + start) for w in piece.words]
        phonemes += [
            Phoneme(p.symbol, p.start_seconds + start, p.end_seconds + start)
            for p in piece.phonemes
        ]
        start += piece.seconds
    sound = [piece.samples for piece in pieces] or [np.zeros(0, np.float32)]
    return Speech(np.concatenate(sound), tuple(words), tuple(phonemes), tuple(sentences))


@dataclass(frozen=True, slots=True)
class ClipPiece:
    """A group of pictures, encoded: the next bytes of a fragmented, silent H.264 MP4."""

    bytes_: bytes
    frames: int


@dataclass(frozen=True, slots=True)
class FinishedScene:
    """A scene on disk, ready to be packaged.

    ``sound`` is FLAC, mono, ``SAMPLE_RATE``, a whole number of pictures long; ``clip`` a fragmented
    MP4 (H.264 and AAC) of just that length; an audio preview has none. Timings are relative to the
    scene's start.
    """

    scene: Scene
    sound: Path
    clip: Path | None
    seconds: float
    words: tuple[Word, ...]
    sentences: tuple[tuple[int, int], ...]

    @property
    def film(self) -> Path:
        """The clip, for what needs pictures: an audio preview makes nothing that does."""
        assert self.clip is not None
        return self.clip


@dataclass(frozen=True, slots=True)
class Cue:
    """One caption: at most two lines of at most 42 characters."""

    text: str
    start_seconds: float
    end_seconds: float
