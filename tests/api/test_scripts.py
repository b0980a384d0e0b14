"""Scripts written from a prompt, and texts measured."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import pytest
from httpx_sse import EventSource

from deployments.llm.fake import FakeScript
from pipeline.engines import EngineCard, ScriptPiece, ScriptRequest
from pipeline.errors import EngineFailed
from serve import scripts
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields

ASK = {"prompt": "How rain is made", "audience": "children", "minutes": 1}
STREAM = {"Accept": "text/event-stream"}


def test_a_prompt_becomes_titled_scenes_with_their_lengths(ada: Person) -> None:
    answer = ada.post("/api/scripts", json=ASK)
    assert answer.status_code == 200, answer.text
    script = answer.json()
    assert script["engine"] == {
        "name": "fake",
        "version": "1",
        "kind": "fake",
        "label": "Written by a test engine",
        "draft": False,
    }
    assert [scene["title"] for scene in script["scenes"]] == ["Opening", "Middle", "Closing"]
    assert [scene["index"] for scene in script["scenes"]] == [0, 1, 2]
    assert "How rain is made" in script["scenes"][0]["narration"]
    assert script["seconds"] == pytest.approx(
        sum(scene["seconds"] for scene in script["scenes"]), abs=0.06
    )
    assert all(scene["seconds"] > 1 for scene in script["scenes"])


def test_a_script_can_be_read_while_it_is_written(ada: Person) -> None:
    whole = ada.post("/api/scripts", json=ASK).json()
    answer = ada.post("/api/scripts", json=ASK, headers=STREAM)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = list(EventSource(answer).iter_sse())
    assert {event.event for event in events[:-1]} == {"piece"}
    assert (events[-1].event, events[-1].json()) == ("script", whole)
    pieces = [event.json() for event in events[:-1]]
    first = "".join(piece["text"] for piece in pieces if piece["scene"] == 0)
    assert first.strip() == whole["scenes"][0]["narration"]
    assert pieces[0] == {"scene": 0, "text": "", "title": "Opening"}


class Broken(FakeScript):
    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        yield ScriptPiece(0, "Once", "Opening")
        raise EngineFailed("fake", "it lost the thread")


class Mute(FakeScript):
    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        yield ScriptPiece(0, " … ")


class Lacking(FakeScript):
    async def card(self, ask: ScriptRequest) -> EngineCard:
        return EngineCard("llamacpp", "1", "embedded", "A draft", missing="its model file")


def replace_writer(monkeypatch: pytest.MonkeyPatch, other: type[FakeScript]) -> None:
    for method in ("write", "card"):
        monkeypatch.setattr(FakeScript, method, getattr(other, method))


def test_an_engine_that_breaks_is_a_problem_and_in_a_stream_the_last_event(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_writer(monkeypatch, Broken)
    detail = "The engine “fake” stopped: it lost the thread"
    answer = ada.post("/api/scripts", json=ASK)
    assert_problem(answer, 503, "engine_failed", detail)
    assert answer.headers["retry-after"] == "5"
    events = list(EventSource(ada.post("/api/scripts", json=ASK, headers=STREAM)).iter_sse())
    assert [event.event for event in events] == ["piece", "problem"]
    assert events[-1].json() == {
        "code": "engine_failed",
        "detail": detail,
        "advice": EngineFailed.advice,
    }


def test_a_script_without_words_is_a_problem(ada: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    replace_writer(monkeypatch, Mute)
    assert_problem(ada.post("/api/scripts", json=ASK), 422, "script_empty")
    events = list(EventSource(ada.post("/api/scripts", json=ASK, headers=STREAM)).iter_sse())
    assert events[-1].json()["code"] == "script_empty"


def test_an_engine_that_cannot_run_is_refused_before_anything_is_streamed(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_writer(monkeypatch, Lacking)
    for headers in ({}, STREAM):
        assert_problem(
            ada.post("/api/scripts", json=ASK, headers=headers),
            422,
            "engine_unavailable",
            "The engine “llamacpp” cannot run here: its model file",
        )


class Stuck(FakeScript):
    async def write(self, ask: ScriptRequest) -> AsyncGenerator[ScriptPiece, None]:
        yield ScriptPiece(0, "Once", "Opening")
        await asyncio.Event().wait()


def test_an_engine_that_falls_silent_is_not_waited_for_without_end(
    ada: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace_writer(monkeypatch, Stuck)
    monkeypatch.setattr(scripts, "STALL_SECONDS", 0.1)
    assert_problem(ada.post("/api/scripts", json=ASK), 503, "step_timed_out")


@pytest.mark.parametrize(
    ("ask", "wrong"),
    [
        ({}, ("body", "value_error")),
        ({"prompt": " "}, ("prompt", "string_too_short")),
        ({"prompt": "a\0"}, ("prompt", "value_error")),
        ({"prompt": "x" * 100_001}, ("prompt", "string_too_long")),
        ({"notes": "Rain", "minutes": 0}, ("minutes", "greater_than")),
        ({"notes": "Rain", "words": 100}, ("words", "extra_forbidden")),
    ],
)
def test_an_ask_is_checked(ada: Person, ask: dict[str, Any], wrong: tuple[str, str]) -> None:
    body = assert_problem(ada.post("/api/scripts", json=ask), 422, "request_invalid")
    assert fields(body) == {wrong}


def test_a_text_is_cut_into_scenes_and_measured(ada: Person) -> None:
    text = "# Up\n\nWarm air rises.\n\n# Down\n\nWater falls. [pause 2s] It is wet."
    estimate = ada.post("/api/scripts/estimate", json={"text": text}).json()
    assert [scene["title"] for scene in estimate["scenes"]] == ["Up", "Down"]
    assert 4 < estimate["seconds"] < 12
    slow = ada.post("/api/scripts/estimate", json={"text": text, "speaking_rate": 7.5}).json()
    assert estimate["seconds"] < slow["seconds"] < 2 * estimate["seconds"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("…", "nothing_to_say"),
        ("[pause]", "nothing_to_say"),
        ("😀", "nothing_to_say"),
        ("Wait. [pause 9999s]", "pause_too_long"),
    ],
)
def test_a_text_that_cannot_be_spoken_is_a_problem(ada: Person, text: str, code: str) -> None:
    assert_problem(ada.post("/api/scripts/estimate", json={"text": text}), 422, code)


def test_a_viewer_may_measure_but_not_write(viewer: Person) -> None:
    assert_problem(viewer.post("/api/scripts", json=ASK), 403, "not_allowed")
    assert viewer.post("/api/scripts/estimate", json={"text": "Rain."}).status_code == 200
