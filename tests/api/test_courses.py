"""Courses: finished lessons in one package, for whom they belong to."""

import io
import zipfile
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4
from xml.etree import ElementTree

import httpx
import pytest

from db import batches
from db.models import Export, Job, JobStatus
from db.session import Database
from pipeline.export.timings import TIMINGS, dump_timings
from pipeline.lesson import FinishedScene, Scene
from pipeline.storage import Storage, export_key
from serve import courses
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_job, a_spec
from tests.media import sentences_of, spoken_words

FILM = bytes(range(256)) * 8192
QUIZ = {"questions": [{"text": "Which?", "choices": [{"text": "A", "right": True}, {"text": "B"}]}]}
FAILED = {"status": JobStatus.FAILED, "error_code": "no_face"}
Make = Callable[..., str]


@pytest.fixture
def make(ada: Person, database: Database, storage: Storage) -> Make:
    """A finished lesson with a film, and its id."""

    def lesson(title: str = "Rain", **given: Any) -> str:
        spec = a_spec(uuid4(), **{"title": title, **given.pop("spec", {})})
        ended = {"status": JobStatus.SUCCEEDED, "finished_at": datetime.now(UTC)}
        made = {"title": title, "spec": spec, **ended}
        with database.transaction() as db:
            job = a_job(db, ada.user, **(made | given))
            filmed(db, job)
        words = spoken_words("Warm air rises.", 10)
        scene = FinishedScene(
            Scene(0, None, "Warm air rises."), None, None, 10, words, sentences_of(words)
        )  # type: ignore[arg-type]
        storage.put(export_key(job.owner_id, job.id, TIMINGS), dump_timings([scene]), "text/json")
        return str(job.id)

    def filmed(db: Any, job: Job) -> None:
        for name, data in (("lesson.mp4", FILM), ("poster.jpg", str(job.id).encode())):
            key = export_key(job.owner_id, job.id, name)
            storage.put(key, data, "video/mp4")
            row = {"content_type": "video/mp4", "bytes": len(data), "sha256": "ab" * 32}
            db.add(Export(job_id=job.id, name=name, storage_key=key, **row))

    return lesson


def unpacked(answer: httpx.Response) -> zipfile.ZipFile:
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/zip"
    found = zipfile.ZipFile(io.BytesIO(answer.content))
    assert found.testzip() is None
    return found


def asked(person: Person, package: str, *ids: str, **given: Any) -> httpx.Response:
    query = {"title": "Weather & climate", "lesson": list(ids), **given}
    return person.get(f"/api/courses/{package}", params=query)


def hrefs(manifest: bytes) -> list[str]:
    """Every file that a manifest lists."""
    tree = ElementTree.fromstring(manifest)
    return [each.attrib["href"] for each in tree.iter() if each.tag.endswith("}file")]


@pytest.mark.parametrize("package", ["scorm12.zip", "scorm2004.zip"])
def test_a_scorm_course_lists_its_lessons_in_order_with_every_file(
    ada: Person, make: Make, package: str
) -> None:
    second, first = make("Snow", spec={"quiz": QUIZ}), make("Rain")
    course = unpacked(asked(ada, package, first, second))
    manifest = course.read("imsmanifest.xml")
    tree = ElementTree.fromstring(manifest)
    titles = [each.text for each in tree.iter() if each.tag.endswith("}title")]
    assert titles == ["Weather & climate", "Rain", "Snow"]
    scos = [
        each
        for each in tree.iter()
        if "sco" in {v for k, v in each.attrib.items() if "corm" in k.lower()}
    ]
    assert [sco.attrib["href"] for sco in scos] == ["lesson001/index.html", "lesson002/index.html"]
    listed = set(hrefs(manifest))
    schemas = {name for name in course.namelist() if name.endswith((".xsd", ".dtd"))}
    assert listed | schemas | {"imsmanifest.xml"} == set(course.namelist())
    assert course.read("lesson001/lesson.mp4") == FILM
    assert course.read("lesson002/poster.jpg") == second.encode()
    assert b'href="lesson002/index.html"' in course.read("index.html")
    assert b'src="../player/quiz.js"' in course.read("lesson002/index.html")
    assert b"quiz.js" not in course.read("lesson001/index.html")


def test_a_cmi5_course_is_a_unit_a_lesson(ada: Person, make: Make) -> None:
    ids = make("Rain"), make("Snow", spec={"quiz": QUIZ | {"mastery": 0.6}})
    course = unpacked(asked(ada, "cmi5.zip", *ids))
    tree = ElementTree.fromstring(course.read("cmi5.xml"))
    units = [each for each in tree if each.tag.endswith("}au")]
    assert [unit.attrib["moveOn"] for unit in units] == ["Completed", "CompletedAndPassed"]
    assert "masteryScore" not in units[0].attrib
    for unit in units:
        url = next(each.text for each in unit if each.tag.endswith("}url"))
        assert url in course.namelist()


def test_no_reader_of_zips_is_asked_too_much(ada: Person, make: Make) -> None:
    """Deflated, so that Java's stream reader takes it; without zip64; ASCII names."""
    course = unpacked(asked(ada, "scorm12.zip", make("Überblick")))
    for entry in course.infolist():
        assert entry.compress_type == zipfile.ZIP_DEFLATED
        assert entry.extract_version <= 20
        assert entry.filename.isascii()


def test_a_course_made_again_has_the_same_identifiers(ada: Person, make: Make) -> None:
    one, two, three = make("One"), make("Two"), make("Three")

    def identifier(*ids: str, **given: Any) -> str:
        manifest = unpacked(asked(ada, "scorm12.zip", *ids, **given)).read("imsmanifest.xml")
        return ElementTree.fromstring(manifest).attrib["identifier"]

    assert identifier(one, two) == identifier(one, two, title="Another title")
    assert identifier(one, two) != identifier(two, one)
    named = {"course_id": "weather-1"}
    assert identifier(one, **named) == identifier(one, two, three, **named) == "LECTERN-weather-1"


def test_a_batch_is_a_course_in_the_order_of_its_rows(
    ada: Person, make: Make, database: Database
) -> None:
    with database.transaction() as db:
        batch = batches.create(db, ada.user.id, title="Weather", items=[], refused=[])
    make("Second", batch_id=batch.id, batch_row=2)
    make("First", batch_id=batch.id, batch_row=1)
    place = f"/api/batches/{batch.id}/course/scorm2004.zip"
    course = unpacked(ada.get(place))
    tree = ElementTree.fromstring(course.read("imsmanifest.xml"))
    titles = [each.text for each in tree.iter() if each.tag.endswith("}title")]
    assert titles == ["Weather", "First", "Second"]
    failed = make("Third", batch_id=batch.id, batch_row=3, **FAILED)
    told = assert_problem(ada.get(place), 409, "lessons_unfinished")
    assert fields(told) == {("lessons.2", "not_finished")}
    assert told["errors"][0]["message"] == failed


def test_only_finished_lessons_of_ones_own_make_a_course(
    ada: Person, bob: Person, make: Make
) -> None:
    done, waiting = make(), make(status=JobStatus.QUEUED, finished_at=None)
    told = assert_problem(asked(ada, "cmi5.zip", done, waiting), 409, "lessons_unfinished")
    assert fields(told) == {("lessons.1", "not_finished")}
    assert_problem(asked(bob, "cmi5.zip", done), 404, "job_not_found")
    assert_problem(asked(ada, "cmi5.zip", done, str(UUID(int=1))), 404, "job_not_found")


def test_an_empty_batch_is_no_course(ada: Person, bob: Person, database: Database) -> None:
    with database.transaction() as db:
        batch = batches.create(db, ada.user.id, title="Weather", items=[], refused=[])
    place = f"/api/batches/{batch.id}/course/cmi5.zip"
    assert_problem(ada.get(place), 409, "lessons_unfinished")
    assert_problem(bob.get(place), 404, "batch_not_found")


def test_what_is_asked_wrongly_is_refused(ada: Person, make: Make) -> None:
    one = make()
    for package, ids, given, field in (
        ("scorm3.zip", [one], {}, "package"),
        ("cmi5.zip", [], {}, "lesson"),
        ("cmi5.zip", [one, one], {}, "lesson"),
        ("cmi5.zip", ["one"], {}, "lesson.0"),
        ("cmi5.zip", [one], {"title": " "}, "title"),
        ("cmi5.zip", [one], {"course_id": "a/b"}, "course_id"),
    ):
        told = assert_problem(asked(ada, package, *ids, **given), 422, "request_invalid")
        assert {error[0] for error in fields(told)} == {field}


def test_a_course_beyond_two_gibibytes_is_refused_before_it_is_sent(
    ada: Person, make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(courses, "MOST_BYTES", 3 * len(FILM))
    ids = [make(), make(), make()]
    assert asked(ada, "cmi5.zip", *ids[:2]).status_code == 200
    assert_problem(asked(ada, "cmi5.zip", *ids), 409, "course_too_large")
