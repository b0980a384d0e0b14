"""Takes the pictures of docs/teacher.md, by walking through a studio as a teacher does.

``python -m docs.screens``; the studio is the real one, with the engines that run anywhere.
"""

import shutil
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, expect, sync_playwright

from tests.acceptance.teacher import walk
from tests.browser.conftest import OFFLINE
from tests.running import RunningStudio

OUT = Path(__file__).with_name("pictures")
WIDTH, HEIGHT = 1280, 900
QUALITY = 82
UNSETTLED = ("Keeping what you typed", "Not kept yet", "Not known yet")
"""What a page says while an answer of the studio is on its way."""


def main() -> None:
    with TemporaryDirectory(prefix="lectern-screens-", dir="/tmp") as folder:
        studio = RunningStudio(Path(folder) / "home")
        try:
            studio.start()
            walk_through(f"http://127.0.0.1:{studio.port}")
        finally:
            studio.stop()


def walk_through(address: str) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=OFFLINE)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        page.emulate_media(color_scheme="light", reduced_motion="reduce")
        walk(page, address, "grace", lambda name: _keep(page, name))
        browser.close()


def _keep(page: Page, name: str) -> None:
    for words in UNSETTLED:
        expect(page.get_by_text(words)).to_have_count(0)
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_function("() => [...document.images].every((each) => each.complete)")
    path = OUT / f"studio-{name}.jpg"
    page.screenshot(path=path, type="jpeg", quality=QUALITY)


if __name__ == "__main__":
    main()
