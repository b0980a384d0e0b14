"""Courses and cmi5: what platforms read first, held against schemas and specification."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from lxml import etree

from pipeline.export.cmi5 import course_structure, unit
from pipeline.export.course import Course, CourseLesson, Standard, Taken, course_files, plan
from pipeline.export.lesson import Lesson
from pipeline.export.scorm import Edition
from pipeline.lesson import FinishedScene, Scene
from pipeline.quiz import QuizSpec
from tests.media import ENGINES, sentences_of, spoken_words
from tests.schemas import validator

SCORM: tuple[Edition, ...] = ("scorm12", "scorm2004")
QUIZ = QuizSpec.model_validate(
    {"questions": [{"text": "Which?", "choices": [{"text": "A", "right": True}, {"text": "B"}]}]}
)
CMI5 = "{https://w3id.org/xapi/profiles/cmi5/v1/CourseStructure.xsd}"
MOVE_ON = {"Passed", "Completed", "CompletedAndPassed", "CompletedOrPassed", "NotApplicable"}


def a_lesson(
    name: str, quiz: QuizSpec | None = None, said: str = "Air rises. Rain falls."
) -> Lesson:
    words = spoken_words(said, 20)
    scene = FinishedScene(Scene(0, None, said), Path(), None, 20, words, sentences_of(words))
    return Lesson([scene], name, f"{name} & <more>", "de", ENGINES, quiz=quiz)


LESSONS = (a_lesson("one"), a_lesson("two", QUIZ), a_lesson("three"))


def a_course(standard: Standard, title: str = "Weather") -> Course:
    lessons = [CourseLesson(lambda made=made: made, (512, 512)) for made in LESSONS]  # type: ignore[misc]
    return plan("weather/1", title, standard, lessons)


def files_of(standard: Standard) -> dict[str, bytes | Taken]:
    return dict(course_files(a_course(standard)))


def root_of(standard: Standard) -> etree._Element:
    _, index = next(course_files(a_course(standard)))
    assert isinstance(index, bytes)
    return etree.fromstring(index)


@pytest.mark.parametrize("edition", SCORM)
def test_the_manifest_of_a_course_is_valid_by_the_published_schemas(
    tmp_path: Path, edition: Edition
) -> None:
    root = root_of(edition)
    schema = validator(tmp_path, root, edition)
    schema.validate(root)
    assert [str(error) for error in schema.error_log] == []


@pytest.mark.parametrize("edition", SCORM)
def test_every_file_of_a_course_is_listed_once(edition: Edition) -> None:
    listed = [str(each) for each in root_of(edition).xpath("//*[local-name()='file']/@href")]
    assert len(listed) == len(set(listed))
    packed = {name for name in files_of(edition) if not name.endswith((".xsd", ".dtd"))}
    assert {*listed, "imsmanifest.xml"} == packed


def test_a_lesson_without_a_quiz_does_not_hold_up_the_courses_success() -> None:
    items = root_of("scorm2004").xpath("//*[local-name()='item']")
    counts = [len(item.xpath(".//*[local-name()='rollupRules']")) for item in items]
    assert counts == [1, 0, 1]
    measures = root_of("scorm2004").xpath("//*[local-name()='minNormalizedMeasure']/text()")
    assert measures == ["0.8"]


def test_lessons_are_read_one_at_a_time() -> None:
    held = 0
    most = 0

    def load() -> Lesson:
        nonlocal held
        held += 1
        return LESSONS[0]

    course = plan("1", "Weather", "cmi5", [CourseLesson(load, (512, 512))] * 3)
    for name, _ in course_files(course):
        most = max(most, held - 3)
        if name == "lesson001/lesson.mp4":
            assert most == 1


def test_films_are_taken_as_they_are() -> None:
    files = files_of("cmi5")
    assert files["lesson002/lesson.mp4"] == Taken(1, "lesson.mp4")
    taken = [name for name, content in files.items() if isinstance(content, Taken)]
    assert len(taken) == 2 * len(LESSONS)


def test_a_course_structure_is_what_the_specification_asks_for() -> None:
    """Section 13.1; no package of the schema was found, so its tables are checked here."""
    root = root_of("cmi5")
    assert root.tag == f"{CMI5}courseStructure"
    course, *units = root
    assert (course.tag, {each.tag for each in units}) == (f"{CMI5}course", {f"{CMI5}au"})
    identifiers = [str(each.attrib["id"]) for each in (course, *units)]
    assert len(set(identifiers)) == len(identifiers)
    assert all(urlsplit(each).scheme == "urn" for each in identifiers)
    for each in (course, *units):
        _holds_language_strings(each)
    for each in units:
        _is_a_unit(each)


def _holds_language_strings(element: etree._Element) -> None:
    title, description = element[:2]
    assert (title.tag, description.tag) == (f"{CMI5}title", f"{CMI5}description")
    for text in (*title, *description):
        assert text.tag == f"{CMI5}langstring"
        assert text.attrib["lang"] == "de"
        assert text.text
        assert text.text == text.text.strip()


def _is_a_unit(element: etree._Element) -> None:
    known = {"id", "moveOn", "masteryScore", "launchMethod", "activityType"}
    assert {str(name) for name in element.attrib} <= known
    assert element.attrib["moveOn"] in MOVE_ON
    assert element.attrib["launchMethod"] in ("AnyWindow", "OwnWindow")
    assert ("masteryScore" in element.attrib) == ("Passed" in element.attrib["moveOn"])
    assert 0 <= float(element.attrib.get("masteryScore", 0)) <= 1
    assert [child.tag for child in element[2:]] == [f"{CMI5}url"]
    url = urlsplit(element[2].text or "")
    assert (url.scheme, url.query) == ("", "")


def test_identifiers_of_units_stay_and_differ() -> None:
    one = unit(LESSONS[0], "index.html")
    assert one.id == unit(a_lesson("one", QUIZ), "lesson007/index.html").id
    assert one.id != unit(LESSONS[1], "index.html").id
    alone = course_structure("one", "One", "About one", [one])
    assert alone.count(one.id) == 1


def test_a_unit_is_described_by_how_it_begins() -> None:
    assert unit(LESSONS[0], "x").description == "Air rises. Rain falls."
    long = unit(a_lesson("four", said="Rain falls again and again. " * 60), "x").description
    assert long.endswith(" …")
    assert len(long) <= 502
    assert unit(Lesson([], "five", "Five", "en", ENGINES), "x").description == "Five"
