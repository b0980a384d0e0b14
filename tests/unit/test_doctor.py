"""What the doctor finds on a machine."""

import asyncio
from pathlib import Path

import pytest

from pipeline.media import letters
from serve.doctor import examine
from serve.settings import Settings
from tests.schemas import without_schemas


def found() -> dict[tuple[str, str], str | None]:
    return {(each.part, each.name): each.missing for each in asyncio.run(examine(Settings()))}


def test_the_doctor_lists_what_drafts_quizzes() -> None:
    drafts = {name: missing for (part, name), missing in found().items() if "quizzes" in part}
    assert list(drafts) == ["openai", "llamacpp", "gaps"]
    assert drafts["gaps"] is None


def test_the_doctor_says_when_scorm_packages_cannot_be_made_and_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert found()["packages", "scorm"] is None
    without_schemas(monkeypatch, tmp_path)
    assert "make schemas" in str(found()["packages", "scorm"])


def test_the_doctor_names_the_font_of_east_asian_captions_and_says_whether_it_is_here(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(letters, "east_asian_file", lambda: "/fonts/NotoSansCJK-Bold.ttc")
    assert found()["captions", "Noto Sans CJK"] is None
    monkeypatch.setattr(letters, "east_asian_file", lambda: None)
    assert "NotoSansCJK-Bold.ttc" in str(found()["captions", "Noto Sans CJK"])
