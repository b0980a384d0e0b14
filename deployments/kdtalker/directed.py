"""How a scene is to be played by KDTalker: when its speaker is there, and when they speak."""

import numpy as np

from deployments.kdtalker.face import Face
from deployments.kdtalker.kdtalker.audio import SAMPLES_PER_FRAME, Resampled, Voice
from deployments.kdtalker.kdtalker.direction import Direction
from deployments.kdtalker.landmarks import INNER_LOWER_LIP, INNER_UPPER_LIP, OUTER_UPPER_LIP
from deployments.kdtalker.loudness import Loudness
from deployments.kdtalker.motion import Floats, motion_seed, presence, spoken_until
from pipeline.engines import VideoRequest
from pipeline.lesson import FPS, SAMPLE_RATE

SOUND = 0.1
"""From this loudness on, someone speaks; a gap between two words is shorter than ``REACH``."""
REACH = 3
"""Pictures by which lips move before the sound and close after it."""
FADE = 2
SEEDS = 2**32
CLOSED = 0.06
"""The mesh leaves a gap of up to this ratio between lips that touch."""


def direct(ask: VideoRequest, face: Face) -> Direction:
    speech, frames = ask.speech, ask.speech.frames
    loudness = Loudness(speech.samples)
    # the lesson keeps its 44.1 kHz; the model hears 16, looked at where it listens
    heard = Resampled(speech.samples, SAMPLE_RATE, frames * SAMPLES_PER_FRAME)
    present = presence(frames, spoken_until(speech, loudness))
    return Direction(
        voice=Voice(heard),
        present=present.astype(np.float32),
        speaking=speaking_track(frames, loudness),
        lip_ratio=lip_ratio(face),
        strength=ask.video.motion,
        relative=ask.video.head == "relative",
        seed=motion_seed(speech, ask.seed) % SEEDS,
    )


def speaking_track(frames: int, loudness: Loudness) -> Floats:
    """0 in silence to 1 in speech: [frames]. Lips part a little early and close a little late."""
    if not frames:
        return np.zeros(0, np.float32)
    middles = (np.arange(frames) + 0.5) / FPS
    sounding = loudness.at(middles) > SOUND
    near = np.convolve(np.pad(sounding, REACH), np.ones(2 * REACH + 1), "valid") > 0
    bell = np.hanning(2 * FADE + 3)
    padded = np.pad(near.astype(np.float32), FADE + 1, mode="edge")
    return np.convolve(padded, bell / bell.sum(), "valid").astype(np.float32)


def lip_ratio(face: Face) -> float:
    """How far the portrait's mouth is open: height by width, as LivePortrait measures it; 0 where
    the lips touch."""
    middle = len(INNER_UPPER_LIP) // 2
    upper, lower = INNER_UPPER_LIP[middle], INNER_LOWER_LIP[middle]
    points = face.landmarks[:, :2]
    height = np.linalg.norm(points[upper] - points[lower])
    width = np.linalg.norm(points[OUTER_UPPER_LIP[0]] - points[OUTER_UPPER_LIP[-1]])
    ratio = float(height / (width + 1e-6))
    return ratio if ratio > CLOSED else 0.0
