"""Checkpoints: every key accounted for, nothing in them run."""

import json
import pickle
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import Tensor

from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.codec import codec_config, codec_shapes
from deployments.zyphra.zonos.generate import generate
from deployments.zyphra.zonos.loading import (
    CheckpointWrong,
    SafetensorsFile,
    account,
    load_codec,
    load_torch,
    load_zonos,
)
from deployments.zyphra.zonos.standin import StandIn, seeded_tensor
from tests.zonos import CPU, tiny_config, tiny_data, tiny_model, tiny_utterance


def weights() -> dict[str, Tensor]:
    return dict(StandIn(checkpoint_shapes(tiny_config()), 0))


def written(folder: Path, state: dict[str, Tensor]) -> Path:
    (folder / "config.json").write_text(json.dumps(tiny_data()))
    save_file(state, folder / "model.safetensors")
    return folder


def test_loaded_model_says_what_the_model_says(tmp_path: Path) -> None:
    model = load_zonos(written(tmp_path, weights()), CPU, torch.float32)
    ask = tiny_utterance(1)
    assert torch.equal(generate(model, ask), generate(tiny_model(), ask))


def test_weights_are_cast_to_the_precision_asked_for(tmp_path: Path) -> None:
    model = load_zonos(written(tmp_path, weights()), CPU, torch.bfloat16)
    assert {parameter.dtype for parameter in model.parameters()} == {torch.bfloat16}


def test_missing_extra_and_misshapen_keys_are_named(tmp_path: Path) -> None:
    state = weights()
    state["surprise"] = state.pop("heads.3.weight")
    state["backbone.norm_f.bias"] = torch.zeros(7)
    with pytest.raises(CheckpointWrong) as raised:
        load_zonos(written(tmp_path, state), CPU, torch.float32)
    assert str(raised.value) == (
        "model.safetensors: heads.3.weight missing; surprise not expected; "
        "backbone.norm_f.bias of another shape"
    )


def test_many_wrong_keys_are_counted() -> None:
    expected = {f"key{n}": (1,) for n in range(9)}
    with pytest.raises(CheckpointWrong, match="key0, key1, key2, key3, key4 and 4 more missing"):
        account("file", expected, {})


def test_codec_is_loaded_by_its_own_config(tmp_path: Path) -> None:
    data = {"encoder_hidden_size": 4, "decoder_hidden_size": 32, "sampling_rate": 44_100}
    state = dict(StandIn(codec_shapes(codec_config(data))))
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "dac", **data}))
    save_file(state, tmp_path / "model.safetensors")
    assert load_codec(tmp_path, CPU).decode(torch.zeros(1, 9, 2, dtype=torch.long)).shape == (
        1,
        1024,
    )


def test_tensors_of_a_file_are_read_when_asked_for(tmp_path: Path) -> None:
    file = SafetensorsFile(written(tmp_path, weights()) / "model.safetensors")
    assert len(file) == len(weights())
    assert file.shapes() == checkpoint_shapes(tiny_config())
    assert torch.equal(file["heads.0.weight"], weights()["heads.0.weight"])


class Harmful:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return (print, ("this must not be run",))


def test_code_in_a_torch_file_is_not_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    torch.save({"weight": Harmful()}, tmp_path / "bad.pt")
    with pytest.raises(pickle.UnpicklingError):
        load_torch(tmp_path / "bad.pt")
    assert capsys.readouterr().out == ""


def test_torch_file_of_anything_but_tensors_is_refused(tmp_path: Path) -> None:
    torch.save({"model": {"weight": torch.zeros(1)}}, tmp_path / "nested.pt")
    with pytest.raises(CheckpointWrong, match=r"nested\.pt is no state dictionary"):
        load_torch(tmp_path / "nested.pt")


def test_stand_in_weights_are_the_same_everywhere() -> None:
    first = seeded_tensor("backbone.norm_f.weight", (4,), 0)
    assert first.tolist() == pytest.approx(seeded_tensor("backbone.norm_f.weight", (4,), 0))
    assert ((first >= 0.9) & (first <= 1.1)).all()
    assert abs(seeded_tensor("a.bias", (99,))).max() <= 0.1
    assert seeded_tensor("a.weight", (64, 300)).std() == pytest.approx(300**-0.5, rel=0.02)
    scaled = StandIn({"a.weight": (2, 2)}, 0, [("weight$", 3.0)])["a.weight"]
    assert scaled.numpy() == pytest.approx(seeded_tensor("a.weight", (2, 2)) * 3)
