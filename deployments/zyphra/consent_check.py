"""Checks a spoken consent: whether the words were said that were asked for, and by the voice of the
sample. Runs in a process of its own: see ``pipeline.media.apart``.

How alike two recordings are is measured as in ``likeness``. On synthetic voices recordings of one
voice came to 0.95 and more, of different ones to 0.93 and less (docs/consent.md); a room and a
microphone of their own bring the former down. So there is a band in between in which nobody is
refused and nothing is taken for proved: somebody has to listen.
"""

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from deployments.zyphra.likeness import SpeakerEncoder, likeness
from pipeline.errors import ConsentNotHeard, ConsentVoiceDiffers
from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.heard_words import hear
from pipeline.media.inspect_voice import inspect_voice
from pipeline.media.sound import read_sound
from pipeline.spoken_consent import ENOUGH, LANGUAGES

ALIKE = 0.94
"""From here on it is the same voice."""
UNLIKE = 0.70
"""Below, it is another."""
HEARD_SECONDS = 60.0
"""Of the sample; more does not change what it sounds like."""


class Ask(BaseModel):
    """Where the recording and the sample lie; ``encoder`` is None where its file is not here."""

    recording: Path
    sample: Path
    encoder: Path | None
    language: str
    words: list[str]

    def write(self, path: Path) -> None:
        path.write_text(self.model_dump_json(), encoding="utf-8")


class Outcome(BaseModel):
    """``doubt`` is why somebody has to listen; None where all was heard."""

    words: int | None
    likeness: float | None
    doubt: str | None


def check_spoken(source: Path, target: Path) -> dict[str, Any]:
    """An ``Ask`` as JSON to an ``Outcome``; the recording is kept in ``target`` as FLAC.

    Raises what ``inspect_voice`` raises, ConsentNotHeard and ConsentVoiceDiffers.
    """
    ask = Ask.model_validate(json.loads(source.read_bytes()))
    inspect_voice(ask.recording, target)
    sound = read_sound(target)
    heard, alike = _words_heard(ask, sound), _likeness(ask, sound)
    return Outcome(words=heard, likeness=alike, doubt=_doubt(heard, alike)).model_dump()


def _words_heard(ask: Ask, sound: Samples) -> int | None:
    """How many of them; None where nothing here understands the language."""
    language = LANGUAGES[ask.language]
    if not language.recognised:
        return None
    heard = hear(sound, language)
    right = sum(one == other for one, other in zip(ask.words, heard.words, strict=False))
    if not heard.agreed or right < ENOUGH:
        raise ConsentNotHeard(right, len(ask.words))
    return right


def _likeness(ask: Ask, sound: Samples) -> float | None:
    if ask.encoder is None:
        return None
    encoder = SpeakerEncoder(ask.encoder)
    sample = encoder.embed(read_sound(ask.sample, HEARD_SECONDS), SAMPLE_RATE)
    alike = round(likeness(sample, encoder.embed(sound, SAMPLE_RATE)), 3)
    if alike < UNLIKE:
        raise ConsentVoiceDiffers
    return alike


def _doubt(heard: int | None, alike: float | None) -> str | None:
    if heard is None:
        return "language_not_recognised"
    if alike is None:
        return "voice_not_compared"
    return "voice_uncertain" if alike < ALIKE else None
