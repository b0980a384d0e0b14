"""What may happen to marked sound besides being encoded anew: see ``bench/watermark.py``."""

from collections.abc import Callable

import numpy as np
import soxr

from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.loudness import level

Random = np.random.Generator
Treatment = Callable[[Samples, Random], Samples]

TELEPHONE_RATE = 8_000
MU = 255
"""Of the telephone's scale of levels (ITU-T G.711)."""
CHORDS = (
    (220.0, 277.2, 329.6),
    (196.0, 246.9, 293.7),
    (174.6, 220.0, 261.6),
    (164.8, 207.7, 247.0),
)
CHORD_SECONDS = 1.25
HARMONICS = 12


def telephone(samples: Samples, _: Random) -> Samples:
    """8 kHz and 8 bits a value."""
    small = np.clip(soxr.resample(samples, SAMPLE_RATE, TELEPHONE_RATE), -1, 1)
    pressed = np.sign(small) * np.log1p(MU * np.abs(small)) / np.log1p(MU)
    kept = np.round(pressed * 127) / 127
    heard = np.sign(kept) * np.expm1(np.abs(kept) * np.log1p(MU)) / MU
    return np.asarray(soxr.resample(heard, TELEPHONE_RATE, SAMPLE_RATE), np.float32)


def under(sound: Callable[[int, Random], Samples], below_db: float) -> Treatment:
    """Something else sounds so much below the speech, measured over the whole clip."""

    def treat(samples: Samples, random: Random) -> Samples:
        other = sound(len(samples), random)
        ratio = np.sqrt(np.mean(samples**2) / np.mean(other**2)) * 10 ** (-below_db / 20)
        return np.asarray(samples + ratio * other, np.float32)

    return treat


def noise(length: int, random: Random) -> Samples:
    """Pink: as much in every octave, as a room or a fan."""
    spectrum = np.fft.rfft(random.standard_normal(length))
    pitches = np.maximum(np.fft.rfftfreq(length, 1 / SAMPLE_RATE), 20.0)
    return np.asarray(np.fft.irfft(spectrum / np.sqrt(pitches), length), np.float32)


def music(length: int, random: Random) -> Samples:
    """Chords that are struck and fade, with overtones, in some key."""
    time = np.arange(length) / SAMPLE_RATE
    since, chord = time % CHORD_SECONDS, (time // CHORD_SECONDS).astype(int) % len(CHORDS)
    key = 2 ** (random.integers(-6, 7) / 12)
    sound = np.zeros(length)
    for voice in range(len(CHORDS[0])):
        pitch = key * np.array([each[voice] for each in CHORDS])[chord]
        for overtone in range(1, HARMONICS + 1):
            sound += np.sin(2 * np.pi * overtone * pitch * time) / overtone**1.2
    return np.asarray(sound * np.exp(-1.5 * since), np.float32)


def volume(decibels: float) -> Treatment:
    """What then passes full scale is clipped."""

    def treat(samples: Samples, _: Random) -> Samples:
        return np.asarray(np.clip(samples * 10 ** (decibels / 20), -1, 1), np.float32)

    return treat


def normalised(samples: Samples, _: Random) -> Samples:
    """Brought to a loudness and peak, as a platform does, from somewhere lower."""
    return level(samples * np.float32(0.1))


def compressed(samples: Samples, _: Random) -> Samples:
    """A voice-over's compressor: 4 : 1 above -30 dB, level followed over 20 ms."""
    window = SAMPLE_RATE // 50
    power = np.convolve(samples**2, np.ones(window) / window, "same")
    over = np.maximum(10 * np.log10(power + 1e-9) + 30, 0)
    return np.asarray(samples * 10 ** (-0.75 * over / 20), np.float32)


def shortened(seconds: float) -> Treatment:
    def treat(samples: Samples, random: Random) -> Samples:
        length = int(seconds * SAMPLE_RATE)
        start = int(random.integers(len(samples) - length))
        return samples[start : start + length]

    return treat


def faster(factor: float) -> Treatment:
    """Speed and pitch together, as a tape."""

    def treat(samples: Samples, _: Random) -> Samples:
        return np.asarray(soxr.resample(samples, SAMPLE_RATE * factor, SAMPLE_RATE), np.float32)

    return treat


HARDSHIPS: dict[str, Treatment] = {
    "12 dB softer": volume(-12),
    "9 dB louder, clipped": volume(9),
    "normalised": normalised,
    "compressed 4 : 1": compressed,
    "telephone: 8 kHz, 8 bit": telephone,
    "music 20 dB below": under(music, 20),
    "music 10 dB below": under(music, 10),
    "music 5 dB below": under(music, 5),
    "noise 30 dB below": under(noise, 30),
    "noise 20 dB below": under(noise, 20),
    "noise 10 dB below": under(noise, 10),
    "5 s of it": shortened(5),
    "3 s of it": shortened(3),
    "speed and pitch + 0.2 %": faster(1.002),
    "speed and pitch + 1 %": faster(1.01),
    "speed and pitch + 5 %": faster(1.05),
}
