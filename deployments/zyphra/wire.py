"""Speech by a service elsewhere: what is the same for each of them.

A sentence is a request, so that each is heard, timed and counted as it comes, and a listener who
leaves ends the rest. Services answer with sound alone; the times of words are found in it.
"""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass
from io import BytesIO
from wave import open as open_wave

import numpy as np
import soxr

from deployments.zyphra.alignment import align
from deployments.zyphra.espeak_voice import speaks
from deployments.zyphra.kana import in_kana, is_japanese, missing_dictionary
from deployments.zyphra.narration import Pause, Sentence, read_narration
from deployments.zyphra.sentences import UNSPACED_BREAK
from deployments.zyphra.spoken import pronounce, say
from deployments.zyphra.zonos_speech.joining import (
    LEAD_SECONDS,
    TAIL_SECONDS,
    Levels,
    silence,
    sounding_span,
    trimmed,
)
from pipeline.engines import SpeechRequest
from pipeline.errors import EngineFailed, SoundUnreadable
from pipeline.lesson import SAMPLE_RATE, Samples, Speech
from pipeline.media.sound import read_sound

USUAL_RATE = 15.0
"""The ``speaking_rate`` at which a service goes at its own pace."""
LARGEST_ANSWER = 64 * 2**20
"""Bytes of sound for one sentence, which is at most some 20 s long."""
LONGEST_SECONDS = 120.0
TOO_LARGE = "its answer is larger than any sentence can be."
CONTAINERS = (
    b"RIFF",
    b"fLaC",
    b"OggS",
    b"ID3",
    b"\xff\xfb",
    b"\xff\xf3",
    b"\xff\xf2",
    b"\x1aE\xdf",
)
"""How WAV, FLAC, Ogg, MP3 and WebM begin. Nothing else is handed to a decoder: some formats
(playlists) could make it open other files or hosts."""

Fetch = Callable[[str], Awaitable[bytes]]
"""Asks the service for a text; what it answers is a sound file, or 16-bit PCM."""


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence as it is sent, and how each of its written words is said."""

    text: str
    said: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Wire:
    """``pcm_rate`` is the sample rate of answers that are 16-bit PCM without a header; None: they
    are files."""

    engine: str
    fetch: Fetch
    pcm_rate: int | None = None

    async def speak(self, ask: SpeechRequest) -> AsyncGenerator[Speech, None]:
        """Raises NothingToSay, PauseTooLong, EngineFailed and what ``fetch`` raises."""
        levels = Levels()
        for part in read_narration(UNSPACED_BREAK.sub(" ", ask.narration)):
            if isinstance(part, Pause):
                yield Speech(silence(part.seconds))
                continue
            line = await asyncio.to_thread(_line, part, ask)
            answer = await self.fetch(line.text)
            yield await asyncio.to_thread(self._finish, answer, part, line, ask.language, levels)

    def _finish(
        self, answer: bytes, sentence: Sentence, line: Line, language: str, levels: Levels
    ) -> Speech:
        try:
            sound = decode(answer, self.pcm_rate)
        except SoundUnreadable as error:
            raise EngineFailed(self.engine, f"its answer is no sound: {error.args[0]}") from error
        if len(sound) >= LONGEST_SECONDS * SAMPLE_RATE:
            raise EngineFailed(self.engine, TOO_LARGE)
        if sounding_span(sound) == (0, 0):
            raise EngineFailed(self.engine, "its answer is silence.")
        return _timed(trimmed(sound)[0], sentence, line, language, levels)


def missing_words(language: str) -> str | None:
    """What it lacks to find words of a language in sound."""
    if not speaks(language):
        return f"nothing here knows how “{language}” sounds, so its words cannot be timed"
    return missing_dictionary(language)


def decode(answer: bytes, pcm_rate: int | None = None) -> Samples:
    """The sound of an answer, as mono at the studio's rate. Raises SoundUnreadable."""
    if pcm_rate is not None and not answer.startswith(CONTAINERS):
        return _from_pcm(answer, pcm_rate)
    if not answer.startswith(CONTAINERS):
        raise SoundUnreadable(f"it begins with {answer[:16]!r}")
    return read_sound(answer, LONGEST_SECONDS)


def wav_bytes(samples: Samples) -> bytes:
    """WAV, 16 bit, mono: what every service takes as a voice sample."""
    file = BytesIO()
    with open_wave(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(SAMPLE_RATE)
        written.writeframes((np.clip(samples, -1, 1) * 32767).astype("<i2").tobytes())
    return file.getvalue()


def _from_pcm(answer: bytes, rate: int) -> Samples:
    whole = answer[: len(answer) // 2 * 2]
    if not whole:
        raise SoundUnreadable("there is no sound in it")
    sound = np.frombuffer(whole, "<i2").astype(np.float32) / np.float32(32768)
    return np.asarray(soxr.resample(sound, rate, SAMPLE_RATE), np.float32)


def _line(sentence: Sentence, ask: SpeechRequest) -> Line:
    spoken = say(sentence.words, (pronounce(ask.pronunciations),))
    said = [
        " ".join(word.text for word in spoken if word.source == at)
        for at in range(len(sentence.words))
    ]
    text = " ".join(word.text for word in spoken)
    if is_japanese(ask.language):
        said = [in_kana(each) for each in said]
    return Line(text, tuple(said))


def _timed(sound: Samples, sentence: Sentence, line: Line, language: str, levels: Levels) -> Speech:
    timed = align(sound, sentence.words, language, line.said)
    rest = max(0.0, sentence.pause_seconds - LEAD_SECONDS - TAIL_SECONDS)
    samples = np.concatenate([levels.level(sound), silence(rest)])
    return Speech(samples, timed.words, timed.phonemes, ((0, len(timed.words)),))
