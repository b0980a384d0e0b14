"""The speaker encoder, and the file it is read from."""

import io
import pickle
from collections import OrderedDict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from deployments.model_files import missing
from deployments.zyphra.likeness import SpeakerEncoder, likeness, mel_filters
from deployments.zyphra.torch_file import MAGIC, read_tensors
from pipeline.errors import ModelFileWrong
from pipeline.lesson import SAMPLE_RATE, Samples
from pipeline.media.sound import read_sound
from tests.voices import MODELS, sample

WEIGHTS = MODELS / "resemblyzer" / "pretrained.pt"
needs_files = pytest.mark.skipif(
    bool(missing("matched", MODELS)), reason="needs `lectern models pull matched`"
)


@pytest.fixture(scope="module")
def encoder() -> SpeakerEncoder:
    return SpeakerEncoder(WEIGHTS)


def halves(height: float) -> tuple[Samples, Samples]:
    sound = read_sound(sample(height))
    return sound[: len(sound) // 2], sound[len(sound) // 2 :]


@needs_files
def test_a_voice_is_a_vector_of_length_one(encoder: SpeakerEncoder) -> None:
    voice = encoder.embed(read_sound(sample(1.0)), SAMPLE_RATE)
    assert voice.shape == (256,)
    assert np.linalg.norm(voice) == pytest.approx(1, abs=1e-5)
    assert voice.min() >= 0


@needs_files
def test_a_voice_is_more_like_itself_than_like_another(encoder: SpeakerEncoder) -> None:
    one, again = (encoder.embed(half, SAMPLE_RATE) for half in halves(1.0))
    other = encoder.embed(halves(0.75)[1], SAMPLE_RATE)
    assert likeness(one, again) > 0.8
    assert likeness(one, again) > likeness(one, other) + 0.1


@needs_files
def test_loudness_and_silence_do_not_change_a_voice(encoder: SpeakerEncoder) -> None:
    sound = halves(1.0)[0]
    quiet = np.concatenate([np.zeros(SAMPLE_RATE, np.float32), sound * np.float32(0.1)])
    one, same = (encoder.embed(wave, SAMPLE_RATE) for wave in (sound, quiet))
    assert likeness(one, same) > 0.98


@needs_files
@pytest.mark.parametrize("seconds", [0.0, 0.001, 3.0])
def test_silence_is_no_voice(encoder: SpeakerEncoder, seconds: float) -> None:
    silence = np.zeros(round(seconds * SAMPLE_RATE), np.float32)
    assert not encoder.embed(silence, SAMPLE_RATE).any()


@needs_files
def test_the_encoder_gives_what_torch_gives(encoder: SpeakerEncoder) -> None:
    torch = pytest.importorskip("torch")
    saved = torch.load(WEIGHTS, map_location="cpu", weights_only=True)["model_state"]
    layers = torch.nn.LSTM(40, 256, 3, batch_first=True)
    layers.load_state_dict({k[5:]: v for k, v in saved.items() if k.startswith("lstm.")})
    looks = np.random.default_rng(0).uniform(0, 0.1, (2, 160, 40)).astype(np.float32)
    with torch.no_grad():
        _, (state, _) = layers(torch.from_numpy(looks))
        raw = torch.relu(state[-1] @ saved["linear.weight"].T + saved["linear.bias"])
    expected = (raw / raw.norm(dim=1, keepdim=True)).numpy()
    assert encoder.voices(looks) == pytest.approx(expected, abs=1e-5)


def test_mel_bands_overlap_by_half_and_have_equal_areas() -> None:
    filters = mel_filters()
    assert filters.shape == (201, 40)
    assert filters.argmax(axis=0).tolist() == sorted(filters.argmax(axis=0).tolist())
    assert filters[:, 25:].sum(axis=0) * 40 == pytest.approx(1, abs=0.05)


def written(tmp_path: Path, saved: Any, magic: int = MAGIC) -> Path:
    """A file of torch's old layout that holds no storages."""
    stream = io.BytesIO()
    for part in (magic, 1001, {}, saved, []):
        pickle.dump(part, stream, protocol=2)
    path = tmp_path / "weights.pt"
    path.write_bytes(stream.getvalue())
    return path


class Harm:
    def __reduce__(self) -> tuple[Any, ...]:
        return (print, ("harm",))


@pytest.mark.parametrize(
    ("saved", "magic"),
    [
        ({"model_state": Harm()}, MAGIC),
        ({"other": OrderedDict()}, MAGIC),
        ({"model_state": OrderedDict()}, 7),
    ],
    ids=["code", "no such dictionary", "no torch file"],
)
def test_a_file_that_is_no_tensors_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], saved: Any, magic: int
) -> None:
    with pytest.raises(ModelFileWrong):
        read_tensors(written(tmp_path, saved, magic), "model_state")
    assert capsys.readouterr().out == ""


@needs_files
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    short = tmp_path / "short.pt"
    short.write_bytes(WEIGHTS.read_bytes()[:100_000])
    with pytest.raises(ModelFileWrong):
        read_tensors(short, "model_state")
