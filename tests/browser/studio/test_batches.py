"""Many lessons from one table, and what becomes of them."""

import json
import re
import zipfile
from pathlib import Path
from uuid import UUID

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from db import batches, jobs, users
from db.models import Batch, Job, JobStatus
from db.session import Database
from pipeline.storage import Storage
from tests.browser.studio.conftest import MADE_MILLISECONDS, Visitor
from tests.factories import a_spec, an_asset
from tests.portraits import DRAWING

TABLE = """Title;Text;Number
Up;"Warm air rises.

It is light.";7-1
Down;;7-2
Rain;Cold air lets go of water.;7-3
"""


def portrait_of(visitor: Visitor, storage: Storage) -> UUID:
    with visitor.database.transaction() as db:
        owner = users.by_login(db, "ada")
        assert owner is not None
        portrait = an_asset(db, owner, name="The presenter")
        storage.put(portrait.storage_key, DRAWING.read_bytes(), "image/png")
        return portrait.id


def assert_fit(visitor: Visitor) -> None:
    for theme in ("light", "dark"):
        visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert visitor.violations() == [], theme


def take_table(page: Page, file: Path) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Choose a CSV file").click()
    chooser.value.set_files(file)


def assert_kept(page: Page) -> None:
    """Also in a tab that is opened later."""
    later = page.context.new_page()
    later.goto(page.url)
    expect(later.get_by_label("Title, row 3")).to_have_value("Rain")
    later.close()


def specs_of(database: Database) -> list[dict[str, object]]:
    with database.transaction() as db:
        return list(db.scalars(select(Job.spec).order_by(Job.batch_row)))


@pytest.mark.usefixtures("worker")
def test_of_a_table_with_one_bad_row_the_others_are_made_and_taken_away(
    visitor: Visitor, storage: Storage, database: Database, tmp_path: Path
) -> None:
    page = visitor.page
    visitor.enter()
    portrait_of(visitor, storage)
    visitor.open("/batches")
    expect(page.get_by_text("You have made no batch yet.")).to_be_visible()
    page.get_by_role("link", name="Make lessons from a table").click()

    table = tmp_path / "Unit 7.csv"
    table.write_text(TABLE, "utf-8")
    take_table(page, table)
    expect(page.get_by_label("Name of the batch")).to_have_value("Unit 7")
    assert_kept(page)
    # the only one there is need not be chosen
    expect(page.get_by_role("radio", name="The presenter")).to_be_checked()
    page.get_by_label("Title, row 3").fill("Rain falls")
    page.get_by_role("button", name="Make 3 lessons").click()
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("1 of 3 rows needs a change. Nothing has been made.")
    expect(page.get_by_role("group", name="Row 2")).to_contain_text("The row has no words")
    assert specs_of(database) == []
    assert_fit(visitor)

    page.get_by_role("button", name="Leave out 1 row, make 2 lessons").click()
    page.wait_for_url(re.compile(r"/batches/[0-9a-f-]{36}$"))
    expect(page.get_by_role("heading", name="Unit 7")).to_be_visible()
    expect(page.get_by_role("heading", name="Row 2")).to_be_visible()
    finished = page.get_by_text("Finished · 2 of 2 ready · 1 row left out")
    expect(finished).to_be_visible(timeout=MADE_MILLISECONDS)
    up, rain = specs_of(database)
    assert (up["external_id"], rain["title"]) == ("7-1", "Rain falls")
    assert up["scenes"] == [
        {"narration": "Warm air rises.", "title": None, "slide_id": None},
        {"narration": "It is light.", "title": None, "slide_id": None},
    ]
    assert_fit(visitor)

    with page.expect_download() as listed:
        page.get_by_role("button", name="Download the list").click()
    manifest = json.loads(listed.value.path().read_text("utf-8"))
    assert [item["title"] for item in manifest["items"]] == ["Up", "Rain falls"]
    with page.expect_download() as packed:
        page.get_by_role("button", name="Download as one zip").click()
    assert packed.value.suggested_filename == "Unit 7.zip"
    with zipfile.ZipFile(packed.value.path()) as archive:
        assert archive.testzip() is None
        assert "003-7-3/lesson.mp4" in archive.namelist()


def a_batch(visitor: Visitor, portrait_id: UUID) -> UUID:
    """Of three lessons; the first has failed."""
    with visitor.database.transaction() as db:
        owner = users.by_login(db, "ada")
        assert owner is not None
        items = [
            batches.NewItem(row, a_spec(portrait_id, title=f"Unit {row}", priority="batch"))
            for row in (1, 2, 3)
        ]
        batch = batches.create(db, owner.id, title="Unit 7", items=items, refused=[])
        first = db.scalars(select(Job.id).where(Job.batch_row == 1)).one()
        job = jobs.lock(db, first)
        assert job is not None
        jobs.end(
            db,
            job,
            JobStatus.FAILED,
            code="engine_failed",
            detail="The film could not be made.",
            advice="Try it again.",
        )
        return batch.id


def test_the_rest_of_a_batch_is_cancelled_and_what_failed_goes_on(
    visitor: Visitor, storage: Storage, database: Database
) -> None:
    page = visitor.page
    visitor.enter()
    batch_id = a_batch(visitor, portrait_of(visitor, storage))
    visitor.open("/batches?show=making")
    page.get_by_role("link", name="Unit 7").click()
    expect(page.get_by_text("Being made · 1 of 3 finished · 1 failed")).to_be_visible()
    expect(page.get_by_text("The film could not be made. Try it again.")).to_be_visible()
    page.get_by_role("button", name="Cancel the rest").click()
    page.get_by_role("alertdialog").get_by_role("button", name="Cancel the rest").click()
    expect(page.get_by_text("Finished · 0 of 3 ready · 1 failed · 2 cancelled")).to_be_visible()
    page.get_by_role("button", name="Go on with the one that failed").click()
    expect(page.get_by_text("Being made · 2 of 3 finished")).to_be_visible()
    with database.transaction() as db:
        assert db.get_one(Batch, batch_id).making == 2
