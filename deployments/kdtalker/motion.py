"""How the head drifts and nods and the eyes blink while someone speaks."""

import hashlib

import numpy as np
from numpy.typing import NDArray

from deployments.kdtalker.field import smoothstep
from deployments.kdtalker.loudness import Loudness
from pipeline.lesson import FPS, Speech

Floats = NDArray[np.floating]

SWAY = (2.6, 1.3, 1.5, 0.011, 0.007)
"""How far a head drifts in each of ``head.POSES``: standard deviations."""
SLOWEST_HERTZ, FASTEST_HERTZ = 0.08, 0.42
WAVES = 5
NOD_DEGREES = 2.0
"""A loud syllable nods the head by so much."""
SETTLE_SECONDS = 0.7
BLINK_GAP_SECONDS = (1.8, 5.2)
BLINK = np.array([0.35, 0.85, 1.0, 0.9, 0.6, 0.32, 0.12], np.float32)
"""A blink, picture by picture: shut within an eighth of a second, open a little more slowly."""


def motion_seed(speech: Speech, seed: int) -> int:
    """Another one for each scene of a lesson, or all would begin with the same nod; the same for
    the same speech."""
    heard = hashlib.blake2b(np.ascontiguousarray(speech.samples).data, digest_size=8)
    heard.update(seed.to_bytes(8, "little"))
    return int.from_bytes(heard.digest(), "little")


def spoken_until(speech: Speech, loudness: Loudness) -> float:
    """When the last sound ends, in seconds: from then on the scene closes."""
    if speech.phonemes:
        return speech.phonemes[-1].end_seconds
    return loudness.last_sound_seconds


def presence(frames: int, until_seconds: float) -> Floats:
    """0 in the first and last picture, 1 while the scene is under way: [frames].

    The way back begins where speech ends, or early enough to be complete.
    """
    seconds = np.arange(frames) / FPS
    last = (frames - 1) / FPS
    settle = min(SETTLE_SECONDS, last / 3) or 1.0
    back = max(min(until_seconds, last - settle), 0.0)
    return smoothstep(seconds / settle) * smoothstep((last - seconds) / max(last - back, settle))


def head_track(frames: int, present: Floats, loudness: Loudness, seed: int) -> Floats:
    """The head's pose at each picture, in the order of ``head.POSES``: [frames, 5]."""
    chance = np.random.default_rng([seed, 1])
    seconds = np.arange(frames) / FPS
    hertz = np.geomspace(SLOWEST_HERTZ, FASTEST_HERTZ, WAVES)
    sway = np.empty((frames, len(SWAY)), np.float32)
    for pose, size in enumerate(SWAY):
        jitter = chance.uniform(0.8, 1.25, WAVES)
        phase = chance.uniform(0, 2 * np.pi, WAVES)
        waves = np.sin(2 * np.pi * np.outer(seconds, hertz * jitter) + phase)
        # slow waves carry more, as in any unhurried movement
        sway[:, pose] = waves @ (hertz**-0.5 / np.sqrt((hertz**-1).sum() / 2)) * size
    sway[:, 1] += NOD_DEGREES * _nods(seconds, loudness)
    return np.asarray(sway * present[:, None], np.float32)


def blink_track(frames: int, seed: int) -> Floats:
    """How far the eyes are shut at each picture: [frames]. None begins or ends in a blink."""
    chance = np.random.default_rng([seed, 2])
    shut = np.zeros(frames, np.float32)
    at = chance.uniform(0.8, 2.5)
    while (first := round(at * FPS)) + len(BLINK) + 2 < frames:
        shut[first : first + len(BLINK)] = BLINK
        at += chance.uniform(*BLINK_GAP_SECONDS)
    return shut


def _nods(seconds: NDArray[np.float64], loudness: Loudness) -> Floats:
    """Loudness against its own average of a second and a half, smoothed to what a neck can do."""
    level = loudness.at(seconds)
    return _smooth(level, 4) - _smooth(level, 38)


def _smooth(values: Floats, pictures: int) -> Floats:
    bell = np.hanning(pictures * 2 + 3)
    padded = np.pad(values, pictures + 1, mode="edge")
    return np.convolve(padded, bell / bell.sum(), mode="valid").astype(np.float32)
