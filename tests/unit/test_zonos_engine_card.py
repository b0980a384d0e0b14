"""What Zonos says of itself, and how it is loaded."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import aclosing, contextmanager
from pathlib import Path

import pytest
from safetensors.torch import save_file

from deployments.zyphra import meters
from deployments.zyphra.deployment import ZyphraReplica
from deployments.zyphra.zonos.checkpoint import checkpoint_shapes
from deployments.zyphra.zonos.codec import codec_config, codec_shapes
from deployments.zyphra.zonos.standin import StandIn
from deployments.zyphra.zonos_speech import engine, loading
from deployments.zyphra.zonos_speech.engine import Zonos, unheard
from deployments.zyphra.zonos_speech.files import checkpoint_folder, codec_folder
from deployments.zyphra.zonos_speech.load import Load
from deployments.zyphra.zonos_speech.settings import ZonosSettings
from pipeline.engines import EngineCard, SpeechRequest
from pipeline.errors import EngineUnavailable
from tests.voices import sample
from tests.zonos import tiny_config, tiny_data
from tests.zonos_voice import TINY_CODEC, SmallZonos, put_files, put_record, tiny_encoder

VOICED = SpeechRequest("Hello.", voice=b"a recording")
BY_NAME = SpeechRequest("Hello.", voice=b"a recording", engine="zonos")


def card(zonos: Zonos, ask: SpeechRequest) -> EngineCard:
    return asyncio.run(zonos.card(ask))


def on(device: str) -> Callable[[], str]:
    return lambda: device


def write_tiny_files(models: Path) -> None:
    """A checkpoint and a codec that can be loaded, and a place for the speaker network."""
    config = codec_config(TINY_CODEC)
    parts = (
        (checkpoint_folder(models, "transformer"), tiny_data(), checkpoint_shapes(tiny_config())),
        (codec_folder(models), TINY_CODEC, codec_shapes(config)),
    )
    put_files(models)
    for folder, data, shapes in parts:
        (folder / "config.json").write_text(json.dumps(data), encoding="utf-8")
        save_file(dict(StandIn(shapes)), folder / "model.safetensors")
        for name in ("config.json", "model.safetensors"):
            put_record(models, f"zonos/{folder.name}/{name}")


@contextmanager
def loaded(zonos: Zonos) -> Iterator[Zonos]:
    try:
        yield zonos
    finally:
        zonos.close()


def test_the_card_says_what_is_missing(tmp_path: Path) -> None:
    bare = card(Zonos(tmp_path), VOICED)
    assert bare.kind == "model"
    assert bare.missing == "its model files; run `lectern models pull zonos`"
    hybrid = card(Zonos(tmp_path, ZonosSettings("hybrid")), VOICED)
    assert hybrid.missing == "its model files; run `lectern models pull zonos --variant hybrid`"
    zonos = SmallZonos(tmp_path)
    assert card(zonos, VOICED).missing is None
    assert card(zonos, SpeechRequest("Hello.")).missing == "it needs a voice sample"
    refused = card(zonos, SpeechRequest("Ola.", voice=b"a recording", language="pt")).missing
    assert refused is not None
    assert "German" in refused


def test_auto_takes_it_on_a_gpu_and_on_a_cpu_only_where_that_is_allowed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    zonos = SmallZonos(tmp_path, ZonosSettings())
    monkeypatch.setattr(engine, "device", on("cpu"))
    missing = card(zonos, VOICED).missing
    assert missing is not None
    assert "GPU" in missing
    assert card(zonos, BY_NAME).missing is None
    assert card(SmallZonos(tmp_path, ZonosSettings(on_cpu=True)), VOICED).missing is None
    monkeypatch.setattr(engine, "device", on("cuda"))
    assert card(zonos, VOICED).missing is None


def test_the_version_changes_with_weights_and_precision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "device", on("cpu"))
    zonos = SmallZonos(tmp_path)
    first = card(zonos, VOICED).version
    assert "transformer" in first
    assert card(SmallZonos(tmp_path), BY_NAME).version == first
    exact = SmallZonos(tmp_path, ZonosSettings(precision="bfloat16"))
    assert card(exact, VOICED).version != first
    (checkpoint_folder(tmp_path, "transformer") / "model.safetensors").write_bytes(b"+")
    put_record(tmp_path, "zonos/transformer/model.safetensors")
    assert card(zonos, VOICED).version != first


def test_it_is_loaded_from_its_files_and_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_files(tmp_path)
    monkeypatch.setattr(engine, "device", on("cpu"))
    monkeypatch.setattr(loading, "load_speaker_encoder", lambda *_: tiny_encoder())
    settings = ZonosSettings(slots=2, positions=1024, on_cpu=True)

    async def warmed_and_heard(zonos: Zonos) -> bytes | None:
        await zonos.warm_up()
        return await zonos.learn(SpeechRequest("Hello.", voice=sample(0.85)))

    with loaded(Zonos(tmp_path, settings)) as zonos:
        assert asyncio.run(warmed_and_heard(zonos))
        assert zonos.alive
    assert zonos.alive


def test_files_that_cannot_be_loaded_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_tiny_files(tmp_path)
    monkeypatch.setattr(loading, "load_speaker_encoder", lambda *_: tiny_encoder())
    folder = checkpoint_folder(tmp_path, "transformer")
    weights = dict(StandIn(checkpoint_shapes(tiny_config())))
    del weights["backbone.norm_f.weight"]
    save_file(weights, folder / "model.safetensors")
    with pytest.raises(EngineUnavailable, match=r"backbone\.norm_f\.weight missing"):
        loading.load_narrator(tmp_path, ZonosSettings(), "cpu", unheard)
    (folder / "config.json").write_text("{}", encoding="utf-8")
    with pytest.raises(EngineUnavailable):
        loading.load_narrator(tmp_path, ZonosSettings(), "cpu", unheard)


def test_a_condition_that_cannot_be_left_out_is_refused(tmp_path: Path) -> None:
    write_tiny_files(tmp_path)
    folder = checkpoint_folder(tmp_path, "transformer")
    data = tiny_data()
    data["prefix_conditioner"]["conditioners"] = [
        {**each, "uncond_type": "none"} if each["name"] == "pitch_std" else each
        for each in data["prefix_conditioner"]["conditioners"]
    ]
    (folder / "config.json").write_text(json.dumps(data), encoding="utf-8")
    weights = dict(StandIn(checkpoint_shapes(tiny_config())))
    left_out = [key for key in weights if "conditioners.2.uncond" in key]
    save_file({k: v for k, v in weights.items() if k not in left_out}, folder / "model.safetensors")
    with pytest.raises(EngineUnavailable, match="pitch_std"):
        loading.load_narrator(tmp_path, ZonosSettings(), "cpu", unheard)


def test_a_model_that_cannot_be_loaded_holds_no_other_voice_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_files(tmp_path)
    monkeypatch.setattr(engine, "device", on("cpu"))
    replica = ZyphraReplica(tmp_path, ZonosSettings(on_cpu=True))
    asyncio.run(replica.check_health())
    assert asyncio.run(replica.card(SpeechRequest("Hello."))).name == "builtin"
    with pytest.raises(EngineUnavailable, match="its files cannot be loaded"):
        asyncio.run(replica.card(BY_NAME))


def test_what_the_batch_does_is_shown_in_metrics(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: dict[str, float] = {}

    class Noted:
        def __init__(self, name: str, description: str) -> None:
            self._name = name

        def set(self, value: float) -> None:
            shown[self._name] = value

    monkeypatch.setattr(meters, "Gauge", Noted)
    meters.ZonosMeters().show(Load(speaking=3, waiting=2, tokens=774.0, speech=1.0))
    assert shown == {
        "lectern_zonos_speaking": 3,
        "lectern_zonos_waiting": 2,
        "lectern_zonos_tokens": 774.0,
        "lectern_zonos_speech": 1.0,
    }


def test_asking_by_name_without_files_says_what_to_do(tmp_path: Path) -> None:
    async def spoken() -> None:
        async with aclosing(ZyphraReplica(tmp_path).speak(BY_NAME)) as pieces:
            await anext(pieces)

    with pytest.raises(EngineUnavailable, match="lectern models pull zonos"):
        asyncio.run(spoken())


def test_a_replica_without_its_files_is_ready_with_the_built_in_voice(tmp_path: Path) -> None:
    replica = ZyphraReplica(tmp_path)
    asyncio.run(replica.check_health())
    assert asyncio.run(replica.card(SpeechRequest("Hello."))).name == "builtin"
