"""A learning platform in a page (``lms.html``): its runtime is scorm-again, strict by itself."""

import re
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import FrameLocator, Page, expect

SECONDS = 6
"""The lesson's length."""

NAMES = {
    "scorm12": {
        "status": "core.lesson_status",
        "location": "core.lesson_location",
        "total": "core.total_time",
        "session": "core.session_time",
        "timespan": r"\d{2,4}:\d\d:\d\d(\.\d{1,2})?",
        "when": r"interactions\.\d+\.time",
        "time": r"\d\d:\d\d:\d\d",
    },
    "scorm2004": {
        "status": "completion_status",
        "location": "location",
        "total": "total_time",
        "session": "session_time",
        "timespan": r"PT(\d+H)?(\d+M)?(\d+(\.\d{1,2})?S)?",
        "when": r"interactions\.\d+\.timestamp",
        "time": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\dZ",
    },
}


@dataclass(frozen=True)
class Platform:
    """Launches the lesson, and keeps a record of it."""

    page: Page
    site: str
    edition: str

    def open(self) -> None:
        self.page.goto(f"{self.site}/lms.html?edition={self.edition}")

    def launch(self, saved: dict[str, Any] | None = None, lesson: str = "") -> FrameLocator:
        """Opens the lesson, with the record of an earlier visit; waits until it is being kept."""
        self.open()
        self.start(f"/{self.edition}{lesson}/index.html", saved)
        self.wait_for("commit")
        return self.lesson

    def start(self, address: str, saved: dict[str, Any] | None = None) -> None:
        self.page.evaluate("([address, saved]) => launch(address, saved)", [address, saved])

    @property
    def lesson(self) -> FrameLocator:
        return self.page.frame_locator("#sco")

    def says(self, text: str) -> None:
        """Waits until the lesson tells its learner so."""
        expect(self.lesson.locator("#progress")).to_contain_text(text)

    def leave(self) -> dict[str, Any]:
        """Closes the lesson, and gives what the platform has on record of it."""
        self.page.evaluate("document.getElementById('sco').src = 'about:blank'")
        self.wait_for("finish")
        record: dict[str, Any] = self.page.evaluate("record()")
        return record

    def wait_for(self, kind: str, after: int = 0) -> None:
        """Until there is a call of that kind, past the first ``after`` ones of any."""
        self.page.wait_for_function(
            "([kind, after]) => calls.slice(after).some(call => call[0] === kind)",
            arg=[kind, after],
        )

    @property
    def calls(self) -> list[list[str]]:
        found: list[list[str]] = self.page.evaluate("calls")
        return found

    def statuses_set(self) -> list[str]:
        name = f"cmi.{NAMES[self.edition]['status']}"
        return [call[2] for call in self.calls if call[:2] == ["set", name]]

    def value(self, record: dict[str, Any], what: str) -> str:
        return flat(record["cmi"])[NAMES[self.edition][what]]

    def fields(self, record: dict[str, Any]) -> dict[str, str]:
        """All that is on record, but for what depends on the clock: that is only of its form."""
        names = NAMES[self.edition]
        found = flat(record["cmi"])
        for name in (names["session"], names["total"]):
            assert re.fullmatch(names["timespan"], found.pop(name)), name
        assert 0 <= float(found.pop(names["location"])) <= SECONDS
        for name in [name for name in found if re.fullmatch(names["when"], name)]:
            assert re.fullmatch(names["time"], found.pop(name)), name
        return found


def flat(value: dict[str, Any], above: str = "") -> dict[str, str]:
    """``{"core": {"exit": "suspend"}}`` as ``{"core.exit": "suspend"}``; empty ones left out."""
    found: dict[str, str] = {}
    for name, each in value.items():
        if isinstance(each, dict):
            found |= flat(each, f"{above}{name}.")
        elif each != "":
            found[above + name] = each
    return found


SEEK = """(video, seconds) => new Promise((resolve) => {
    const seek = () => {
        video.addEventListener("seeked", resolve, { once: true });
        video.currentTime = seconds;
    };
    if (video.readyState > 0) seek();
    else video.addEventListener("loadedmetadata", seek, { once: true });
})"""
"""Resolves when the lesson knows where it stands: from there on nothing of it is passed unseen."""

WATCH = """async (video, [start, end]) => {
    await (SEEK)(video, start);
    await new Promise((resolve) => {
        const until = new AbortController();
        const stop = () => { until.abort(); resolve(); };
        const stops = end < video.duration;
        const look = () => {
            if (stops && !video.seeking && video.currentTime >= end) video.pause();
        };
        video.addEventListener("timeupdate", look, { signal: until.signal });
        for (const name of ["pause", "ended"]) {
            video.addEventListener(name, stop, { signal: until.signal });
        }
        video.playbackRate = stops ? 1 : 4;
        video.play();
    });
}""".replace("SEEK", SEEK)


def watch(lesson: FrameLocator | Page, start: float, end: float) -> None:
    """Plays from one position to another, or until the lesson stops.

    At four times the speed where nothing stops it but its end: the browser tells now and then how
    far it is, on a busy machine late, and must not have played far past a stop meanwhile.
    """
    lesson.locator("video").evaluate(WATCH, [start, end])


def place(lesson: FrameLocator) -> float:
    """Where the lesson stands, once it has got there."""
    found: float = lesson.locator("video").evaluate(
        """video => new Promise((resolve) => {
            const look = () => video.readyState > 0 && !video.seeking
                ? resolve(video.currentTime) : requestAnimationFrame(look);
            look();
        })"""
    )
    return found
