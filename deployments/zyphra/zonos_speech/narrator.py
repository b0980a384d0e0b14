"""Zonos, loaded: narrations in, speech out."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from deployments.zyphra.narration import Pause, read_narration
from deployments.zyphra.reading import refuse_unreadable
from deployments.zyphra.zonos.conditions import EMOTIONS, Delivery
from deployments.zyphra.zonos.phonemes import NothingToPhonemise
from deployments.zyphra.zonos_speech.batch_loop import NAME
from deployments.zyphra.zonos_speech.finishing import Align, finish, said_of
from deployments.zyphra.zonos_speech.joining import Levels, silence
from deployments.zyphra.zonos_speech.languages import need_language
from deployments.zyphra.zonos_speech.passages import MOST_SECONDS, Passage, cut_passages
from deployments.zyphra.zonos_speech.performance import (
    Before,
    Lines,
    Stage,
    perform,
    rehearse,
)
from deployments.zyphra.zonos_speech.reader import Reader, spaced
from deployments.zyphra.zonos_speech.voices import Voices, pack
from pipeline.engines import SpeechRequest
from pipeline.errors import EngineUnavailable, NothingToSay
from pipeline.lesson import Emotion, Speech

NO_SAMPLE = "it needs a voice sample"


@dataclass(slots=True, eq=False)
class Telling:
    """A narration on its way: how it is told, and what one passage leaves to the next."""

    reader: Reader
    delivery: Delivery
    seed: int
    levels: Levels = field(default_factory=Levels)
    before: Before = field(default_factory=Before)


@dataclass(frozen=True, slots=True, eq=False)
class Narrator:
    """``most_seconds`` is how long a passage may be expected to take."""

    stage: Stage
    voices: Voices
    align: Align
    most_seconds: float = MOST_SECONDS

    @property
    def alive(self) -> bool:
        return self.stage.loop.alive

    async def learn(self, recording: bytes) -> bytes:
        """Raises SoundUnreadable, VoiceSilent, VoiceLengthRefused."""
        return pack(await asyncio.to_thread(self.voices.find, recording, None))

    async def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        """Raises the errors of ``learn`` and of a passage, LanguageUnsupported, NothingToSay and
        PauseTooLong."""
        telling = await asyncio.to_thread(self._prepare, ask)
        for number, part in enumerate(await asyncio.to_thread(self._plan, ask, telling)):
            if isinstance(part, Pause):
                yield Speech(silence(part.seconds))
                continue
            for piece in await self._tell(number, part, telling):
                yield piece

    async def warm_up(self) -> None:
        """A moment of sound in nobody's voice, unheard: what is made at first use is made."""
        await rehearse(self.stage)

    def close(self) -> None:
        self.stage.loop.close()

    def _prepare(self, ask: SpeechRequest) -> Telling:
        if ask.voice is None:
            raise EngineUnavailable(NAME, NO_SAMPLE)
        language = need_language(NAME, ask.language)
        delivery = Delivery(
            language,
            self.voices.find(ask.voice, ask.learnt),
            emotion=emotion_weights(ask.emotion),
            pitch_std=ask.pitch_std,
            speaking_rate=ask.speaking_rate,
        )
        reader = Reader(language, ask.speaking_rate, ask.pronunciations)
        return Telling(reader, delivery, ask.seed)

    def _plan(self, ask: SpeechRequest, telling: Telling) -> Sequence[Passage | Pause]:
        reader = telling.reader
        parts = read_narration(spaced(ask.narration, reader.language))
        if reader.language.startswith("en"):
            refuse_unreadable(NAME, parts)
        with _something_to_say(ask.narration):
            return tuple(cut_passages(parts, reader.seconds, self.most_seconds))

    async def _tell(self, number: int, passage: Passage, telling: Telling) -> Sequence[Speech]:
        """The passage, a piece a sentence, the last one with the rest that follows it."""
        with _something_to_say(passage.text):
            lines = await asyncio.to_thread(_lines, number, passage, telling)
            performed = await perform(
                self.stage, lines, telling.reader, telling.delivery, telling.seed
            )
        finished = await asyncio.to_thread(
            finish, passage, lines.spoken, performed, telling.reader, telling.levels, self.align
        )
        telling.before = finished.ending
        return finished.pieces


def emotion_weights(emotion: Emotion) -> tuple[float, ...] | None:
    """In the model's order; None, if nothing is felt, leaves it to the model."""
    weights = tuple(float(getattr(emotion, name)) for name in EMOTIONS)
    return weights if sum(weights) > 0 else None


def _lines(number: int, passage: Passage, telling: Telling) -> Lines:
    seconds = telling.reader.seconds(passage.words)
    before = telling.before if passage.follows else Before()
    return Lines(passage.text, said_of(passage, telling.reader), seconds, number, before)


@contextmanager
def _something_to_say(text: str) -> Iterator[None]:
    try:
        yield
    except NothingToPhonemise as error:
        raise NothingToSay(f"“{text}”") from error
