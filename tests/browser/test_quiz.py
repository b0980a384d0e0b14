"""The quiz on the player page: asked, answered, taken again; by keyboard, on paper, and kept."""

import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy

import pytest
from playwright.sync_api import BrowserContext, FrameLocator, Page, expect

from pipeline.export.package import package_lesson
from pipeline.export.quiz_page import AskedQuestion
from pipeline.lesson import FinishedScene
from pipeline.quiz import ChoiceSpec, QuestionSpec, QuizSpec
from tests.browser.conftest import HERE
from tests.browser.lms import SECONDS, SEEK, Platform, watch
from tests.browser.served import served
from tests.browser.test_player import AXE
from tests.media import ENGINES

LIGHT = QuestionSpec(
    text="What do plants eat?",
    choices=(
        ChoiceSpec(text="Light", right=True),
        ChoiceSpec(text="Stones", feedback="Nobody eats stones."),
    ),
    scene=0,
    feedback="Plants make their own food from light.",
)
PARTS = QuestionSpec(
    text="Which <parts> of a plant drink?",
    choices=(
        ChoiceSpec(text="Leaves", right=True),
        ChoiceSpec(text="Roots", right=True),
        ChoiceSpec(text="Pots"),
    ),
    draft=True,
)
QUIZ = QuizSpec(questions=(LIGHT, PARTS), mastery=1.0, tries=2)
FIRST, SECOND = (f"#{AskedQuestion(each).id}" for each in (LIGHT, PARTS))


@pytest.fixture(scope="module")
def quiz_folder(tmp_path_factory: pytest.TempPathFactory, scenes: list[FinishedScene]) -> Path:
    """A learning platform with a lesson that has a quiz."""
    folder = tmp_path_factory.mktemp("quiz")
    package_lesson(
        scenes, lesson_id="0199-quiz", title="How plants eat", language="en-us",
        exports=["scorm12.zip", "scorm2004.zip"], engines=ENGINES, out_dir=folder, quiz=QUIZ,
    )  # fmt: skip
    for edition in ("scorm12", "scorm2004"):
        with zipfile.ZipFile(folder / f"{edition}.zip") as package:
            package.extractall(folder / edition)
    for name in ("lms.html", "lms.js"):
        copy(HERE / name, folder)
    (folder / "node_modules").symlink_to(HERE / "node_modules")
    return folder


@pytest.fixture(scope="module")
def quiz_site(quiz_folder: Path) -> Iterator[str]:
    with served(quiz_folder) as address:
        yield address


@pytest.fixture
def lesson(page: Page, quiz_site: str) -> Page:
    """Outside of a learning platform."""
    page.goto(f"{quiz_site}/scorm12/index.html")
    expect(page.locator("#progress")).not_to_be_empty()
    return page


def play_to_the_end_of(lesson: Page | FrameLocator, scene: int) -> None:
    """Of two seconds; it stops where the quiz has something to ask."""
    video = lesson.locator("#video")
    video.evaluate(SEEK, 2 * scene + 1.2)
    video.evaluate("video => video.play()")


def answer(lesson: Page | FrameLocator, question: str, *choices: str) -> None:
    asked = lesson.locator(question)
    for choice in choices:
        asked.get_by_label(choice).check()
    asked.get_by_role("button", name="Check the answer").click()


def test_the_video_stops_after_its_scene_and_the_keyboard_answers(lesson: Page) -> None:
    expect(lesson.locator(FIRST)).to_be_hidden()
    play_to_the_end_of(lesson, 0)
    first = lesson.locator(FIRST)
    expect(first.get_by_label("Light")).to_be_focused()
    expect(lesson.locator(SECOND)).to_be_hidden()
    assert lesson.locator("#video").evaluate("video => video.paused")
    keys = lesson.keyboard
    keys.press("Enter")
    expect(first.get_by_role("status")).to_have_text("Choose an answer first.")
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(first.get_by_role("status")).to_have_text("Not right.Nobody eats stones.")
    expect(first.get_by_label("Light")).to_be_disabled()
    expect(first.get_by_role("button", name="Check")).to_be_focused()
    keys.press("Tab")
    expect(lesson.get_by_role("button", name="Continue")).to_be_focused()
    keys.press("Enter")
    expect(lesson.locator("#play")).to_be_focused()
    lesson.wait_for_function("!document.getElementById('video').paused")


def test_what_was_jumped_over_is_asked_at_the_end_and_the_quiz_can_be_taken_again(
    lesson: Page,
) -> None:
    play_to_the_end_of(lesson, 2)
    expect(lesson.locator(FIRST)).to_be_visible()
    answer(lesson, FIRST, "Stones")
    answer(lesson, SECOND, "Leaves")
    verdict = lesson.locator("#quiz-verdict")
    expect(verdict).to_have_text("Quiz not passed: 0 of 2 right, 100 % are needed. Tries left: 1.")
    expect(lesson.locator(FIRST)).not_to_contain_text("Right is:")
    lesson.get_by_role("button", name="Take the quiz again").click()
    expect(verdict).to_be_empty()
    answer(lesson, FIRST, "Light")
    expect(lesson.locator(FIRST).get_by_role("status")).to_have_text(
        "Right.Plants make their own food from light."
    )
    answer(lesson, SECOND, "Leaves", "Roots")
    expect(verdict).to_have_text("Quiz passed: 2 of 2 right.")
    expect(lesson.get_by_role("button", name="Take the quiz again")).to_be_hidden()


def test_without_a_try_left_what_is_right_is_told(lesson: Page) -> None:
    play_to_the_end_of(lesson, 2)
    for retry in (True, False):
        answer(lesson, FIRST, "Light")
        answer(lesson, SECOND, "Pots")
        if retry:
            lesson.get_by_role("button", name="Take the quiz again").click()
    expect(lesson.locator("#quiz-verdict")).to_have_text(
        "Quiz not passed: 1 of 2 right, 100 % are needed."
    )
    expect(lesson.locator(SECOND)).to_contain_text("Right is: Leaves · Roots")


def test_a_question_may_be_passed_over_and_waits_at_the_end(lesson: Page) -> None:
    play_to_the_end_of(lesson, 0)
    lesson.get_by_role("button", name="Continue").click()
    lesson.wait_for_function("document.getElementById('video').currentTime > 2.2")
    play_to_the_end_of(lesson, 2)
    expect(lesson.locator(SECOND)).to_be_visible()
    expect(lesson.locator(FIRST).get_by_label("Light")).to_be_focused()


def test_a_draft_is_called_one(lesson: Page) -> None:
    expect(lesson.locator(f"{SECOND} .draft")).to_have_count(1)
    expect(lesson.locator(f"{FIRST} .draft")).to_have_count(0)


def test_axe_finds_nothing(lesson: Page) -> None:
    lesson.set_viewport_size({"width": 320, "height": 800})
    play_to_the_end_of(lesson, 2)
    answer(lesson, FIRST, "Light")
    answer(lesson, SECOND, "Pots")
    assert lesson.evaluate("document.documentElement.scrollWidth") == 320
    lesson.add_script_tag(path=AXE)
    for scheme in ("light", "dark"):
        lesson.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        found = lesson.evaluate("axe.run().then(result => result.violations)")
        assert [(item["id"], [node["html"] for node in item["nodes"]]) for item in found] == []


def test_on_paper_and_without_javascript_it_is_a_list_of_questions(
    lesson: Page, new_profile: Callable[..., BrowserContext], quiz_site: str
) -> None:
    lesson.emulate_media(media="print")
    plain = new_profile(java_script_enabled=False).new_page()
    plain.goto(f"{quiz_site}/scorm12/index.html")
    for page in (lesson, plain):
        for each in (FIRST, SECOND):
            expect(page.locator(each)).to_be_visible()
        expect(page.get_by_text("Which <parts> of a plant drink?")).to_be_visible()
        expect(page.get_by_label("Roots")).to_be_visible()
        expect(page.get_by_role("button", name="Check the answer")).to_have_count(0)


RESTORE = """texts => {
    const told = [];
    const strings = JSON.parse(document.getElementById("strings").textContent);
    const ignore = () => {};
    const scored = ({ raw, passed }) => told.push([raw, passed]);
    const quiz = Lectern.Quiz.find({ strings, scored, answered: ignore, changed: ignore });
    for (const text of texts) quiz.restore(text.replace("#", quiz.print));
    const { isDone, passed } = quiz;
    return [quiz.encode().replace(quiz.print, "#"), isDone, passed, told];
}"""


KEPT: list[tuple[list[str], list[object]]] = [
    # two tabs have each answered one question of the same try: together they end it
    (["#-0-0-1.", "#-0-0-.4"], ["#-1-1-1.4", False, False, [[1, False]]]),
    (["#-0-0-1.", "#-1-2-1.3"], ["#-1-2-1.3", True, True, []]),
    # of another tab's later try all is taken, of an earlier one nothing
    (["#-1-1-1.4", "#-1-1-1."], ["#-1-1-1.", False, False, []]),
    (["#-1-1-1.", "#-1-1-2.4"], ["#-1-1-1.", False, False, []]),
    (["#-2-1-1.4"], ["#-2-1-1.4", True, False, []]),
    (["other-1-2-1.3", "", "nonsense", "#-x-1-1.3"], ["", False, None, []]),
]
"""What is kept, one after the other; and what comes of it."""


def test_answers_kept_before_are_taken_up_and_never_made_worse(lesson: Page) -> None:
    for texts, found in KEPT:
        assert lesson.evaluate(RESTORE, texts) == found, texts


def test_a_platform_is_told_every_answer_and_a_quiz_is_gone_on_with(
    page: Page, quiz_site: str
) -> None:
    platform = Platform(page, quiz_site, "scorm12")
    begun = platform.launch()
    watch(begun, 0, 2)
    answer(begun, FIRST, "Light")
    begun.get_by_role("button", name="Continue").click()
    saved = platform.leave()
    again = platform.launch(saved)
    expect(again.locator(FIRST).get_by_label("Light")).to_be_checked()
    watch(again, 2, SECONDS)
    answer(again, SECOND, "Leaves", "Roots")
    platform.says("Lesson completed.")
    fields = platform.fields(platform.leave())
    assert fields["core.lesson_status"] == "passed"
    assert fields["core.score.raw"] == "100"
    told = [
        tuple(fields[f"interactions.{at}.{name}"] for name in ("id", "student_response", "result"))
        for at in (0, 1)
    ]
    assert told == [
        (FIRST.removeprefix("#"), "a", "correct"),
        (SECOND.removeprefix("#"), "a,b", "correct"),
    ]


@pytest.mark.parametrize(
    ("edition", "responses"), [("scorm12", ("a", "a,b")), ("scorm2004", ("a", "a[,]b"))]
)
def test_answers_of_two_tabs_are_on_record_once_each_whichever_is_closed_last(
    new_profile: Callable[..., BrowserContext],
    quiz_site: str,
    edition: str,
    responses: tuple[str, str],
) -> None:
    learner = new_profile()
    one, other = (Platform(learner.new_page(), quiz_site, edition) for _ in range(2))
    here, there = one.launch(), other.launch()
    one.page.bring_to_front()  # what is behind draws, and so answers, once a second
    watch(here, 0, 2)
    answer(here, FIRST, "Light")
    first = there.locator(FIRST)
    expect(first.get_by_label("Light")).to_be_checked()
    expect(first.get_by_label("Stones")).to_be_disabled()
    other.page.bring_to_front()
    watch(there, 2, SECONDS)
    expect(first.get_by_role("button", name="Check")).to_be_disabled()
    answer(there, SECOND, "Leaves", "Roots")
    asked = [each.removeprefix("#") for each in (FIRST, SECOND)]
    for platform in (one, other):
        platform.says("Lesson completed.")
        expect(platform.lesson.locator("#quiz-verdict")).to_have_text("Quiz passed: 2 of 2 right.")
    for platform in (one, other):
        fields = platform.fields(platform.leave())
        ids = {name: value for name, value in fields.items() if name.endswith(".id")}
        assert ids == {f"interactions.{at}.id": each for at, each in enumerate(asked)}
        said = "student_response" if edition == "scorm12" else "learner_response"
        assert tuple(fields[f"interactions.{at}.{said}"] for at in (0, 1)) == responses
        score = "core.score.raw" if edition == "scorm12" else "score.raw"
        assert fields[score] == ("100" if edition == "scorm12" else "2")
        assert {call[-1] for call in platform.calls} == {"0"}
