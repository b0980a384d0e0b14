"""The library: files are taken in, looked at, agreed to, renamed, deleted with what uses them."""

import io
import re
from pathlib import Path
from uuid import UUID, uuid4

import numpy as np
from PIL import Image
from playwright.sync_api import Page, expect

from db import jobs, users
from db.models import Asset, AssetKind, Export, JobStatus
from db.session import Database
from pipeline.storage import Storage, export_key
from tests.browser.studio.conftest import Visitor
from tests.factories import a_spec, an_asset
from tests.portraits import DRAWING, png

SCRIPT = "# Rain\n\nWarm air rises.\n\n# Snow\n\nCold air lets go of water."
WORDS = "Warm air rises."
LARGER_THAN_A_FORM = 26_000_000


def choose(page: Page, *files: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose files").click()
    chooser.value.set_files(files)


def assert_fit(visitor: Visitor) -> None:
    for theme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert visitor.violations() == [], theme


def asset_named(database: Database, name: str) -> Asset:
    with database.transaction() as db:
        found = db.query(Asset).filter(Asset.name == name).one()
        db.expunge_all()
    return found


def a_lesson_with(database: Database, portrait: Asset, title: str) -> UUID:
    with database.transaction() as db:
        owner = users.by_login(db, "ada")
        assert owner is not None
        return jobs.create(db, owner.id, a_spec(portrait.id, title=title)).id


def test_a_portrait_is_taken_in_agreed_to_renamed_and_deleted_with_what_hangs_on_it(
    visitor: Visitor, database: Database, storage: Storage, tmp_path: Path
) -> None:
    page = visitor.page
    nobody = tmp_path / "nobody.png"
    nobody.write_bytes(png(np.full((400, 400, 3), 200, np.uint8)))
    visitor.enter()
    page.get_by_role("link", name="Library").click()
    expect(page.get_by_text("You have no portrait yet.")).to_be_visible()
    assert_fit(visitor)
    choose(page, nobody, DRAWING)
    expect(page.get_by_role("alert")).to_contain_text("nobody.png was not taken.")
    expect(page.get_by_role("alert")).to_contain_text(re.compile("face", re.IGNORECASE))
    portraits = page.get_by_role("list", name="Portraits").get_by_role("listitem")
    expect(portraits).to_have_count(1)
    expect(portraits).to_contain_text("Consent missing")
    assert_fit(visitor)
    page.get_by_role("button", name="Dismiss nobody.png").click()
    expect(page.get_by_role("alert")).to_have_count(0)

    portraits.get_by_role("link", name=DRAWING.name).click()
    expect(page.get_by_text("One face, marked in the picture")).to_be_visible()
    page.get_by_text("Nobody: it is a drawing").click()
    page.get_by_label("Name of the person, or of the character").fill("The drawn presenter")
    page.get_by_label("What for").fill("Rain 101")
    page.get_by_role("button", name="Record consent").click()
    expect(page.get_by_text("The drawn presenter: there is no such person.")).to_be_visible()
    expect(page.get_by_text("For: Rain 101")).to_be_visible()
    assert_fit(visitor)
    page.get_by_role("button", name=f"Rename “{DRAWING.name}”").click()
    page.get_by_label("Name", exact=True).fill("Ada, front")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Ada, front")).to_be_visible()

    presenter = asset_named(database, "Ada, front")
    made = a_finished_lesson(database, storage, presenter, "How hail is made")
    a_lesson_with(database, presenter, "How snow is made")
    page.get_by_role("button", name="Take it back").click()
    question = page.get_by_role("alertdialog", name="Take back the consent of")
    expect(question).to_contain_text("One lesson is being made with it now.")
    question.get_by_role("button", name="Take it back").click()
    offer = page.get_by_role("alertdialog", name="Delete what was made with “Ada, front”?")
    expect(offer).to_contain_text("One lesson that was being made with it has stopped.")
    expect(offer).to_contain_text("One finished lesson shows or holds it:How hail is made")
    assert_fit(visitor)
    offer.get_by_role("button", name="Keep the lessons").click()
    expect(page.get_by_text("Consent taken back")).to_be_visible()
    page.get_by_role("button", name="Delete what was made with it").click()
    offer.get_by_role("button", name="Delete what was made").click()
    expect(page.get_by_text("No lesson uses it.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("link", name="How hail is made")).to_be_visible()
    page.get_by_role("button", name="Delete what was made with it").click()
    offer.get_by_role("button", name="Delete what was made").click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as emptied:
        page.get_by_role("button", name="Dismiss").click()
    assert str(made) in emptied.value.json()["lessons_deleted"]
    expect(page.get_by_text("No lesson uses it.")).to_be_visible()
    with database.transaction() as db:
        assert jobs.lock(db, made) is None
    page.get_by_role("button", name="All that was ever recorded").click()
    expect(page.get_by_text("The drawn presenter, there is no such person")).to_be_visible()
    page.get_by_role("button", name="Record consent").click()
    expect(page.get_by_text("The drawn presenter: there is no such person.")).to_be_visible()

    lesson = a_lesson_with(database, asset_named(database, "Ada, front"), "How rain is made")
    page.get_by_role("button", name="Delete").click()
    question = page.get_by_role("alertdialog", name="Delete “Ada, front”?")
    expect(question).to_contain_text("being made with it")
    expect(question).to_contain_text("How rain is made")
    assert_fit(visitor)
    question.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("You have no portrait yet.")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(portraits).to_contain_text("Ada, front")
    page.get_by_role("button", name="What can be done with “Ada, front”").click()
    page.get_by_role("menuitem", name="Delete").click()
    question.get_by_role("button", name="Delete").click()
    with page.expect_response(lambda answer: answer.request.method == "DELETE") as deleted:
        page.get_by_role("button", name="Dismiss").click()
    assert str(lesson) in deleted.value.json()["jobs_cancelled"]
    expect(page.get_by_text("You have no portrait yet.")).to_be_visible()


def test_files_are_found_by_name_and_state_and_scripts_are_read(
    visitor: Visitor, database: Database, tmp_path: Path
) -> None:
    page = visitor.page
    files = [tmp_path / f"{name}.md" for name in ("rain", "snow")]
    for file in files:
        file.write_text(SCRIPT, "utf-8")
    visitor.enter()
    visitor.open("/library?kind=script")
    choose(page, *files)
    scripts = page.get_by_role("list", name="Scripts").get_by_role("listitem")
    expect(scripts).to_have_count(2)
    expect(scripts.first).to_contain_text("2 scenes")
    page.get_by_label("Search by name").fill("RAIN")
    expect(scripts).to_have_count(1)
    assert_fit(visitor)
    scripts.get_by_role("link", name="rain.md").click()
    expect(page.get_by_role("region", name="Text of “rain.md”")).to_contain_text(WORDS)
    assert_fit(visitor)
    page.go_back()
    expect(page.get_by_label("Search by name")).to_have_value("RAIN")
    expect(scripts).to_have_count(1)
    page.get_by_role("link", name="Voices").click()
    expect(page.get_by_text("You have no voice yet.")).to_be_visible()
    page.get_by_role("button", name="Record a voice").click()
    expect(page.get_by_text("Read this aloud")).to_be_visible()
    assert_fit(visitor)
    assert asset_named(database, "rain.md").kind is AssetKind.SCRIPT


def test_a_file_larger_than_a_form_goes_to_the_storage_and_is_checked_there(
    visitor: Visitor, database: Database, tmp_path: Path
) -> None:
    page = visitor.page
    file, picture = tmp_path / "sunset.jpg", io.BytesIO()
    Image.open(DRAWING).convert("RGB").save(picture, "JPEG")
    # what comes after the end of a picture is read by nobody
    file.write_bytes(picture.getvalue() + bytes(LARGER_THAN_A_FORM))
    visitor.enter()
    visitor.open("/library?kind=slide")
    choose(page, file)
    expect(page.get_by_role("list", name="Files on their way")).to_have_count(0)
    expect(page.get_by_role("list", name="Slides").get_by_role("listitem")).to_have_count(1)
    assert asset_named(database, "sunset.jpg").bytes < LARGER_THAN_A_FORM


def a_finished_lesson(database: Database, storage: Storage, portrait: Asset, title: str) -> UUID:
    """With a film and a poster, whatever they show."""
    lesson = a_lesson_with(database, portrait, title)
    with database.transaction() as db:
        job = jobs.lock(db, lesson)
        assert job is not None
        jobs.end(db, job, JobStatus.SUCCEEDED, exports=["lesson.mp4", "poster.jpg"])
        for name, content_type in (("lesson.mp4", "video/mp4"), ("poster.jpg", "image/jpeg")):
            key = export_key(job.owner_id, lesson, name)
            storage.put(key, DRAWING.read_bytes(), content_type)
            db.add(
                Export(
                    job_id=lesson, name=name, content_type=content_type, bytes=1,
                    sha256=uuid4().hex, storage_key=key,
                )
            )  # fmt: skip
    return lesson


def test_lessons_with_a_portrait_are_listed_with_posters_saved_together_and_renamed(
    visitor: Visitor, database: Database, storage: Storage
) -> None:
    page = visitor.page
    visitor.enter()
    with database.transaction() as db:
        owner = users.by_login(db, "ada")
        assert owner is not None
        portrait, another = an_asset(db, owner, name="Ada, front"), an_asset(db, owner)
    for title in ("Light", "Leaves: roots"):
        a_finished_lesson(database, storage, portrait, title)
    a_lesson_with(database, another, "Sugar")
    visitor.open(f"/lessons?asset={portrait.id}")
    expect(page.get_by_role("link", name="Lessons with “Ada, front”")).to_be_visible()
    rows = page.get_by_role("main").get_by_role("listitem")
    expect(rows).to_have_count(2)
    page.wait_for_function("[...document.images].filter(each => each.naturalWidth > 0).length == 2")
    page.get_by_text("Select all that are shown").click()
    assert_fit(visitor)
    with (
        page.expect_download(lambda each: each.suggested_filename == "Light.mp4") as one,
        page.expect_download(lambda each: each.suggested_filename == "Leaves roots.mp4") as other,
    ):
        page.get_by_role("button", name="Download 2 videos").click()
    for film in (one, other):
        assert film.value.path().read_bytes() == DRAWING.read_bytes()
    page.get_by_role("link", name="Leaves: roots").click()
    page.get_by_role("button", name="Rename the lesson").click()
    page.get_by_label("Title of the lesson").fill("Leaves and roots")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Leaves and roots")).to_be_visible()
    expect(page.get_by_role("button", name="Rename the lesson")).to_be_focused()
    with page.expect_download() as poster:
        page.get_by_role("link", name="Save picture").click()
    assert poster.value.path().read_bytes() == DRAWING.read_bytes()
    assert_fit(visitor)
    page.go_back()
    expect(page.get_by_role("link", name="Leaves and roots")).to_be_visible()
