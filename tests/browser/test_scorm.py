"""SCORM packages in a real runtime, in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browser.lms import SECONDS, Platform, place, watch
from tests.browser.served import served

BOTH = pytest.mark.parametrize("edition", ["scorm12", "scorm2004"])
ONE = pytest.mark.parametrize("edition", ["scorm2004"])
"""For what is the page's or common to both, once it is known to be wired."""

FINISHED = "Watched: 100 %. Lesson completed."
KEPT = {
    # what this runtime has on record of any lesson, before anything is set
    "scorm12": {"core.lesson_mode": "normal", "core.score.max": "100"},
    "scorm2004": {
        "credit": "credit",
        "mode": "normal",
        "learner_preference.audio_level": "1",
        "learner_preference.delivery_speed": "1",
        "learner_preference.audio_captioning": "0",
        "time_limit_action": "continue,no message",
    },
}
WATCHED = {
    "scorm12": {
        **KEPT["scorm12"],
        "core.lesson_status": "completed",
        "core.exit": "suspend",
        "suspend_data": "0.6",
    },
    "scorm2004": {
        **KEPT["scorm2004"],
        "completion_status": "completed",
        "completion_threshold": "0.9",
        "success_status": "unknown",
        "progress_measure": "1.0000000",
        "exit": "suspend",
        "suspend_data": "0.6",
    },
}
ANSWER = {
    "scorm12": {
        "interactions.0.id": "q-light",
        "interactions.0.type": "choice",
        "interactions.0.correct_responses.0.pattern": "a",
        "interactions.0.weighting": "1",
        "interactions.0.latency": "00:00:01.5",
    },
    "scorm2004": {
        "interactions.0.id": "q-light",
        "interactions.0.type": "choice",
        "interactions.0.description": "{lang=en-us}What eats light?",
        "interactions.0.correct_responses.0.pattern": "leaf",
        "interactions.0.weighting": "1",
        "interactions.0.latency": "PT0H0M1.50S",
    },
}
PASSED = {
    "scorm12": {
        **WATCHED["scorm12"],
        **ANSWER["scorm12"],
        "core.lesson_status": "passed",
        "core.score.raw": "100",
        "core.score.min": "0",
        "suspend_data": "0.6 right",
        "interactions.0.student_response": "a",
        "interactions.0.result": "correct",
    },
    "scorm2004": {
        **WATCHED["scorm2004"],
        **ANSWER["scorm2004"],
        "success_status": "passed",
        "scaled_passing_score": "0.8",
        "score.scaled": "1.0000000",
        "score.raw": "2",
        "score.min": "0",
        "score.max": "2",
        "suspend_data": "0.6 right",
        "interactions.0.learner_response": "leaf",
        "interactions.0.result": "correct",
    },
}
FAILED = {
    "scorm12": {
        **PASSED["scorm12"],
        "core.lesson_status": "failed",
        "core.score.raw": "0",
        "suspend_data": "0.6 wrong",
        "interactions.0.student_response": "b",
        "interactions.0.result": "wrong",
    },
    "scorm2004": {
        **PASSED["scorm2004"],
        "success_status": "failed",
        "score.scaled": "0.0000000",
        "score.raw": "0",
        "suspend_data": "0.6 wrong",
        "interactions.0.learner_response": "root",
        "interactions.0.result": "incorrect",
    },
}
for quizzed in (PASSED, FAILED):
    # with a quiz, watching it all is not enough for the platform to complete it by itself
    del quizzed["scorm2004"]["completion_threshold"]


@pytest.fixture
def platform(page: Page, site: str, edition: str) -> Platform:
    return Platform(page, site, edition)


@BOTH
def test_a_lesson_is_begun_left_taken_up_and_completed(platform: Platform) -> None:
    first = platform.launch()
    assert platform.statuses_set() == ["incomplete"]
    watch(first, 0, 3.1)
    begun = platform.leave()
    stopped = float(platform.value(begun, "location"))
    assert 3.1 <= stopped < 5
    second = platform.launch(begun)
    assert place(second) == pytest.approx(stopped, abs=0.2)
    assert platform.statuses_set() == []
    watch(second, stopped, SECONDS)
    platform.says(FINISHED)
    assert platform.fields(platform.leave()) == WATCHED[platform.edition]
    calls = platform.calls
    assert [call[0] for call in calls].count("initialize") == 1
    assert [call[0] for call in calls].count("finish") == 1
    assert {(call[-2], call[-1]) for call in calls} == {("true", "0")}


@ONE
def test_jumping_to_the_end_completes_nothing(platform: Platform) -> None:
    watch(platform.launch(), 5, SECONDS)
    record = platform.leave()
    assert platform.value(record, "status") == "incomplete"
    assert record["cmi"]["suspend_data"] == "5.1"


@pytest.mark.parametrize(
    ("edition", "record"),
    [
        ("scorm12", {"core": {"lesson_status": "completed"}}),
        ("scorm12", {"core": {"lesson_status": "passed"}}),
        ("scorm12", {"core": {"lesson_status": "failed"}}),
        ("scorm2004", {"completion_status": "completed", "progress_measure": "1"}),
    ],
)
def test_a_status_on_record_is_never_lowered(platform: Platform, record: dict[str, Any]) -> None:
    watch(platform.launch({"cmi": record}), 0, SECONDS)
    platform.leave()
    assert platform.statuses_set() == []


@pytest.mark.parametrize(
    ("edition", "mode", "expected"),
    [
        ("scorm12", {"core": {"lesson_mode": "browse"}}, ["browsed"]),
        ("scorm12", {"core": {"lesson_mode": "review"}}, []),
        ("scorm2004", {"mode": "browse"}, []),
        ("scorm2004", {"mode": "review"}, []),
    ],
)
def test_browsing_and_reviewing_leave_the_record_alone(
    platform: Platform, mode: dict[str, Any], expected: list[str]
) -> None:
    lesson = platform.launch({"cmi": mode}, "-quiz")
    watch(lesson, 0, 2)
    lesson.locator("[data-choice=leaf]").click()
    watch(lesson, 2, SECONDS)
    platform.says("Watched: 100 %")
    platform.leave()
    assert platform.statuses_set() == expected
    assert [call for call in platform.calls if call[0] == "set"][len(expected) :] == []


@BOTH
@pytest.mark.parametrize(("chosen", "expected"), [("leaf", PASSED), ("root", FAILED)])
def test_a_quiz_is_passed_or_failed_and_only_then_is_the_lesson_complete(
    platform: Platform, chosen: str, expected: dict[str, dict[str, str]]
) -> None:
    lesson = platform.launch(lesson="-quiz")
    watch(lesson, 2, SECONDS)
    platform.says("Watched: 66 %")  # nothing is asked before the end
    lesson.locator(f"[data-choice={chosen}]").click()
    assert platform.statuses_set() == ["incomplete"]
    watch(lesson, 0, 1.9)
    platform.says(FINISHED)
    assert platform.fields(platform.leave()) == expected[platform.edition]
    assert {(call[-2], call[-1]) for call in platform.calls} == {("true", "0")}


@BOTH
def test_a_quiz_passed_earlier_counts_when_the_rest_is_watched(platform: Platform) -> None:
    lesson = platform.launch(lesson="-quiz")
    watch(lesson, 1, 2)
    lesson.locator("[data-choice=leaf]").click()
    watch(lesson, 4, SECONDS)
    begun = platform.leave()
    assert platform.value(begun, "status") == "incomplete"
    lesson = platform.launch(begun, "-quiz")
    watch(lesson, 0, 4.1)
    platform.says("Lesson completed.")
    assert platform.fields(platform.leave()) == PASSED[platform.edition]


WISHED = {
    "scorm12": {"student_preference": {"audio": "-1", "speed": "50", "text": "-1"}},
    "scorm2004": {
        "learner_preference": {
            "audio_level": "0",
            "delivery_speed": "1.5",
            "audio_captioning": "-1",
        }
    },
}
CHOSEN = {
    "scorm12": {"audio": "100", "speed": "75", "text": "1"},
    "scorm2004": {
        "audio_level": "1.0000000",
        "delivery_speed": "1.7500000",
        "audio_captioning": "1",
    },
}


@BOTH
def test_what_the_learner_prefers_is_kept_to_and_remembered(platform: Platform) -> None:
    lesson = platform.launch({"cmi": WISHED[platform.edition]})
    video, captions = lesson.locator("#video"), lesson.locator("#captions")
    expect(lesson.locator("#mute")).to_have_attribute("aria-pressed", "true")
    expect(captions).to_have_attribute("aria-pressed", "false")
    assert video.evaluate("video => [video.muted, video.playbackRate]") == [True, 1.5]
    expect(lesson.locator("#speed")).to_have_value("1.5")
    for name in ("mute", "captions"):
        lesson.locator(f"#{name}").click()
    lesson.locator("#speed").select_option("1.75")
    (kind,) = WISHED[platform.edition]
    kept = platform.leave()["cmi"][kind]
    assert CHOSEN[platform.edition].items() <= kept.items()
    again = platform.launch({"cmi": {kind: CHOSEN[platform.edition]}})
    expect(again.locator("#mute")).to_have_attribute("aria-pressed", "false")
    expect(again.locator("#captions")).to_have_attribute("aria-pressed", "true")
    expect(again.locator("#speed")).to_have_value("1.75")
    assert {call[-1] for call in platform.calls} == {"0"}


@BOTH
def test_two_tabs_have_watched_it_together(
    new_profile: Callable[..., BrowserContext], site: str, edition: str
) -> None:
    learner = new_profile()
    one, other = (Platform(learner.new_page(), site, edition) for _ in range(2))
    here, there = one.launch(), other.launch()
    watch(here, 0, 3.1)
    watch(there, 3, SECONDS)
    for each in (one, other):
        each.says(FINISHED)
    # whichever is left last is what the platform keeps
    for each in (one, other):
        assert each.fields(each.leave()) == WATCHED[edition]


@ONE
def test_it_is_kept_on_pause_when_hidden_and_every_half_minute(platform: Platform) -> None:
    platform.page.clock.install()
    lesson = platform.launch()
    before = len(platform.calls)
    watch(lesson, 1, 2)
    platform.wait_for("commit", before)
    paused = len(platform.calls)
    lesson.locator("body").evaluate(
        """() => {
            Object.defineProperty(document, "hidden", { value: true });
            document.dispatchEvent(new Event("visibilitychange"));
        }"""
    )
    platform.wait_for("commit", paused)
    lesson.locator("video").evaluate("video => { video.playbackRate = 0.5; return video.play(); }")
    playing = len(platform.calls)
    platform.page.clock.fast_forward(31_000)
    platform.wait_for("commit", playing)


@BOTH
def test_a_platform_that_keeps_nothing_is_reported_until_it_does(platform: Platform) -> None:
    lesson = platform.launch()
    platform.page.evaluate("lms.settings = { lmsCommitUrl: '/nowhere' }")
    watch(lesson, 0, 1)
    platform.says("did not accept your progress")
    platform.page.evaluate("lms.settings = { lmsCommitUrl: false }")
    watch(lesson, 1, 2)
    platform.says("Watched:")


@BOTH
def test_a_refusing_platform_is_reported_to_the_learner(platform: Platform) -> None:
    platform.open()
    platform.page.evaluate(
        """() => {
            const old = lms.LMSInitialize ? "LMS" : "";
            lms[`${old}Initialize`] = () => "false";
            lms[`${old}GetLastError`] = () => "101";
            lms[`${old}GetErrorString`] = () => "General exception";
        }"""
    )
    platform.start(f"/{platform.edition}/index.html")
    platform.says("Initialize: 101 General exception")


@pytest.mark.parametrize("edition", ["scorm12"])
def test_a_platform_without_optional_elements_will_do(platform: Platform) -> None:
    platform.open()
    platform.page.evaluate(
        """() => {
            const own = lms.LMSGetValue.bind(lms);
            const code = lms.LMSGetLastError.bind(lms);
            let missing = false;
            lms.LMSGetValue = (name) => {
                missing = name === "cmi.core.lesson_mode" || name === "cmi.suspend_data";
                return missing ? "" : own(name);
            };
            lms.LMSGetLastError = () => { const was = missing; missing = false;
                return was ? "401" : code(); };
        }"""
    )
    platform.start("/scorm12/index.html")
    platform.wait_for("commit")
    watch(platform.lesson, 0, SECONDS)
    platform.says(FINISHED)


@BOTH
def test_without_a_platform_the_learner_is_told(page: Page, site: str, edition: str) -> None:
    page.goto(f"{site}/{edition}/index.html")
    expect(page.locator("#progress")).to_contain_text("not being recorded")


@ONE
def test_the_platform_is_found_behind_a_frame_of_another_host(
    platform: Platform, site_folder: Any
) -> None:
    platform.open()
    inside = f"{platform.site}/{platform.edition}/index.html"
    with served(site_folder) as elsewhere:
        outside = f"{elsewhere}/frame.html#{inside}"
        platform.page.evaluate("at => { document.getElementById('sco').src = at; }", outside)
        platform.wait_for("commit")
        assert platform.statuses_set() == ["incomplete"]


@pytest.mark.parametrize(
    ("edition", "address"),
    [("scorm12", "/scorm12/index.html"), ("scorm2004", "/frame.html#/scorm2004/index.html")],
)
def test_the_platform_is_found_in_the_window_that_opened_the_lesson_or_its_frame(
    platform: Platform, address: str
) -> None:
    platform.open()
    with platform.page.expect_popup() as opened:
        platform.page.evaluate("address => window.open(address) && null", address)
    platform.wait_for("commit")
    assert platform.statuses_set() == ["incomplete"]
    opened.value.close()
    platform.wait_for("finish")
