"""Whether what was spoken can be used: a model that draws its sound sometimes draws nonsense."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby

from deployments.zyphra.zonos_speech.joining import HOP, silent_hops, sounding_span
from pipeline.lesson import SAMPLE_RATE, Samples

SHORTEST, LONGEST = 0.35, 2.5
"""Seconds of a passage that can be right, as a share of what its phonemes take at the rate asked
for; generous, because a voice sample brings a pace of its own."""
SPARE_SECONDS = 2.0
"""More may pass on a short one."""
MOST_SILENT_SECONDS = 2.5


@dataclass(frozen=True, slots=True, eq=False)
class Take:
    """One try at a passage. ``ended``: an end of speech came, within the frames it was given."""

    samples: Samples
    expected_seconds: float
    ended: bool


Judge = Callable[[Take], str | None]


def judge(take: Take) -> str | None:
    """Why the take cannot be used, as the end of a sentence; None: it can."""
    if not take.ended:
        return "it found no end"
    start, end = sounding_span(take.samples)
    seconds = (end - start) / SAMPLE_RATE
    if seconds == 0:
        return "it was silent"
    if seconds < SHORTEST * take.expected_seconds:
        return f"it took {seconds:.1f} s where {take.expected_seconds:.1f} s were expected"
    if seconds > LONGEST * take.expected_seconds + SPARE_SECONDS:
        return f"it took {seconds:.1f} s where {take.expected_seconds:.1f} s were expected"
    hush = longest_silence(take.samples[start:end])
    return f"it was silent for {hush:.1f} s" if hush > MOST_SILENT_SECONDS else None


def longest_silence(samples: Samples) -> float:
    """The longest silence, in seconds."""
    runs = groupby(silent_hops(samples).tolist())
    return max((sum(1 for _ in run) for quiet, run in runs if quiet), default=0) * HOP / SAMPLE_RATE
