"""`lectern models` on a terminal: what is there, whether it is right, and under which licence."""

import os
import random
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from deployments.licences import accept
from pipeline.errors import HubClientMissing
from serve import cli
from serve.commands.models import app
from tests.hub import Hub, asked_hub
from tests.hub_files import zonos_repositories


@pytest.fixture
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "models"
    monkeypatch.setenv("LECTERN_MODELS", str(folder))
    monkeypatch.setattr("serve.commands.models.console.width", 200)
    return folder


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with asked_hub(monkeypatch) as hub:
        hub.files = zonos_repositories()
        yield hub


def lectern(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def line_of(result: Result, what: str) -> str:
    line = next(line for line in result.output.splitlines() if what in line)
    return re.sub(" {2,}", "  ", line.strip())


def test_list_says_what_is_there_how_large_it_is_and_what_it_allows(hub: Hub, models: Path) -> None:
    before = lectern("list")
    name = "zonos/transformer/model.safetensors"
    assert line_of(before, name) == (f"zonos  {name}  about 3,248.8 MB  missing  Apache-2.0  yes")
    assert line_of(before, "kdtalker/KDTalker.pth") == (
        "kdtalker  kdtalker/KDTalker.pth  about 171.7 MB  missing  CC-BY-NC-4.0  no"
    )
    lectern("pull", "zonos")
    size = (models / name).stat().st_size / 1e6
    assert line_of(lectern("list"), name) == f"zonos  {name}  {size:.1f} MB  here  Apache-2.0  yes"


def test_check_accounts_for_every_file_and_every_key(hub: Hub, models: Path) -> None:
    assert lectern("check", "zonos").exit_code == 1
    pulled = lectern("pull", "zonos")
    assert pulled.exit_code == 0
    assert "Models in place: zonos/transformer/config.json" in pulled.output
    right = lectern("check", "zonos")
    assert right.exit_code == 0
    assert right.output.count("✓") == 10
    assert "✓ zonos/codec/model.safetensors, every key" in right.output


def test_check_names_a_file_that_changed_or_was_never_pulled(hub: Hub, models: Path) -> None:
    lectern("pull", "zonos")
    config = models / "zonos" / "codec" / "config.json"
    config.write_bytes(config.read_bytes()[:-1] + b" ")
    stranger = models / "zonos" / "hybrid" / "config.json"
    stranger.parent.mkdir()
    stranger.write_text("{}")
    changed = lectern("check", "zonos")
    assert changed.exit_code == 1
    assert "✗ zonos/codec/config.json: its size or hash is another" in changed.output
    hybrid = lectern("check", "zonos", "--variant", "hybrid")
    assert "✗ zonos/hybrid/config.json: it was not pulled" in hybrid.output
    assert "✗ zonos/hybrid/model.safetensors: it is not there" in hybrid.output


def test_a_bundle_of_one_machine_is_unpacked_on_another(
    hub: Hub, models: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lectern("pull", "zonos", "--variant", "hybrid")
    archive = str(tmp_path / "zonos.tar")
    assert lectern("bundle", archive, "zonos", "--variant", "hybrid").exit_code == 0
    monkeypatch.setenv("LECTERN_MODELS", str(tmp_path / "there"))
    hub.seen.clear()
    assert lectern("pull", "zonos", "--from", archive).exit_code == 0
    assert lectern("check", "zonos", "--variant", "hybrid").exit_code == 0
    assert hub.seen == []


def test_a_pull_that_was_killed_is_gone_on_with(hub: Hub, models: Path) -> None:
    """The client writes 10 MiB at a time, so the file must be larger."""
    name = "Zyphra/Zonos-v0.1-transformer/model.safetensors"
    hub.files = {**hub.files, name: random.Random(1).randbytes(24 << 20)}
    hub.hold_after = 12 << 20
    command = [sys.executable, "-c", "from serve.cli import main; main()", "models", "pull"]
    killed = subprocess.Popen(
        [*command, "zonos"],
        env={**os.environ, "HF_ENDPOINT": hub.front},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    half = models / ".partial" / "zonos+transformer+model.safetensors"
    until = time.monotonic() + 300
    while not any(file.stat().st_size >= 10 << 20 for file in half.glob("*")):
        assert time.monotonic() < until
        time.sleep(0.1)
    killed.kill()
    killed.wait()
    hub.hold_after = None
    hub.seen.clear()
    assert lectern("pull", "zonos").exit_code == 0
    assert hub.fetched[0].range == f"bytes={10 << 20}-"
    assert (models / "zonos/transformer/model.safetensors").read_bytes() == hub.files[name]


def test_list_says_who_accepted_the_licences(models: Path) -> None:
    assert "kdtalker: its licences are not accepted here" in lectern("list").output
    accept("kdtalker", models, "someone")
    assert re.search(r"accepted by someone on \d{4}-\d\d-\d\d", lectern("list").output)


def test_an_error_and_its_advice_are_printed_to_the_last_bracket(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise HubClientMissing

    monkeypatch.setattr(cli, "app", fail)
    with pytest.raises(SystemExit):
        cli.main()
    assert "pip install 'lectern[models]'" in capsys.readouterr().out.replace("\n", " ")
