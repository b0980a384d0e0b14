"""A new lesson, in five steps: from nothing to a lesson that is handed in."""

import re
from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect
from sqlalchemy import select

from db import users
from db.models import Draft, Job, User
from tests.browser.studio.conftest import PASSWORD, Visitor
from tests.portraits import DRAWING, png

NOTES = "The water cycle for beginners"
STEPS = ("Presenter", "Voice", "Script", "Look", "Review")


def go_to(page: Page, step: str) -> None:
    page.get_by_role("navigation", name="Steps of a new lesson").get_by_role(
        "link", name=step
    ).click()


def upload(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(file)


def assert_fit(visitor: Visitor) -> None:
    for theme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert visitor.violations() == [], theme


def jobs_of(visitor: Visitor) -> list[Job]:
    with visitor.database.transaction() as db:
        found = list(db.scalars(select(Job)))
        db.expunge_all()
    return found


def test_five_steps_make_a_lesson_of_just_what_was_chosen(visitor: Visitor, tmp_path: Path) -> None:
    page = visitor.page
    visitor.register()
    page.get_by_role("link", name="Begin your first lesson").click()

    nobody = tmp_path / "nobody.png"
    nobody.write_bytes(png(np.full((400, 400, 3), 200, np.uint8)))
    upload(page, nobody)
    expect(page.get_by_role("alert")).to_contain_text(re.compile("face", re.IGNORECASE))
    assert_fit(visitor)
    upload(page, DRAWING)
    page.get_by_text("Nobody: it is a drawing").click()
    page.get_by_label("Name of the person, or of the character").fill("The drawn presenter")
    page.get_by_role("button", name="Record this").click()
    expect(page.get_by_text("Consent recorded: The drawn presenter")).to_be_visible()
    assert_fit(visitor)

    page.get_by_role("link", name="Next: Voice").click()
    expect(page.get_by_role("radio", name="The built-in voice")).to_be_checked()
    page.get_by_text("A voice like a recording").click()
    expect(page.get_by_text("Voice match: similar to your sample")).to_be_visible()
    assert_fit(visitor)
    page.get_by_text("The built-in voice").click()

    page.get_by_role("link", name="Next: Script").click()
    page.get_by_label("What the lesson is about").fill(NOTES)
    page.get_by_role("button", name="Write the script").click()
    expect(page.get_by_role("group", name="Scene 3")).to_be_visible()
    page.get_by_label("Title of the lesson").fill("Water")
    page.get_by_role("group", name="Scene 2").get_by_label("What is said").fill("Rain. It falls.")
    page.get_by_role("button", name="Move scene 2 up").click()
    page.get_by_role("button", name="Remove scene 3").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("group", name="Scene 3")).to_be_visible()
    assert_fit(visitor)
    expect(page.get_by_text("Everything is kept")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Title of the lesson")).to_have_value("Water")

    page.get_by_role("link", name="Next: Look").click()
    page.get_by_text("Draw the captions into the picture").click()
    assert_fit(visitor)

    page.get_by_role("link", name="Next: Review").click()
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()
    assert_fit(visitor)
    page.get_by_role("button", name="Make the lesson").click()
    page.wait_for_url(re.compile(r"/lessons/[0-9a-f-]{36}$"))

    [job] = jobs_of(visitor)
    assert job.spec["title"] == "Water"
    assert [scene["narration"] for scene in job.spec["scenes"]] == [
        "Rain. It falls.",
        f"This lesson is about {NOTES}. It has three short scenes.",
        f"That was the lesson about {NOTES}. Thank you for listening.",
    ]
    assert job.spec["captions"] == {"burn_in": True}
    assert job.spec["voice_id"] is None
    assert len(job.spec["exports"]) == 7
    with visitor.database.transaction() as db:
        assert db.scalars(select(Draft)).all() == []


def test_what_is_missing_is_listed_at_the_end_with_the_way_to_it(visitor: Visitor) -> None:
    page = visitor.page
    visitor.enter()
    visitor.open("/lessons/new")
    go_to(page, "Review")
    expect(page.get_by_role("button", name="Make the lesson")).to_be_disabled()
    page.get_by_role("link", name="At least one scene").click()
    expect(page.get_by_role("heading", name="What is it about?")).to_be_visible()
    page.get_by_label("Title of the lesson").fill("Rivers")
    expect(page.get_by_text("Everything is kept")).to_be_visible()
    visitor.open("/lessons/new")
    page.get_by_role("link", name="Rivers").click()
    go_to(page, "Script")
    expect(page.get_by_label("Title of the lesson")).to_have_value("Rivers")


def test_a_session_that_ends_meanwhile_loses_nothing(visitor: Visitor) -> None:
    page = visitor.page
    visitor.enter()
    visitor.open("/lessons/new")
    go_to(page, "Script")
    with visitor.database.transaction() as db:
        users.end_sessions(db, db.scalars(select(User.id)).one())
    page.get_by_label("Title of the lesson").fill("Clouds")
    page.get_by_role("dialog").get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("dialog").get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Everything is kept")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Title of the lesson")).to_have_value("Clouds")


def press_on(page: Page, role: str, name: str) -> None:
    """Walks with the Tab key until that is focused, then presses Enter."""
    wanted = page.get_by_role(role, name=name)  # type: ignore[arg-type]
    expect(wanted).to_be_visible()
    for _ in range(80):
        if wanted.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")


def test_the_keyboard_alone_makes_a_lesson(visitor: Visitor) -> None:
    page = visitor.page
    visitor.enter()
    press_on(page, "link", "Begin your first lesson")
    with page.expect_file_chooser() as chooser:
        press_on(page, "button", "Choose a picture")
    chooser.value.set_files(DRAWING)
    press_on(page, "button", "Record this")
    expect(page.get_by_text("Consent recorded: ada")).to_be_visible()
    press_on(page, "link", "Next: Voice")
    press_on(page, "link", "Next: Script")
    press_on(page, "button", "Add a scene")
    page.keyboard.press("Shift+Tab")
    for label, words in (("What is said", "Rain falls."), ("Title of the lesson", "Rain")):
        field = page.get_by_label(label)
        for _ in range(80):
            if field.evaluate("each => each === document.activeElement"):
                break
            page.keyboard.press("Shift+Tab")
        page.keyboard.type(words)
    press_on(page, "link", "Next: Look")
    press_on(page, "link", "Next: Review")
    press_on(page, "button", "Make the lesson")
    page.wait_for_url(re.compile(r"/lessons/[0-9a-f-]{36}$"))
    [job] = jobs_of(visitor)
    assert job.spec["scenes"] == [{"narration": "Rain falls.", "title": None, "slide_id": None}]
