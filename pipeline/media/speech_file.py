"""The speech of a lesson as a file of its own, without the pictures."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import av
import numpy as np

from pipeline.lesson import FinishedScene, Samples
from pipeline.media.loudness import PEAK_DBTP, limit, true_peak
from pipeline.media.mux import interleave, scene_sound
from pipeline.media.sound import blocks, stream_sound
from pipeline.media.tracks import sound_packets

NO_RANDOM_IDENTITY = {"fflags": "+bitexact"}
OPUS_BITS_PER_SECOND = 48_000
OPUS_RATE = 48_000
QUICK = {"compression_level": "5"}
"""A third of the work of the best level, for a third more bytes."""
CEILING_DBTP = PEAK_DBTP - 1.0
"""Opus adds to the peaks, seldom more than this: so one encoding mostly does."""
LEAST_STEP_DB = 1.0
"""Lower by less, the peaks of another encoding are a matter of chance."""
MOST_ENCODINGS = 4


def write_speech(
    scenes: Sequence[FinishedScene], out: Path, *, metadata: Mapping[str, str]
) -> None:
    """The sound alone, as Opus in WebM: mono, 48 kHz, about 60 kbit/s, peaks at −1 dBTP or less.

    What the encoder makes louder than that is encoded again, with the peaks before it lower; the
    last of ``MOST_ENCODINGS`` is kept as it is. One scene is held in memory at a time.
    """
    ceiling = CEILING_DBTP
    for _ in range(MOST_ENCODINGS):
        _encode(_limited(scenes, ceiling), out, metadata)
        over = true_peak(stream_sound(out)) - PEAK_DBTP
        if over <= 0:
            break
        ceiling -= max(over, LEAST_STEP_DB)


def _limited(scenes: Sequence[FinishedScene], ceiling: float) -> Iterator[Samples]:
    for scene in scenes:
        yield from blocks(limit(np.concatenate(list(scene_sound([scene]))), ceiling))


def _encode(sound: Iterator[Samples], out: Path, metadata: Mapping[str, str]) -> None:
    with av.open(str(out), "w", format="webm", options=NO_RANDOM_IDENTITY) as output:
        output.metadata.update(metadata)
        stream = output.add_stream(
            "libopus", rate=OPUS_RATE, layout="mono", format="flt", options=QUICK
        )
        stream.bit_rate = OPUS_BITS_PER_SECOND
        interleave(output, sound_packets(sound, stream))
