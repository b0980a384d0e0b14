"""The watermark is found in speech that was made faster, slower, higher or lower."""

from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
import soxr
from av.audio.stream import AudioStream

from bench.watermark_changes import played
from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.sound import blocks, flac_bytes, read_sound, sound_frames
from pipeline.provenance.change import Change, candidates, faster, higher, tape
from pipeline.provenance.detect import SURE, find
from pipeline.provenance.inspection import inspect_apart
from pipeline.provenance.payload import Payload
from pipeline.provenance.search import STRETCHES, Stretches, fullness, search
from pipeline.provenance.watermark import mark
from tests.voices import sample

MARK = Payload(0xBEEF, 0x1234)
CHANGES = {
    "a tape, 5 % faster": tape(1.05),
    "a tape, 3 % slower": tape(0.97),
    "a player at 1.25": faster(1.25),
    "a player at 0.75": faster(0.75),
    "a voice two semitones higher": higher(1.1225),
    "both, each its own way": Change(tempo=1.2, pitch=0.95),
}


@pytest.fixture(scope="module")
def speech() -> Samples:
    """Some 8 s, that nobody has marked."""
    return read_sound(sample(1.0))


@pytest.fixture(scope="module")
def marked(speech: Samples) -> Samples:
    return mark(speech, MARK)


def through_aac(samples: Samples) -> Samples:
    file = BytesIO()
    with av.open(file, "w", format="mp4") as output:
        stream = output.add_stream("aac", rate=SAMPLE_RATE, layout="mono")
        assert isinstance(stream, AudioStream)
        stream.bit_rate = 96_000
        for frame in sound_frames(blocks(samples), "fltp"):
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return read_sound(file.getvalue())


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_that_is_known_is_undone(name: str, marked: Samples) -> None:
    change = CHANGES[name]
    changed = played(change)(marked, np.random.default_rng(0))
    assert find(changed)[1] is None
    score, payload = find(changed, change=change)
    assert payload == MARK
    assert score > SURE


def test_a_change_that_nobody_knows_is_found_out(marked: Samples, tmp_path: Path) -> None:
    odd = 1.0713
    file = tmp_path / "quicker.flac"
    quicker = np.asarray(soxr.resample(marked, SAMPLE_RATE * odd, SAMPLE_RATE), np.float32)
    file.write_bytes(flac_bytes(through_aac(quicker)))
    said = inspect_apart(file, _no_anchors(tmp_path))
    (heard,) = said["watermarks"]
    assert (heard["studio"], heard["speech"]) == ("beef", "1234")
    assert heard["tempo"] == pytest.approx(odd, abs=0.003)
    assert heard["pitch"] == heard["tempo"]


def _no_anchors(folder: Path) -> Path:
    (folder / "anchors.pem").write_text("")
    return folder / "anchors.pem"


def test_unmarked_speech_has_no_mark_at_any_speed(speech: Samples) -> None:
    assert search([speech]) is None


def test_every_speed_near_the_marked_one_and_those_that_players_offer_are_looked_for() -> None:
    looked = {fine for each in candidates() for fine in each.finer()}
    offered = [0.5, 0.75, 1.5, 1.75, 2.0]
    near = [*np.arange(0.8, 0.995, 0.01), *np.arange(1.005, 1.25, 0.01)]
    for factor in [*offered, *near]:
        assert _nearest(factor, {c.tempo for c in looked if c.pitch == c.tempo}) < 0.001
        assert _nearest(factor, {c.tempo for c in looked if c.pitch == 1}) < 0.001
    for factor in near:
        assert _nearest(factor, {c.pitch for c in looked if c.tempo == 1}) < 0.004


def _nearest(factor: float, looked: set[float]) -> float:
    return min(abs(each / factor - 1) for each in looked)


def test_the_stretches_with_most_sound_in_them_are_searched(speech: Samples) -> None:
    still = np.zeros(30 * SAMPLE_RATE, np.float32)
    sound = np.concatenate([still, speech, still, speech * np.float32(2), still])
    kept = Stretches()
    assert sum(map(len, kept.through(blocks(sound)))) == len(sound)
    full = [fullness(each) for each in kept]
    assert full == sorted(full, reverse=True)
    assert 0 < len(full) <= STRETCHES


def test_silence_is_not_searched() -> None:
    kept = Stretches()
    for _ in kept.through(blocks(np.zeros(25 * SAMPLE_RATE, np.float32))):
        pass
    assert list(kept) == []
    assert search(kept) is None
