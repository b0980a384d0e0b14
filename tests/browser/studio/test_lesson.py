"""A lesson's page, while it is made and after; and the list of lessons."""

import asyncio
import re
import threading
import zipfile
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import av
import pytest
from playwright.sync_api import Page, expect

from db import jobs, users
from db.session import Database
from pipeline.engines import VideoRequest
from pipeline.errors import EngineFailed
from pipeline.lesson import ClipPiece
from pipeline.storage import Storage
from serve.deps import Studio
from tests.browser.studio.conftest import MADE_MILLISECONDS, Visitor
from tests.browser.studio.line import a_line_to
from tests.factories import a_spec, an_asset
from tests.fakes.engines import CountedVideo

SHORT = "Light comes in."
LONG = "Leaves take the light in, and keep what they need of it."
OTHER = "The sugar goes down into the roots."
SCENES_BESIDE = """() => {
    const [player, scenes] = ["[role=group]", "section[aria-label=Scenes]"]
        .map(each => document.querySelector(`main ${each}`).getBoundingClientRect());
    return player.right < scenes.left && Math.abs(player.top - scenes.top) < 20;
}"""
SHORTEST_HELD_FRAMES = 50
"""Of what the fake voice makes of ``SHORT`` it makes less, of the others more."""
SHORTEST_BROKEN_FRAMES = 80
"""As many it makes of ``LONG`` alone."""


@dataclass
class HeldVideo(CountedVideo):
    """Films short scenes at once, and longer ones once they are ``let_on``; ``broken``, never the
    longest."""

    let_on: threading.Event = field(default_factory=threading.Event)
    broken: bool = False

    async def animate(self, ask: VideoRequest) -> AsyncGenerator[ClipPiece, None]:
        while ask.speech.frames >= SHORTEST_HELD_FRAMES and not self.let_on.is_set():
            await asyncio.sleep(0.02)
        if self.broken and ask.speech.frames >= SHORTEST_BROKEN_FRAMES:
            raise EngineFailed("fake", "it fell over")
        async for piece in super().animate(ask):
            yield piece


@pytest.fixture
def film() -> Iterator[HeldVideo]:
    film = HeldVideo()
    yield film
    film.let_on.set()


@pytest.fixture
def studio(studio: Studio, film: HeldVideo) -> Studio:
    return replace(studio, video=film)


Lessons = Callable[..., UUID]


@pytest.fixture
def asked(visitor: Visitor, database: Database, storage: Storage) -> Lessons:
    """Asks for a lesson of the visitor's; its id."""
    visitor.enter()

    def ask(narrations: Sequence[str] = (SHORT, LONG, OTHER), **given: Any) -> UUID:
        with database.transaction() as db:
            owner = users.by_login(db, "ada")
            assert owner is not None
            portrait = an_asset(db, owner)
            storage.put(portrait.storage_key, b"a portrait", "image/png")
            scenes = [{"narration": narration} for narration in narrations]
            return jobs.create(db, owner.id, a_spec(portrait.id, scenes=scenes, **given)).id

    return ask


def assert_made(page: Page) -> None:
    heading = page.get_by_role("heading", name="Download")
    expect(heading).to_be_visible(timeout=MADE_MILLISECONDS)


def seconds_shown(page: Page) -> float:
    return float(page.evaluate("document.querySelector('video').currentTime"))


@pytest.mark.usefixtures("worker")
def test_a_lesson_is_watched_while_it_is_made_then_taken_away_and_one_scene_made_again(
    visitor: Visitor, asked: Lessons, film: HeldVideo
) -> None:
    page = visitor.page
    visitor.open(f"/lessons/{asked()}")
    page.get_by_role("button", name="Play scene 1").click()
    page.wait_for_function("() => document.querySelector('video').currentTime > 0.3")
    expect(page.get_by_text("1 of 3 scenes can be watched")).to_be_visible()
    pictures = page.get_by_alt_text("A picture from scene")
    expect(pictures).to_have_count(1)
    expect(pictures).to_have_js_property("naturalWidth", 480)
    assert visitor.violations() == []

    page.reload()
    expect(page.get_by_role("heading", name="What is happening")).to_be_visible()
    page.get_by_role("button", name="Play", exact=True).click()
    expect(page.get_by_text("Scene 2 is not filmed yet. It goes on by itself.")).to_be_visible()
    end = seconds_shown(page)
    film.let_on.set()
    page.wait_for_function(
        "end => document.querySelector('video').currentTime > end + 0.3", arg=end
    )

    expect(pictures).to_have_count(3)
    assert_made(page)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download Video").click()
    with av.open(download.value.path()) as lesson:
        pictures = sum(1 for _ in lesson.decode(video=0))
    assert pictures == sum(film.ended)

    page.get_by_role("button", name="Make an embed address").click()
    expect(page.get_by_label("Snippet for a page")).to_have_value(re.compile("^<iframe"))
    embed = page.get_by_label("Address", exact=True).input_value()
    assert page.request.get(embed).ok
    assert visitor.violations() == []
    page.emulate_media(color_scheme="dark")
    assert visitor.violations() == []
    page.get_by_role("button", name="Revoke").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("button", name="Make an embed address")).to_be_visible()
    assert page.request.get(embed).status == 404

    before = len(film.begun)
    page.get_by_role("link", name="Change scenes").click()
    expect(page.get_by_text("Every scene stays as it is.")).to_be_visible()
    third = page.get_by_role("group", name="Scene 3")
    expect(third.get_by_alt_text("A picture from scene 3")).to_be_visible()
    third.get_by_label("What is said").fill(f"{OTHER} Slowly.")
    page.get_by_label("Title of the lesson").focus()
    page.get_by_role("button", name="Leave scene 1 out").click()
    expect(page.get_by_text("One scene is made again, one stays as it is.")).to_be_visible()
    expect(page.get_by_role("button", name="Make scene 3 again")).to_be_visible()
    page.get_by_role("button", name="Put it back").click()
    expect(page.get_by_text("One scene is made again, 2 stay as they are.")).to_be_visible()
    assert visitor.violations() == []
    page.get_by_role("button", name="Make scene 3 again").click()
    expect(page.get_by_text("Made again from an earlier lesson")).to_be_visible()
    assert_made(page)
    scenes = page.get_by_role("region", name="Scenes").get_by_role("listitem")
    expect(scenes.nth(0)).to_contain_text("As before")
    expect(scenes.nth(1)).to_contain_text("As before")
    expect(scenes.nth(2)).to_contain_text("Made again")
    page.set_viewport_size({"width": 1920, "height": 1080})
    page.wait_for_function(SCENES_BESIDE)
    assert len(film.begun) == before + 1


@pytest.mark.usefixtures("worker")
def test_a_lesson_is_cancelled_gone_on_with_fails_at_its_scene_and_is_tried_again(
    visitor: Visitor, asked: Lessons, film: HeldVideo
) -> None:
    page = visitor.page
    page.route("**/events", lambda route: route.abort())
    visitor.open(f"/lessons/{asked()}")
    expect(page.get_by_text("The line to the studio was cut.")).to_be_visible()
    page.unroute("**/events")
    expect(page.get_by_text("The line to the studio was cut.")).to_have_count(0)

    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("You cancelled this lesson.")).to_be_visible()
    film.broken = True
    film.let_on.set()
    page.get_by_role("button", name="Go on making it").click()
    second = page.get_by_role("region", name="Scenes").get_by_role("listitem").nth(1)
    expect(second).to_contain_text("The making stopped at scene 2.")
    expect(second).to_contain_text("Retry the lesson; what is done is kept.")
    assert visitor.violations() == []

    film.broken = False
    second.get_by_role("button", name="Try again").click()
    assert_made(page)
    expect(page.get_by_text("The making stopped")).to_have_count(0)


@pytest.mark.usefixtures("worker")
def test_a_line_that_is_cut_goes_on_after_the_last_event_it_saw(
    visitor: Visitor, asked: Lessons, film: HeldVideo
) -> None:
    page, lesson = visitor.page, asked()
    with a_line_to(visitor.address) as line:
        page.goto(f"{line.address}/lessons/{lesson}")
        expect(page.get_by_text("1 of 3 scenes can be watched")).to_be_visible()
        line.cut()
        expect(page.get_by_text("The line to the studio was cut.")).to_be_visible()
        expect(page.get_by_text("1 of 3 scenes can be watched")).to_be_visible()
        film.let_on.set()
        with page.expect_request("**/events") as again:
            line.mend()
        assert int(again.value.headers["last-event-id"]) > 1
        assert_made(page)
        expect(page.get_by_text("The line to the studio was cut.")).to_have_count(0)


def test_a_lesson_is_deleted_with_time_to_think_better_of_it(
    visitor: Visitor, asked: Lessons, database: Database
) -> None:
    page = visitor.page
    lesson = asked()
    with database.transaction() as db:
        jobs.cancel(db, lesson)
    visitor.open(f"/lessons/{lesson}")
    remove(page)
    expect(page.get_by_text("You have no lesson yet.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    page.get_by_role("link", name="How rain is made").click()
    remove(page)
    with page.expect_response(lambda answer: answer.request.method == "DELETE"):
        page.get_by_role("button", name="Dismiss").click()
    visitor.open(f"/lessons/{lesson}")
    expect(page.get_by_role("heading", name="This is not there any more")).to_be_visible()


def remove(page: Page) -> None:
    page.get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Delete the lesson").click()
    expect(page.get_by_text("“How rain is made” is deleted.")).to_be_visible()


def test_lessons_are_found_filtered_selected_and_follow_what_happens(
    visitor: Visitor, asked: Lessons, database: Database
) -> None:
    """Nobody makes them: there is no worker here."""
    page = visitor.page
    lessons = [asked(title=f"Lesson {number:02}") for number in range(26)]
    visitor.open("/lessons")
    expect(page.get_by_text("26 lessons")).to_be_visible()
    rows = page.get_by_role("main").get_by_role("listitem")
    expect(rows).to_have_count(24)
    page.get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(26)
    with database.transaction() as db:
        jobs.cancel(db, lessons[25])
    expect(rows.first).to_contain_text("Cancelled")
    assert visitor.violations() == []
    page.emulate_media(color_scheme="dark")
    assert visitor.violations() == []

    page.get_by_label("Search by title or number").fill("Lesson 1")
    expect(rows).to_have_count(10)
    page.locator("label", has_text="Select Lesson 15").click()
    page.locator("label", has_text="Select Lesson 16").click()
    page.get_by_role("button", name="Cancel 2 lessons").click()
    expect(rows.filter(has_text="Cancelled")).to_have_count(2)
    page.get_by_role("link", name="Lesson 15").click()
    expect(page.get_by_text("You cancelled this lesson.")).to_be_visible()
    page.go_back()
    expect(rows).to_have_count(10)

    page.locator("label", has_text="Select Lesson 15").click()
    page.get_by_role("button", name="Delete 1 lesson").click()
    expect(rows).to_have_count(9)
    page.get_by_role("button", name="Undo").click()
    expect(rows).to_have_count(10)


@pytest.mark.usefixtures("worker")
def test_two_lessons_become_a_course_in_the_order_that_was_chosen(
    visitor: Visitor, asked: Lessons
) -> None:
    page = visitor.page
    asked([SHORT], title="Rain")
    snow = asked([SHORT], title="Snow")
    visitor.open(f"/lessons/{snow}")
    page.get_by_role("button", name="Marked as AI-generated").click()
    says = page.get_by_role("dialog", name="How the lesson is marked as AI-generated")
    expect(says).to_contain_text("A watermark in the sound")

    visitor.open("/lessons")
    rows = page.get_by_role("main").get_by_role("listitem")
    expect(rows.filter(has_text="Ready")).to_have_count(2, timeout=MADE_MILLISECONDS)
    page.locator("label", has_text="Select all that are shown").click()
    page.get_by_role("button", name="Make a course").click()
    dialog = page.get_by_role("alertdialog", name="Make a course")
    expect(dialog.get_by_role("listitem")).to_contain_text(["Snow", "Rain"])
    dialog.get_by_role("button", name="Move Snow down").press("Enter")
    expect(dialog.get_by_role("listitem")).to_contain_text(["Rain", "Snow"])
    expect(dialog.get_by_role("button", name="Move Snow up")).to_be_focused()
    assert visitor.violations() == []
    dialog.get_by_role("button", name="Download the course").click()
    expect(dialog.get_by_text("A course needs a title.")).to_be_visible()
    dialog.get_by_label("Title of the course").fill("Weather")
    with page.expect_download() as download:
        dialog.get_by_role("button", name="Download the course").click()
    assert download.value.suggested_filename == "Weather.zip"
    with zipfile.ZipFile(download.value.path()) as course:
        assert course.testzip() is None
        manifest = course.read("imsmanifest.xml").decode()
    assert manifest.index(">Rain<") < manifest.index(">Snow<")
    expect(dialog).to_have_count(0)
