import asyncio
from pathlib import Path

import numpy as np
import pytest

from deployments.zyphra.builtin import Builtin
from pipeline.engines import SpeechRequest
from pipeline.lesson import SAMPLES_PER_FRAME, FinishedScene, Samples
from pipeline.media import speech_file
from pipeline.media.loudness import PEAK_DBTP, TARGET_LUFS, true_peak
from pipeline.media.probe import probe, sound_levels
from pipeline.media.sound import flac_bytes, read_sound, stream_sound
from pipeline.media.speech_file import write_speech
from pipeline.provenance.payload import Payload
from pipeline.steps.speech import framed
from tests.media import finished_scene

LENGTHS = (50, 77, 31)
NARRATION = "Sunlight only looks white. It is all the colours of the rainbow."


async def spoken(payload: Payload) -> Samples:
    pieces = [piece async for piece in Builtin().speak(SpeechRequest(NARRATION))]
    return framed(pieces, payload).samples


def peak(path: Path) -> float:
    return true_peak(stream_sound(path))


@pytest.fixture
def sharp(tmp_path: Path) -> list[FinishedScene]:
    """A scene that Opus makes a good deal louder at its sharpest sounds."""
    sound = asyncio.run(spoken(Payload(1, 1)))
    return [finished_scene(tmp_path, 0, len(sound) // SAMPLES_PER_FRAME, NARRATION, sound=sound)]


def test_the_speech_alone_is_opus_of_the_whole_lesson(tmp_path: Path) -> None:
    scenes = [
        finished_scene(tmp_path, index, frames, "Plants make food.")
        for index, frames in enumerate(LENGTHS)
    ]
    out = tmp_path / "speech.webm"
    write_speech(scenes, out, metadata={"title": "Plänts"})
    found = probe(out)
    assert (found.audio_codec, found.sample_rate) == ("opus", 48_000)
    assert found.audio_seconds == pytest.approx(sum(LENGTHS) / 25, abs=0.02)
    heard, asked = read_sound(out), np.concatenate([read_sound(s.sound) for s in scenes])
    assert len(heard) == pytest.approx(len(asked), abs=50)
    assert np.abs(heard[5000:-5000]).max() == pytest.approx(0.25, abs=0.03)


def test_the_encoder_does_not_make_speech_too_loud(
    tmp_path: Path, sharp: list[FinishedScene]
) -> None:
    write_speech(sharp, tmp_path / "speech.webm", metadata={})
    assert peak(tmp_path / "speech.webm") <= PEAK_DBTP
    assert sound_levels(tmp_path / "speech.webm").loudness == pytest.approx(TARGET_LUFS, abs=0.3)


def test_speech_that_comes_out_too_loud_is_encoded_again(
    tmp_path: Path, sharp: list[FinishedScene], monkeypatch: pytest.MonkeyPatch
) -> None:
    louder = read_sound(sharp[0].sound) * np.float32(10 ** (1 / 20))
    sharp[0].sound.write_bytes(flac_bytes(louder))
    monkeypatch.setattr(speech_file, "CEILING_DBTP", 0.0)
    with monkeypatch.context() as once:
        once.setattr(speech_file, "MOST_ENCODINGS", 1)
        write_speech(sharp, tmp_path / "once.webm", metadata={})
    assert peak(tmp_path / "once.webm") > PEAK_DBTP
    write_speech(sharp, tmp_path / "speech.webm", metadata={})
    assert peak(tmp_path / "speech.webm") <= PEAK_DBTP
