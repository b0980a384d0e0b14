"""The web studio as it is built, in a real browser, over the real interface; engines are fakes."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from db import users
from db.session import Database
from pipeline.producer import Producer
from pipeline.storage import Storage
from serve.deps import PAGES, Studio
from serve.routes.auth import COOKIE, COOKIE_PATH
from serve.security import hash_password, new_refresh_token, token_hash
from tests.api.conftest import CHEAP, app, faces, server, studio
from tests.browser.conftest import PATIENCE_MILLISECONDS
from tests.factories import a_user
from tests.fakes.studio import AT_ONCE, QUICK, running

__all__ = ["app", "faces", "server", "studio"]

SETTLED = """(async () => {
    const next = then => requestAnimationFrame(() => requestAnimationFrame(then))
    const drawn = () => new Promise(next)
    const moving = () => document.getAnimations()
        .filter(each => each.effect.getComputedTiming().endTime !== Infinity)
    for (await drawn(); moving().length > 0; await drawn())
        await Promise.allSettled(moving().map(each => each.finished))
})()"""
"""Colours on their way from one to another are neither. What inherits one sets out when that has
arrived, so one looks again until nothing moves; what turns for ever is not waited for."""
MADE_MILLISECONDS = 4 * PATIENCE_MILLISECONDS
"""However busy the machine is: a whole lesson is made in that, with all its files."""
AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"
PASSWORD = "a quiet river at noon"


@cache
def password_hash() -> str:
    return hash_password(PASSWORD, CHEAP)


@dataclass(frozen=True)
class Visitor:
    """Somebody at their browser, in front of the studio."""

    page: Page
    address: str
    database: Database

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

    def enter(self, username: str = "ada", **given: object) -> None:
        """Signed in to a new account, without the forms; ends on the start page."""
        refresh = new_refresh_token()
        with self.database.transaction() as db:
            user = a_user(
                db,
                username=username,
                email=f"{username}@example.org",
                password_hash=password_hash(),
                **given,
            )
            users.open_session(
                db,
                user,
                refresh_hash=token_hash(refresh),
                expires_at=datetime.now(UTC) + timedelta(days=1),
                remember=False,
                user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36",
            )
        cookie = {"name": COOKIE, "value": refresh, "domain": "127.0.0.1", "path": COOKIE_PATH}
        self.page.context.add_cookies([{**cookie, "httpOnly": True, "sameSite": "Strict"}])  # type: ignore[typeddict-item]
        self.open("/")
        expect(self.page.get_by_role("heading", name=f"Hello, {username}")).to_be_visible()

    def sign_out(self) -> None:
        self.page.get_by_role("button", name="Account of").click()
        self.page.get_by_role("menuitem", name="Sign out").click()
        expect(self.page.get_by_role("heading", name="Sign in")).to_be_visible()

    def violations(self) -> list[str]:
        """What axe finds wrong with the page as it stands."""
        self.page.evaluate(AXE.read_text("utf-8"))
        self.page.evaluate(SETTLED)
        # what react-aria has said aloud is named by buttons that may be gone
        heard = "{exclude: [['[data-live-announcer]']]}"
        found = self.page.evaluate(f"axe.run({heard}, {{resultTypes: ['violations']}})")
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
def visit(chromium: Browser, server: str, database: Database) -> Iterator[Callable[..., Visitor]]:
    """Opens a browser of its own for each visitor; errors of scripts and policy fail the test."""
    contexts: list[BrowserContext] = []
    errors: list[str] = []

    def arrive(**given: object) -> Visitor:
        context = chromium.new_context(**({"viewport": {"width": 1280, "height": 900}} | given))  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("console", lambda said: _refused_by_policy(said.text, errors))
        return Visitor(page, server, database)

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
        thread.join(240)
        loop.close()
