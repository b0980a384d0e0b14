"""Licences that forbid something are shown, accepted and recorded before an engine may run."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Any

import pytest

from deployments.licences import accept, accepted, missing_for, must_be_accepted, terms
from deployments.model_manifest import Manifest, load_manifest
from tests.hub import Hub, running_hub

LECTERN = [sys.executable, "-c", "from serve.cli import main; main()"]


def manifest_with(licence: str) -> Manifest:
    face: dict[str, Any] = {
        "path": "face/weights.pth",
        "sources": [{"repository": "someone/face", "file": "weights.pth"}],
        "licence": licence,
        "commercial_use": False,
        "engines": ["painter"],
    }
    free = {**face, "path": "free/weights.pth", "commercial_use": True, "engines": ["singer"]}
    return Manifest.model_validate({"hub": [face, free]})


def test_only_what_forbids_commercial_use_must_be_accepted(tmp_path: Path) -> None:
    assert must_be_accepted("kdtalker")
    assert not accepted("kdtalker", tmp_path)
    others = load_manifest().engines - {"kdtalker"}
    assert [name for name in others if must_be_accepted(name)] == []
    assert all(accepted(name, tmp_path) for name in others)


def test_each_file_of_kdtalker_has_its_licence() -> None:
    by_name = {term.what: term.licence for term in terms("kdtalker")}
    assert by_name["kdtalker/KDTalker.pth"] == "CC-BY-NC-4.0"
    assert len([name for name in by_name if "liveportrait" in name and by_name[name] == "MIT"]) == 5
    assert "non-commercial" in by_name["kdtalker/ckpts/wav2lip.pth"]


def test_who_accepted_what_and_when_is_recorded(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    accept("painter", tmp_path, "someone", manifest_with("CC-BY-NC-4.0"))
    recorded = json.loads((tmp_path / "accepted.json").read_bytes())["painter"]
    assert recorded["licences"] == {"face/weights.pth": "CC-BY-NC-4.0"}
    assert recorded["who"] == "someone"
    assert before <= datetime.fromisoformat(recorded["when"]) <= datetime.now(UTC)
    assert accepted("painter", tmp_path, manifest_with("CC-BY-NC-4.0"))


def test_a_licence_that_changes_is_asked_for_again(tmp_path: Path) -> None:
    accept("painter", tmp_path, "someone", manifest_with("CC-BY-NC-4.0"))
    changed = manifest_with("CC-BY-NC-SA-4.0")
    assert not accepted("painter", tmp_path, changed)
    accept("painter", tmp_path, "someone", changed)
    assert accepted("painter", tmp_path, changed)


def test_missing_files_are_said_before_missing_acceptance(tmp_path: Path) -> None:
    accept("painter", tmp_path, "someone", manifest_with("CC-BY-NC-4.0"))
    assert missing_for("painter", tmp_path, manifest_with("CC-BY-NC-4.0")) == (
        "its model files; run `lectern models pull painter`"
    )


@pytest.mark.parametrize("name", ["pulled.json", "accepted.json"])
def test_a_list_that_someone_broke_is_named(tmp_path: Path, name: str) -> None:
    statistics = {
        "package": "painter",
        "model": "its strokes",
        "licence": "CC-BY-NC-4.0",
        "commercial_use": False,
        "engines": ["painter"],
    }
    manifest = Manifest.model_validate({"installed": [statistics]})
    (tmp_path / name).write_text("{half")
    lacks = missing_for("painter", tmp_path, manifest)
    assert lacks is not None
    assert f"remove “{name}”" in lacks


@pytest.fixture
def hub() -> Iterator[Hub]:
    """Empty: who gets as far as asking it has passed the licences."""
    with running_hub() as hub:
        yield hub


def environment(hub: Hub, models: Path) -> dict[str, str]:
    return {**os.environ, "HF_ENDPOINT": hub.front, "LECTERN_MODELS": str(models), "COLUMNS": "200"}


def pull(hub: Hub, models: Path, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*LECTERN, "models", "pull", *options],
        env=environment(hub, models),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
    )


def test_without_a_terminal_and_a_word_nothing_is_pulled(hub: Hub, tmp_path: Path) -> None:
    ended = pull(hub, tmp_path, "kdtalker")
    assert ended.returncode == 1
    assert "CC-BY-NC-4.0" in ended.stdout
    assert "must be accepted first" in ended.stdout
    assert "Traceback" not in ended.stderr
    assert hub.seen == []
    assert not accepted("kdtalker", tmp_path)


def test_the_option_accepts_and_the_endpoint_of_the_environment_is_asked(
    hub: Hub, tmp_path: Path
) -> None:
    ended = pull(hub, tmp_path, "kdtalker", "--accept-licences")
    assert ended.returncode == 1
    assert "The hub has no “KDTalker.pth”" in ended.stdout
    assert accepted("kdtalker", tmp_path)


@pytest.mark.parametrize(("answer", "accepts"), [("yes", True), ("y", False), ("", False)])
def test_in_a_terminal_yes_must_be_typed(
    hub: Hub, tmp_path: Path, answer: str, accepts: bool
) -> None:
    ours, theirs = pty.openpty()
    os.write(ours, f"{answer}\n".encode())
    ended = subprocess.run(
        [*LECTERN, "models", "pull", "kdtalker"],
        env=environment(hub, tmp_path),
        stdin=theirs,
        capture_output=True,
        text=True,
        timeout=300,
    )
    os.close(ours)
    os.close(theirs)
    assert "Do you accept them? Type yes" in ended.stdout
    assert ended.returncode == 1, "there are no files on this hub"
    assert accepted("kdtalker", tmp_path) == accepts
    if accepts:
        recorded = json.loads((tmp_path / "accepted.json").read_bytes())
        assert recorded["kdtalker"]["who"] == getuser()
