"""How soon the studio answers a press, in a real Chromium whose processor is made slower.

The pages are the built ones, over a running studio. Each interaction is done several times; what is
measured is the browser's own Event Timing: from the press until the next picture is painted, the
work between included (Interaction to Next Paint, in steps of 8 ms). Then what a first visit loads.
``python -m bench.studio [--slower 4] [--times 5]``
"""

import argparse
import gzip
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.sync_api import Page, sync_playwright
from rich.console import Console
from rich.table import Table

from serve.deps import PAGES
from serve.local_account import read_local_account
from tests.running import RunningStudio

LISTEN = """() => {
    window.presses = [];
    new PerformanceObserver((list) => {
        for (const each of list.getEntries())
            if (each.interactionId) window.presses.push(each.duration);
    }).observe({ type: "event", durationThreshold: 16, buffered: false });
}"""
HEARD = """() => new Promise((told) => requestAnimationFrame(() => setTimeout(() => {
    told(Math.max(0, ...window.presses));
    window.presses = [];
}, 200)))"""
"""The longest of what was pressed since; 0 where all was under 16 ms, the shortest that is told."""
SCENE = "Rain falls on the hills. It runs through the brooks. In the end it reaches the sea. "
FIRST_VISITS = {
    "signing in": ["src/features/accounts/sign-in-page.tsx"],
    "home": ["src/app/shell.tsx", "src/features/dashboard/page.tsx"],
}
Press = Callable[[Page], None]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--slower", type=float, default=4.0)
    parser.add_argument("--times", type=int, default=5)
    given = parser.parse_args()
    with (
        TemporaryDirectory(prefix="lectern-bench-", dir="/tmp") as folder,
        a_page(Path(folder) / "home", given.slower) as page,
    ):
        table = presses(page, given.slower, given.times)
    console = Console()
    console.print(table)
    console.print(first_visits())
    console.print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", highlight=False)


@contextmanager
def a_page(home: Path, slower: float) -> Iterator[Page]:
    """A page of somebody who is signed in, in a browser that many times slower."""
    studio = RunningStudio(home)
    studio.start()
    try:
        with sync_playwright() as playwright:
            chromium = shutil.which("chromium") or shutil.which("chromium-browser")
            arguments = ["--no-sandbox", "--disable-gpu"]
            browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
            page = browser.new_page(base_url=f"http://127.0.0.1:{studio.port}")
            page.set_default_timeout(120_000)
            sign_in(page, home)
            page.context.new_cdp_session(page).send(
                "Emulation.setCPUThrottlingRate", {"rate": slower}
            )
            yield page
            browser.close()
    finally:
        studio.stop()


def sign_in(page: Page, home: Path) -> None:
    account = read_local_account(home)
    page.goto("/sign-in")
    page.get_by_label("Email address or username").fill(account.username)
    page.get_by_label("Password", exact=True).fill(account.password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="Hello").wait_for()


def presses(page: Page, slower: float, times: int) -> Table:
    title = f"processor {slower:g} times slower"
    table = Table("press", "median, ms", "longest, ms", title=title, box=None)
    page.goto("/lessons/new?again")
    page.get_by_role("button", name="Begin a new lesson").or_(
        page.get_by_role("link", name="Next: Voice")
    ).first.wait_for()
    if page.get_by_role("button", name="Begin a new lesson").is_visible():
        page.get_by_role("button", name="Begin a new lesson").click()
    fill(page)
    page.evaluate(LISTEN)
    found: dict[str, list[float]] = {name: [] for name, _ in ROUND}
    for _ in range(times):
        for name, press in ROUND:
            found[name].append(_pressed(page, press))
    for name, took in found.items():
        table.add_row(name, _shown(median(took)), _shown(max(took)))
    return table


def fill(page: Page) -> None:
    """A script of forty scenes: what a page is slow with."""
    page.get_by_role("link", name="Next: Voice").click()
    page.get_by_role("link", name="Next: Script").click()
    page.get_by_label("Title of the lesson").fill("Water")
    page.get_by_text("Paste a finished text").click()
    scenes = "\n\n".join(f"# Part {number}\n\n{SCENE * 3}" for number in range(1, 41))
    page.get_by_label("Your text").fill(scenes)
    page.get_by_role("button", name="Cut it into scenes").click()
    page.get_by_role("group", name="Scene 40").wait_for()
    page.get_by_text("Everything is kept").wait_for()


def _type(page: Page) -> None:
    page.get_by_role("group", name="Scene 20").get_by_label("What is said").press("End")
    page.keyboard.press("x")


def _cut(page: Page) -> None:
    page.get_by_role("group", name="Scene 20").get_by_role("button", name="Cut in two").click()


def _undo(page: Page) -> None:
    page.get_by_role("button", name="Undo cutting scene 20 in two").first.click()


def _step(name: str) -> Press:
    steps = "Steps of a new lesson"

    def go(page: Page) -> None:
        page.get_by_role("navigation", name=steps).get_by_role("link", name=name).click()

    return go


def _open_account(page: Page) -> None:
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menu").wait_for()  # drawn after the press is answered
    page.keyboard.press("Escape")


ROUND: tuple[tuple[str, Press], ...] = (
    ("type in one of 40 scenes", _type),
    ("cut a scene in two", _cut),
    ("undo that", _undo),
    ("go to the look", _step("Look")),
    ("go back to 40 scenes", _step("Script")),
    ("go to the review", _step("Review")),
    ("open the account's menu", _open_account),
    ("go back to 40 scenes", _step("Script")),
)
"""It ends where it begins."""


def _pressed(page: Page, press: Press) -> float:
    press(page)
    return float(page.evaluate(HEARD))


def _shown(milliseconds: float) -> str:
    return f"{milliseconds:.0f}" if milliseconds else "< 16"


def first_visits() -> Table:
    table = Table("first visit", "script, kB gzipped", box=None)
    manifest = json.loads((PAGES / ".vite" / "manifest.json").read_text("utf-8"))
    for name, pages in FIRST_VISITS.items():
        needed = _needed(manifest, ["index.html", *pages])
        files = {PAGES / manifest[each]["file"] for each in needed}
        size = sum(len(gzip.compress(file.read_bytes())) for file in files)
        table.add_row(name, f"{size / 1000:.0f}")
    return table


def _needed(manifest: dict[str, dict[str, list[str]]], names: list[str]) -> set[str]:
    found: set[str] = set()
    while names:
        name = names.pop()
        if name not in found:
            found.add(name)
            names += manifest[name].get("imports", [])
    return found


if __name__ == "__main__":
    main()
