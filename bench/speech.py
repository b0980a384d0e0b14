"""How fast the built-in voice is, how soon it is heard, how even, how clear, how well timed.

``python -m bench.speech``: one text spoken a sentence at a time, as the studio does, beside the
same text spoken as one piece; then what a recogniser that knows nothing of it makes of the sound.
"""

import asyncio
import platform
import re
import resource
from collections.abc import Iterator, Sequence
from itertools import pairwise
from time import perf_counter, process_time

import numpy as np
import pyloudnorm
import soxr
from pocketsphinx import Config, Decoder
from rich.console import Console
from rich.table import Table

from deployments.zyphra.builtin import Builtin
from deployments.zyphra.hibari_model import HibariModel
from deployments.zyphra.narration import Sentence, read_narration
from deployments.zyphra.reading import REWRITES
from deployments.zyphra.spoken import say
from deployments.zyphra.utterance import SAMPLE_RATE as MODEL_RATE
from pipeline.engines import SpeechRequest
from pipeline.lesson import SAMPLE_RATE, Samples, Speech, join_speech

SENTENCES = [
    "The sun gives us light and heat every day.",
    "Water turns into steam when it gets very hot.",
    "People ask why the sky is blue in the morning.",
    "The teacher opened the door, and the children ran into the garden.",
    "She sells sea shells by the sea shore, because the tide brings them in every morning.",
    "And then, after a long time, everybody went home to their families.",
    "Plants need water, air and light to grow.",
    "Remember this number, because we will need it again later.",
    "What are you doing with that paper?",
    "A small bird sat on the old wooden fence and sang.",
]
TEXT = " ".join(SENTENCES)
RECOGNISER_RATE = 16_000
EDGE = np.zeros(SAMPLE_RATE // 10, np.float32)


async def pieces(voice: Builtin, narration: str, rate: float = 15.0) -> list[tuple[float, Speech]]:
    """Each piece, and how long after the request it came."""
    start = perf_counter()
    ask = SpeechRequest(narration, speaking_rate=rate)
    return [(perf_counter() - start, piece) async for piece in voice.speak(ask)]


def spoken(voice: Builtin, narration: str, rate: float = 15.0) -> Speech:
    return join_speech([piece for _, piece in asyncio.run(pieces(voice, narration, rate))])


def as_one_piece(model: HibariModel) -> Samples:
    """The simplest way: all phonemes in a row, as long as the network takes them at once."""
    words = [w for p in read_narration(TEXT) if isinstance(p, Sentence) for w in p.words]
    utterance = model.utter(model.read(say(words, REWRITES)), 1.0, np.random.default_rng(0))
    return np.asarray(soxr.resample(utterance.wave, MODEL_RATE, SAMPLE_RATE), np.float32)


def speed() -> Table:
    table = Table("", "sound s", "wall s", "cpu s", "× real time (cpu)", "first sound after s")
    voice = Builtin()
    start = perf_counter()
    model = voice.load()
    table.caption = (
        f"loading {perf_counter() - start:.2f} s; {platform.processor() or platform.machine()}; "
        f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
    )
    spoken(voice, "Ready.")
    start, cpu = perf_counter(), process_time()
    timed = asyncio.run(pieces(voice, TEXT))
    sound = sum(piece.seconds for _, piece in timed)
    row(table, "a sentence at a time", sound, start, cpu, timed[0][0])
    start, cpu = perf_counter(), process_time()
    whole = as_one_piece(model)
    row(table, "as one piece", len(whole) / SAMPLE_RATE, start, cpu, perf_counter() - start)
    return table


def row(table: Table, name: str, sound: float, start: float, cpu: float, first: float) -> None:
    wall, used = perf_counter() - start, process_time() - cpu
    figures = (f"{sound:.1f}", f"{wall:.2f}", f"{used:.2f}", f"{sound / used:.0f}", f"{first:.3f}")
    table.add_row(name, *figures)


def sound_of(voice: Builtin) -> Table:
    table = Table(
        "rate", "LUFS", "levels of sentences dB", "peak", "jump at joins", "inside", "gap s"
    )
    for rate in (10.0, 15.0, 20.0):
        parts = [piece for _, piece in asyncio.run(pieces(voice, TEXT, rate))]
        speech = join_speech(parts)
        loudness = pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(speech.samples)
        levels = [level(piece) for piece in parts]
        joins = [np.r_[a.samples[-441:], b.samples[:441]] for a, b in pairwise(parts)]
        table.add_row(
            f"{rate:g}",
            f"{loudness:.1f}",
            f"{min(levels):.1f} … {max(levels):.1f}",
            f"{np.abs(speech.samples).max():.2f}",
            f"{max(jump(join) for join in joins):.5f}",
            f"{max(jump(piece.samples) for piece in parts):.3f}",
            ", ".join(sorted({f"{gap:.2f}" for gap in gaps(speech)})),
        )
    return table


def level(piece: Speech) -> float:
    """Decibels of the spoken part."""
    end = round(piece.words[-1].end_seconds * SAMPLE_RATE)
    return 10 * float(np.log10(np.square(piece.samples[:end]).mean()))


def jump(samples: Samples) -> float:
    return float(np.abs(np.diff(samples)).max())


def gaps(speech: Speech) -> Iterator[float]:
    for (_, end), (start, _) in pairwise(speech.sentences):
        yield speech.words[start].start_seconds - speech.words[end - 1].end_seconds


def clarity(voice: Builtin) -> Table:
    table = Table("rate", "words", "word errors %", "start off by ms: median", "95 %", "most")
    for rate in (10.0, 15.0, 20.0):
        errors, words, late = 0, 0, list[float]()
        for sentence in SENTENCES:
            expected = re.sub(r"[^a-z ]", "", sentence.lower()).split()
            speech = spoken(voice, sentence, rate)
            words += len(expected)
            errors += distance(expected, [word for word, _ in heard(speech)])
            late += [
                abs(start - word.start_seconds) * 1000
                for (_, start), word in zip(heard(speech, expected), speech.words, strict=False)
            ]
        figures = (np.median(late), np.quantile(late, 0.95), max(late))
        share = f"{100 * errors / words:.0f}"
        table.add_row(f"{rate:g}", str(words), share, *(f"{figure:.0f}" for figure in figures))
    return table


def heard(speech: Speech, told: Sequence[str] | None = None) -> list[tuple[str, float]]:
    """Words and their starts in seconds, as a recogniser hears them, told the words or not."""
    decoder = Decoder(Config(loglevel="FATAL", **({"lm": None} if told else {})))
    if told:
        decoder.set_align_text(" ".join(told))
    sound = np.concatenate([EDGE, speech.samples, EDGE])
    sound = soxr.resample(sound, SAMPLE_RATE, RECOGNISER_RATE)
    decoder.start_utt()
    decoder.process_raw(
        (sound * 32767 / np.abs(sound).max()).astype("<i2").tobytes(), full_utt=True
    )
    decoder.end_utt()
    return [
        (re.sub(r"\(\d\)", "", segment.word), segment.start_frame / 100 - 0.1)
        for segment in decoder.seg() or ()
        if segment.word[0] not in "<[("
    ]


def distance(expected: Sequence[str], got: Sequence[str]) -> int:
    """Levenshtein's: words to change, leave out or put in."""
    row = list(range(len(got) + 1))
    for at, word in enumerate(expected, 1):
        last, row[0] = row[0], at
        for other, name in enumerate(got, 1):
            last, row[other] = (
                row[other],
                min(row[other] + 1, row[other - 1] + 1, last + (word != name)),
            )
    return row[-1]


def main() -> None:
    console = Console(width=110)
    console.print(speed())
    voice = Builtin()
    console.print(sound_of(voice))
    console.print(clarity(voice))


if __name__ == "__main__":
    main()
