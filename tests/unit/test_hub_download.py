"""Files from the hub, by the real huggingface_hub, out of a hub on the loopback."""

import errno
import json
import pickle
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import huggingface_hub.constants as client
import pytest

from deployments import model_files
from deployments.model_files import Progress, is_right, missing, pull
from deployments.model_manifest import Manifest
from pipeline.errors import (
    HubClientMissing,
    HubFileGone,
    HubRefused,
    HubUnreachable,
    LecternError,
    LicencesNotAccepted,
    ModelDiskFull,
    ModelDownloadFailed,
    ModelFileWrong,
    VariantUnknown,
)
from tests.hub import COMMIT, Hub, asked_hub, git_hash, sha256
from tests.hub_voice import (
    CONFIG,
    CONFIG_ENTRY,
    OTHER_WEIGHTS,
    PLACES,
    WEIGHTS,
    WEIGHTS_ENTRY,
    entry,
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


def test_pull_puts_small_and_large_files_in_place(
    hub: Hub, models: Path, manifest: Manifest
) -> None:
    pulled = pull(["singer"], models, silent, manifest)
    assert {file.path for file in pulled} == PLACES
    assert (models / "voice/config.json").read_bytes() == CONFIG
    assert (models / "voice/model.safetensors").read_bytes() == WEIGHTS
    assert standing(models) == {*PLACES, ".lock", "pulled.json"}
    assert missing("singer", models, manifest) == ()


def test_pull_records_commit_size_and_hash(hub: Hub, models: Path, manifest: Manifest) -> None:
    pull(["singer"], models, silent, manifest)
    assert json.loads((models / "pulled.json").read_bytes())["voice/model.safetensors"] == {
        "repository": "someone/voice",
        "file": "model.safetensors",
        "asked": "main",
        "commit": COMMIT,
        "bytes": len(WEIGHTS),
        "sha256": sha256(WEIGHTS),
    }


def test_pull_tells_how_far_each_file_is(hub: Hub, models: Path, manifest: Manifest) -> None:
    seen: list[Progress] = []
    pull(["singer"], models, seen.append, manifest)
    large = [now for now in seen if now.what == "voice/model.safetensors"]
    done = [now.done_bytes for now in large]
    assert done == sorted(done)
    assert len(done) > 10
    assert large[-1] == Progress("voice/model.safetensors", len(WEIGHTS), len(WEIGHTS))


def test_a_second_pull_asks_the_hub_nothing(hub: Hub, models: Path, manifest: Manifest) -> None:
    pull(["singer"], models, silent, manifest)
    hub.seen.clear()
    assert pull(["singer"], models, silent, manifest) == ()
    assert hub.seen == []


def test_a_connection_that_breaks_is_gone_on_with(
    hub: Hub, models: Path, manifest: Manifest
) -> None:
    hub.cut_after = [20_000]
    pull(["singer"], models, silent, manifest)
    assert (models / "voice/model.safetensors").read_bytes() == WEIGHTS
    assert [request.range for request in hub.fetched if "/resolve/" not in request.path] == [
        None,
        "bytes=20000-",
    ]


def cut_off(hub: Hub, models: Path, manifest: Manifest) -> None:
    """A pull that ends with the connection in the middle of the large file."""
    hub.cut_after = [20_000]

    def go_down(now: Progress) -> None:
        hub.store_down = now.what == "voice/model.safetensors" and now.done_bytes > 0

    with pytest.raises(ModelDownloadFailed, match="503"):
        pull(["singer"], models, go_down, manifest)
    hub.store_down = False
    hub.seen.clear()


def test_the_next_pull_goes_on_where_the_last_was_cut_off(
    hub: Hub, models: Path, manifest: Manifest
) -> None:
    cut_off(hub, models, manifest)
    assert [file.path for file in missing("singer", models, manifest)] == [
        "voice/model.safetensors"
    ]
    pull(["singer"], models, silent, manifest)
    assert [request.range for request in hub.fetched] == ["bytes=20000-"]
    assert (models / "voice/model.safetensors").read_bytes() == WEIGHTS
    assert standing(models) == {*PLACES, ".lock", "pulled.json"}


def test_a_store_without_ranges_sends_all_again(hub: Hub, models: Path, manifest: Manifest) -> None:
    cut_off(hub, models, manifest)
    hub.ranges = False
    pull(["singer"], models, silent, manifest)
    assert (models / "voice/model.safetensors").read_bytes() == WEIGHTS


def test_half_a_file_of_another_content_is_not_gone_on_with(
    hub: Hub, models: Path, manifest: Manifest
) -> None:
    cut_off(hub, models, manifest)
    hub.files["someone/voice/model.safetensors"] = OTHER_WEIGHTS
    pull(["singer"], models, silent, manifest)
    assert [request.range for request in hub.fetched] == [None]
    assert (models / "voice/model.safetensors").read_bytes() == OTHER_WEIGHTS


def test_wrong_bytes_are_refused_and_leave_nothing(
    hub: Hub, models: Path, manifest: Manifest
) -> None:
    hub.spoilt = True
    with pytest.raises(ModelFileWrong, match=r"voice/model\.safetensors"):
        pull(["singer"], models, silent, manifest)
    assert standing(models) == {"voice/config.json", ".lock", "pulled.json"}
    hub.spoilt = False
    pull(["singer"], models, silent, manifest)
    assert (models / "voice/model.safetensors").read_bytes() == WEIGHTS


def test_a_small_file_is_held_to_the_hash_of_git(
    hub: Hub, models: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.hub.git_hash", lambda content: git_hash(content[::-1]))
    with pytest.raises(ModelFileWrong, match=r"voice/config\.json"):
        pull(["singer"], models, silent, manifest)


def test_a_hash_in_the_manifest_goes_before_the_hubs(hub: Hub, models: Path) -> None:
    held = manifest_of({**WEIGHTS_ENTRY, "sha256": sha256(OTHER_WEIGHTS)})
    with pytest.raises(ModelFileWrong):
        pull(["singer"], models, silent, held)
    assert hub.fetched == []
    hub.files["someone/voice/model.safetensors"] = OTHER_WEIGHTS
    pull(["singer"], models, silent, held)
    assert (models / "voice/model.safetensors").read_bytes() == OTHER_WEIGHTS


def test_what_was_pulled_before_must_be_the_same_again(
    hub: Hub, models: Path, manifest: Manifest
) -> None:
    pull(["singer"], models, silent, manifest)
    (models / "voice/model.safetensors").write_bytes(OTHER_WEIGHTS[: len(WEIGHTS)])
    assert not is_right(manifest.hub[1], models)
    hub.files["someone/voice/model.safetensors"] = OTHER_WEIGHTS
    with pytest.raises(ModelFileWrong):
        pull(["singer"], models, silent, manifest)
    hub.files["someone/voice/model.safetensors"] = WEIGHTS
    pull(["singer"], models, silent, manifest)
    assert is_right(manifest.hub[1], models)


def test_the_files_of_a_repository_come_from_one_commit(
    hub: Hub, models: Path, manifest: Manifest
) -> None:
    pull(["singer"], models, silent, manifest)
    (models / "voice/config.json").unlink()
    hub.commit = "d00d" + "0" * 36
    with pytest.raises(HubFileGone, match=r"config\.json"):
        pull(["singer"], models, silent, manifest)
    (models / "pulled.json").unlink()
    hub.seen.clear()
    pull(["singer"], models, silent, manifest)
    assert is_right(manifest.hub[0], models)
    assert [request.path for request in hub.fetched] == [
        f"/someone/voice/resolve/{hub.commit}/config.json"
    ], "what is right already is not fetched again"


def test_a_file_that_is_not_in_one_source_comes_from_the_next(hub: Hub, models: Path) -> None:
    first = {"repository": "elsewhere/voice", "file": "weights.bin"}
    both = [first, *WEIGHTS_ENTRY["sources"]]
    pull(["singer"], models, silent, manifest_of({**WEIGHTS_ENTRY, "sources": both}))
    record = json.loads((models / "pulled.json").read_bytes())["voice/model.safetensors"]
    assert record["repository"] == "someone/voice"


def test_a_file_the_hub_does_not_have_is_named(hub: Hub, models: Path, manifest: Manifest) -> None:
    del hub.files["someone/voice/model.safetensors"]
    with pytest.raises(HubFileGone, match=r"“model\.safetensors” in “someone/voice” at “main”"):
        pull(["singer"], models, silent, manifest)


def test_a_closed_repository_opens_with_a_token_that_the_store_never_sees(
    hub: Hub, models: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.token = "hf_secret"
    with pytest.raises(HubRefused, match=r"“someone/voice” \(HTTP 401\)") as refused:
        pull(["singer"], models, silent, manifest)
    assert "HF_TOKEN" in refused.value.advice
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    pull(["singer"], models, silent, manifest)
    assert missing("singer", models, manifest) == ()
    assert {request.authorised for request in hub.seen if "/resolve/" in request.path} == {True}
    assert {request.authorised for request in hub.seen if "/resolve/" not in request.path} == {
        False
    }


def test_a_hub_that_does_not_answer_is_said(
    hub: Hub, models: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    nobody = "http://127.0.0.1:9/{repo_id}/resolve/{revision}/{filename}"
    monkeypatch.setattr(client, "HUGGINGFACE_CO_URL_TEMPLATE", nobody)
    with pytest.raises(HubUnreachable, match="refused") as gone:
        pull(["singer"], models, silent, manifest)
    assert gone.value.retryable
    assert standing(models) == {".lock"}


def test_offline_mode_is_kept_to(
    hub: Hub, models: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "HF_HUB_OFFLINE", True)
    with pytest.raises(HubUnreachable, match="offline"):
        pull(["singer"], models, silent, manifest)
    assert hub.seen == []


def test_room_is_looked_for_before_anything_is_fetched(
    hub: Hub, models: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(models.parent)._replace(free=49_000)
    monkeypatch.setattr(model_files.shutil, "disk_usage", lambda _: usage)
    with pytest.raises(ModelDiskFull, match=r"0\.00 GB are needed, 0\.00 GB are free"):
        pull(["singer"], models, silent, manifest)
    assert hub.fetched == []


def test_a_disk_that_fills_up_meanwhile_is_said(
    hub: Hub, models: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("huggingface_hub.file_download.http_get", full)
    with pytest.raises(ModelDiskFull, match="the disk is full"):
        pull(["singer"], models, silent, manifest)


def test_without_the_client_it_says_what_to_install(
    hub: Hub, models: Path, manifest: Manifest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deployments.hub_download.find_spec", lambda _: None)
    with pytest.raises(HubClientMissing) as error:
        pull(["singer"], models, silent, manifest)
    assert "pip install 'lectern[models]'" in error.value.advice


def test_the_usual_variant_is_pulled_unless_another_is_named(hub: Hub, models: Path) -> None:
    hub.files["someone/voice/deep.safetensors"] = OTHER_WEIGHTS
    manifest = manifest_of(
        CONFIG_ENTRY,
        {**WEIGHTS_ENTRY, "variant": "high"},
        entry("voice/deep.safetensors", "deep.safetensors", variant="deep"),
        variants={"singer": ["high", "deep"]},
    )
    pull(["singer"], models, silent, manifest)
    assert standing(models) == {*PLACES, ".lock", "pulled.json"}
    assert len(missing("singer", models, manifest, "deep")) == 1
    deep = pull(["singer"], models, silent, manifest, "deep")
    assert [file.path for file in deep] == ["voice/deep.safetensors"]
    with pytest.raises(VariantUnknown, match="there are: high, deep"):
        pull(["singer"], models, silent, manifest, "loud")


def test_importing_costs_nothing() -> None:
    said = subprocess.run(
        [
            sys.executable,
            "-c",
            "import sys, deployments.model_files, deployments.licences, serve.commands.models;"
            "sys.stdout.write(','.join({'huggingface_hub', 'torch', 'httpx2'} & set(sys.modules)))",
        ],
        capture_output=True,
        check=True,
        text=True,
    )
    assert said.stdout == ""


@pytest.mark.parametrize(
    "error",
    [
        HubClientMissing(),
        HubFileGone("someone/voice", "config.json", "main"),
        HubRefused("someone/voice", 401),
        HubUnreachable("no route"),
        LicencesNotAccepted("singer"),
        ModelDiskFull("models", "3.25 GB are needed, 1.00 GB are free"),
        VariantUnknown("loud", "singer", "high"),
    ],
)
def test_the_errors_survive_the_way_between_processes(error: LecternError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))
    assert "{" not in str(again)
