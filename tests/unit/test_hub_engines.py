"""What is pulled for the large engines is what their loaders ask for, key by key."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from safetensors.torch import save

from deployments.kdtalker.kdtalker import loading as kdtalker
from deployments.licences import accept, missing_for
from deployments.model_check import Finding, account_for
from deployments.model_files import Progress, missing, pull
from deployments.model_manifest import load_manifest
from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.config import read_config
from deployments.zyphra.zonos.loading import load_codec, load_speaker_encoder, load_zonos
from deployments.zyphra.zonos.speaker import network_shapes
from deployments.zyphra.zonos.standin import StandIn
from tests.hub import Hub, asked_hub
from tests.hub_files import SPEAKER, kdtalker_repositories, thin, torch_file, zonos_repositories
from tests.zonos import CPU, tiny_data


def silent(_: Progress) -> None:
    pass


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with asked_hub(monkeypatch) as hub:
        yield hub


def wrong(findings: list[Finding]) -> dict[str, str]:
    return {finding.file: finding.wrong for finding in findings if finding.wrong is not None}


def test_the_manifest_asks_for_what_the_loaders_of_kdtalker_look_for() -> None:
    asked = {file.path for file in load_manifest().needed_by(["kdtalker"])}
    assert asked == {f"kdtalker/{file.places[0]}" for file in kdtalker.FILES}


@pytest.mark.parametrize("variant", ["transformer", "hybrid"])
def test_zonos_loads_from_what_was_pulled(hub: Hub, tmp_path: Path, variant: str) -> None:
    hub.files = zonos_repositories()
    pull(["zonos"], tmp_path, silent, variant=variant)
    folder = tmp_path / "zonos"
    model = load_zonos(folder / variant, CPU, torch.float32)
    assert (model.config.backbone.mamba is not None) == (variant == "hybrid")
    codes = torch.zeros(1, 9, 2, dtype=torch.long)
    assert load_codec(folder / "codec", CPU).decode(codes).shape == (1, 1024)
    network, lda = (folder / "speaker" / name for name in SPEAKER)
    assert load_speaker_encoder(network, lda, CPU).lda.weight.shape == (128, 256)
    assert wrong(account_for("zonos", tmp_path, variant)) == {}
    assert missing("zonos", tmp_path, variant=variant) == ()
    other = {"transformer": "hybrid", "hybrid": "transformer"}[variant]
    assert not (folder / other).exists()
    assert missing_for("zonos", tmp_path, variant=variant) is None
    assert missing_for("zonos", tmp_path, variant=other) == (
        f"its model files; run `lectern models pull zonos --variant {other}`"
    )


def test_kdtalker_loads_from_what_was_pulled(hub: Hub, tmp_path: Path) -> None:
    hub.files = kdtalker_repositories()
    assert missing_for("kdtalker", tmp_path) == (
        "its model files; run `lectern models pull kdtalker`"
    )
    pull(["kdtalker"], tmp_path, silent)
    assert kdtalker.missing(tmp_path / "kdtalker") == ()
    assert wrong(account_for("kdtalker", tmp_path, None)) == {}
    assert missing_for("kdtalker", tmp_path) == (
        "the acceptance of its licences; run `lectern models pull kdtalker`"
    )
    accept("kdtalker", tmp_path, "someone")
    assert missing_for("kdtalker", tmp_path) is None


def test_keys_that_do_not_fit_are_named(hub: Hub, tmp_path: Path) -> None:
    state = dict(StandIn(checkpoint_shapes(read_config(tiny_data()))))
    state["surprise"] = state.pop("heads.3.weight")
    speaker = thin(network_shapes())
    gone = sorted(speaker)[0]
    del speaker[gone]
    hub.files = zonos_repositories() | {
        "Zyphra/Zonos-v0.1-transformer/model.safetensors": save(state),
        f"Zyphra/Zonos-v0.1-speaker-embedding/{SPEAKER[0]}": torch_file(speaker),
        "descript/dac_44khz/model.safetensors": b"no safetensors at all" * 100,
    }
    pull(["zonos"], tmp_path, silent)
    found = wrong(account_for("zonos", tmp_path, None))
    assert found.keys() == {
        "zonos/transformer/model.safetensors",
        "zonos/codec/model.safetensors",
        f"zonos/speaker/{SPEAKER[0]}",
    }
    assert found["zonos/transformer/model.safetensors"] == (
        "its keys: heads.3.weight missing; surprise not expected"
    )
    assert found[f"zonos/speaker/{SPEAKER[0]}"] == f"its keys: {gone} missing"


def test_files_of_kdtalker_that_do_not_fit_are_named(hub: Hub, tmp_path: Path) -> None:
    point = {"other": {}}
    appearance = thin(kdtalker.APPEARANCE.shapes())
    gone = sorted(appearance)[0]
    del appearance[gone]
    hub.files = kdtalker_repositories() | {
        "ChaolongYang/KDTalker/ckpts/KDTalker.pth": torch_file(point),
        f"ChaolongYang/KDTalker/{kdtalker.APPEARANCE.places[0]}": torch_file(appearance),
        "ChaolongYang/KDTalker/ckpts/wav2lip.pth": b"cut off" * 1000,
    }
    pull(["kdtalker"], tmp_path, silent)
    found = wrong(account_for("kdtalker", tmp_path, None))
    assert found.keys() == {
        "kdtalker/KDTalker.pth",
        "kdtalker/ckpts/wav2lip.pth",
        f"kdtalker/{kdtalker.APPEARANCE.places[0]}",
    }
    assert "missing: model" in found["kdtalker/KDTalker.pth"]
    assert f"missing: {gone}" in found[f"kdtalker/{kdtalker.APPEARANCE.places[0]}"]
