import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path
from typing import get_args
from xml.etree import ElementTree

import pytest
import webvtt as reader
from PIL import Image

from pipeline.errors import PackageTooLarge
from pipeline.export import archive
from pipeline.export.package import ExportFile, package_lesson
from pipeline.export.player_page import strings
from pipeline.export.scorm import Edition, schemas
from pipeline.lesson import ExportName, FinishedScene
from pipeline.media.probe import probe
from tests.media import ENGINES, finished_scene

ALL = get_args(ExportName)


@pytest.fixture
def scenes(tmp_path: Path) -> list[FinishedScene]:
    folder = tmp_path / "scenes"
    folder.mkdir()
    return [
        finished_scene(folder, 0, 75, "Plants make food. [pause 1s] <Really> & truly!", "Light"),
        finished_scene(folder, 1, 50, "Sugar is stored.", "Sugar"),
    ]


def package(
    scenes: list[FinishedScene],
    out: Path,
    exports: tuple[ExportName, ...] = ALL,
    title: str = "How <plants> & “fungi” eat",
    language: str = "en-us",
) -> dict[str, ExportFile]:
    out.mkdir()
    files = package_lesson(
        scenes,
        lesson_id="0199a3c0-7e1b-7000-8000-000000000001",
        title=title,
        language=language,
        exports=exports,
        engines=ENGINES,
        out_dir=out,
        complete_share=0.75,
    )
    return {file.name: file for file in files}


def test_every_export_is_what_it_says(tmp_path: Path, scenes: list[FinishedScene]) -> None:
    files = package(scenes, tmp_path / "out")
    assert set(files) == set(ALL)
    assert probe(files["lesson.mp4"].path).seconds == pytest.approx(5, abs=0.04)
    assert probe(files["speech.webm"].path).seconds == pytest.approx(5, abs=0.04)
    assert Image.open(files["poster.jpg"].path).size == (128, 96)
    assert "[pause" not in files["captions.vtt"].path.read_text()
    assert reader.read(files["captions.vtt"].path)[0].start == "00:00:00.200"
    assert files["captions.srt"].path.read_text().startswith("1\n00:00:00,200 --> ")
    transcript = files["transcript.txt"].path.read_text()
    assert "[0:00] Light\nPlants make food. <Really> & truly!\n" in transcript
    assert "Drawn by the built-in puppet" in transcript
    assert files["scorm12.zip"].content_type == "application/zip"
    assert files["scorm2004.zip"].content_type == "application/zip"


def test_only_what_is_asked_for_is_written(tmp_path: Path, scenes: list[FinishedScene]) -> None:
    files = package(scenes, tmp_path / "out", ("scorm12.zip", "captions.srt"))
    assert sorted(files) == ["captions.srt", "scorm12.zip"]
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(files)


def test_the_same_scenes_give_the_same_bytes(tmp_path: Path, scenes: list[FinishedScene]) -> None:
    first, second = (package(scenes, tmp_path / name) for name in ("one", "two"))
    for name in ALL:
        assert first[name].path.read_bytes() == second[name].path.read_bytes(), name


def test_the_video_says_that_it_is_synthetic(tmp_path: Path, scenes: list[FinishedScene]) -> None:
    comment = probe(package(scenes, tmp_path / "out")["lesson.mp4"].path).metadata["comment"]
    assert comment.startswith("AI-generated: ")
    assert "Voice: Spoken by the built-in voice" in comment


@pytest.mark.parametrize("edition", ["scorm12", "scorm2004"])
def test_the_package_holds_and_lists_every_file(
    tmp_path: Path, scenes: list[FinishedScene], edition: Edition
) -> None:
    path = package(scenes, tmp_path / "out", (f"{edition}.zip",))[f"{edition}.zip"].path
    with zipfile.ZipFile(path) as found:
        assert found.testzip() is None
        entries = found.infolist()
        listed = files_of(found.read("imsmanifest.xml"))
        page = found.read("index.html").decode()
    names = [entry.filename for entry in entries]
    assert names[0] == "imsmanifest.xml"
    assert all(re.fullmatch(r"[A-Za-z0-9_.]+", name) for name in names)
    assert {entry.compress_type for entry in entries} <= {0, 8}
    assert all(entry.create_version <= 20 and entry.extract_version <= 20 for entry in entries)
    # the manifest and the schemas it is read by are the package's, not the lesson's
    assert sorted(listed) == sorted(set(names) - {"imsmanifest.xml"} - set(schemas(edition)))
    assert set(schemas(edition)) < set(names)
    assert set(_Links.of(page)) <= set(listed)
    assert f"{edition}.js" in _Links.of(page)
    assert '"completeShare": 0.75' in page


def test_titles_and_words_cannot_break_the_page(
    tmp_path: Path, scenes: list[FinishedScene]
) -> None:
    title = '</title><script>alert("x")</script>\x01'
    path = package(scenes, tmp_path / "out", ("scorm12.zip",), title)["scorm12.zip"].path
    with zipfile.ZipFile(path) as found:
        page = found.read("index.html").decode()
        ElementTree.fromstring(found.read("imsmanifest.xml"))
    assert "<script>alert" not in page
    assert "&lt;Really&gt; &amp; truly!" in page


def test_the_page_speaks_the_language_of_the_lesson_where_it_can() -> None:
    assert strings("de")[1]["play"] == "Abspielen"
    assert strings("en-us")[0] == "en"
    assert strings("cmn")[0] == "zh"
    assert strings("sw")[1] is strings("en")[1]


@pytest.mark.parametrize("language", ["de", "fr", "ja", "zh"])
def test_every_language_has_every_text(language: str) -> None:
    found, text = strings(language)
    english = strings("en")[1]
    assert found == language
    assert text.keys() == english.keys()
    for key, said in english.items():
        assert sorted(re.findall(r"{\d}", said)) == sorted(re.findall(r"{\d}", text[key])), key


def test_a_package_too_large_for_platforms_is_refused(
    tmp_path: Path, scenes: list[FinishedScene], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive.zipfile, "ZIP64_LIMIT", 1000)
    with pytest.raises(PackageTooLarge):
        package(scenes, tmp_path / "out", ("scorm12.zip",))


def files_of(manifest: bytes) -> list[str]:
    root = ElementTree.fromstring(manifest)
    return [element.attrib["href"] for element in root.iter() if element.tag.endswith("}file")]


class _Links(HTMLParser):
    """The files a page asks for."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        links = (value for name, value in attrs if name in ("src", "href", "poster") and value)
        self.found += [link.split("#")[0] for link in links if not link.startswith("#")]

    @classmethod
    def of(cls, page: str) -> list[str]:
        parser = cls()
        parser.feed(page)
        return parser.found
