"""A lesson with a fault is not passed as good."""

from pathlib import Path

import pytest

from pipeline.export.package import package_lesson
from pipeline.lesson import LessonSpec
from serve.lesson_check import LessonNotGood, check_lesson
from tests.media import ENGINES, finished_scene

EXPORTS = LessonSpec.model_fields["exports"].default


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("made")
    scene = finished_scene(folder, 0, 100, "Plants make food from light. They do.", "Light")
    package_lesson(
        [scene],
        lesson_id="lesson",
        title="How plants eat",
        language="en-us",
        exports=EXPORTS,
        engines=ENGINES,
        out_dir=folder,
    )
    return folder


def test_faults_of_film_sound_and_package_are_all_named(made: Path, tmp_path: Path) -> None:
    for name in EXPORTS:
        (tmp_path / name).write_bytes((made / name).read_bytes())
    (tmp_path / "scorm12.zip").write_bytes(b"no zip")
    (tmp_path / "captions.vtt").write_bytes(b"")
    with pytest.raises(LessonNotGood) as refused:
        check_lesson(tmp_path)
    assert "scorm12.zip is no zip file" in str(refused.value)
    assert "captions.vtt is empty" in str(refused.value)
