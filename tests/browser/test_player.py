"""The player page: for the keyboard, the eye, the screen reader, and without JavaScript."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pipeline.export.player_page import CONTENT_SECURITY_POLICY
from tests.browser.conftest import FRAMES, HERE, TITLES
from tests.browser.served import served

AXE = HERE / "node_modules" / "axe-core" / "axe.min.js"
SMALLEST_TARGET = 24


@pytest.fixture
def player(page: Page, site: str) -> Iterator[Page]:
    page.goto(f"{site}/scorm12/index.html")
    page.wait_for_function("document.getElementById('video').readyState >= 1")
    return page


def position(page: Page) -> float:
    page.wait_for_function("!document.getElementById('video').seeking")
    found: float = page.evaluate("document.getElementById('video').currentTime")
    return found


def test_the_keyboard_reaches_everything(player: Page) -> None:
    keys = player.keyboard
    keys.press("End")
    assert position(player) == pytest.approx(6, abs=0.05)
    keys.press("ArrowLeft")
    assert position(player) == pytest.approx(1, abs=0.05)
    keys.press("l")
    assert position(player) == pytest.approx(6, abs=0.05)
    keys.press("j")
    assert position(player) == 0
    keys.press("ArrowRight")
    assert position(player) == pytest.approx(5, abs=0.05)
    keys.press("Home")
    assert position(player) == 0
    keys.press("m")
    expect(player.locator("#mute")).to_have_attribute("aria-pressed", "true")
    keys.press("c")
    expect(player.locator("#captions")).to_have_attribute("aria-pressed", "false")
    keys.press(">")
    assert player.evaluate("document.getElementById('video').playbackRate") == 1.25
    # so that it does not end before it is paused
    player.evaluate("document.getElementById('video').playbackRate = 0.1")
    keys.press("f")
    expect(player.locator("#fullscreen")).to_have_attribute("aria-pressed", "true")
    keys.press("f")
    expect(player.locator("#fullscreen")).to_have_attribute("aria-pressed", "false")
    keys.press(" ")
    expect(player.locator("#play")).to_have_attribute("aria-label", "Pause")
    keys.press("k")
    expect(player.locator("#play")).to_have_attribute("aria-label", "Play")


def test_tab_walks_through_the_page_and_out_of_it_and_is_seen(player: Page) -> None:
    stops: list[str] = []
    for _ in range(60):
        player.keyboard.press("Tab")
        stop = player.evaluate(
            """() => {
                const at = document.activeElement;
                if (at === document.body) return "out";
                if (getComputedStyle(at).outlineStyle === "none") return `unseen: ${at.outerHTML}`;
                return at.id || at.className || at.tagName.toLowerCase();
            }"""
        )
        if stop == "out":
            break
        stops.append(stop)
    controls = ["seek", "play", "back", "forward", "captions", "mute", "speed", "fullscreen"]
    assert stops == [
        "skip", *controls, "seek", "seek", "seek", "summary",
        "follow", "seek sentence", "a", "a",
    ]  # fmt: skip


def test_a_lesson_is_watched_from_the_keyboard_alone(player: Page) -> None:
    player.keyboard.press("Tab")
    player.keyboard.press("Enter")
    expect(player.locator("#transcript")).to_be_focused()
    player.keyboard.press("Home")
    player.evaluate("document.getElementById('video').playbackRate = 0.25")
    player.keyboard.press(" ")
    player.wait_for_function("document.getElementById('video').currentTime > 0.5")
    player.keyboard.press(" ")
    assert player.evaluate("document.getElementById('video').paused")


def test_what_was_watched_fits_and_is_never_made_up(player: Page) -> None:
    kept, seen, told = player.evaluate(
        """() => {
            const most = new Lectern.Watched(7200);
            for (let at = 0; at < 7200; at += 2) most.mark(at, at + 0.5);
            most.mark(3000, 3599);
            const text = most.encode(3500);
            const again = new Lectern.Watched(7200);
            again.decode(text);
            const made = again.seen.some((value, second) => value && !most.seen[second]);
            return [text.length, again.seen.slice(3000, 3600).every(Boolean), made];
        }"""
    )
    assert 3000 < kept <= 3500
    assert seen
    assert not told


def test_single_letters_can_be_switched_off(player: Page) -> None:
    player.locator("#keys summary").click()
    player.locator("#keys-on").uncheck()
    player.keyboard.press("m")
    player.keyboard.press("End")
    assert position(player) == pytest.approx(6, abs=0.05)
    expect(player.locator("#mute")).to_have_attribute("aria-pressed", "false")


def test_space_on_a_button_presses_that_button_only(player: Page) -> None:
    player.locator("#mute").focus()
    player.keyboard.press(" ")
    expect(player.locator("#mute")).to_have_attribute("aria-pressed", "true")
    expect(player.locator("#play")).to_have_attribute("aria-label", "Play")


def test_captions_are_on_and_say_what_is_spoken(player: Page) -> None:
    player.wait_for_function("document.getElementById('video').textTracks[0].cues?.length > 0")
    assert player.evaluate("document.getElementById('video').textTracks[0].mode") == "showing"
    player.evaluate("document.getElementById('video').currentTime = 0.5")
    player.wait_for_function("document.getElementById('video').textTracks[0].activeCues.length")
    shown = player.evaluate("document.getElementById('video').textTracks[0].activeCues[0].text")
    assert shown.replace("\n", " ").startswith("Plants make their own food")


def test_a_sentence_seeks_and_the_transcript_follows(player: Page) -> None:
    third = player.locator(".transcript section").nth(1).locator(".sentence").first
    third.click()
    assert position(player) == pytest.approx(FRAMES / 25 + 0.2, abs=0.05)
    expect(third).to_have_attribute("aria-current", "true")
    expect(player.locator(".sentence[aria-current]")).to_have_count(1)
    expect(player.locator(".chapters [aria-current]")).to_contain_text(TITLES[1])


def test_the_transcript_is_one_stop_and_the_arrows_walk_in_it(player: Page) -> None:
    sentences = player.locator(".sentence")
    sentences.first.focus()
    player.keyboard.press("ArrowDown")
    expect(sentences.nth(1)).to_be_focused()
    assert player.locator(".sentence[tabindex='0']").count() == 1
    player.keyboard.press("Enter")
    start = sentences.nth(1).get_attribute("data-start")
    assert position(player) == pytest.approx(float(start or 0), abs=0.05)


def test_a_chapter_seeks(player: Page) -> None:
    player.locator(".chapters a").nth(2).click()
    assert position(player) == pytest.approx(4, abs=0.05)


def test_the_page_says_who_made_the_lesson_and_that_it_is_synthetic(player: Page) -> None:
    expect(player.locator(".notice")).to_contain_text("AI-generated")
    expect(player.locator("footer")).to_contain_text("Spoken by the built-in voice")
    expect(player.locator("footer .draft")).to_have_count(1)


def test_axe_finds_nothing(page: Page, site: str) -> None:
    page.goto(f"{site}/scorm12/index.html")
    page.locator("#keys summary").click()
    page.add_script_tag(path=AXE)
    for width in (320, 1280):
        for scheme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
            found = page.evaluate("axe.run().then(result => result.violations)")
            faults = [(item["id"], [node["html"] for node in item["nodes"]]) for item in found]
            assert faults == [], (width, scheme)


def test_it_fits_and_targets_are_large_enough(page: Page, site: str) -> None:
    page.goto(f"{site}/scorm12/index.html")
    page.locator("#keys summary").click()
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 800})
        page.wait_for_function("width => innerWidth === width", arg=width)
        assert page.evaluate("document.documentElement.scrollWidth") == width
        small = page.evaluate(
            """least => [...document.querySelectorAll(
                "button, select, input, summary, .chapters a, .downloads a, label"
            )].filter(element => {
                const box = (element.closest("label") || element).getBoundingClientRect();
                return element.checkVisibility() && Math.min(box.width, box.height) < least;
            }).map(element => element.outerHTML)""",
            SMALLEST_TARGET,
        )
        assert small == [], width


def test_without_javascript_the_lesson_can_be_watched_and_read(
    new_profile: Callable[..., BrowserContext], site: str
) -> None:
    page = new_profile(java_script_enabled=False).new_page()
    page.goto(f"{site}/scorm12/index.html")
    expect(page.locator("video")).to_have_attribute("controls", "")
    expect(page.locator("#controls")).to_be_hidden()
    expect(page.locator("#no-script")).to_contain_text("every sentence")
    link = page.locator(".sentence").first
    expect(link).to_have_attribute("href", "lesson.mp4#t=0.20")


def test_printing_leaves_the_transcript(player: Page) -> None:
    player.emulate_media(media="print", color_scheme="dark")
    expect(player.locator("#video")).to_be_hidden()
    assert player.evaluate("getComputedStyle(document.documentElement).colorScheme") == "light"
    expect(player.locator(".transcript")).to_be_visible()
    assert player.evaluate("getComputedStyle(document.getElementById('transcript')).overflowY") == (
        "visible"
    )


def test_the_page_keeps_to_a_strict_content_security_policy(
    new_profile: Callable[..., BrowserContext], site_folder: Path
) -> None:
    page = new_profile().new_page()
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text))
    with served(site_folder, CONTENT_SECURITY_POLICY) as address:
        page.goto(f"{address}/scorm12/index.html")
        page.wait_for_function("document.getElementById('video').textTracks[0].cues?.length > 0")
        expect(page.locator("#controls")).to_be_visible()
        page.close()
    assert refused == []
