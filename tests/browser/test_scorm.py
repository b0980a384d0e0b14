"""The SCORM package in a real SCORM 1.2 runtime (scorm-again) in a real browser."""

import re
from typing import Any

import pytest
from playwright.sync_api import FrameLocator, Page, expect

from tests.browser.served import served

SECONDS = 6


def launch(page: Page, site: str, saved: dict[str, Any] | None = None) -> FrameLocator:
    """Opens the lesson in the platform, with the record of an earlier visit."""
    page.goto(f"{site}/lms.html")
    page.evaluate("saved => launch('/scorm12/index.html', saved)", saved)
    lesson = page.frame_locator("#sco")
    expect(lesson.locator("#controls")).to_be_visible()
    return lesson


def leave(page: Page) -> dict[str, Any]:
    """Closes the lesson, and gives what the platform has on record of it."""
    page.evaluate("document.getElementById('sco').src = 'about:blank'")
    page.wait_for_function("calls.some(call => call[0] === 'finish')")
    record: dict[str, Any] = page.evaluate("record()")
    return record


def watch(lesson: FrameLocator, start: float, end: float) -> None:
    """Plays from one position to another, at four times the speed."""
    video = lesson.locator("video")
    video.evaluate(
        """(video, [start, end]) => new Promise((resolve) => {
            video.addEventListener("timeupdate", () => {
                if (!video.seeking && video.currentTime >= end) { video.pause(); resolve(); }
            });
            video.addEventListener("ended", resolve);
            video.playbackRate = 4;
            video.currentTime = start;
            video.play();
        })""",
        [start, end],
    )


def core(record: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = record["cmi"]["core"]
    return found


def statuses_set(page: Page) -> list[str]:
    calls = page.evaluate("calls")
    return [call[2] for call in calls if call[:2] == ["set", "cmi.core.lesson_status"]]


def test_first_launch_opens_one_session_and_is_incomplete(page: Page, site: str) -> None:
    launch(page, site)
    assert statuses_set(page) == ["incomplete"]
    calls = page.evaluate("calls")
    assert [call[0] for call in calls].count("initialize") == 1
    assert {call[-1] for call in calls} == {"0"}


def test_watching_it_all_completes_the_lesson(page: Page, site: str) -> None:
    lesson = launch(page, site)
    watch(lesson, 0, SECONDS)
    expect(lesson.locator("#progress")).to_have_text("Watched: 100 %. Lesson completed.")
    record = core(leave(page))
    assert record["lesson_status"] == "completed"
    assert re.fullmatch(r"\d{2,4}:\d\d:\d\d\.\d\d", record["session_time"])
    assert record["session_time"] > "00:00:01"


def test_jumping_to_the_end_completes_nothing(page: Page, site: str) -> None:
    lesson = launch(page, site)
    watch(lesson, 5, SECONDS)
    record = leave(page)
    assert core(record)["lesson_status"] == "incomplete"
    assert record["cmi"]["suspend_data"] == "5.1"


def test_a_later_launch_goes_on_where_the_first_one_stopped(page: Page, site: str) -> None:
    first = launch(page, site)
    watch(first, 0, 3.1)
    saved = leave(page)
    stopped = float(core(saved)["lesson_location"])
    assert 3.1 <= stopped < 5
    saved["cmi"]["core"]["entry"] = "resume"
    second = launch(page, site, saved)
    second.locator("video").evaluate(
        """(video, at) => new Promise((resolve) => {
            const look = () => Math.abs(video.currentTime - at) < 0.2
                ? resolve() : requestAnimationFrame(look);
            look();
        })""",
        stopped,
    )
    assert statuses_set(page) == []
    watch(second, stopped, SECONDS)
    expect(second.locator("#progress")).to_contain_text("completed")
    assert core(leave(page))["lesson_status"] == "completed"


@pytest.mark.parametrize("status", ["completed", "passed", "failed"])
def test_a_status_on_record_is_never_lowered(page: Page, site: str, status: str) -> None:
    lesson = launch(page, site, {"cmi": {"core": {"lesson_status": status}}})
    watch(lesson, 0, SECONDS)
    leave(page)
    assert statuses_set(page) == []


@pytest.mark.parametrize(("mode", "expected"), [("browse", ["browsed"]), ("review", [])])
def test_browsing_and_reviewing_leave_the_record_alone(
    page: Page, site: str, mode: str, expected: list[str]
) -> None:
    lesson = launch(page, site, {"cmi": {"core": {"lesson_mode": mode}}})
    watch(lesson, 0, SECONDS)
    leave(page)
    assert statuses_set(page) == expected


def test_pausing_saves_the_place(page: Page, site: str) -> None:
    lesson = launch(page, site)
    before = page.evaluate("calls.length")
    watch(lesson, 1, 2)
    page.wait_for_function(
        "before => calls.slice(before).some(call => call[0] === 'commit')", arg=before
    )
    assert float(page.evaluate("API.LMSGetValue('cmi.core.lesson_location')")) >= 2


def test_a_refusing_platform_is_reported_to_the_learner(page: Page, site: str) -> None:
    page.goto(f"{site}/lms.html")
    page.evaluate("API.LMSInitialize = () => 'false'")
    page.evaluate("API.LMSGetLastError = () => '101'")
    page.evaluate("API.LMSGetErrorString = () => 'General exception'")
    page.evaluate("launch('/scorm12/index.html')")
    expect(page.frame_locator("#sco").locator("#progress")).to_contain_text(
        "LMSInitialize: 101 General exception"
    )


def test_a_platform_without_optional_elements_will_do(page: Page, site: str) -> None:
    page.goto(f"{site}/lms.html")
    page.evaluate(
        """() => {
            const own = API.LMSGetValue.bind(API);
            const code = API.LMSGetLastError.bind(API);
            let missing = false;
            API.LMSGetValue = (name) => {
                missing = name === "cmi.core.lesson_mode" || name === "cmi.suspend_data";
                return missing ? "" : own(name);
            };
            API.LMSGetLastError = () => { const was = missing; missing = false;
                return was ? "401" : code(); };
            launch("/scorm12/index.html");
        }"""
    )
    lesson = page.frame_locator("#sco")
    watch(lesson, 0, SECONDS)
    expect(lesson.locator("#progress")).to_have_text("Watched: 100 %. Lesson completed.")


def test_without_a_platform_the_learner_is_told(page: Page, site: str) -> None:
    page.goto(f"{site}/scorm12/index.html")
    expect(page.locator("#progress")).to_contain_text("not being recorded")


def test_the_platform_is_found_behind_a_frame_of_another_host(
    page: Page, site: str, site_folder: Any
) -> None:
    with served(site_folder) as elsewhere:
        page.goto(f"{site}/lms.html")
        inside = f"{site}/scorm12/index.html"
        page.evaluate("address => launch(address)", f"{elsewhere}/frame.html#{inside}")
        page.wait_for_function("calls.some(call => call[0] === 'commit')")
        assert statuses_set(page) == ["incomplete"]


def test_the_platform_is_found_in_the_window_that_opened_the_lesson(page: Page, site: str) -> None:
    page.goto(f"{site}/lms.html")
    with page.expect_popup() as opened:
        page.evaluate("window.open('/scorm12/index.html') && null")
    expect(opened.value.locator("#controls")).to_be_visible()
    page.wait_for_function("calls.some(call => call[0] === 'commit')")
    assert statuses_set(page) == ["incomplete"]
    opened.value.close()
    page.wait_for_function("calls.some(call => call[0] === 'finish')")
