"""The web studio as it is built, in a real browser, over the real interface; engines are fakes."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from db.session import Database
from pipeline.producer import Producer
from pipeline.storage import Storage
from serve.deps import PAGES, Studio
from tests.api.conftest import app, faces, server, studio
from tests.fakes.studio import AT_ONCE, QUICK, running

__all__ = ["app", "faces", "server", "studio"]

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "a quiet river at noon"
PATIENCE_MILLISECONDS = 30_000
"""The machine may be slow; what is waited for comes, or never."""


@dataclass(frozen=True)
class Visitor:
    """Somebody at their browser, in front of the studio."""

    page: Page
    address: str

    def open(self, path: str) -> None:
        self.page.goto(self.address + path)

    def register(self, username: str = "ada") -> None:
        """A new account; ends on the start page."""
        self.open("/register")
        self.page.get_by_label("Email address").fill(f"{username}@example.org")
        self.page.get_by_label("Username").fill(username)
        self.page.get_by_label("Password", exact=True).fill(PASSWORD)
        self.page.get_by_role("button", name="Create the account").click()
        expect(self.page.get_by_role("heading", name=f"Hello, {username}")).to_be_visible()

    def violations(self) -> list[str]:
        """What axe finds wrong with the page as it stands."""
        self.page.evaluate(AXE.read_text("utf-8"))
        found = self.page.evaluate("axe.run(document, {resultTypes: ['violations']})")
        return [
            f"{each['id']}: {node['html']} {node['failureSummary']}"
            for each in found["violations"]
            for node in each["nodes"]
        ]


@pytest.fixture(scope="session", autouse=True)
def built_pages() -> None:
    if not (PAGES / "index.html").exists():
        pytest.fail("the web studio is not built: run `make pages`")


@pytest.fixture
def visit(chromium: Browser, server: str) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser of its own for each visitor; errors of scripts and policy fail the test."""
    expect.set_options(timeout=PATIENCE_MILLISECONDS)
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def arrive(**given: object) -> Visitor:
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | given))  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: _refused_by_policy(said.text, errors))
        return Visitor(page, server)

    yield arrive
    for context in contexts:
        context.close()
    assert errors == []


def _refused_by_policy(said: str, errors: list[str]) -> None:
    if "Content Security Policy" in said:
        errors.append(said)


@pytest.fixture
def visitor(visit: Callable[..., Visitor]) -> Visitor:
    return visit()


@pytest.fixture
def worker(database: Database, storage: Storage, studio: Studio) -> Iterator[None]:
    """A producer at work beside the server."""
    producer = Producer(
        database,
        storage,
        studio.script,
        studio.speech,
        studio.video,
        name="beside the browser",
        timing=QUICK,
        retries=AT_ONCE,
    )
    with _in_a_thread(producer):
        yield


@contextmanager
def _in_a_thread(producer: Producer) -> Iterator[None]:
    loop, stop = asyncio.new_event_loop(), asyncio.Event()

    async def work() -> None:
        async with running(producer):
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(work(),))
    thread.start()
    try:
        yield
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(30)
        loop.close()
