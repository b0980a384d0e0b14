"""A presentation becomes scenes: notes are said, slides are shown."""

import io
import stat
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from PIL import Image
from pptx import Presentation
from sqlalchemy import select

from db.models import Asset
from db.session import Database
from pipeline.storage import Storage
from serve.deps import Studio
from serve.settings import Settings
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec

OFFICE = Settings().office_program
needs_office = pytest.mark.skipif(OFFICE is None, reason="needs LibreOffice")
Slides = tuple[tuple[str, str], ...]
LESSON: Slides = (("Rain", "Warm air rises.\nIt cools."), ("Clouds", ""), ("Snow", "It falls."))


def a_deck(slides: Slides = LESSON, *, hidden: str = "") -> bytes:
    """A presentation of these titles and notes."""
    deck = Presentation()
    for title, notes in slides:
        slide = deck.slides.add_slide(deck.slide_layouts[5])
        slide.shapes.title.text = title
        if notes:
            slide.notes_slide.notes_text_frame.text = notes
        if title == hidden:
            slide._element.set("show", "0")
    file = io.BytesIO()
    deck.save(file)
    return file.getvalue()


def with_part(deck: bytes, name: str, data: bytes) -> bytes:
    """The presentation with one of its files replaced or added."""
    kept = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(deck)) as old, zipfile.ZipFile(kept, "w") as new:
        for entry in old.infolist():
            if entry.filename != name:
                new.writestr(entry, old.read(entry))
        new.writestr(name, data, zipfile.ZIP_DEFLATED)
    return kept.getvalue()


def send(person: Person, deck: bytes, **form: Any) -> httpx.Response:
    return person.post(
        "/api/scripts/slides", data=form, files={"file": ("How rain is made.pptx", deck)}
    )


def notes_of(person: Person, deck: bytes) -> httpx.Response:
    return send(person, deck, pictures="false")


def test_notes_become_narration_scene_by_scene(ada: Person) -> None:
    answer = notes_of(ada, a_deck((*LESSON, ("Aside", "Not said.")), hidden="Aside"))
    assert answer.status_code == 201, answer.text
    read = answer.json()
    assert read["title"] == "How rain is made"
    assert [(each["title"], each["narration"]) for each in read["scenes"]] == [
        ("Rain", "Warm air rises.\n\nIt cools."),
        ("Clouds", ""),
        ("Snow", "It falls."),
    ]
    seconds = [each["seconds"] for each in read["scenes"]]
    assert seconds[0] > seconds[2] > seconds[1] == 0
    assert [each["slide_id"] for each in read["scenes"]] == [None] * 3


def test_without_libreoffice_slides_are_refused_rather_than_faked(
    ada: Person, database: Database
) -> None:
    body = assert_problem(send(ada, a_deck()), 409, "office_missing")
    assert "LibreOffice" in body["detail"]
    assert body["advice"]
    with database.transaction() as db:
        assert db.scalars(select(Asset)).all() == []


def test_notes_that_cannot_be_spoken_are_told_by_slide(ada: Person) -> None:
    answer = notes_of(ada, a_deck((("Rain", "Wait. [pause 900s]"), ("Snow", "Fine."))))
    assert fields(assert_problem(answer, 422, "request_invalid")) == {
        ("slides.0.notes", "pause_too_long")
    }


def test_what_is_no_presentation_is_refused(ada: Person) -> None:
    deck = a_deck()
    for wrong in (b"no presentation", deck[: len(deck) // 2], with_part(b_zip(), "a.txt", b"a")):
        assert_problem(notes_of(ada, wrong), 422, "slides_unreadable")


def b_zip() -> bytes:
    file = io.BytesIO()
    zipfile.ZipFile(file, "w").close()
    return file.getvalue()


def test_a_presentation_that_unpacks_to_too_much_is_refused(ada: Person) -> None:
    bomb = with_part(a_deck(), "ppt/media/image1.xml", b"\0" * (64 * 2**20))
    body = assert_problem(notes_of(ada, bomb), 422, "slides_unreadable")
    assert "unpacks to far more" in body["detail"]


def test_a_presentation_that_would_fetch_something_is_refused(ada: Person) -> None:
    namespace = "http://schemas.openxmlformats.org"
    linked = (
        f'<Relationships xmlns="{namespace}/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{namespace}/officeDocument/2006/relationships/image"'
        ' Target="http://192.0.2.1/inside.png" TargetMode="External"/></Relationships>'
    )
    deck = with_part(a_deck(), "ppt/slides/_rels/slide9.xml.rels", linked.encode())
    body = assert_problem(notes_of(ada, deck), 422, "slides_unreadable")
    assert "not in the file itself" in body["detail"]


def test_a_form_without_a_file_is_told_so(ada: Person, viewer: Person) -> None:
    answer = ada.post("/api/scripts/slides", files={"other": ("a", b"b")})
    told = fields(assert_problem(answer, 422, "request_invalid"))
    assert ("file", "missing") in told
    assert_problem(notes_of(viewer, b"anything"), 403, "not_allowed")


class TestWithLibreOffice:
    """Where the operator has installed it."""

    @pytest.fixture
    def studio(self, studio: Studio) -> Studio:
        return replace(studio, office=OFFICE)

    @needs_office
    def test_each_slide_is_drawn_and_makes_a_lesson(
        self, ada: Person, portrait: Asset, database: Database, storage: Storage
    ) -> None:
        answer = send(ada, a_deck())
        assert answer.status_code == 201, answer.text
        scenes = answer.json()["scenes"]
        ids = [UUID(each["slide_id"]) for each in scenes]
        with database.transaction() as db:
            kept = {each.id: each for each in db.scalars(select(Asset).where(Asset.id.in_(ids)))}
        assert [kept[each].name for each in ids] == [
            f"How rain is made, slide {number}" for number in (1, 2, 3)
        ]
        pictures = [
            Image.open(io.BytesIO(storage.get(kept[each].storage_key))).convert("L") for each in ids
        ]
        assert {picture.size for picture in pictures} == {(1920, 1440)}
        assert all(picture.getextrema() == (0, 255) for picture in pictures)
        assert len({picture.tobytes() for picture in pictures}) == 3
        small = [storage.get(str(kept[each].thumbnail_key)) for each in ids]
        assert {Image.open(io.BytesIO(each)).size for each in small} == {(512, 384)}
        said = [
            {"narration": each["narration"] or "A cloud.", "slide_id": each["slide_id"]}
            for each in scenes
        ]
        job = ada.post("/api/jobs", json=a_spec(portrait.id, scenes=said))
        assert job.status_code == 202, job.text


class TestWithAnOfficeThatFails:
    @pytest.fixture
    def studio(self, studio: Studio, tmp_path: Path) -> Studio:
        program = tmp_path / "soffice"
        program.write_text("#!/bin/sh\necho no display\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return replace(studio, office=program)

    def test_what_it_says_is_told_and_nothing_is_kept(
        self, ada: Person, database: Database
    ) -> None:
        body = assert_problem(send(ada, a_deck()), 422, "slides_undrawable")
        assert "no display" in body["detail"]
        with database.transaction() as db:
            assert db.scalars(select(Asset)).all() == []
