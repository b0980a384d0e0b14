import numpy as np
import pytest

from pipeline.lesson import SAMPLE_RATE, SAMPLES_PER_FRAME, Phoneme, Speech, Word
from pipeline.media.loudness import loudness, true_peak
from pipeline.media.sound import blocks
from pipeline.provenance.payload import Payload
from pipeline.steps.speech import BREATH_SECONDS, CLOSING_SECONDS, framed

MARK = Payload(1, 2)


def a_sentence(seconds: float, amplitude: float) -> Speech:
    time = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    samples = (amplitude * np.sin(2 * np.pi * 220 * time)).astype(np.float32)
    whole = Word("word", 0.0, seconds), Phoneme("w", 0.0, seconds)
    return Speech(samples, whole[:1], whole[1:], ((0, 1),))


@pytest.mark.parametrize("amplitude", [0.02, 0.9])
def test_a_scene_has_the_loudness_of_every_other(amplitude: float) -> None:
    speech = framed([a_sentence(1.5, amplitude), a_sentence(1.0, amplitude)], MARK)
    assert loudness(speech.samples) == pytest.approx(-16, abs=0.5)
    assert true_peak(blocks(speech.samples)) <= -1


@pytest.mark.parametrize("seconds", [0.01, 0.5, 1.2345, 2.0])
def test_a_scene_is_a_breath_the_speech_and_a_pause_in_whole_pictures(seconds: float) -> None:
    speech = framed([a_sentence(seconds, 0.3)], MARK)
    assert len(speech.samples) % SAMPLES_PER_FRAME == 0
    breath, spoken = round(BREATH_SECONDS * SAMPLE_RATE), round(seconds * SAMPLE_RATE)
    pause = len(speech.samples) - breath - spoken
    assert 0 <= pause - round(CLOSING_SECONDS * SAMPLE_RATE) < SAMPLES_PER_FRAME
    assert not speech.samples[:breath].any()
    assert not speech.samples[breath + spoken :].any()


def test_the_timings_move_along_with_the_breath() -> None:
    speech = framed([a_sentence(1.0, 0.3), a_sentence(0.5, 0.3)], MARK)
    assert [(w.start_seconds, w.end_seconds) for w in speech.words] == [
        pytest.approx((0.2, 1.2)),
        pytest.approx((1.2, 1.7)),
    ]
    assert speech.phonemes[1].start_seconds == pytest.approx(1.2)
    assert speech.sentences == ((0, 1), (1, 2))
