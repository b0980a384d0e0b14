"""The player page in a frame that is as high as the film, as oEmbed asks other pages for."""

import pytest
from playwright.sync_api import Page, expect


@pytest.mark.parametrize(("width", "height"), [(512, 512), (800, 450), (358, 512)])
def test_in_a_low_frame_what_steers_the_film_is_in_sight(
    page: Page, site: str, width: int, height: int
) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.goto(f"{site}/scorm12/index.html")
    page.wait_for_function("document.getElementById('video').readyState >= 1")
    for button in ("#play", "#fullscreen"):
        expect(page.locator(button)).to_be_in_viewport(ratio=1)
