"""Quizzes over HTTP: drafted from what is said, and checked with the lesson that holds them."""

from collections.abc import AsyncGenerator
from dataclasses import replace
from typing import Any

import pytest
from fastapi import FastAPI
from httpx_sse import EventSource

from db.models import Asset
from deployments.llm.fake import FakeQuiz
from pipeline.engines import EngineCard, QuizRequest
from pipeline.errors import EngineFailed
from pipeline.quiz import QuestionSpec
from tests.api.conftest import Person
from tests.api.problems import assert_problem, fields
from tests.factories import a_spec

ASK = {"scenes": [{"narration": "Warm air rises."}, {"narration": "Rain falls."}]}
STREAM = {"Accept": "text/event-stream"}


def test_questions_are_drafted_from_what_the_scenes_say(ada: Person) -> None:
    answer = ada.post("/api/scripts/quiz", json=ASK)
    assert answer.status_code == 200, answer.text
    quiz = answer.json()
    assert quiz["engine"]["draft"] is True
    assert [question["source"] for question in quiz["questions"]] == [
        "Warm air rises.",
        "Rain falls.",
    ]
    assert all(question["draft"] for question in quiz["questions"])


def test_a_draft_can_be_put_into_a_lesson_as_it_is(ada: Person, portrait: Asset) -> None:
    questions = ada.post("/api/scripts/quiz", json=ASK).json()["questions"]
    spec = a_spec(portrait.id, scenes=ASK["scenes"], quiz={"questions": questions})
    made = ada.post("/api/jobs", json=spec)
    assert made.status_code == 202, made.text
    assert made.json()["spec"]["quiz"]["questions"] == questions
    assert made.json()["notices"] == []


def test_questions_can_be_read_while_they_are_drafted(ada: Person) -> None:
    whole = ada.post("/api/scripts/quiz", json=ASK).json()
    events = list(EventSource(ada.post("/api/scripts/quiz", json=ASK, headers=STREAM)).iter_sse())
    assert [event.event for event in events] == ["question", "question", "quiz"]
    assert [event.json()["question"] for event in events[:-1]] == whole["questions"]
    assert events[-1].json() == whole


class Broken(FakeQuiz):
    async def draft(self, ask: QuizRequest) -> AsyncGenerator[QuestionSpec, None]:
        async for question in super().draft(ask):
            yield question
            raise EngineFailed("fake", "it lost the thread")


class Speechless(FakeQuiz):
    async def draft(self, ask: QuizRequest) -> AsyncGenerator[QuestionSpec, None]:
        async for _ in super().draft(ask):
            return
            yield _


class Lacking(FakeQuiz):
    async def card(self, ask: QuizRequest) -> EngineCard:
        return replace(await super().card(ask), name="gaps", missing="it finds no nouns")


def drafts_with(app: FastAPI, engine: FakeQuiz) -> None:
    app.state.studio = replace(app.state.studio, quiz=engine)


@pytest.mark.parametrize(
    ("engine", "status", "code", "streamed"),
    [
        (Broken(), 503, "engine_failed", ["question", "problem"]),
        (Speechless(), 422, "quiz_empty", ["problem"]),
    ],
)
def test_an_engine_that_fails_is_a_problem_and_in_a_stream_the_last_event(
    app: FastAPI, ada: Person, engine: FakeQuiz, status: int, code: str, streamed: list[str]
) -> None:
    drafts_with(app, engine)
    assert_problem(ada.post("/api/scripts/quiz", json=ASK), status, code)
    events = list(EventSource(ada.post("/api/scripts/quiz", json=ASK, headers=STREAM)).iter_sse())
    assert [event.event for event in events] == streamed
    assert events[-1].json()["code"] == code


def test_an_engine_that_cannot_run_is_refused_before_anything_is_streamed(
    app: FastAPI, ada: Person
) -> None:
    drafts_with(app, Lacking())
    for headers in ({}, STREAM):
        refused = ada.post("/api/scripts/quiz", json=ASK, headers=headers)
        told = "The engine “gaps” cannot run here: it finds no nouns"
        assert_problem(refused, 422, "engine_unavailable", told)


@pytest.mark.parametrize(
    ("ask", "wrong"),
    [
        ({}, ("scenes", "missing")),
        ({"scenes": []}, ("scenes", "too_short")),
        (ASK | {"questions": 0}, ("questions", "greater_than_equal")),
        (ASK | {"questions": 21}, ("questions", "less_than_equal")),
        ({"scenes": [{"narration": ""}]}, ("scenes.0.narration", "string_too_short")),
        (ASK | {"words": 1}, ("words", "extra_forbidden")),
    ],
)
def test_an_ask_is_checked(ada: Person, ask: dict[str, Any], wrong: tuple[str, str]) -> None:
    body = assert_problem(ada.post("/api/scripts/quiz", json=ask), 422, "request_invalid")
    assert fields(body) == {wrong}


def test_a_viewer_drafts_nothing(viewer: Person) -> None:
    assert_problem(viewer.post("/api/scripts/quiz", json=ASK), 403, "not_allowed")


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"scene": 2}, ("quiz.questions.0.scene", "quiz_scene_missing")),
        ({"choices": [{"text": "Air"}, {"text": "Stone"}]},
         ("quiz.questions.0", "quiz_no_right_choice")),
        ({"choices": [{"text": "Air", "right": True}, {"text": "air"}]},
         ("quiz.questions.0", "quiz_equal_choices")),
        ({"text": "x" * 501}, ("quiz.questions.0.text", "string_too_long")),
    ],
)  # fmt: skip
def test_a_lesson_with_a_quiz_that_cannot_be_answered_is_refused(
    ada: Person, portrait: Asset, change: dict[str, Any], wrong: tuple[str, str]
) -> None:
    question = {"text": "What rises?", "choices": [{"text": "Air", "right": True}, {"text": "Fog"}]}
    spec = a_spec(portrait.id, quiz={"questions": [question | change]})
    body = assert_problem(ada.post("/api/jobs", json=spec), 422, "request_invalid")
    assert fields(body) == {wrong}
