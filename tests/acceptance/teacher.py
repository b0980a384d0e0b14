"""A teacher's way through the studio, from no account to a lesson whose scene was changed."""

import re
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.portraits import DRAWING

PASSWORD = "a quiet river at noon"
NOTES = """# What light is
Sunlight looks white, but it holds every colour, from red to violet.

# What air does
Air scatters blue light much more than red. So blue reaches our eyes from all over the sky.

# Why evenings are red
In the evening the light crosses more air. Red is what is left of it.
"""
CHANGED = "This scene was changed afterwards. The others stay as they are."

Show = Callable[[str], None]
"""Called with the name of a moment worth a picture."""


def register(page: Page, address: str, username: str) -> None:
    page.goto(f"{address}/register")
    page.get_by_label("Email address").fill(f"{username}@example.org")
    page.get_by_label("Username").fill(username)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Create the account").click()
    expect(page.get_by_role("heading", name=f"Hello, {username}")).to_be_visible()
    expect(page.get_by_role("button", name="Make the sample lesson")).to_be_visible()


def choose_presenter(page: Page, portrait: Path = DRAWING) -> None:
    page.get_by_role("link", name="Begin your first lesson").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(portrait)
    page.get_by_text("Nobody: it is a drawing").click()
    page.get_by_label("Name of the person, or of the character").fill("The drawn presenter")
    page.get_by_role("button", name="Record consent").click()
    expect(page.get_by_text("Consent recorded: The drawn presenter")).to_be_visible()


def choose_voice(page: Page) -> None:
    page.get_by_role("link", name="Next: Voice").click()
    expect(page.get_by_role("radio", name="The built-in voice")).to_be_checked()


def write_script(page: Page) -> None:
    page.get_by_role("link", name="Next: Script").click()
    page.get_by_label("Your notes, if you have some").fill(NOTES)
    page.get_by_role("button", name="Write the script").click()
    expect(page.get_by_role("group", name="Scene 3")).to_be_visible()
    page.get_by_label("Title of the lesson").fill("Why the sky is blue")
    second = page.get_by_role("group", name="Scene 2").get_by_label("What is said")
    second.fill("Blue light is scattered more than red. That is why it comes from everywhere.")
    expect(page.get_by_text("Everything is kept")).to_be_visible()


def choose_look(page: Page) -> None:
    page.get_by_role("link", name="Next: Look").click()
    page.get_by_role("button", name="Quality").click()
    page.get_by_role("option", name="Draft, quickest").click()


def make(page: Page) -> None:
    page.get_by_role("link", name="Next: Review").click()
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()


def watch_while_it_is_made(page: Page) -> None:
    """The first scene plays before there is anything to download."""
    page.get_by_role("button", name="Make the lesson").click()
    page.wait_for_url(re.compile(r"/lessons/[0-9a-f-]{36}$"))
    page.get_by_role("button", name="Play scene 1").click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.3")
    expect(page.get_by_role("heading", name="Download")).to_have_count(0)


def take_away(page: Page) -> Path:
    """The film, as the browser saved it."""
    expect(page.get_by_role("heading", name="Download")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Video").click()
    return download.value.path()


def change_a_scene(page: Page) -> None:
    page.get_by_role("link", name="Change scenes").click()
    page.get_by_role("group", name="Scene 2").get_by_label("What is said").fill(CHANGED)
    page.get_by_label("Title of the lesson").focus()
    expect(page.get_by_text("One scene is made again")).to_be_visible()


def make_it_again(page: Page) -> None:
    page.get_by_role("button", name="Make scene 2 again").click()
    expect(page.get_by_text("Made again from an earlier lesson")).to_be_visible()
    expect(page.get_by_role("heading", name="Download")).to_be_visible()


def walk(page: Page, address: str, username: str, show: Show) -> Path:
    """All of it; the film as it was before the change."""
    page.set_default_timeout(120_000)
    expect.set_options(timeout=120_000)
    register(page, address, username)
    show("home")
    choose_presenter(page)
    show("presenter")
    choose_voice(page)
    show("voice")
    write_script(page)
    show("script")
    choose_look(page)
    show("look")
    make(page)
    show("review")
    watch_while_it_is_made(page)
    show("being-made")
    film = take_away(page)
    show("lesson")
    change_a_scene(page)
    show("change")
    make_it_again(page)
    return film
