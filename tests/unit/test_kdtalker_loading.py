"""Official files are read as data, and whatever does not fit is named."""

import pickle
from pathlib import Path

import pytest
import torch
from torch import Tensor

from deployments.kdtalker.kdtalker import loading
from deployments.kdtalker.kdtalker.loading import (
    ENCODER,
    FILES,
    RETARGETING,
    WeightsDoNotFit,
    WeightsMissing,
    WeightsUnreadable,
)


def weights(file: loading.OfficialFile) -> dict[str, Tensor]:
    torch.manual_seed(0)
    return {key: torch.randn(shape) for key, shape in file.shapes().items()}


def write(folder: Path, file: loading.OfficialFile, content: object, place: int = 0) -> None:
    path = folder / file.places[place]
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(content, path)


def nested(flat: dict[str, Tensor]) -> dict[str, dict[str, Tensor]]:
    """As the stitching file stands: one dict a net, keys after ``module.``."""
    nets: dict[str, dict[str, Tensor]] = {}
    for key, value in flat.items():
        net, _, rest = key.partition(".")
        nets.setdefault(net, {})[f"module.{rest}"] = value
    return nets


def test_wav2lip_gives_its_audio_encoder_and_nothing_else(tmp_path: Path) -> None:
    held = weights(ENCODER)
    others = {"module.face_decoder_blocks.0.weight": torch.zeros(1)}
    write(tmp_path, ENCODER, {"state_dict": held | others, "global_step": 7})
    net = ENCODER.load(tmp_path)
    assert {f"module.{key}" for key in net.state_dict()} == held.keys()
    first = net.state_dict()["audio_encoder.0.conv_block.0.weight"]
    assert torch.equal(first, held["module.audio_encoder.0.conv_block.0.weight"])
    assert not net.training


def test_the_stitching_file_is_three_nets_in_one(tmp_path: Path) -> None:
    held = weights(RETARGETING)
    write(tmp_path, RETARGETING, nested(held))
    loaded = RETARGETING.load(tmp_path).state_dict()
    assert loaded.keys() == held.keys()
    assert all(torch.equal(loaded[key], held[key]) for key in held)


def test_live_portraits_own_folder_is_as_good(tmp_path: Path) -> None:
    write(tmp_path, RETARGETING, nested(weights(RETARGETING)), place=1)
    assert RETARGETING.places[0] not in loading.missing(tmp_path)
    assert len(loading.missing(tmp_path)) == len(FILES) - 1


def test_half_precision_is_read_as_single(tmp_path: Path) -> None:
    half = {key: value.half() for key, value in weights(RETARGETING).items()}
    write(tmp_path, RETARGETING, nested(half))
    dtypes = {value.dtype for value in RETARGETING.load(tmp_path).state_dict().values()}
    assert dtypes == {torch.float32}


def test_a_file_that_is_nowhere_is_named_with_its_places(tmp_path: Path) -> None:
    with pytest.raises(WeightsMissing, match=r"no ckpts/wav2lip\.pth") as caught:
        ENCODER.load(tmp_path)
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.places == ENCODER.places


def test_keys_missing_extra_and_misshapen_are_named(tmp_path: Path) -> None:
    held = weights(RETARGETING)
    del held["retarget_eye.mlp.0.bias"]
    held["retarget_mouth.mlp.99.bias"] = torch.zeros(3)
    held["retarget_shoulder.mlp.0.weight"] = torch.zeros(1, 126)
    write(tmp_path, RETARGETING, nested(held))
    with pytest.raises(WeightsDoNotFit) as caught:
        RETARGETING.load(tmp_path)
    assert str(caught.value) == (
        "stitching_retargeting_module.pth does not fit: missing: retarget_eye.mlp.0.bias; "
        "extra: retarget_mouth.mlp.99.bias; of another shape: retarget_shoulder.mlp.0.weight."
    )
    again = pickle.loads(pickle.dumps(caught.value))
    assert again.missing == ["retarget_eye.mlp.0.bias"]


def test_a_file_without_its_entry_says_so(tmp_path: Path) -> None:
    write(tmp_path, ENCODER, {"weights": {}})
    with pytest.raises(WeightsDoNotFit, match="missing: state_dict"):
        ENCODER.load(tmp_path)


class _Harmful:
    def __reduce__(self) -> tuple[object, ...]:
        return print, ("run",)


def test_a_file_that_would_run_code_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write(tmp_path, ENCODER, {"state_dict": _Harmful()})
    with pytest.raises(WeightsUnreadable):
        ENCODER.load(tmp_path)
    assert capsys.readouterr().out == ""


def test_a_file_cut_off_is_named(tmp_path: Path) -> None:
    write(tmp_path, ENCODER, {"state_dict": {}})
    path = tmp_path / ENCODER.places[0]
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(WeightsUnreadable, match=r"wav2lip\.pth is cut off or holds no weights"):
        ENCODER.load(tmp_path)
