"""What is round every page: the way about, the look, and how soon it is there."""

import gzip
import json
from uuid import uuid4

import pytest
from playwright.sync_api import Request, Route, expect

from serve.deps import PAGES
from tests.browser.studio.conftest import Visitor

BUDGET_BYTES = 200_000
"""Of gzipped JavaScript, before a page is there."""
SMALLEST = {"width": 320, "height": 640}
LARGEST = {"width": 3840, "height": 2160}
USUAL = {"width": 1280, "height": 900}


def settle(visitor: Visitor) -> None:
    visitor.page.get_by_role("heading", level=1).wait_for()
    visitor.page.wait_for_load_state("networkidle")


def assert_fit_for_all(visitor: Visitor) -> None:
    """The page as it stands: accessible in both themes, and on the smallest and largest screens."""
    page = visitor.page
    for theme in ("light", "dark"):
        page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert visitor.violations() == [], (page.url, theme)
    for size in (SMALLEST, LARGEST, USUAL):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.wait_for_function("width => innerWidth === width", arg=size["width"])
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= size["width"], page.url


def test_forms_for_anybody_are_fit_for_all(visitor: Visitor) -> None:
    for path in ("/sign-in", "/register"):
        visitor.open(path)
        settle(visitor)
        assert_fit_for_all(visitor)
    visitor.page.get_by_role("button", name="Create the account").click()
    expect(visitor.page.get_by_text("This is not an email address.")).to_be_visible()
    assert_fit_for_all(visitor)


def test_pages_of_one_s_own_are_fit_for_all(visitor: Visitor) -> None:
    visitor.enter("a-name-as-long-as-names-may-be-1")
    pages = ("", "/password", "/sessions", "/keys")
    for path in ("/", "/library", *(f"/settings{page}" for page in pages)):
        visitor.open(path)
        settle(visitor)
        assert_fit_for_all(visitor)
    visitor.page.get_by_role("button", name="Make a key").click()
    expect(visitor.page.get_by_role("dialog")).to_be_visible()
    assert_fit_for_all(visitor)
    visitor.page.set_viewport_size({"width": 320, "height": 400})
    heading = visitor.page.get_by_role("heading", name="Make a key")
    heading.scroll_into_view_if_needed()
    expect(heading).to_be_in_viewport(ratio=1)


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
    within = visitor.page.get_by_role("menu").locator(":focus")
    expect(within).to_have_text("Light")
    for shown in ("Dark", "As the device"):
        keys.press("ArrowDown")
        expect(within).to_have_text(shown)
    keys.press("Escape")
    expect(visitor.page.get_by_role("button", name="Account of ada")).to_be_focused()


def test_the_arrow_keys_open_a_menu_at_either_end(visitor: Visitor) -> None:
    visitor.enter()
    button = visitor.page.get_by_role("button", name="Account of ada")
    within = visitor.page.get_by_role("menu").locator(":focus")
    for key, shown in (("ArrowDown", "Light"), ("ArrowUp", "Sign out"), ("Space", "Light")):
        button.press(key)
        expect(within).to_have_text(shown)
        within.press("Escape")
        expect(button).to_be_focused()


def test_a_menu_opens_also_for_a_press_that_came_before_its_code(visitor: Visitor) -> None:
    held: list[Route] = []
    visitor.page.route("**/assets/menus-*.js", lambda route: held.append(route))
    with visitor.page.expect_request("**/assets/menus-*.js"):
        visitor.enter()
    button = visitor.page.get_by_role("button", name="Account of ada")
    button.focus()
    button.press("Enter")
    # the page may say so too
    expect(visitor.page.get_by_role("banner").get_by_text("One moment")).to_be_visible()
    expect(button).to_be_focused()
    for route in held:
        route.continue_()
    expect(visitor.page.get_by_role("menu").locator(":focus")).to_have_text("Light")
    visitor.page.keyboard.press("Escape")
    expect(button).to_be_focused()
    button.click()
    expect(visitor.page.get_by_role("menuitem", name="Sign out")).to_be_visible()


def test_a_chosen_theme_is_kept(visitor: Visitor) -> None:
    page = visitor.page
    page.emulate_media(color_scheme="light")
    visitor.enter()
    paper = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(paper)
    page.get_by_role("button", name="Account of ada").click()
    page.get_by_role("menuitemradio", name="Dark").click()
    page.wait_for_function(f"light => {paper} !== light", arg=light)
    dark = page.evaluate(paper)
    page.reload()
    assert page.evaluate(paper) == dark


def test_a_phone_finds_every_page_in_the_menu(visitor: Visitor) -> None:
    visitor.page.set_viewport_size({"width": 390, "height": 844})
    visitor.enter()
    visitor.page.get_by_role("button", name="Menu").click()
    expect(visitor.page.get_by_role("menu")).to_be_visible()
    assert visitor.violations() == []
    visitor.page.get_by_role("menuitem", name="Settings").click()
    expect(visitor.page.get_by_role("heading", name="Settings")).to_be_visible()


def test_an_address_without_a_page_says_so(visitor: Visitor) -> None:
    visitor.enter()
    visitor.open("/nothing/here")
    expect(visitor.page.get_by_role("heading", name="There is no page here")).to_be_visible()
    visitor.page.get_by_role("link", name="Go to the start page").click()
    expect(visitor.page.get_by_role("heading", name="Hello, ada")).to_be_visible()


def test_what_is_gone_is_told_with_the_way_to_what_is_there(visitor: Visitor) -> None:
    visitor.enter()
    for place, back in (
        ("library", "Back to the library"),
        ("batches", "All batches"),
        ("lessons", "All lessons"),
        ("settings/webhooks", "All webhooks"),
    ):
        visitor.open(f"/{place}/{uuid4()}")
        gone = visitor.page.get_by_role("heading", name="This is not there any more")
        expect(gone).to_be_visible()
        assert visitor.violations() == []
        visitor.page.get_by_role("link", name=back).click()
        visitor.page.wait_for_url(f"{visitor.address}/{place}")


def _is_page(asked: Request) -> bool:
    return asked.is_navigation_request()


def test_a_page_whose_code_is_gone_after_an_update_is_loaded_anew_once_then_says_so(
    visitor: Visitor,
) -> None:
    page = visitor.page
    visitor.enter()
    loads: list[str] = []
    page.on("request", lambda asked: loads.append(asked.url) if _is_page(asked) else None)

    def renamed(route: Route) -> None:
        if loads:
            route.continue_()
        else:
            route.fulfill(status=404)

    page.route("**/assets/*.js", renamed)
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_text("You have no portrait yet.")).to_be_visible()
    assert loads == [f"{visitor.address}/library"]

    page.route("**/assets/*.js", lambda route: route.fulfill(status=404))
    page.get_by_role("link", name="Batches").click()
    expect(page.get_by_role("heading", name="The studio was updated")).to_be_visible()
    assert visitor.violations() == []
    page.unroute("**/assets/*.js")
    page.get_by_role("button", name="Reload the page").click()
    expect(page.get_by_text("You have made no batch yet.")).to_be_visible()


def test_without_a_network_the_page_stays_and_says_so(visitor: Visitor) -> None:
    visitor.enter()
    visitor.page.context.set_offline(True)
    expect(visitor.page.get_by_text("You are offline.")).to_be_visible()
    expect(visitor.page.get_by_role("heading", name="Hello, ada")).to_be_visible()
    visitor.page.context.set_offline(False)
    expect(visitor.page.get_by_text("You are offline.")).to_be_hidden()


@pytest.mark.parametrize(
    "pages",
    [
        ["src/features/accounts/sign-in-page.tsx"],
        ["src/app/shell.tsx", "src/features/dashboard/page.tsx"],
    ],
    ids=["signing in", "home"],
)
def test_a_first_visit_loads_little_script(pages: list[str]) -> None:
    manifest = json.loads((PAGES / ".vite" / "manifest.json").read_text("utf-8"))
    needed: set[str] = set()

    def need(name: str) -> None:
        if name not in needed:
            needed.add(name)
            for each in manifest[name].get("imports", ()):
                need(each)

    for name in ("index.html", *pages):
        need(name)
    files = [PAGES / manifest[name]["file"] for name in needed]
    sizes = {file.name: len(gzip.compress(file.read_bytes())) for file in files}
    assert sum(sizes.values()) <= BUDGET_BYTES, sizes
