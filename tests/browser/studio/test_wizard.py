"""A new lesson, in five steps: from nothing to a lesson that is handed in."""

import base64
import re
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from db import users
from db.models import Asset, AssetKind, Draft, Job, User
from tests.api.test_slides import a_deck
from tests.browser.studio.conftest import PASSWORD, Visitor, password_hash
from tests.factories import a_user
from tests.portraits import DRAWING, png

NOTES = "The water cycle for beginners"
STEPS = ("Presenter", "Voice", "Script", "Look", "Review")
PASTE = """picture => {
    const bytes = Uint8Array.from(atob(picture), (each) => each.charCodeAt(0));
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([bytes], "pasted.png", { type: "image/png" }));
    document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
}"""
"""The browser lets no test fill its clipboard with a picture: what the page hears is the same."""
LENGTH = """sound => sound.duration || new Promise((told) => {
    sound.addEventListener("loadedmetadata", () => told(sound.duration));
})"""


def go_to(page: Page, step: str) -> None:
    page.get_by_role("navigation", name="Steps of a new lesson").get_by_role(
        "link", name=step
    ).click()


def upload(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(file)


def paste(page: Page, file: Path) -> None:
    page.evaluate(PASTE, base64.b64encode(file.read_bytes()).decode())


def record_consent(page: Page, person: str) -> None:
    page.get_by_text("Nobody: it is a drawing").click()
    page.get_by_label("Name of the person, or of the character").fill(person)
    page.get_by_role("button", name="Record consent").click()
    expect(page.get_by_text(f"Consent recorded: {person}")).to_be_visible()


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
    paste(page, DRAWING)
    record_consent(page, "The drawn presenter")
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
    expect(page.get_by_label("What the lesson is about")).to_have_count(0)
    page.get_by_role("button", name="Begin the script anew").click()
    expect(page.get_by_label("What the lesson is about")).to_have_value(NOTES)
    page.get_by_label("Title of the lesson").fill("Water")
    page.get_by_role("group", name="Scene 2").get_by_label("What is said").fill("Rain. It falls.")
    page.get_by_role("button", name="Move scene 2 up").click()
    page.get_by_role("button", name="Remove scene 3").click()
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("group", name="Scene 3")).to_be_visible()
    page.get_by_role("group", name="Scene 1").get_by_role("button", name="Cut in two").click()
    expect(page.get_by_role("group", name="Scene 4")).to_be_visible()
    page.keyboard.press("Control+z")
    expect(page.get_by_role("group", name="Scene 4")).to_have_count(0)
    page.get_by_role("button", name="Redo cutting scene 1 in two").click()
    page.get_by_role("button", name="Undo cutting scene 1 in two").click()
    page.get_by_role("button", name="Add a pronunciation").click()
    page.get_by_label("Word", exact=True).fill("cumulus")
    page.get_by_label("Say it like").fill("kyoomyuhlus")
    assert_fit(visitor)
    expect(page.get_by_text("Everything is kept")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Title of the lesson")).to_have_value("Water")

    page.get_by_role("link", name="Next: Look").click()
    page.get_by_text("Draw the captions into the picture").click()
    page.get_by_text("A picture", exact=True).click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a picture").click()
    chooser.value.set_files(nobody)
    expect(page.get_by_role("img", name="The background")).to_be_visible()
    assert_fit(visitor)

    page.get_by_role("link", name="Next: Review").click()
    expect(page.get_by_text("Nothing is missing.")).to_be_visible()
    takes = page.get_by_text("Making it takes").locator("xpath=following-sibling::dd[1]")
    expect(takes).to_have_text(re.compile("second|minute"))
    so_far = page.get_by_role("region", name="Your lesson so far")
    expect(so_far).to_have_count(0)
    page.set_viewport_size({"width": 1920, "height": 1080})
    expect(so_far).to_contain_text("Water3 scenes")
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
    assert job.spec["pronunciations"] == {"cumulus": "kyoomyuhlus"}
    with visitor.database.transaction() as db:
        [background] = db.scalars(select(Asset.id).where(Asset.kind == AssetKind.SLIDE))
    assert job.spec["video"]["background"] == str(background)
    assert len(job.spec["exports"]) == 7
    with visitor.database.transaction() as db:
        assert db.scalars(select(Draft)).all() == []


@pytest.mark.usefixtures("worker")
def test_a_picture_is_taken_a_voice_recorded_and_a_word_heard(
    visit: Callable[..., Visitor],
) -> None:
    visitor = visit(permissions=["camera"])
    page = visitor.page
    visitor.enter()
    visitor.open("/lessons/new")
    page.get_by_role("button", name="Use the camera").click()
    page.get_by_role("button", name="Take the picture").click()
    expect(page.get_by_role("img", name="The picture that was taken")).to_be_visible()
    assert_fit(visitor)
    page.get_by_role("button", name="Use this picture").click()
    expect(page.get_by_text("The face that was found is marked.")).to_be_visible()
    record_consent(page, "An astronaut")

    go_to(page, "Voice")
    page.get_by_text("A voice like a recording").click()
    page.get_by_role("button", name="Start recording").click()
    expect(page.get_by_text("does not let this page use the microphone")).to_be_visible()
    page.context.grant_permissions(["camera", "microphone"])
    page.get_by_role("button", name="Start recording").click()
    expect(page.get_by_role("meter", name="Loudness")).to_have_attribute("aria-valuetext", "Good")
    assert_fit(visitor)
    expect(page.get_by_text("Speak for at least 5 seconds.")).to_be_hidden()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_label("Listen to your recording")).to_be_visible()
    assert_fit(visitor)
    page.get_by_role("button", name="Use this recording").click()
    expect(page.get_by_text("seconds of speech")).to_be_visible()
    page.get_by_text("The built-in voice").click()

    go_to(page, "Script")
    page.get_by_role("button", name="Add a pronunciation").click()
    page.get_by_label("Word", exact=True).fill("cumulus")
    page.get_by_label("Say it like").fill("kyoomyuhlus")
    page.get_by_role("button", name="Listen to cumulus").click()
    heard = page.get_by_label("How it sounds")
    expect(heard).to_be_visible()
    assert heard.evaluate(LENGTH) > 0.5
    assert jobs_of(visitor) == []


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
    expect(wanted).to_be_enabled()
    for _ in range(80):
        if wanted.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press("Tab")
    expect(wanted).to_be_focused()
    page.keyboard.press("Enter")


def type_into(page: Page, label: str, words: str, key: str = "Tab") -> None:
    """Walks with a key until that field is focused, then types."""
    field = page.get_by_label(label, exact=True)
    expect(field).to_be_visible()
    for _ in range(80):
        if field.evaluate("each => each === document.activeElement"):
            break
        page.keyboard.press(key)
    expect(field).to_be_focused()
    page.keyboard.type(words)


def test_the_keyboard_alone_signs_in_and_makes_a_lesson(visitor: Visitor) -> None:
    page = visitor.page
    with visitor.database.transaction() as db:
        a_user(db, username="ada", password_hash=password_hash())
    visitor.open("/sign-in")
    type_into(page, "Email address or username", "ada")
    type_into(page, "Password", PASSWORD)
    page.keyboard.press("Enter")
    press_on(page, "link", "Begin your first lesson")
    with page.expect_file_chooser() as chooser:
        press_on(page, "button", "Choose a picture")
    chooser.value.set_files(DRAWING)
    press_on(page, "button", "Record consent")
    expect(page.get_by_text("Consent recorded: ada")).to_be_visible()
    press_on(page, "link", "Next: Voice")
    press_on(page, "link", "Next: Script")
    press_on(page, "button", "Add a scene")
    type_into(page, "What is said", "Rain falls.", "Shift+Tab")
    type_into(page, "Title of the lesson", "Rain", "Shift+Tab")
    press_on(page, "link", "Next: Look")
    press_on(page, "link", "Next: Review")
    press_on(page, "button", "Make the lesson")
    page.wait_for_url(re.compile(r"/lessons/[0-9a-f-]{36}$"))
    [job] = jobs_of(visitor)
    assert job.spec["scenes"] == [{"narration": "Rain falls.", "title": None, "slide_id": None}]


def test_where_no_slides_can_be_drawn_their_notes_become_scenes(
    visitor: Visitor, tmp_path: Path
) -> None:
    page = visitor.page
    slides = tmp_path / "How rain is made.pptx"
    slides.write_bytes(a_deck())
    visitor.enter()
    visitor.open("/lessons/new")
    go_to(page, "Script")
    page.get_by_text("From slides (PPTX)").click()
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a presentation").click()
    chooser.value.set_files(slides)
    expect(page.get_by_role("alert")).to_contain_text("LibreOffice")
    page.get_by_role("button", name="Take the notes without the pictures").click()
    expect(page.get_by_text("One slide has no notes")).to_be_visible()
    third = page.get_by_role("group", name="Scene 3")
    expect(third.get_by_label("What is said")).to_have_value("It falls.")
    expect(page.get_by_label("Title of the lesson")).to_have_value("How rain is made")
    assert_fit(visitor)
