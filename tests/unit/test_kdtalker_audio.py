"""Windows of speech for KDTalker: as many as pictures, each the same however it is asked for."""

import numpy as np
import pytest

from deployments.kdtalker.kdtalker.audio import SAMPLE_RATE, Voice, load_voice


def noise(seconds: float, rate: int = SAMPLE_RATE, channels: int = 1) -> np.ndarray:
    random = np.random.default_rng(0)
    return random.normal(0, 0.1, (round(seconds * rate), channels)).astype(np.float32)


def voice(seconds: float) -> Voice:
    return load_voice(noise(seconds), SAMPLE_RATE)


@pytest.mark.parametrize(
    ("seconds", "frames"), [(0.03, 0), (0.04, 1), (0.4, 10), (0.43, 10), (3.0, 75), (60.0, 1500)]
)
def test_frames_are_the_whole_ones_in_the_sound(seconds: float, frames: int) -> None:
    assert voice(seconds).frames == frames


@pytest.mark.parametrize(("first", "stop"), [(0, 1), (0, 64), (3, 9), (64, 128), (140, 150)])
def test_windows_do_not_depend_on_what_is_computed_beside_them(first: int, stop: int) -> None:
    speech = voice(6)
    whole = speech.windows(0, speech.frames)
    np.testing.assert_array_equal(speech.windows(first, stop), whole[first:stop])


def test_windows_at_the_ends_repeat_the_edge() -> None:
    windows = voice(0.4).windows(0, 10)
    assert windows.shape == (10, 80, 16)
    assert (windows[0, :, :6] == windows[0, :, 6:7]).all()
    assert (windows[9, :, -1] == windows[9, :, -2]).all()


def test_silence_is_the_lowest_there_is() -> None:
    silent = load_voice(np.zeros(SAMPLE_RATE, np.float32), SAMPLE_RATE)
    assert (silent.windows(0, 25) == -4).all()


def test_stereo_of_another_rate_is_mixed_and_resampled() -> None:
    left = noise(2, 44_100)
    stereo = np.hstack([left, -left])
    mixed = load_voice(stereo, 44_100)
    assert mixed.frames == 50
    assert np.abs(mixed.samples[:]).max() < 1e-6
