"""The watermark is found in speech that was encoded, cut and resampled, and nowhere else."""

from collections.abc import Callable
from io import BytesIO

import av
import numpy as np
import pytest
import soxr
from av.audio.stream import AudioStream

from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.sound import blocks, read_sound, sound_frames
from pipeline.provenance.detect import SURE, find, listen
from pipeline.provenance.inspection import found
from pipeline.provenance.payload import SIGNS, Payload
from pipeline.provenance.watermark import STRENGTH_DB, mark
from tests.voices import sample

MARK = Payload(0xBEEF, 0x1234)


@pytest.fixture(scope="module")
def speech() -> Samples:
    """Some 8 s, that nobody has marked."""
    return read_sound(sample(1.0))


@pytest.fixture(scope="module")
def marked(speech: Samples) -> Samples:
    return mark(speech, MARK)


def encoded(samples: Samples, codec: str, container: str, rate: int, bits: int) -> Samples:
    file = BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout="mono")
        assert isinstance(stream, AudioStream)
        stream.bit_rate = bits
        for frame in sound_frames(blocks(samples), "fltp"):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return read_sound(file.getvalue())


def at_16_khz(samples: Samples) -> Samples:
    small = soxr.resample(samples, SAMPLE_RATE, 16_000)
    return np.asarray(soxr.resample(small, 16_000, SAMPLE_RATE), np.float32)


def by_telephone(samples: Samples) -> Samples:
    """8 kHz, and the noise of 8 bits a value."""
    small = soxr.resample(samples, SAMPLE_RATE, 8_000)
    curved = np.sign(small) * np.sqrt(np.abs(small))
    heard = np.sign(curved) * (np.round(127 * curved) / 127) ** 2
    return np.asarray(soxr.resample(heard, 8_000, SAMPLE_RATE), np.float32)


WAYS: dict[str, Callable[[Samples], Samples]] = {
    "as it is": lambda samples: samples,
    "AAC 96k": lambda samples: encoded(samples, "aac", "mp4", SAMPLE_RATE, 96_000),
    "Opus 48k": lambda samples: encoded(samples, "libopus", "webm", 48_000, 48_000),
    "a tenth cut off": lambda samples: samples[len(samples) // 10 + 77 :],
    "16 kHz": at_16_khz,
    "telephone": by_telephone,
    "half as loud": lambda samples: samples * np.float32(0.5),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_mark_outlives_what_happens_to_files(way: str, marked: Samples) -> None:
    score, payload = find(WAYS[way](marked))
    assert payload == MARK
    assert score > SURE


def test_unmarked_speech_has_no_mark(speech: Samples) -> None:
    assert list(listen(blocks(speech))) == []


def test_a_mark_is_found_with_its_own_key_only(marked: Samples) -> None:
    assert list(listen(blocks(marked), key="another")) == []


def test_no_band_of_the_speech_changes_by_more_than_the_strength(
    speech: Samples, marked: Samples
) -> None:
    assert len(marked) == len(speech)
    assert marked.dtype == np.float32
    share = 10 ** (STRENGTH_DB / 20) - 1
    assert np.sum((marked - speech) ** 2) < share**2 * np.sum(speech**2)


def test_silence_stays_silent(speech: Samples) -> None:
    still = np.zeros(SAMPLE_RATE, np.float32)
    marked = mark(np.concatenate([speech, still, speech]), MARK)
    assert not marked[len(speech) + 1024 : len(speech) + SAMPLE_RATE - 1024].any()


def test_long_speech_is_marked_in_pieces_as_if_in_one(
    speech: Samples, monkeypatch: pytest.MonkeyPatch
) -> None:
    at_once = mark(speech, MARK)
    monkeypatch.setattr("pipeline.provenance.watermark.PIECE_FRAMES", 100)
    assert np.allclose(mark(speech, MARK), at_once, atol=1e-6)


def test_each_scene_of_a_lesson_is_told_apart(speech: Samples) -> None:
    other = Payload(0xBEEF, 0x5678)
    still = np.zeros(10 * SAMPLE_RATE, np.float32)
    lesson = np.concatenate([mark(speech, MARK), still, mark(speech, other)])
    marks = found(listen(blocks(lesson)))
    assert [(each.studio, each.speech) for each in marks] == [("beef", "1234"), ("beef", "5678")]
    assert marks[0].start_seconds == 0
    assert marks[1].end_seconds == pytest.approx(len(lesson) / SAMPLE_RATE, abs=0.01)


@pytest.mark.parametrize("seconds", [0.0, 0.5, 1.0])
def test_next_to_nothing_can_be_listened_to(seconds: float) -> None:
    hiss = np.random.default_rng(1).normal(0, 0.1, round(seconds * SAMPLE_RATE))
    assert list(listen(blocks(hiss.astype(np.float32)))) == []


def test_silence_says_nothing() -> None:
    assert list(listen(blocks(np.zeros(12 * SAMPLE_RATE, np.float32)))) == []


def test_a_payload_is_read_through_noise_and_refused_when_there_is_too_much() -> None:
    random = np.random.default_rng(3)
    soft = MARK.signs() + random.normal(0, 1.2, SIGNS)
    assert Payload.read(soft) == MARK
    assert Payload.read(random.normal(0, 1, SIGNS)) is None


def test_a_payload_is_of_a_studio_and_its_speech() -> None:
    assert str(Payload.of("00ff", "abcd" + "0" * 60)) == "00ff-abcd"
