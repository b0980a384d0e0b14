"""The web studio over the real deployments: what a teacher does on the first evening."""

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from pipeline.media.probe import probe
from tests.acceptance.teacher import walk
from tests.browser.conftest import OFFLINE
from tests.running import RunningStudio, artefacts

pytestmark = pytest.mark.cluster


@pytest.fixture
def chromium() -> Iterator[Browser]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=OFFLINE)
        yield browser
        browser.close()


def test_a_lesson_is_made_watched_taken_away_and_changed(
    running_studio: RunningStudio, chromium: Browser
) -> None:
    before = artefacts(running_studio.home)
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    try:
        film = walk(page, f"http://127.0.0.1:{running_studio.port}", "grace", lambda _: None)
        found = probe(film)
        scenes = page.get_by_role("region", name="Scenes").get_by_role("listitem")
        expect(scenes.nth(0)).to_contain_text("As before")
        expect(scenes.nth(1)).to_contain_text("Made again")
        told = scenes.count()
    finally:
        page.close()
    assert (found.video_codec, found.width, found.height) == ("h264", 912, 512)
    assert len(found.chapters) == told
    # every scene once, and one of them again
    assert len(artefacts(running_studio.home).video) - len(before.video) == told + 1
    assert errors == []
