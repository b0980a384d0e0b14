"""Which frame of a model recital sounds in each frame of a recording: dynamic time warping.

Sakoe and Chiba 1978, "Dynamic programming algorithm optimization for spoken word recognition",
with rests between the words that may last as long as they like or be left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from deployments.zyphra.cepstra import Flags, Floats

UNEVEN = 2.0
"""What it costs to stay a frame longer with a frame of the recital, or to leave one out."""
REST_WHILE_SPEAKING = 8.0
SPEECH_WHILE_RESTING = 4.0
NEVER = np.float32(1e9)
FURTHEST = 3
"""Frames of the recital that one frame of the recording may take in."""


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """``cepstra`` [n, d] and where it rests [n]."""

    cepstra: Floats
    quiet: Flags


@dataclass(frozen=True, slots=True, eq=False)
class States:
    """What is to be heard, in order: ``cepstra`` [m, d], and which of them are optional rests [m].

    The first and the last are rests, and no two rests follow each other.
    """

    cepstra: Floats
    rests: Flags


def warp(recording: Recording, states: States) -> tuple[NDArray[np.int64], float]:
    """The state of each frame [n], never falling, and what that costs a frame.

    A recording too short for its states is spread over them evenly; that costs most. Memory is a
    byte for each frame and state.
    """
    frames, count = len(recording.cepstra), len(states.rests)
    steps, total = _forward(recording, states)
    last = count - 1 if total[-1] <= total[-2] else count - 2
    if total[last] >= NEVER:
        return np.linspace(0, count - 1, frames).astype(np.int64), float(NEVER)
    path = np.zeros(frames, np.int64)
    at = last
    for frame in range(frames - 1, -1, -1):
        path[frame] = at
        at -= int(steps[frame, at])
    return path, float(total[last]) / frames


def _forward(recording: Recording, states: States) -> tuple[NDArray[np.int8], Floats]:
    """How many states back each frame came from [n, m], and the least cost of each end [m]."""
    frames, count = len(recording.cepstra), len(states.rests)
    steps = np.zeros((frames, count), np.int8)
    toll = _tolls(states.rests)
    squares = np.square(states.cepstra).sum(axis=1)
    padded = np.full(count + FURTHEST, NEVER, np.float32)
    padded[FURTHEST : FURTHEST + 2] = _costs(recording, states, squares, 0)[:2]
    every = np.arange(count)
    for frame in range(1, frames):
        ways = np.stack([padded[FURTHEST - back : len(padded) - back] for back in range(4)]) + toll
        steps[frame] = ways.argmin(axis=0)
        padded[FURTHEST:] = ways[steps[frame], every] + _costs(recording, states, squares, frame)
        np.minimum(padded, NEVER, out=padded)
    return steps, padded[FURTHEST:]


def _tolls(rests: Flags) -> Floats:
    """[4, m]: what it costs to come from so many states back; rests are left out for nothing."""
    count = len(rests)
    left_out = np.where(rests, 0.0, UNEVEN)
    before = np.concatenate([np.zeros(FURTHEST), left_out])
    one = before[FURTHEST - 1 : FURTHEST - 1 + count]
    two = before[FURTHEST - 2 : FURTHEST - 2 + count]
    return np.stack([left_out, np.zeros(count), one, one + two]).astype(np.float32)


def _costs(recording: Recording, states: States, squares: Floats, frame: int) -> Floats:
    """[m]: how unlike each state the frame is."""
    here, quiet = recording.cepstra[frame], recording.quiet[frame]
    apart = squares + np.square(here).sum() - 2 * (states.cepstra @ here)
    costs = np.sqrt(np.maximum(apart, 0)) + (SPEECH_WHILE_RESTING if quiet else 0.0)
    costs[states.rests] = 0.0 if quiet else REST_WHILE_SPEAKING
    return np.asarray(costs, np.float32)
