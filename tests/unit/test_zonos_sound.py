"""Resampling, the speaker encoder and the codec."""

from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from deployments.zyphra.zonos.codec import (
    HOP,
    SAMPLE_RATE,
    Codec,
    SoundStream,
    codec_config,
    codec_shapes,
    make_codec,
    preprocess,
)
from deployments.zyphra.zonos.mel import log_mel
from deployments.zyphra.zonos.resample import resample
from deployments.zyphra.zonos.speaker import (
    LDA_SHAPES,
    RecordingTooShort,
    SpeakerEncoder,
    make_speaker_encoder,
    network_shapes,
)
from deployments.zyphra.zonos.standin import StandIn
from tests.zonos import CPU, random_codes

TINY_CODEC = {
    "sampling_rate": SAMPLE_RATE,
    "encoder_hidden_size": 4,
    "decoder_hidden_size": 32,
}


@cache
def codec() -> Codec:
    torch.set_num_threads(1)
    config = codec_config(TINY_CODEC)
    quiet = [(r"^decoder\.conv2\.", 0.05)]
    return make_codec(StandIn(codec_shapes(config), 0, quiet), CPU, config)


@cache
def encoder() -> SpeakerEncoder:
    torch.set_num_threads(1)
    quiet = [(r"\.bn2\.(weight|bias)$", 0.2)]
    return make_speaker_encoder(
        StandIn(network_shapes(4), 0, quiet), StandIn(LDA_SHAPES), CPU, planes=4
    )


@settings(max_examples=15, deadline=None)
@given(pieces=st.lists(st.integers(0, 25), min_size=1, max_size=6))
def test_sound_in_pieces_is_the_sound_decoded_at_once(pieces: list[int]) -> None:
    codes = random_codes(sum(pieces), torch.Generator().manual_seed(sum(pieces)))
    stream = SoundStream(codec())
    heard = [stream.push(piece) for piece in torch.split(codes, pieces, 1)]
    heard.append(stream.finish())
    sound = torch.cat(heard)
    assert len(sound) == sum(pieces) * HOP
    if len(sound):
        assert torch.allclose(sound, codec().decode(codes[None])[0], atol=1e-4)


def test_stream_stays_ten_frames_behind() -> None:
    codes = random_codes(30, torch.Generator().manual_seed(0))
    stream = SoundStream(codec())
    assert len(stream.push(codes[:, :9])) == 0
    assert len(stream.push(codes[:, 9:25])) == 15 * HOP
    assert len(stream.finish()) == 10 * HOP
    assert len(stream.finish()) == 0


@pytest.mark.parametrize(("rate", "channels", "frames"), [(44_100, 1, 3), (16_000, 2, 11)])
def test_recording_becomes_whole_frames_of_codes(rate: int, channels: int, frames: int) -> None:
    codes = codec().encode(torch.zeros(channels, 512 * 3 if rate == 44_100 else 2000), rate)
    assert codes.shape == (9, frames)


def test_recording_is_filled_up_with_silence() -> None:
    wave = preprocess(torch.ones(1, 700), SAMPLE_RATE)
    assert wave.shape == (1, 1024)
    assert (wave[0, 700:] == 0).all()


@pytest.mark.parametrize(("rate", "wanted"), [(48_000, 16_000), (22_050, 44_100), (44_100, 16_000)])
def test_resampled_tone_keeps_its_pitch_and_loudness(rate: int, wanted: int) -> None:
    seconds = torch.arange(rate) / rate
    tone = torch.sin(2 * torch.pi * 440 * seconds)[None]
    heard = resample(tone, rate, wanted)[0].numpy()
    assert len(heard) == wanted
    spectrum = np.abs(np.fft.rfft(heard))
    assert int(spectrum.argmax()) == 440
    assert np.abs(heard[1000:-1000]).max() == pytest.approx(1, abs=0.01)


def test_rate_that_is_right_already_changes_nothing() -> None:
    wave = torch.randn(2, 100)
    assert resample(wave, 44_100, 44_100) is wave


def test_features_have_no_mean_over_time() -> None:
    features = log_mel(torch.randn(1, 16_000, generator=torch.Generator().manual_seed(0)))
    assert features.shape == (1, 80, 101)
    assert features.mean(-1).abs().max() < 1e-4


def test_speaker_is_128_numbers_and_channels_are_mixed() -> None:
    recording = torch.randn(2, 24_000, generator=torch.Generator().manual_seed(1))
    embedding = encoder().embed(recording, 24_000)
    mixed = recording.mean(0, keepdim=True)
    assert embedding.shape == (128,)
    assert torch.allclose(encoder().embed(mixed, 24_000), embedding, atol=1e-6)
    assert not torch.allclose(encoder().embed(recording.flip(1) * 0.5, 24_000), embedding)


def test_recording_too_short_for_a_window_is_refused() -> None:
    with pytest.raises(RecordingTooShort, match="200 samples at 16000 Hz"):
        encoder().embed(torch.zeros(1, 200), 16_000)
