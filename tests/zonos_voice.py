"""Zonos as an engine, small and with stand-in weights: it speaks noise, but by all the rules."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial

import torch

from deployments.zyphra.zonos.batch import Batch
from deployments.zyphra.zonos.codec import (
    SAMPLE_RATE,
    Codec,
    codec_config,
    codec_shapes,
    make_codec,
)
from deployments.zyphra.zonos.config import FRAMES_PER_SECOND
from deployments.zyphra.zonos.speaker import (
    LDA_SHAPES,
    SpeakerEncoder,
    make_speaker_encoder,
    network_shapes,
)
from deployments.zyphra.zonos.standin import StandIn
from deployments.zyphra.zonos_speech.batch_loop import BatchLoop
from deployments.zyphra.zonos_speech.engine import unheard
from deployments.zyphra.zonos_speech.judging import Judge, Take
from deployments.zyphra.zonos_speech.load import Report
from deployments.zyphra.zonos_speech.narrator import Narrator
from deployments.zyphra.zonos_speech.performance import Stage
from deployments.zyphra.zonos_speech.voices import Voices, hear
from pipeline.lesson import Phoneme, Samples, Word
from tests.zonos import CPU, tiny_model

TINY_CODEC = {"sampling_rate": SAMPLE_RATE, "encoder_hidden_size": 4, "decoder_hidden_size": 16}
SLOTS, POSITIONS = 4, 1024


@cache
def tiny_codec() -> Codec:
    torch.set_num_threads(1)
    config = codec_config(TINY_CODEC)
    quiet = [(r"^decoder\.conv2\.", 0.05)]
    return make_codec(StandIn(codec_shapes(config), 0, quiet), CPU, config)


@cache
def tiny_encoder() -> SpeakerEncoder:
    torch.set_num_threads(1)
    quiet = [(r"\.bn2\.(weight|bias)$", 0.2)]
    return make_speaker_encoder(
        StandIn(network_shapes(4), 0, quiet), StandIn(LDA_SHAPES), CPU, planes=4
    )


@dataclass(frozen=True)
class Even:
    """Words and letters one after the other, all the same length."""

    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...]


def align_evenly(samples: Samples, words: Sequence[str], language: str) -> Even:
    each = len(samples) / SAMPLE_RATE / len(words)
    timed = tuple(Word(word, at * each, (at + 1) * each) for at, word in enumerate(words))
    phonemes = [p for word in timed for p in _letters(word)]
    return Even(timed, tuple(phonemes))


def _letters(word: Word) -> list[Phoneme]:
    letters = [letter for letter in word.text.lower() if letter.isalnum()]
    each = (word.end_seconds - word.start_seconds) / max(1, len(letters))
    start = word.start_seconds
    return [
        Phoneme(letter, start + at * each, start + (at + 1) * each)
        for at, letter in enumerate(letters)
    ]


def any_take(take: Take) -> str | None:
    """Noise is as good as any other noise."""
    return None


def third(seconds: float) -> int:
    """A third of the frames that speech would take, so that tests are quick."""
    return max(12, round(seconds * FRAMES_PER_SECOND / 3))


def tiny_batch(slots: int = SLOTS) -> Batch:
    return Batch(tiny_model(), slots, POSITIONS)


def tiny_narrator(
    judge: Judge = any_take,
    frames: Callable[[float], int] = third,
    report: Report = unheard,
    loop: BatchLoop | None = None,
    most_seconds: float = 20.0,
) -> Narrator:
    """Its thread runs until it is closed."""
    loop = loop or BatchLoop(tiny_batch, report)
    stage = Stage(loop, tiny_codec(), CPU, judge, frames)
    return Narrator(stage, Voices(partial(hear, tiny_encoder())), align_evenly, most_seconds)
