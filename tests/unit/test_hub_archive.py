"""Files of the hub in an archive, for a machine that cannot ask the hub."""

import json
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub.constants as client
import pytest

from deployments.model_archive import bundle, unbundle
from deployments.model_files import pull
from deployments.model_manifest import Manifest
from pipeline.errors import ModelArchiveUnreadable, ModelFileMissing, ModelFileWrong
from tests.hub import Hub, asked_hub
from tests.hub_voice import (
    CONFIG,
    CONFIG_ENTRY,
    PLACES,
    WEIGHTS,
    WEIGHTS_ENTRY,
    manifest_of,
    silent,
    standing,
)


@pytest.fixture
def manifest() -> Manifest:
    return manifest_of(CONFIG_ENTRY, WEIGHTS_ENTRY)


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with asked_hub(monkeypatch) as hub:
        monkeypatch.setattr(client, "DOWNLOAD_CHUNK_SIZE", 1000)
        hub.files = {
            "someone/voice/config.json": CONFIG,
            "someone/voice/model.safetensors": WEIGHTS,
        }
        yield hub


def test_a_bundle_carries_large_files_and_what_they_must_be(
    hub: Hub, models: Path, manifest: Manifest, tmp_path: Path
) -> None:
    with pytest.raises(ModelFileMissing):
        bundle(["singer"], models, tmp_path / "a.tar", silent, manifest)
    pull(["singer"], models, silent, manifest)
    (models / "accepted.json").write_text("{}")
    bundle(["singer"], models, tmp_path / "a.tar", silent, manifest)
    bundle(["singer"], models, tmp_path / "b.tar", silent, manifest)
    assert (tmp_path / "a.tar").read_bytes() == (tmp_path / "b.tar").read_bytes()
    there = tmp_path / "there"
    hub.seen.clear()
    assert len(unbundle(tmp_path / "a.tar", there, silent, manifest)) == 2
    assert standing(there) == {*PLACES, ".lock", "pulled.json"}
    assert pull(["singer"], there, silent, manifest) == ()
    assert hub.seen == []


def test_a_spoilt_bundle_is_refused_and_recorded_nowhere(
    hub: Hub, models: Path, manifest: Manifest, tmp_path: Path
) -> None:
    pull(["singer"], models, silent, manifest)
    archive, there = tmp_path / "a.tar", tmp_path / "there"
    bundle(["singer"], models, archive, silent, manifest)
    archive.write_bytes(archive.read_bytes().replace(WEIGHTS[:100], bytes(100)))
    with pytest.raises(ModelFileWrong):
        unbundle(archive, there, silent, manifest)
    assert standing(there) == {"voice/config.json", ".lock", "pulled.json"}
    assert list(json.loads((there / "pulled.json").read_bytes())) == ["voice/config.json"]


def test_a_bundle_that_does_not_say_what_its_files_must_be_is_refused(
    hub: Hub, models: Path, manifest: Manifest, tmp_path: Path
) -> None:
    pull(["singer"], models, silent, manifest)
    archive = tmp_path / "a.tar"
    bundle(["singer"], models, archive, silent, manifest)
    archive.write_bytes(archive.read_bytes().replace(b'"commit"', b'"cummit"'))
    with pytest.raises(ModelArchiveUnreadable, match=r"pulled\.json"):
        unbundle(archive, tmp_path / "there", silent, manifest)
