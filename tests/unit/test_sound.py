from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame

from pipeline.errors import SoundUnreadable
from pipeline.lesson import SAMPLE_RATE
from pipeline.media.sound import flac_bytes, read_sound, stream_sound
from tests.media import tone

ONE_STEP_OF_16_BITS = 1 / 32768


def encoded(form: str, codec: str, rate: int, layout: str, channels: list[np.ndarray]) -> bytes:
    file = BytesIO()
    with av.open(file, "w", format=form) as output:
        stream = output.add_stream(codec, rate=rate, layout=layout)
        frame = AudioFrame.from_ndarray(np.stack(channels), format="fltp", layout=layout)
        frame.sample_rate, frame.pts = rate, 0
        output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return file.getvalue()


def test_flac_gives_back_what_went_in() -> None:
    samples = tone(3 * SAMPLE_RATE + 17)
    again = read_sound(flac_bytes(samples))
    assert len(again) == len(samples)
    assert np.abs(again - samples).max() <= ONE_STEP_OF_16_BITS / 2 + 1e-7


def test_flac_of_the_same_samples_is_the_same_bytes() -> None:
    samples = tone(SAMPLE_RATE)
    assert flac_bytes(samples) == flac_bytes(samples.copy())


def test_full_scale_does_not_wrap() -> None:
    loud = np.array([1.0, -1.0, 2.0, -2.0] * 2000, np.float32)
    again = read_sound(flac_bytes(loud))
    assert np.sign(again).tolist() == np.sign(loud).tolist()


@pytest.mark.parametrize(
    ("form", "codec"),
    [
        ("wav", "pcm_s16le"),
        ("mp3", "libmp3lame"),
        ("ogg", "libopus"),
        ("webm", "libopus"),
        ("mp4", "aac"),
        ("flac", "flac"),
    ],
)
def test_any_format_and_rate_becomes_mono_at_our_rate(form: str, codec: str) -> None:
    rate = 48_000
    wave = (0.25 * np.sin(2 * np.pi * 440 * np.arange(rate) / rate)).astype(np.float32)
    # MP4 needs to seek while it is written, which memory can
    samples = read_sound(encoded(form, codec, rate, "stereo", [wave, wave]))
    assert samples.dtype == np.float32
    assert samples.ndim == 1
    assert len(samples) == pytest.approx(SAMPLE_RATE, abs=0.06 * SAMPLE_RATE)
    middle = samples[10_000:30_000]
    assert np.abs(middle).max() == pytest.approx(0.25, abs=0.02)


def test_channels_are_averaged() -> None:
    wave = np.full(4800, 0.5, np.float32)
    samples = read_sound(encoded("wav", "pcm_f32le", SAMPLE_RATE, "stereo", [wave, -wave]))
    assert np.abs(samples).max() < 1e-6


def test_numbers_that_are_none_become_silence() -> None:
    wave = np.array([np.nan, np.inf, -np.inf, 0.5] * 2000, np.float32)
    samples = read_sound(encoded("wav", "pcm_f32le", SAMPLE_RATE, "mono", [wave]))
    assert samples[:4].tolist() == [0, 0, 0, 0.5]


def test_a_limit_stops_the_reading() -> None:
    assert len(read_sound(flac_bytes(tone(SAMPLE_RATE * 3)), max_seconds=1.5)) == 66_150


def test_streaming_gives_the_same_samples_in_pieces(tmp_path: Path) -> None:
    path = tmp_path / "sound.flac"
    path.write_bytes(flac_bytes(tone(SAMPLE_RATE * 5)))
    pieces = list(stream_sound(path))
    assert len(pieces) > 5
    assert np.array_equal(np.concatenate(pieces), read_sound(path))


def test_a_damaged_middle_costs_only_a_little() -> None:
    whole = bytearray(flac_bytes(np.random.default_rng(0).normal(0, 0.1, 10 * SAMPLE_RATE)))
    middle = len(whole) // 2
    whole[middle : middle + 100] = bytes(100)
    assert len(read_sound(bytes(whole))) > 9 * SAMPLE_RATE


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"not a sound at all",
        flac_bytes(tone(SAMPLE_RATE))[:100],
        b"#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:///etc/hostname\n#EXT-X-ENDLIST\n",
        b"ffconcat version 1.0\nfile /etc/hostname\n",
    ],
    ids=["empty", "text", "header only", "playlist", "concat script"],
)
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(SoundUnreadable):
        read_sound(content)
