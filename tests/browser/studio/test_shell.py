"""What is round every page: the way about, the look, and how soon it is there."""

import gzip
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Response, expect

from serve.deps import PAGES
from tests.browser.studio.conftest import Visitor

BUDGET_BYTES = 200_000
"""Of gzipped JavaScript, before a page is there."""
SMALLEST = {"width": 320, "height": 640}
LARGEST = {"width": 3840, "height": 2160}
FOR_ANYBODY = ("/sign-in", "/register")
FOR_ADA = ("/", "/settings", "/settings/password", "/settings/sessions", "/settings/keys")


def settle(visitor: Visitor) -> None:
    visitor.page.get_by_role("heading", level=1).wait_for()
    visitor.page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_page_is_accessible_to_all_in_both_themes(visitor: Visitor, theme: str) -> None:
    page = visitor.page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    for path in FOR_ANYBODY:
        visitor.open(path)
        settle(visitor)
        assert visitor.violations() == [], path
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_text("This is not an email address.")).to_be_visible()
    assert visitor.violations() == []
    visitor.enter()
    for path in FOR_ADA:
        visitor.open(path)
        settle(visitor)
        assert visitor.violations() == [], path
    page.get_by_role("button", name="Make a key").click()
    expect(page.get_by_role("dialog")).to_be_visible()
    assert visitor.violations() == []


@pytest.mark.parametrize("size", [SMALLEST, LARGEST], ids=["320 px", "4K"])
def test_no_page_is_wider_than_its_screen(visitor: Visitor, size: dict[str, int]) -> None:
    visitor.enter("a-name-that-is-as-long-as-allowed")
    visitor.page.set_viewport_size(size)  # type: ignore[arg-type]
    for path in FOR_ADA:
        visitor.open(path)
        settle(visitor)
        width = visitor.page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], path


def test_the_keyboard_skips_to_the_content_and_walks_the_menu(visitor: Visitor) -> None:
    visitor.enter()
    visitor.open("/settings")
    settle(visitor)
    keys = visitor.page.keyboard
    keys.press("Tab")
    expect(visitor.page.get_by_role("link", name="Skip to the content")).to_be_focused()
    keys.press("Enter")
    expect(visitor.page.get_by_role("main")).to_be_focused()
    visitor.page.get_by_role("button", name="Account of ada").focus()
    keys.press("Enter")
    for _ in ("light", "dark"):
        keys.press("ArrowDown")
    keys.press("Escape")
    expect(visitor.page.get_by_role("button", name="Account of ada")).to_be_focused()


def test_a_chosen_theme_is_kept(visitor: Visitor) -> None:
    page = visitor.page
    page.emulate_media(color_scheme="light")
    visitor.enter()
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="Account of ada").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    dark = page.evaluate(paper)
    assert dark != light
    page.reload()
    assert page.evaluate(paper) == dark


def test_a_phone_finds_every_page_in_the_menu(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.enter()
    visitor.page.get_by_role("button", name="Menu").click()
    visitor.page.get_by_role("menuitem", name="Settings").click()
    expect(visitor.page.get_by_role("heading", name="Settings")).to_be_visible()


def test_an_address_without_a_page_says_so(visitor: Visitor) -> None:
    visitor.enter()
    visitor.open("/nothing/here")
    expect(visitor.page.get_by_role("heading", name="There is no page here")).to_be_visible()
    visitor.page.get_by_role("link", name="Go to the start page").click()
    expect(visitor.page.get_by_role("heading", name="Hello, ada")).to_be_visible()


def test_without_a_network_the_page_stays_and_says_so(visitor: Visitor) -> None:
    visitor.enter()
    visitor.page.context.set_offline(True)
    expect(visitor.page.get_by_text("You are offline.")).to_be_visible()
    expect(visitor.page.get_by_role("heading", name="Hello, ada")).to_be_visible()
    visitor.page.context.set_offline(False)
    expect(visitor.page.get_by_text("You are offline.")).to_be_hidden()


@pytest.mark.parametrize("path", ["/sign-in", "/"])
def test_a_first_visit_loads_little_script(visitor: Visitor, path: str) -> None:
    loaded: set[str] = set()

    def note(response: Response) -> None:
        if response.url.endswith(".js"):
            loaded.add(urlsplit(response.url).path)

    if path == "/":
        visitor.enter()
    visitor.page.on("response", note)
    visitor.open(path)
    settle(visitor)
    sizes = {each: len(gzip.compress((PAGES / each[1:]).read_bytes())) for each in loaded}
    assert sizes
    assert sum(sizes.values()) <= BUDGET_BYTES, sizes
