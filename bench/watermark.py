"""Whether the watermark is found again, whether it is found where there is none, and who hears it.

``python -m bench.watermark``: clips of 10 s out of sentences by the built-in voice, higher and
lower, marked, and then treated as files are on their way through the world. Audibility is told by
PESQ (ITU-T P.862.2, wideband: 4.64 is no difference at all), beside that of the codecs; its package
is compiled where it is installed (``pip install -c constraints.txt -e '.[heard]'``). Other voices
(``--parts voices``; Kokoro out of ``--models``) and worse treatment (``--parts hardships``) have
fewer clips: ``--each``. Other speeds and pitches (``--parts changes tries``) take seconds a clip to
search: ``--searched``.
"""

import argparse
import asyncio
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from math import log10
from pathlib import Path
from time import process_time

import av
import numpy as np
import soxr
from av.audio.stream import AudioStream
from av.video.stream import VideoStream
from pesq import pesq
from rich.console import Console
from rich.table import Table

from bench.watermark_changes import FACTORS, KINDS, played
from bench.watermark_hardships import HARDSHIPS, Random, Treatment
from bench.watermark_voices import clips as clips_of
from bench.watermark_voices import sparse, voices
from deployments.zyphra.builtin import Builtin
from pipeline.engines import SpeechRequest
from pipeline.lesson import FPS, SAMPLE_RATE, Samples, join_speech
from pipeline.media.loudness import level
from pipeline.media.sound import blocks, read_sound, sound_frames
from pipeline.provenance.change import UNCHANGED, Change, candidates
from pipeline.provenance.detect import LIKELY, SURE, find
from pipeline.provenance.payload import NUMBER, Payload
from pipeline.provenance.search import LIKELY_AMONG_MANY, SURE_AMONG_MANY, Stretches, search
from pipeline.provenance.watermark import mark

CLIP = 10 * SAMPLE_RATE
SUBJECTS = ("The teacher", "My neighbour", "A small river", "The old clock", "Every second child")
DOINGS = ("keeps an eye on", "goes past", "is fond of", "has never seen", "talks about")
THINGS = ("the green garden.", "four blue boxes.", "a house by the sea.", "yesterday's weather?")
HEIGHTS = (0.8, 0.9, 1.0, 1.1, 1.25)
PESQ_RATE = 16_000
PARTS = ("alarms", "tries", "speed", "heard", "found", "hardships", "changes", "voices")


def sentences() -> list[Samples]:
    """Each at another speed, and by a speaker of each height."""
    voice, random = Builtin(), np.random.default_rng(0)
    texts = [" ".join(each) for each in product(SUBJECTS, DOINGS, THINGS)]
    said = [asyncio.run(_spoken(voice, text, float(random.uniform(11, 20)))) for text in texts]
    return [level(_taller(each, height)) for each in said for height in HEIGHTS]


async def _spoken(voice: Builtin, text: str, rate: float) -> Samples:
    ask = SpeechRequest(text, speaking_rate=rate)
    return join_speech([piece async for piece in voice.speak(ask)]).samples


def _taller(samples: Samples, height: float) -> Samples:
    return np.asarray(soxr.resample(samples, SAMPLE_RATE * height, SAMPLE_RATE), np.float32)


def clip(spoken: Sequence[Samples], random: Random) -> Samples:
    """Some sentences in a row, by one speaker, with pauses between them."""
    speaker, pieces, length = int(random.integers(len(HEIGHTS))), [], 0
    own = spoken[speaker :: len(HEIGHTS)]
    while length < CLIP:
        said = own[int(random.integers(len(own)))]
        pause = np.zeros(random.integers(SAMPLE_RATE // 10, SAMPLE_RATE), np.float32)
        pieces += [said, pause]
        length += len(said) + len(pause)
    return np.concatenate(pieces)[:CLIP]


def aac(samples: Samples, _: Random, bits: int = 96_000) -> Samples:
    return _coded(samples, "aac", "mp4", SAMPLE_RATE, bits)


def opus(samples: Samples, _: Random) -> Samples:
    return _coded(samples, "libopus", "webm", 48_000, 48_000)


def _coded(samples: Samples, codec: str, container: str, rate: int, bits: int) -> Samples:
    file = BytesIO()
    with av.open(file, "w", format=container) as output:
        _add_sound(output, output.add_stream(codec, rate=rate, layout="mono"), samples, bits)
    return read_sound(file.getvalue())


def _add_sound(
    output: av.container.OutputContainer, stream: object, samples: Samples, bits: int
) -> None:
    assert isinstance(stream, AudioStream)
    stream.bit_rate = bits
    for frame in sound_frames(blocks(samples), "fltp"):
        output.mux(stream.encode(frame))
    output.mux(stream.encode(None))


def video_made_anew(samples: Samples, random: Random) -> Samples:
    """As a video platform does: pictures by x264 at CRF 28, the sound of the MP4 encoded again."""
    sound, file = aac(samples, random, 128_000), BytesIO()
    with av.open(file, "w", format="mp4") as output:
        pictures = output.add_stream("libx264", rate=FPS, options={"crf": "28"})
        assert isinstance(pictures, VideoStream)
        pictures.width, pictures.height = SMALL
        track = output.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        for frame in _film():
            output.mux(pictures.encode(frame))
        output.mux(pictures.encode(None))
        _add_sound(output, track, sound, 96_000)
    return read_sound(file.getvalue())


SMALL = (64, 64)


def _film() -> "list[av.VideoFrame]":
    random = np.random.default_rng(0)
    drawn = [random.integers(0, 255, (*SMALL, 3), np.uint8) for _ in range(5)]
    return [av.VideoFrame.from_ndarray(drawn[at // FPS % 5], "rgb24") for at in range(10 * FPS)]


def trimmed(samples: Samples, random: Random) -> Samples:
    """A tenth is gone, some of it at the start and the rest at the end."""
    start = int(random.integers(len(samples) // 10))
    return samples[start : start + len(samples) * 9 // 10]


def at_16_khz(samples: Samples, _: Random) -> Samples:
    small = soxr.resample(samples, SAMPLE_RATE, 16_000)
    return np.asarray(soxr.resample(small, 16_000, SAMPLE_RATE), np.float32)


def all_of_it(samples: Samples, random: Random) -> Samples:
    for treat in (aac, opus, trimmed, at_16_khz, aac):
        samples = treat(samples, random)
    return samples


TREATMENTS: dict[str, Treatment] = {
    "none": lambda samples, _: samples,
    "AAC 96k": aac,
    "Opus 48k": opus,
    "video anew, x264 CRF 28, AAC 128k then 96k": video_made_anew,
    "10 % trimmed": trimmed,
    "16 kHz": at_16_khz,
    "AAC, Opus, trimmed, 16 kHz, AAC": all_of_it,
}
WAYS = {name: TREATMENTS[name] for name in ("none", "AAC 96k", "Opus 48k")}


@dataclass(frozen=True, slots=True)
class Found:
    score: float
    right: bool
    counts: bool


def look(samples: Samples, expected: Payload | None, change: Change = UNCHANGED) -> Found:
    """As the studio does: a high score, or a good one and a payload whose check holds."""
    score, payload = find(samples, change=change)
    counts = score >= SURE or (score >= LIKELY and payload is not None)
    return Found(score, payload is not None and payload == expected, counts)


def robustness(clips: Sequence[Samples], treatments: Mapping[str, Treatment]) -> Table:
    table = Table("treatment", *FIGURES)
    for name, figures in told(clips, treatments):
        table.add_row(name, *figures)
    return table


FIGURES = ("found", "payload right", "score: least", "median")


def told(
    clips: Sequence[Samples], treatments: Mapping[str, Treatment]
) -> Iterator[tuple[str, Sequence[str]]]:
    """What becomes of the clips, marked, after each treatment."""
    random = np.random.default_rng(2)
    payloads = [Payload(*map(int, random.integers(NUMBER, size=2))) for _ in clips]
    marked = [mark(each, payload) for each, payload in zip(clips, payloads, strict=True)]
    for name, treat in treatments.items():
        both = zip(marked, payloads, strict=True)
        seen = [look(treat(each, random), payload) for each, payload in both]
        yield name, figures_of(seen)


def figures_of(seen: Sequence[Found]) -> Sequence[str]:
    scores = [each.score for each in seen]
    counted = np.mean([each.counts for each in seen]), np.mean([each.right for each in seen])
    levels = min(scores), np.median(scores)
    return [*(f"{each:.1%}" for each in counted), *(f"{each:.1f}" for each in levels)]


def by_voice(models: Path, matched: int, number: int) -> Table:
    """Each voice in clips of 10 s; the first of them also with long silences."""
    table = Table("voice", "treatment", *FIGURES)
    for name, say, sentences_ in voices(models, matched):
        clips = clips_of(say, sentences_, number, 10)
        for treatment, figures in told(clips, WAYS):
            table.add_row(name, treatment, *figures)
    clips = clips_of(*next(voices(models, matched))[1:], number, 10)
    for share in (0.5, 0.3, 0.2):
        for treatment, figures in told([sparse(each, share) for each in clips], WAYS):
            table.add_row(f"built-in, {share:.0%} of it speech", treatment, *figures)
    return table


def false_alarms(spoken: Sequence[Samples], number: int) -> Table:
    table = Table("unmarked clips", "taken for marked", "score: highest", "needed")
    random = np.random.default_rng(3)
    seen = [look(clip(spoken, random), None) for _ in range(number)]
    alarms = sum(each.counts for each in seen)
    highest = max(each.score for each in seen)
    needed = f"{SURE}, or {LIKELY} and a good check"
    table.add_row(str(number), f"{alarms} ({alarms / number:.2%})", f"{highest:.1f}", needed)
    return table


def changes(clips: Sequence[Samples]) -> Table:
    """Clips at another speed or pitch, then through AAC; which, the detector is not told."""
    table, random = Table("changed, then AAC 96k", "by", *FIGURES), np.random.default_rng(6)
    payloads = [Payload(*map(int, random.integers(NUMBER, size=2))) for _ in clips]
    for (name, kind), factor in product(KINDS.items(), FACTORS):
        way = played(kind(factor))
        seen = [
            searched(aac(way(mark(each, payload), random), random), payload)
            for each, payload in zip(clips, payloads, strict=True)
        ]
        table.add_row(name, f"{factor:g}", *figures_of(seen))
    return table


def searched(samples: Samples, expected: Payload) -> Found:
    """In its first 10 s, if it has become longer."""
    plain, stretches = look(samples[:CLIP], expected), Stretches()
    if plain.counts:
        return plain
    for _ in stretches.through([samples]):
        pass
    change = search(stretches)
    return look(samples[:CLIP], expected, change) if change else plain


def tries(spoken: Sequence[Samples], number: int) -> Table:
    """Unmarked clips, each as if some of the changes had been made to it that are looked for."""
    table = Table("unmarked clips, changes tried of each", "taken for marked", "score: highest")
    random, all_ = np.random.default_rng(7), candidates()
    some = [all_[int(at)] for at in random.integers(len(all_), size=number * TRIES)]
    clips = (clip(spoken, random) for _ in range(number))
    told_ = [find(each, change=some.pop()) for each in clips for _ in range(TRIES)]
    alarms = sum(
        score >= SURE_AMONG_MANY or (score >= LIKELY_AMONG_MANY and payload is not None)
        for score, payload in told_
    )
    table.add_row(f"{number} × {TRIES}", f"{alarms}", f"{max(score for score, _ in told_):.1f}")
    return table


TRIES = 10


def audibility(clips: Sequence[Samples]) -> Table:
    table = Table("beside the clip itself", "PESQ: mean", "least", "difference, dB below")
    random = np.random.default_rng(4)
    ways: dict[str, Callable[[Samples], Samples]] = {
        "marked": lambda samples: mark(samples, Payload(1, 2)),
        "AAC 96k, unmarked": lambda samples: aac(samples, random),
        "Opus 48k, unmarked": lambda samples: opus(samples, random),
    }
    for name, change in ways.items():
        changed = [change(each) for each in clips]
        pairs = [(a, b[: len(a)]) for a, b in zip(clips, changed, strict=True)]
        told = [pesq(PESQ_RATE, _for_pesq(a), _for_pesq(b), "wb") for a, b in pairs]
        below = [_below(a, b) for a, b in pairs] if name == "marked" else []
        level_ = f"{np.mean(below):.1f}" if below else ""
        table.add_row(name, f"{np.mean(told):.2f}", f"{min(told):.2f}", level_)
    return table


def _for_pesq(samples: Samples) -> Samples:
    return np.asarray(soxr.resample(samples, SAMPLE_RATE, PESQ_RATE), np.float32)


def _below(before: Samples, after: Samples) -> float:
    return 10 * log10(float(np.sum(before**2)) / float(np.sum((after - before) ** 2)))


def speed(clips: Sequence[Samples]) -> Table:
    table = Table("", "× real time, of a processor")
    seconds = sum(len(each) for each in clips) / SAMPLE_RATE
    for name, work in (("mark", lambda each: mark(each, Payload(1, 2))), ("look for it", find)):
        start = process_time()
        for each in clips:
            work(each)
        table.add_row(name, f"{seconds / (process_time() - start):.0f}")
    return table


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--clips", type=int, default=300)
    options.add_argument("--unmarked", type=int, default=3000)
    options.add_argument("--heard", type=int, default=100, help="clips for PESQ, which is slow")
    options.add_argument("--each", type=int, default=60, help="clips for a voice or hardship")
    options.add_argument("--searched", type=int, default=12, help="clips for a speed or pitch")
    options.add_argument("--tried", type=int, default=3000, help="unmarked clips to try changes on")
    options.add_argument("--styles", type=int, default=4, help="of the matched voice")
    options.add_argument("--models", type=Path, default=Path(".lectern/models"))
    options.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    asked = options.parse_args()
    spoken, random = sentences(), np.random.default_rng(1)
    clips = [clip(spoken, random) for _ in range(asked.clips)]
    tables = {
        "alarms": lambda: false_alarms(spoken, asked.unmarked),
        "tries": lambda: tries(spoken, asked.tried),
        "speed": lambda: speed(clips),
        "heard": lambda: audibility(clips[: asked.heard]),
        "found": lambda: robustness(clips, TREATMENTS),
        "hardships": lambda: robustness(clips[: asked.each], HARDSHIPS),
        "changes": lambda: changes(clips[: asked.searched]),
        "voices": lambda: by_voice(asked.models, asked.styles, asked.each),
    }
    for part in asked.parts:
        Console().print(tables[part]())


if __name__ == "__main__":
    main()
