"""A browser, and a lesson on the web to try in it."""

import io
import shutil
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from pipeline.export.package import package_lesson
from pipeline.export.scorm import Edition, Facts, manifest
from pipeline.lesson import FinishedScene
from tests.api import files
from tests.browser.served import served
from tests.media import ENGINES, finished_scene
from tests.portraits import photograph

HERE = Path(__file__).parent
TITLES = ("Light", "Leaves & roots", "Sugar")
NARRATION = "Plants make their own food from light. Really! Look closely."
FRAMES = 50
"""Of each scene: the lesson is six seconds long."""
PATIENCE_MILLISECONDS = 60_000
"""The machine may be slow; what is waited for comes, or never."""

OFFLINE = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
]


@pytest.fixture(scope="session")
def devices(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """A microphone that hears a voice and a camera that sees a face, as arguments of Chromium."""
    folder = tmp_path_factory.mktemp("devices")
    (folder / "voice.wav").write_bytes(files.wav(files.voice(6.0)))
    seen = Image.new("RGB", (960, 720), "#8899aa")
    seen.paste(Image.open(io.BytesIO(photograph())).resize((720, 720)), (120, 0))
    seen.save(folder / "face.mjpeg", "JPEG", quality=90)
    return [
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-audio-capture={folder / 'voice.wav'}",
        f"--use-file-for-fake-video-capture={folder / 'face.mjpeg'}",
    ]


@pytest.fixture(scope="package")
def chromium(devices: list[str]) -> Iterator[Browser]:
    """The machine's Chromium; `tests/browser/setup.sh` installs it."""
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.fail("no chromium here: run tests/browser/setup.sh")
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=[*OFFLINE, *devices])
        yield browser
        browser.close()


@pytest.fixture
def new_profile(chromium: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens somebody's browser, which outlives its tabs: what a page sends as it goes arrives."""
    opened: list[BrowserContext] = []

    def open_one(**given: Any) -> BrowserContext:
        profile = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | given))
        profile.set_default_timeout(PATIENCE_MILLISECONDS)
        opened.append(profile)
        return profile

    yield open_one
    for profile in opened:
        profile.close()


@pytest.fixture
def page(new_profile: Callable[..., BrowserContext]) -> Iterator[Page]:
    """An empty page; errors of its scripts fail the test."""
    page = new_profile().new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    page.close()
    assert errors == []


@pytest.fixture(scope="session")
def scenes(tmp_path_factory: pytest.TempPathFactory) -> list[FinishedScene]:
    folder = tmp_path_factory.mktemp("scenes")
    return [
        finished_scene(folder, index, FRAMES, NARRATION, title)
        for index, title in enumerate(TITLES)
    ]


@pytest.fixture(scope="session")
def site_folder(tmp_path_factory: pytest.TempPathFactory, scenes: list[FinishedScene]) -> Path:
    """A learning platform's folder: its page, the scripts it uses, and the package unpacked."""
    folder = tmp_path_factory.mktemp("site")
    package_lesson(
        scenes,
        lesson_id="0199-plants",
        title="How plants eat",
        language="en-us",
        exports=["scorm12.zip", "scorm2004.zip"],
        engines=ENGINES,
        out_dir=folder,
    )
    for edition in ("scorm12", "scorm2004"):
        with zipfile.ZipFile(folder / f"{edition}.zip") as package:
            package.extractall(folder / edition)
        _add_quiz(folder / edition, folder / f"{edition}-quiz")
    for name in ("lms.html", "lms.js", "frame.html", "frame.js"):
        shutil.copy(HERE / name, folder)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    return folder


def _add_quiz(lesson: Path, out: Path) -> None:
    """The same lesson with a small quiz of our own, loaded where a real one would be."""
    out.mkdir()
    for file in lesson.iterdir():
        (out / file.name).symlink_to(file)
    page = (lesson / "index.html").read_text()
    here = '<script defer src="progress.js">'
    assert here in page
    for name in ("index.html", "imsmanifest.xml"):
        (out / name).unlink()
    (out / "index.html").write_text(
        page.replace(here, f'<script defer src="quiz.js"></script>{here}')
    )
    shutil.copy(HERE / "small_quiz.js", out / "quiz.js")
    facts = Facts("0199-plants", "How plants eat", complete_share=0.9, mastery=0.8)
    edition: Edition = "scorm12" if lesson.name == "scorm12" else "scorm2004"
    (out / "imsmanifest.xml").write_text(manifest(facts, ["index.html"], edition))


@pytest.fixture(scope="session")
def site(site_folder: Path) -> Iterator[str]:
    """The address of the learning platform."""
    with served(site_folder) as address:
        yield address
