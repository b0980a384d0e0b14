"""Zonos, loaded: narrations in, speech out.

A narration is spoken in passages. Those that begin a paragraph, or come after a pause, go on from
nothing, so passages are spoken side by side in the batch, each as soon as the one that it goes on
from is done. A passage is given out when all of it was judged; so the first one is short
(``cut_passages``), and the first sound comes early.
"""

import asyncio
from collections.abc import AsyncGenerator, Coroutine, Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from deployments.zyphra.narration import Pause, read_narration
from deployments.zyphra.reading import refuse_unreadable
from deployments.zyphra.zonos.conditions import EMOTIONS, Delivery
from deployments.zyphra.zonos.phonemes import NothingToPhonemise
from deployments.zyphra.zonos_speech.batch_loop import NAME
from deployments.zyphra.zonos_speech.finishing import Align, Finished, finish, give_out, said_of
from deployments.zyphra.zonos_speech.in_order import in_order
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
AHEAD = 3
"""Passages of one narration that are spoken, or wait to be taken, at a time."""


@dataclass(slots=True, eq=False)
class Telling:
    """A narration on its way: how it is told, and how loud."""

    reader: Reader
    delivery: Delivery
    seed: int
    levels: Levels = field(default_factory=Levels)


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
        plan = await asyncio.to_thread(self._plan, ask, telling)
        async with aclosing(in_order(self._tellings(plan, telling), AHEAD)) as told:
            for part in plan:
                if isinstance(part, Pause):
                    yield Speech(silence(part.seconds))
                    continue
                finished = await anext(told)
                for piece in await asyncio.to_thread(give_out, part, finished, telling.levels):
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

    def _tellings(
        self, plan: Sequence[Passage | Pause], telling: Telling
    ) -> Iterator[Coroutine[Any, Any, Finished]]:
        before: asyncio.Future[Before] = asyncio.Future()
        for number, part in enumerate(plan):
            if isinstance(part, Passage):
                after: asyncio.Future[Before] = asyncio.Future()
                yield self._tell(number, part, telling, before, after)
                before = after

    async def _tell(
        self,
        number: int,
        passage: Passage,
        telling: Telling,
        before: "asyncio.Future[Before]",
        after: "asyncio.Future[Before]",
    ) -> Finished:
        """``before`` is waited for where the passage goes on from there."""
        start = await before if passage.follows else Before()
        with _something_to_say(passage.text):
            lines = await asyncio.to_thread(_lines, number, passage, telling.reader, start)
            performed = await perform(
                self.stage, lines, telling.reader, telling.delivery, telling.seed
            )
        finished = await asyncio.to_thread(
            finish, passage, lines.spoken, performed, telling.reader, self.align
        )
        after.set_result(finished.ending)
        return finished


def emotion_weights(emotion: Emotion) -> tuple[float, ...] | None:
    """In the model's order; None, if nothing is felt, leaves it to the model."""
    weights = tuple(float(getattr(emotion, name)) for name in EMOTIONS)
    return weights if sum(weights) > 0 else None


def _lines(number: int, passage: Passage, reader: Reader, before: Before) -> Lines:
    seconds = reader.seconds(passage.words)
    return Lines(passage.text, said_of(passage, reader), seconds, number, before)


@contextmanager
def _something_to_say(text: str) -> Iterator[None]:
    try:
        yield
    except NothingToPhonemise as error:
        raise NothingToSay(f"“{text}”") from error
