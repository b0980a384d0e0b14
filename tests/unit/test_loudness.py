import numpy as np
import pyloudnorm
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.loudness import PEAK_DBTP, TARGET_LUFS, level, loudness, true_peak
from pipeline.media.sound import blocks
from tests.media import tone


def speechlike(seconds: float, gain: float, seed: int = 0) -> Samples:
    """Noise in syllables: peaks far above its mean, as in speech."""
    count = round(seconds * SAMPLE_RATE)
    noise = np.random.default_rng(seed).laplace(0, 0.1, count)
    syllables = np.clip(np.sin(2 * np.pi * 4 * np.arange(count) / SAMPLE_RATE), 0, None) ** 2
    return (gain * noise * syllables).astype(np.float32)


def test_loudness_of_the_reference_tone() -> None:
    # BS.1770-4: a 997 Hz sine at 0 dBFS in one channel
    assert loudness(tone(5 * SAMPLE_RATE, 997, 1.0)) == pytest.approx(-3.01, abs=0.02)


def test_loudness_agrees_with_another_meter() -> None:
    speech = speechlike(5, 0.5)
    other = pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(speech)
    assert loudness(speech) == pytest.approx(other, abs=0.1)


def test_limiting_in_pieces_leaves_no_mark_at_their_edges() -> None:
    loud = tone(25 * SAMPLE_RATE, 441, 0.98)
    loud[:: 3 * SAMPLE_RATE] = 1.0
    change = level(loud) / np.where(np.abs(loud) > 0.1, loud, np.nan)
    edges = [n * 10 * SAMPLE_RATE for n in (1, 2)]
    for edge in edges:
        near = change[edge - 300 : edge + 300]
        assert np.nanmax(near) - np.nanmin(near) < 1e-3


@pytest.mark.parametrize("gain", [0.03, 0.2, 1.0, 5.0])
def test_speech_of_any_level_comes_out_at_the_target(gain: float) -> None:
    levelled = level(speechlike(4, gain))
    assert loudness(levelled) == pytest.approx(TARGET_LUFS, abs=0.3)
    assert true_peak(blocks(levelled)) <= PEAK_DBTP
    assert levelled.dtype == np.float32


def test_quiet_peaks_are_not_limited() -> None:
    levelled = level(tone(2 * SAMPLE_RATE, 997, 0.01))
    gain = levelled[1000] / tone(2 * SAMPLE_RATE, 997, 0.01)[1000]
    assert np.allclose(levelled, gain * tone(2 * SAMPLE_RATE, 997, 0.01), atol=1e-6)


def test_the_peak_between_samples_counts() -> None:
    # at a quarter of the rate and 45 degrees, every sample is 3 dB below the peak
    quarter = np.tile([1, 1, -1, -1], 5000).astype(np.float32) * np.float32(np.sqrt(0.5))
    assert np.abs(quarter).max() == pytest.approx(0.7071, abs=1e-3)
    assert true_peak(blocks(quarter[:-2])) == pytest.approx(0, abs=0.35)


@pytest.mark.parametrize("samples", [np.zeros(0), np.zeros(100), np.zeros(SAMPLE_RATE)])
def test_silence_stays_silence(samples: Samples) -> None:
    silence = samples.astype(np.float32)
    assert loudness(silence) == -np.inf
    assert np.array_equal(level(silence), silence)


def test_noise_nobody_hears_is_not_made_loud() -> None:
    hiss = np.random.default_rng(0).normal(0, 1e-5, SAMPLE_RATE).astype(np.float32)
    assert np.array_equal(level(hiss), hiss)


@settings(max_examples=25, deadline=None)
@given(count=st.integers(1, 60_000), gain=st.floats(1e-4, 4), seed=st.integers(0, 100))
def test_levelled_sound_never_clips_and_keeps_its_length(
    count: int, gain: float, seed: int
) -> None:
    samples = speechlike(count / SAMPLE_RATE, gain, seed)
    levelled = level(samples)
    assert len(levelled) == len(samples)
    assert np.isfinite(levelled).all()
    assert true_peak(blocks(levelled)) <= max(PEAK_DBTP, true_peak(blocks(samples)))
