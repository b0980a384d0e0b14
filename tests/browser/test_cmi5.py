"""The cmi5 package in a real browser, launched by a platform that checks every requirement."""

import json
import os
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from pipeline.export.course import CourseLesson, course_files, plan
from pipeline.export.lesson import Lesson
from pipeline.export.package import package_lesson
from pipeline.lesson import FinishedScene
from pipeline.quiz import QuizSpec
from tests.browser.cmi5_rules import (
    CMI5,
    MASTERY,
    MOVE_ON,
    RULES,
    Launch,
    Statement,
    ids,
    verb_of,
)
from tests.browser.conftest import HERE
from tests.browser.lms import watch
from tests.browser.lrs import Platform, platform
from tests.browser.ralph import RALPH, taken_by_ralph
from tests.browser.served import served
from tests.browser.test_quiz import FIRST, QUIZ, SECOND, answer
from tests.media import ENGINES

SECONDS = 6
SIZE = (128, 96)
PROGRESS = "https://w3id.org/xapi/cmi5/result/extensions/progress"
QUESTION = {
    "id": "light",
    "type": "choice",
    "description": "What do plants eat?",
    "choices": [{"id": "a", "text": "Light"}, {"id": "b", "text": "Stones"}],
    "correct": ["a"],
    "latency": 1234,
}
ALL_TRIES_AT_ONCE = """
window.Lectern = { Quiz: { find: (host) => ({
    restore() {}, encode: () => "", isDue: (scene) => scene === "end" && !window.asked,
    get isDone() { return Boolean(window.asked); },
    get passed() { return window.asked ? Boolean(window.rights.at(-1)) : null; },
    async ask() {
        for (const right of window.rights) {
            host.answered({ ...QUESTION, response: [right ? "a" : "b"], shownAt: new Date(),
                            result: right ? "correct" : "incorrect" });
            host.scored({ raw: right ? 5 : 2, min: 0, max: 5, passed: right });
        }
        window.asked = true;
        host.changed();
    },
}) } };
"""
"""A quiz by its contract: at the end all tries are made at once, right or wrong as told."""


@pytest.fixture(scope="module")
def lesson(tmp_path_factory: pytest.TempPathFactory, scenes: list[FinishedScene]) -> Iterator[str]:
    """The address of the lesson, apart from that of its platform."""
    folder = tmp_path_factory.mktemp("cmi5")
    package(scenes, folder)
    with served(folder) as address:
        yield f"{address}/index.html"


@pytest.fixture(scope="module")
def quizzed(tmp_path_factory: pytest.TempPathFactory, scenes: list[FinishedScene]) -> Iterator[str]:
    """The address of a lesson with a quiz that may be taken twice, and must be all right."""
    folder = tmp_path_factory.mktemp("cmi5-quiz")
    package(scenes, folder, QUIZ)
    with served(folder) as address:
        yield f"{address}/index.html"


def package(scenes: list[FinishedScene], folder: Path, quiz: QuizSpec | None = None) -> None:
    package_lesson(
        scenes, lesson_id="0199-plants", title="How plants eat", language="en-us",
        exports=["cmi5.zip"], engines=ENGINES, out_dir=folder, quiz=quiz,
    )  # fmt: skip
    with zipfile.ZipFile(folder / "cmi5.zip") as made:
        made.extractall(folder)


@pytest.fixture(scope="module")
def everything_told() -> Iterator[list[Any]]:
    """Every statement of these tests; a library of others says whether they are xAPI, and so does
    a record store of others where there is one."""
    told: list[Any] = []
    yield told
    if RALPH in os.environ:
        assert taken_by_ralph(Path(os.environ[RALPH]), told) == told
    node = Path(sys.executable).with_name("node")
    done = subprocess.run(
        [node, HERE / "statements.cjs"], input=json.dumps(told), capture_output=True, text=True,
        check=True,
    )  # fmt: skip
    assert told
    assert [fault for faults in json.loads(done.stdout) for fault in faults] == []


@pytest.fixture
def lms(everything_told: list[Any]) -> Iterator[Platform]:
    """A platform, which must have had nothing to refuse but what a test expects.

    One for each test: what a page of the one before still sends is not for the next one's ears.
    """
    with platform() as made:
        yield made
        everything_told += [each for one in made.launches for each in one.statements]
        assert made.refused == []


def opened(page: Page, lesson: str, lms: Platform, launch: Launch) -> None:
    page.goto(f"{lesson}?{lms.query(launch)}")
    lms.wait(lambda: launch.verbs == ["initialized"])
    expect(page.locator("#progress")).to_contain_text("Watched")


def beside(page: Page, lesson: str, lms: Platform, launch: Launch) -> Page:
    """Another tab of the same browser, once the lesson is open in it."""
    address = f"{lesson}?{lms.query(launch)}"
    with page.expect_popup() as popup:
        page.evaluate("address => window.open(address) && null", address)
    lms.wait(lambda: launch.verbs == ["initialized"])
    expect(popup.value.locator("#progress")).to_contain_text("Watched")
    return popup.value


def left(page: Page, lms: Platform, launch: Launch) -> list[str]:
    """The verbs of the session, once it is over."""
    page.goto("about:blank")
    lms.wait(lambda: launch.is_over)
    return launch.verbs


def with_quiz(page: Page, *rights: bool) -> None:
    told = f"const QUESTION = {json.dumps(QUESTION)}; window.rights = {json.dumps(rights)};"
    page.add_init_script(f"(() => {{ {told} {ALL_TRIES_AT_ONCE} }})()")


def test_a_lesson_is_watched_completed_and_left(page: Page, lesson: str, lms: Platform) -> None:
    launch = lms.launch()
    opened(page, lesson, lms, launch)
    watch(page, 0, SECONDS)
    expect(page.locator("#progress")).to_have_text("Watched: 100 %. Lesson completed.")
    lms.wait(lambda: "completed" in launch.verbs)
    assert left(page, lms, launch) == ["initialized", "completed", "terminated"]
    assert "result" not in launch.said("initialized")
    assert ids(launch.said("initialized"), "category") == [CMI5]
    completed = launch.said("completed")
    assert completed["result"].keys() == {"completion", "duration"}
    assert ids(completed, "category") == [CMI5, MOVE_ON]
    assert launch.said("terminated")["result"].keys() == {"duration"}


def test_nothing_is_lost_when_the_tab_is_closed(
    new_profile: Callable[..., BrowserContext], lesson: str, lms: Platform
) -> None:
    launch = lms.launch()
    tab = new_profile().new_page()
    opened(tab, lesson, lms, launch)
    watch(tab, 0, 3.1)
    tab.close(run_before_unload=True)
    lms.wait(lambda: launch.is_over)
    assert launch.verbs == ["initialized", "terminated"]
    assert 50 <= launch.said("terminated")["result"]["extensions"][PROGRESS] < 90
    kept = lms.documents[launch.registration, "lectern.progress"]
    assert 3.1 <= kept["seconds"] < 5
    assert kept["data"] in ("0.4", "0.5")


def test_a_later_session_goes_on_and_completes_once(page: Page, lesson: str, lms: Platform) -> None:
    first = lms.launch()
    opened(page, lesson, lms, first)
    watch(page, 0, 3.1)
    assert left(page, lms, first) == ["initialized", "terminated"]
    stopped = lms.documents[first.registration, "lectern.progress"]["seconds"]
    second = lms.launch((first,))
    opened(page, lesson, lms, second)
    page.wait_for_function(
        "at => Math.abs(document.getElementById('video').currentTime - at) < 0.2", arg=stopped
    )
    watch(page, stopped, SECONDS)
    lms.wait(lambda: "completed" in second.verbs)
    assert left(page, lms, second) == ["initialized", "completed", "terminated"]
    third = lms.launch((first, second))
    opened(page, lesson, lms, third)
    expect(page.locator("#progress")).to_contain_text("Lesson completed.")
    watch(page, 0, SECONDS)
    assert left(page, lms, third) == ["initialized", "terminated"]
    assert "extensions" not in third.said("terminated")["result"]


def test_a_failed_quiz_can_be_passed_in_a_later_session(
    page: Page, lesson: str, lms: Platform
) -> None:
    first = lms.launch(mastery=0.8)
    with_quiz(page, False)
    opened(page, lesson, lms, first)
    watch(page, 0, SECONDS)
    lms.wait(lambda: {"failed", "completed"} <= set(first.verbs))
    assert left(page, lms, first).count("failed") == 1
    assert first.said("failed")["result"]["score"]["scaled"] == 0.4
    second = lms.launch((first,), mastery=0.8)
    page.add_init_script("window.rights = [true]")
    opened(page, lesson, lms, second)
    watch(page, 5, SECONDS)
    lms.wait(lambda: "passed" in second.verbs)
    assert left(page, lms, second) == ["initialized", "answered", "passed", "terminated"]
    third = lms.launch((first, second), mastery=0.8)
    page.add_init_script("window.rights = [false]")
    opened(page, lesson, lms, third)
    watch(page, 5, SECONDS)
    lms.wait(lambda: "answered" in third.verbs)
    assert left(page, lms, third) == ["initialized", "answered", "terminated"]


def answers(*launches: Launch) -> list[tuple[str, bool]]:
    """Which choices were told of, and whether they were right."""
    told = [each["result"] for one in launches for each in one.statements if is_answer(each)]
    return [(result["response"], result["success"]) for result in told]


def is_answer(statement: Statement) -> bool:
    return verb_of(statement) == "answered"


def test_a_quiz_left_in_the_middle_is_gone_on_with_and_passed_once(
    page: Page, quizzed: str, lms: Platform
) -> None:
    first = lms.launch(mastery=1.0)
    opened(page, quizzed, lms, first)
    watch(page, 0, 2)
    answer(page, FIRST, "Light")
    lms.wait(lambda: "answered" in first.verbs)
    assert left(page, lms, first) == ["initialized", "answered", "terminated"]
    second = lms.launch((first,), mastery=1.0)
    opened(page, quizzed, lms, second)
    expect(page.locator(FIRST).get_by_label("Light")).to_be_checked()
    watch(page, 2, SECONDS)
    answer(page, SECOND, "Pots")
    page.get_by_role("button", name="Take the quiz again").click()
    answer(page, FIRST, "Light")
    answer(page, SECOND, "Leaves", "Roots")
    lms.wait(lambda: {"passed", "completed"} <= set(second.verbs))
    third = lms.launch((first, second), mastery=1.0)
    assert left(page, lms, second).count("passed") == 1
    opened(page, quizzed, lms, third)
    expect(page.locator("#quiz-verdict")).to_have_text("Quiz passed: 2 of 2 right.")
    assert left(page, lms, third) == ["initialized", "terminated"]
    assert answers(first, second) == [("a", True), ("c", False), ("a", True), ("a[,]b", True)]
    assert second.verbs == ["initialized", *["answered"] * 3, "passed", "completed", "terminated"]
    passed = second.said("passed")
    assert passed["result"]["score"] == {"scaled": 1, "raw": 2, "min": 0, "max": 2}
    assert passed["context"]["extensions"][MASTERY] == 1.0
    told = next(each for each in second.statements if is_answer(each))
    assert re.fullmatch(r"PT\d+(\.\d\d?)?S", told["result"]["duration"])
    assert told["object"] == {
        "objectType": "Activity",
        "id": f"{second.activity_id}/questions/{SECOND.removeprefix('#')}",
        "definition": {
            "type": "http://adlnet.gov/expapi/activities/cmi.interaction",
            "interactionType": "choice",
            "description": {"en-us": "Which <parts> of a plant drink?"},
            "choices": [
                {"id": "a", "description": {"en-us": "Leaves"}},
                {"id": "b", "description": {"en-us": "Roots"}},
                {"id": "c", "description": {"en-us": "Pots"}},
            ],
            "correctResponsesPattern": ["a[,]b"],
        },
    }


def test_a_quiz_without_a_try_left_is_failed_once_by_its_best_try(
    page: Page, quizzed: str, lms: Platform
) -> None:
    launch = lms.launch(mastery=1.0)
    opened(page, quizzed, lms, launch)
    watch(page, 0, 2)
    answer(page, FIRST, "Light")
    page.get_by_role("button", name="Continue").click()
    watch(page, 2, SECONDS)
    answer(page, SECOND, "Pots")
    assert "failed" not in launch.verbs
    page.get_by_role("button", name="Take the quiz again").click()
    answer(page, FIRST, "Stones")
    answer(page, SECOND, "Pots")
    lms.wait(lambda: {"failed", "completed"} <= set(launch.verbs))
    verbs = left(page, lms, launch)
    assert verbs == ["initialized", *["answered"] * 4, "failed", "completed", "terminated"]
    assert launch.said("failed")["result"]["score"]["scaled"] == 0.5


def test_the_answers_of_two_tabs_are_told_once_each_and_passed_once(
    page: Page, quizzed: str, lms: Platform
) -> None:
    one = lms.launch(mastery=1.0)
    opened(page, quizzed, lms, one)
    other = lms.launch((one,), mastery=1.0)
    other_page = beside(page, quizzed, lms, other)
    page.bring_to_front()  # what is behind draws, and so answers, once a second
    watch(page, 0, 2)
    answer(page, FIRST, "Stones")
    expect(other_page.locator(FIRST).get_by_label("Stones")).to_be_checked()
    other_page.bring_to_front()
    watch(other_page, 2, SECONDS)
    answer(other_page, SECOND, "Leaves", "Roots")
    page.bring_to_front()
    page.get_by_role("button", name="Take the quiz again").click()
    answer(page, FIRST, "Light")
    expect(other_page.locator(FIRST).get_by_label("Light")).to_be_checked()
    answer(page, SECOND, "Leaves", "Roots")
    lms.wait(lambda: {"passed", "completed"} <= {*one.verbs, *other.verbs})
    # its first try was not passed, and that is no news any more
    left(other_page, lms, other)
    other_page.close()
    left(page, lms, one)
    told = [*one.verbs, *other.verbs]
    assert (told.count("passed"), told.count("completed"), told.count("failed")) == (1, 1, 0)
    assert answers(one) == [("b", False), ("a", True), ("a[,]b", True)]
    assert answers(other) == [("a[,]b", True)]


def test_the_platforms_own_mastery_score_decides(page: Page, lesson: str, lms: Platform) -> None:
    launch = lms.launch(mastery=0.3)
    with_quiz(page, False)
    opened(page, lesson, lms, launch)
    watch(page, 5, SECONDS)
    lms.wait(lambda: "passed" in launch.verbs)
    left(page, lms, launch)
    assert launch.said("passed")["result"]["score"]["scaled"] == 0.4


@pytest.mark.parametrize("mode", ["Browse", "Review"])
def test_browsing_and_reviewing_tell_of_beginning_and_end_only(
    page: Page, lesson: str, lms: Platform, mode: str
) -> None:
    launch = lms.launch(mode=mode)
    with_quiz(page, True)
    opened(page, lesson, lms, launch)
    watch(page, 0, SECONDS)
    assert left(page, lms, launch) == ["initialized", "terminated"]
    assert (launch.registration, "lectern.progress") not in lms.documents


def test_a_token_that_was_fetched_before_is_told(page: Page, lesson: str, lms: Platform) -> None:
    launch = lms.launch()
    opened(page, lesson, lms, launch)
    assert left(page, lms, launch) == ["initialized", "terminated"]
    page.goto(f"{lesson}?{lms.query(launch)}")
    expect(page.locator("#progress")).to_contain_text("1 The token was handed out already.")
    watch(page, 0, 1)
    assert launch.verbs == ["initialized", "terminated"]


def test_a_token_that_ends_midway_is_told(page: Page, lesson: str, lms: Platform) -> None:
    launch = lms.launch()
    opened(page, lesson, lms, launch)
    lms.break_down(401)
    watch(page, 0, SECONDS)
    expect(page.locator("#progress")).to_contain_text("401")


def test_what_a_broken_platform_did_not_take_is_said_again(
    page: Page, lesson: str, lms: Platform
) -> None:
    launch = lms.launch()
    opened(page, lesson, lms, launch)
    lms.break_down(503)
    watch(page, 0, SECONDS)
    expect(page.locator("#progress")).to_contain_text("503")
    assert launch.verbs == ["initialized"]
    lms.break_down(None)
    watch(page, 1, 2)
    lms.wait(lambda: "completed" in launch.verbs)
    expect(page.locator("#progress")).to_have_text("Watched: 100 %. Lesson completed.")
    assert left(page, lms, launch) == ["initialized", "completed", "terminated"]


def test_two_tabs_of_one_registration_complete_it_once(
    page: Page, lesson: str, lms: Platform
) -> None:
    one = lms.launch()
    opened(page, lesson, lms, one)
    other = lms.launch((one,))
    other_page = beside(page, lesson, lms, other)
    watch(other_page, 0, SECONDS)
    lms.wait(lambda: "completed" in [*one.verbs, *other.verbs])
    watch(page, 0, SECONDS)
    left(other_page, lms, other)
    other_page.close()
    left(page, lms, one)
    assert [*one.verbs, *other.verbs].count("completed") == 1


def test_the_learners_wishes_and_the_way_back_are_kept_to(
    page: Page, lesson: str, lms: Platform
) -> None:
    back = lesson.replace("index.html", "transcript.txt")
    launch = lms.launch(
        preferences={"languagePreference": "en-US", "audioPreference": "off"}, return_url=back
    )
    opened(page, lesson, lms, launch)
    assert page.evaluate("document.getElementById('video').muted")
    with page.expect_navigation(url=back):
        page.locator("#leave").click()
    lms.wait(lambda: launch.is_over)
    assert launch.verbs == ["initialized", "terminated"]


def test_lessons_of_a_course_share_a_player_and_are_tracked_apart(
    page: Page, scenes: list[FinishedScene], lms: Platform, tmp_path: Path
) -> None:
    titles = "Light", "Sugar"
    lessons = [Lesson(scenes, title, title, "en-us", ENGINES) for title in titles]
    course = plan(
        "plants", "Plants", "cmi5", [CourseLesson(partial(replace, each), SIZE) for each in lessons]
    )
    for name, content in course_files(course):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        if isinstance(content, bytes):
            (tmp_path / name).write_bytes(content)
    with served(tmp_path) as address:
        page.goto(f"{address}/index.html")
        page.add_script_tag(path=HERE / "node_modules" / "axe-core" / "axe.min.js")
        assert page.evaluate("axe.run().then(result => result.violations)") == []
        page.locator("a").nth(1).click()
        expect(page.locator("h1")).to_have_text("Sugar")
        expect(page.locator("#progress")).to_contain_text("not being recorded")
        launch = lms.launch()
        opened(page, f"{address}/lesson001/index.html", lms, launch)
        expect(page.locator("h1")).to_have_text("Light")
        assert left(page, lms, launch) == ["initialized", "terminated"]


def test_without_launch_parameters_the_learner_is_told(page: Page, lesson: str) -> None:
    page.goto(lesson)
    expect(page.locator("#progress")).to_contain_text("not being recorded")
    expect(page.locator("#leave")).to_be_hidden()


def test_every_requirement_checked_is_one_of_the_list() -> None:
    listed = HERE / "node_modules" / "@cmi5" / "requirements" / "requirements.json"
    assert RULES.keys() <= json.loads(listed.read_text("utf-8")).keys()
